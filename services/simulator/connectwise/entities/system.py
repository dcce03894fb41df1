"""Members, locations, departments and custom field definitions."""

from services.simulator.connectwise.business.system import (
    DefinitionRules,
    LocationRules,
    MemberRules,
)
from services.simulator.connectwise.entities.setup import lookup
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    IDENTIFIED,
    READ_ONLY,
    Entity,
    Field,
    Kind,
    Mount,
    Record,
    Shown,
    flag,
    key,
    moment,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST


def full_name(record: Record) -> str:
    """A member's name as references show it."""
    return f"{record.get('firstName') or ''} {record.get('lastName') or ''}".strip()


_DISPLAY = ("Office", "Mobile", "Home")
_AFTER_INVOICING = ("RemainOnInvoicingScreen", "ShowRecentInvoices")
_INVOICE_TABS = ("ShowInvoicingTab", "ShowAgreementInvoicingTab")
_LICENSES = ("A", "C", "F", "X")

MEMBER = Entity(
    key="member",
    noun="Member",
    mounts=(Mount("system/members"),),
    methods=frozenset({"GET", "POST", "PUT", "PATCH"}),
    reference=(shown("identifier"), Shown("name", Kind.STR, full_name)),
    href="member",
    stamps=ALL_STAMPS,
    guard="Member Maintenance",
    custom_pod=(4, "member_overview"),
    rules=MemberRules(),
    first_id=150,
    fields=(
        key(),
        text("identifier", 15, required=True, indexed=True),
        text("password", 60, write_only=True),
        text("firstName", 30, required=True),
        text("lastName", 30, required=True),
        text("title", 50),
        one_of("licenseClass", *_LICENSES, required=True),
        ref("type", "memberType"),
        text("employeeIdentifer", 10),  # spelled so in the product
        text("vendorNumber"),
        ref("timeZone", "timeZoneSetup"),
        ref("country", "country"),
        moment("inactiveDate"),
        flag("inactiveFlag"),
        text("lastLogin", read_only=True),
        text("officeEmail", 250),
        one_of("defaultEmail", *_DISPLAY, required=True),
        text("primaryEmail", 250),
        one_of("defaultPhone", *_DISPLAY, required=True),
        ref("securityRole", "securityRole", required=True),
        flag("adminFlag"),
        ref("structureLevel", "structureLevel"),
        ref("securityLocation", "location"),
        ref("defaultLocation", "location"),
        ref("defaultDepartment", "department"),
        ref("reportsTo", "member"),
        ref("workRole", "workRole"),
        ref("workType", "workType"),
        ref("timeApprover", "member"),
        ref("expenseApprover", "member"),
        money("dailyCapacity"),
        money("hourlyCost"),
        money("hourlyRate"),
        flag("requireTimeSheetEntryFlag"),
        flag("requireStartAndEndTimeOnTimeEntryFlag"),
        flag("enterTimeAgainstCompanyFlag"),
        flag("allowExpensesEnteredAgainstCompaniesFlag"),
        moment("timeSheetStartDate"),
        moment("hireDate", required=True),
        one_of("agreementInvoicingDisplayOptions", *_AFTER_INVOICING, default=_AFTER_INVOICING[0]),
        one_of("invoicingDisplayOptions", *_AFTER_INVOICING, default=_AFTER_INVOICING[0]),
        one_of("invoiceScreenDefaultTabFormat", *_INVOICE_TABS, default=_INVOICE_TABS[0]),
        Field("customFields", Kind.CUSTOM),
    ),
)

MEMBER_INFO = Entity(
    key="memberInfo",
    noun="Member",
    mounts=(Mount("system/info/members"),),
    view_of="member",
    methods=READ_ONLY,
    fields=(
        key(),
        text("identifier", indexed=True),
        text("firstName"),
        text("lastName"),
        Field("fullName", Kind.STR, derive=full_name),
        text("defaultEmail"),
        one_of("licenseClass", *_LICENSES),
        flag("inactiveFlag"),
    ),
)

