"""The stand-in's tables with all their columns (reference eautomate.md 10). An entity is a list of columns.

The same definitions make SQL Server tables, where the server itself does what triggers do in the file.
"""

from sqlalchemy import MetaData, PrimaryKeyConstraint, UniqueConstraint

from services.simulator.eautomate.columns import (
    audit,
    code_block,
    flag,
    identity,
    key,
    money,
    number,
    rate,
    reference,
    stamp,
    table,
    user,
    words,
)

METADATA = MetaData(schema="dbo")

ARCustomers = table(
    METADATA,
    "ARCustomers",
    identity("CustomerID"),
    reference("BillToID"),
    reference("LocationID", "ARCustomers.CustomerID"),
    reference("MailToID", "ARCustomers.CustomerID"),
    words("CustomerNumber", 32, unique=True),
    words("CustomerName", 128),
    words("Attn", 64),
    words("Address", 64),
    words("City", 32),
    words("State", 16),
    words("County", 32),
    words("Zip", 16),
    words("Country", 16),
    words("Phone1", 32),
    words("Phone2", 32),
    words("Fax", 32),
    words("Email", 64),
    words("WebSite", 64),
    flag("Prospect"),
    reference("TermID"),
    reference("SalesRepID"),
    money("CreditLimit"),
    reference("TaxCodeID"),
    flag("Taxable"),
    reference("CustomerTypeID"),
    flag("Hold"),
    reference("OnHoldCodeID"),
    flag("AllowAutoOnHoldUpdates", True),
    words("Remarks", 1024),
    money("Invoices"),
    money("Unapplied"),
    money("Orders"),
    flag("Active", True),
    flag("ShipTo"),
    number("BranchID", 1),
    reference("TechnicianID"),
    reference("TerritoryID"),
    flag("CompanyCustomer"),
    reference("ARContactID"),
    reference("EquipmentContactID"),
    reference("DecisionContactID"),
    number("Locks"),
    reference("ShTrackingConfigID"),
    flag("RequirePONum"),
    flag("UseBillToAddress"),
    words("BillToAttn", 64),
    words("BillToAddress", 64),
    words("BillToCity", 32),
    words("BillToCounty", 32),
    words("BillToState", 16),
    words("BillToZip", 16),
    words("BillToCountry", 16),
    reference("NoteID"),
    number("NoteFlag"),
    number("NoteCount"),
    *audit(),
)

ARCustomerTypes = table(
    METADATA, "ARCustomerTypes", key("CustomerTypeID"), words("CustomerType", 15), *code_block()
)

GLBranches = table(
    METADATA,
    "GLBranches",
    key("BranchID"),
    words("BranchNumber", 15),
    words("BranchName", 50),
    reference("TimeZoneCodeID"),
    reference("CustomerID"),
    flag("Active", True),
    *audit(),
)

ShOnHoldCodes = table(
    METADATA,
    "ShOnHoldCodes",
    key("OnHoldCodeID"),
    words("OnHoldCode", 15),
    words("Description", 50),
    number("TypeID", 1),
    reference("CategoryID"),
    flag("SystemCode"),
    flag("RequireSecurity"),
    flag("TrackHolds"),
    flag("ExcludeFromResolutionTime"),
    number("StampColor"),
    flag("Active", True),
    number("Locks"),
    *audit(),
)

ShTerms = table(
    METADATA,
    "ShTerms",
    key("TermID"),
    words("Term", 15),
    words("Description", 50),
    rate("DiscountRate"),
    number("DiscountPeriod"),
    number("DuePeriod"),
    number("DueDay"),
    number("DueMonths"),
    number("DueMinPeriod"),
    flag("Active", True),
    number("Locks"),
    *audit(),
)

ShTerritories = table(METADATA, "ShTerritories", key("TerritoryID"), words("Territory", 15), *code_block())

