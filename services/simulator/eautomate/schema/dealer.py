"""What the whole dealership shares: branches, codes, users."""

from sqlalchemy import PrimaryKeyConstraint

from services.simulator.eautomate.columns import (
    audit,
    code_block,
    flag,
    key,
    number,
    rate,
    reference,
    table,
    user,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA

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

ShTaxCodes = table(METADATA, "ShTaxCodes", key("TaxCodeID"), words("TaxCode", 15), *code_block())

ShShipMethods = table(METADATA, "ShShipMethods", key("ShipMethodID"), words("ShipMethod", 15), *code_block())

ARPriceLevels = table(
    METADATA,
    "ARPriceLevels",
    key("PriceLevelID"),
    words("PriceLevel", 15),
    reference("CustomerID"),
    flag("DefPrice"),
    *code_block(),
)

CoUsers = table(
    METADATA,
    "CoUsers",
    user("UserID"),
    words("Username", 50),
    flag("Active", True),
    PrimaryKeyConstraint("UserID"),
)