LOCATION = Entity(
    key="location",
    noun="Location",
    mounts=(Mount("system/locations"),),
    href="location",
    guard="My Company",
    rules=LocationRules(),
    first_id=11,
    fields=(
        key(),
        number("ownerLevelId"),
        ref("structureLevel", "structureLevel", required=True),
        text("name", 50, required=True),
        ref("manager", "member"),
        ref("reportsTo", "location"),
        text("salesRep", 50),
        ref("timeZoneSetup", "timeZoneSetup"),
        ref("calendar", "calendar"),
        text("overrideAddressLine1", 50),
        text("overrideAddressLine2", 50),
        text("overrideCity", 50),
        text("overrideState", 50),
        text("overrideZip", 12),
        ref("overrideCountry", "country"),
        text("overridePhoneNumber", 15),
        text("overrideFaxNumber", 15),
        text("owaUrl", 100),
        text("payrollXref", 10),
        flag("locationFlag"),
        flag("clientFlag"),
        Field("workRoleIds", Kind.INTS),
        Field("departmentIds", Kind.INTS),
    ),
)

LOCATION_INFO = Entity(
    key="locationInfo",
    noun="Location",
    mounts=(Mount("system/info/locations"),),
    view_of="location",
    methods=READ_ONLY,
    fields=(key(), text("name"), ref("structureLevel", "structureLevel"), flag("locationFlag")),
)

DEPARTMENT = Entity(
    key="department",
    noun="Department",
    mounts=(Mount("system/departments"),),
    reference=IDENTIFIED,
    href="department",
    guard="My Company",
    first_id=10,
    fields=(key(), text("identifier", 15, required=True), text("name", 50, required=True)),
)

DEPARTMENT_INFO = Entity(
    key="departmentInfo",
    noun="Department",
    mounts=(Mount("system/info/departments"),),
    view_of="department",
    methods=READ_ONLY,
    fields=(key(), text("identifier"), text("name")),
)

DEPARTMENT_LOCATION = Entity(
    key="departmentLocation",
    noun="DepartmentLocation",
    mounts=(
        Mount("system/locations/{}/departments", "location"),
        Mount("system/info/departmentlocations"),
        Mount("system/departments/{}/locations", "department"),
    ),
    methods=READ_ONLY,
    fields=(
        key(),
        ref("location", "location", indexed=True),
        ref("department", "department", indexed=True),
    ),
)

DEFINITION = Entity(
    key="userDefinedField",
    noun="UserDefinedField",
    mounts=(Mount("system/userDefinedFields"),),
    guard="Table Setup",
    light=True,
    reference=(shown("caption"),),
    rules=DefinitionRules(),
    first_id=30,
    shown_by_others=True,
    forward_only=False,  # setup tables ignore the forward-only header (reported of some)
    fields=(
        key(),
        number("podId", required=True),
        text("caption", 25, required=True),
        number("sequenceNumber", required=True, low=1, high=500),
        text("helpText", 1000),
        one_of(
            "fieldTypeIdentifier",
            *("TextArea", "Button", "Currency", "Date", "Hyperlink", "IPAddress"),
            *("Checkbox", "Number", "Percent", "Text", "Password"),
            required=True,
        ),
        number("numberDecimals"),
        one_of("entryTypeIdentifier", "Date", "EntryField", "List", "Option"),
        flag("requiredFlag"),
        flag("displayOnScreenFlag", default=True),
        flag("readOnlyFlag"),
        flag("listViewFlag"),
        text("buttonUrl", 1000),
        text("screenId"),
        Field(
            "options",
            Kind.OBJECTS,
            items=(
                number("id"),
                text("optionValue"),
                flag("defaultFlag"),
                flag("inactiveFlag"),
                number("sortOrder"),
            ),
        ),
        Field("businessUnitIds", Kind.INTS),
        Field("locationIds", Kind.INTS),
        flag("addAllBusinessUnits", write_only=True, default=None),
        flag("addAllLocations", write_only=True, default=None),
        moment("dateCreated", read_only=True, since=NEWEST),
        text("connectWiseID", read_only=True, filterable=False),
    ),
)

ENTITIES = (
    MEMBER,
    MEMBER_INFO,
    LOCATION,
    LOCATION_INFO,
    DEPARTMENT,
    DEPARTMENT_INFO,
    DEPARTMENT_LOCATION,
    DEFINITION,
    lookup("structureLevel", "system/myCompany/corporateStructureLevels", "structureLevel"),
    lookup("memberType", "system/members/types", "type"),
)