ShAgents = table(
    METADATA,
    "ShAgents",
    identity("AgentID"),
    words("AgentNumber", 15),
    words("LastName", 20),
    words("FirstName", 15),
    words("MiddleName", 15),
    words("PrefName", 15),
    words("PrefFullName", 50),
    words("Email", 255),
    words("HomePhone", 30),
    words("WorkPhone", 30),
    number("BranchID", 1),
    flag("IsManager"),
    reference("ManagerID"),
    user("UserID", nullable=True),
    flag("ShowInAllBranches"),
    words("Remarks", 1024),
    flag("Active", True),
    number("Locks"),
    reference("ShTrackingConfigID"),
    *audit(),
)

SCTechnicians = table(
    METADATA,
    "SCTechnicians",
    key("TechnicianID"),
    number("WarehouseID", 1),
    reference("BinID"),
    reference("TerritoryID"),
    words("Remarks", 255),
    flag("Active", True),
    number("Locks"),
    *audit(),
)

ARSalesReps = table(
    METADATA,
    "ARSalesReps",
    key("SalesRepID"),
    number("WarehouseID", 1),
    flag("Active", True),
    number("Locks"),
    *audit(),
)

CMContacts = table(
    METADATA,
    "CMContacts",
    identity("ContactID"),
    words("ContactNumber", 15),
    words("LastName", 20),
    words("FirstName", 15),
    words("MiddleName", 15),
    words("PrefName", 15),
    words("PrefFullName", 50),
    words("Address", 64),
    words("City", 32),
    words("State", 16),
    words("Zip", 16),
    words("Country", 16),
    words("Phone1", 30),
    words("Phone2", 30),
    words("Fax", 30),
    words("Email", 255),
    words("AllEmails", 1024),
    reference("SalesRepID"),
    reference("PreferedContactMethodID"),
    reference("EmailType"),
    words("Remarks", 1024),
    flag("Active", True),
    number("NoteCount"),
    *audit(),
)

ARCustomerContacts = table(
    METADATA,
    "ARCustomerContacts",
    identity("CustomerContactID"),
    number("CustomerID"),
    number("ContactID"),
    reference("ContactTypeID"),
    UniqueConstraint("CustomerID", "ContactID", "ContactTypeID"),
)

ShAttributes = table(
    METADATA,
    "ShAttributes",
    identity("ShAttributeID"),
    words("AttributeName", 64, unique=True),
    number("DataTypeID", 1),
    *audit(),
)

ShAttributeListValues = table(
    METADATA, "ShAttributeListValues", key("ListValueID"), number("ShAttributeID"), words("Value", 255)
)

ShTrackingConfigs = table(
    METADATA,
    "ShTrackingConfigs",
    key("ShTrackingConfigID"),
    words("TrackingConfig", 64),
    words("TrackingGroup", 64),
    flag("Active", True),
)

ShTrackingConfigAttributes = table(
    METADATA,
    "ShTrackingConfigAttributes",
    number("ShTrackingConfigID"),
    number("ShAttributeID"),
    flag("Required"),
    PrimaryKeyConstraint("ShTrackingConfigID", "ShAttributeID"),
)

ARCustomerCustomProperties = table(
    METADATA,
    "ARCustomerCustomProperties",
    identity("CustomerCustomPropertyID"),
    number("CustomerID"),
    number("ShAttributeID"),
    reference("IDVal"),
    words("TextVal", 1024, nullable=True),
    flag("Required"),
    user("CreatorID"),
    stamp("CreateDate"),
    UniqueConstraint("CustomerID", "ShAttributeID"),
)

ShAgentCustomProperties = table(
    METADATA,
    "ShAgentCustomProperties",
    identity("AgentCustomPropertyID"),
    number("AgentID"),
    number("ShAttributeID"),
    reference("IDVal"),
    words("TextVal", 1024, nullable=True),
    flag("Required"),
    user("CreatorID"),
    stamp("CreateDate"),
    UniqueConstraint("AgentID", "ShAttributeID"),
)

CoUsers = table(
    METADATA,
    "CoUsers",
    user("UserID"),
    words("Username", 50),
    flag("Active", True),
    PrimaryKeyConstraint("UserID"),
)
