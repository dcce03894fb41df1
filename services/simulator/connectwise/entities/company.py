"""Companies, their sites, types and notes: the tables of fields."""

from decimal import Decimal

from services.simulator.connectwise.business.company import CompanyRules
from services.simulator.connectwise.business.company_types import AssociationRules, TypeRules
from services.simulator.connectwise.business.site import SiteRules
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    IDENTIFIED,
    READ_ONLY,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    money,
    number,
    ref,
    text,
)
from services.simulator.connectwise.settings import NEWEST

COMPANY_POD = (1, "company_overview")
SITE_POD = (3, "company_site")
_RELATED = (
    ("contacts_href", "company/contacts?conditions=company/id={}"),
    ("agreements_href", "finance/agreements?conditions=company/id={}"),
    ("tickets_href", "service/tickets?conditions=company/id={}"),
    ("opportunities_href", "sales/opportunities?conditions=company/id={}"),
    ("projects_href", "project/projects?conditions=company/id={}"),
    ("orders_href", "sales/orders?conditions=company/id={}"),
    ("sites_href", "company/companies/{}/sites"),
    ("notes_href", "company/companies/{}/notes"),
)

_FINANCE = (
    *("billOverrideFlag", "billSrFlag", "billCompleteSrFlag", "billUnapprovedSrFlag"),
    *("billRestrictPmFlag", "billCompletePmFlag", "billUnapprovedPmFlag"),
)

COMPANY = Entity(
    key="company",
    noun="Company",
    mounts=(Mount("company/companies"),),
    reference=IDENTIFIED,
    href="company",
    stamps=ALL_STAMPS,
    links=_RELATED,
    custom_pod=COMPANY_POD,
    soft_delete=True,
    audit="Company",
    guard="Company Maintenance",
    located_by="territory",
    mine="territoryManager",
    rules=CompanyRules(),
    first_id=1001,
    fields=(
        key(),
        text("identifier", 30, max_2022=25, required=True, indexed=True),
        text("name", 50, required=True),
        ref("status", "companyStatus", default="first"),
        text("addressLine1", 50),
        text("addressLine2", 50),
        text("city", 50),
        text("state", 50),
        text("zip", 12),
        ref("country", "country"),
        text("phoneNumber", 30),
        text("faxNumber", 30),
        text("website", 255),
        ref("territory", "location", default="first"),
        ref("market", "market"),
        text("accountNumber", 41, indexed=True),  # 41 is in the error text only, not in the model
        ref("defaultContact", "contact"),
        moment("dateAcquired"),
        ref("sicCode", "sicCode"),
        ref("parentCompany", "company", indexed=True),
        money("annualRevenue", default=Decimal(0)),
        number("numberOfEmployees"),
        number("yearEstablished", low=1900, high=9999),
        number("revenueYear", low=1900, high=9999),
        ref("ownershipType", "ownershipType"),
        ref("timeZoneSetup", "timeZoneSetup", default="first"),
        text("leadSource", 50),
        flag("leadFlag"),
        flag("unsubscribeFlag"),
        ref("calendar", "calendar"),
        *(text(f"userDefinedField{place}", 50) for place in range(1, 11)),
        text("vendorIdentifier"),
        text("taxIdentifier"),
        ref("taxCode", "taxCode", default="first"),
        ref("billingTerms", "billingTerm", default="first"),
        ref("invoiceTemplate", "invoiceTemplate"),
        ref("pricingSchedule", "pricingSchedule"),
        ref("companyEntityType", "entityType"),
        ref("billToCompany", "company", indexed=True),
        ref("billingSite", "site"),
        ref("billingContact", "contact"),
        ref("invoiceDeliveryMethod", "billingDelivery", default="first"),
        text("invoiceToEmailAddress"),
        text("invoiceCCEmailAddress"),
        flag("deletedFlag", read_only=True),
        moment("dateDeleted", read_only=True),
        text("deletedBy", read_only=True),
        text("mobileGuid", read_only=True),
        text("facebookUrl"),
        text("twitterUrl"),
        text("linkedInUrl"),
        ref("currency", "currency", default="first"),
        ref("territoryManager", "member"),
        text("resellerIdentifier"),
        flag("isVendorFlag", read_only=True),
        Field("types", Kind.REFS, target="companyType", read_only=True),
        ref("site", "site", read_only=True),
        Field("integratorTags", Kind.STRINGS),
        Field("customFields", Kind.CUSTOM),
        *(flag(name, read_only=True, hidden=True) for name in _FINANCE),
    ),
)

FINANCE = Entity(
    key="companyFinance",
    noun="CompanyFinance",
    mounts=(Mount("finance/companyFinance"), Mount("company/companyFinance")),
    view_of="company",
    guard="Company Maintenance",
    located_by="company",
    methods=frozenset({"GET", "PUT", "PATCH"}),
    fields=(
        key(),
        *(flag(name) for name in _FINANCE),
        ref("company", "company", derive=lambda record: record.get("id")),
    ),
)

COMPANY_INFO = Entity(
    key="companyInfo",
    noun="Company",
    mounts=(Mount("company/companies/info"),),
    view_of="company",
    located_by="territory",
    since=NEWEST,
    methods=READ_ONLY,
    stamps=ALL_STAMPS,
    fields=(
        key(),
        text("identifier", indexed=True),
        text("name"),
        flag("deletedFlag"),
        ref("territory", "location", hidden=True),
    ),
)

SITE = Entity(
    key="site",
    noun="Site",
    resource="companySite",
    mounts=(Mount("company/companies/{}/sites", "company"),),
    href="site",
    stamps=ALL_STAMPS,
    guard="Company Maintenance",
    located_by="company",
    custom_pod=SITE_POD,
    rules=SiteRules(),
    first_id=3001,
    fields=(
        key(),
        text("name", 50, required=True),
        text("addressLine1", 50),
        text("addressLine2", 50),
        text("city", 50),
        ref("stateReference", "state"),
        text("zip", 12),
        ref("country", "country"),
        text(
            "addressFormat",
            read_only=True,
            default="{address1}\n{address2}\n{city}, {state} {zip}\n{country}",
        ),
        text("phoneNumber", 30),
        text("phoneNumberExt", 30, since=NEWEST),
        text("faxNumber", 30),
        ref("taxCode", "taxCode"),
        ref("entityType", "entityType"),
        money("expenseReimbursement", default=Decimal(0)),
        flag("primaryAddressFlag"),
        flag("defaultShippingFlag"),
        flag("defaultBillingFlag"),
        flag("defaultMailingFlag"),
        flag("inactiveFlag"),
        flag("billSeparateFlag"),
        text("mobileGuid", read_only=True),
        ref("calendar", "calendar"),
        ref("timeZone", "timeZoneSetup"),
        ref("company", "company", read_only=True, indexed=True),
        Field("customFields", Kind.CUSTOM, since=NEWEST),
    ),
)

STATUS = Entity(
    key="companyStatus",
    noun="CompanyStatus",
    mounts=(Mount("company/companies/statuses"),),
    href="status",
    guard="Table Setup",
    fields=(
        key(),
        text("name", 50, required=True),
        flag("defaultFlag"),
        flag("inactiveFlag"),
        flag("notifyFlag"),
        flag("disallowSavingFlag"),
        text("notificationMessage", 500),
        flag("customNoteFlag"),
        flag("cancelOpenTracksFlag"),
        ref("track", "track"),
    ),
)

TYPE = Entity(
    key="companyType",
    noun="CompanyType",
    mounts=(Mount("company/companies/types"),),
    href="type",
    guard="Table Setup",
    rules=TypeRules(),
    fields=(
        key(),
        text("name", 50, required=True),
        flag("defaultFlag"),
        flag("vendorFlag"),
        flag("serviceAlertFlag"),
        text("serviceAlertMessage", 150),
    ),
)

TYPE_ASSOCIATION = Entity(
    key="companyTypeAssociation",
    noun="CompanyTypeAssociation",
    mounts=(
        Mount("company/companies/{}/typeAssociations", "company"),
        Mount("company/companyTypeAssociations"),
    ),
    guard="Company Maintenance",
    located_by="company",
    rules=AssociationRules("companyTypeAssociation", "company"),
    first_id=7001,
    fields=(
        key(),
        ref("type", "companyType", required=True),
        ref("company", "company", required=True, indexed=True),
    ),
)

TYPE_INFO = Entity(
    key="companyTypeInfo",
    noun="CompanyType",
    mounts=(Mount("company/companies/info/types"),),
    view_of="companyType",
    methods=READ_ONLY,
    fields=(key(), text("name"), flag("isVendor", derive=lambda record: bool(record.get("vendorFlag")))),
)


def _child(name: str, noun: str, path: str, *fields: Field, frozen: bool = False) -> Entity:
    return Entity(
        key=name,
        noun=noun,
        frozen=frozen,
        mounts=(Mount(f"company/companies/{{}}/{path}", "company"),),
        guard="Company Maintenance",
        located_by="company",
        fields=(key(), *fields, ref("company", "company", read_only=True, indexed=True)),
    )


ENTITIES = (
    *(COMPANY, COMPANY_INFO, FINANCE, SITE, STATUS, TYPE, TYPE_INFO, TYPE_ASSOCIATION),
    _child("companyNote", "CompanyNote", "notes", Field("text", Kind.TEXT, required=True), flag("flagged")),
    _child(
        "companyTeam",
        "CompanyTeam",
        "teams",
        ref("contact", "contact"),
        ref("member", "member"),
        flag("accountManagerFlag"),
        flag("techFlag"),
        flag("salesFlag"),
    ),
    _child("companyGroup", "CompanyGroup", "groups", text("description"), frozen=True),
    _child("companyTrack", "CompanyTrack", "tracks", text("name"), frozen=True),
    _child("customStatusNote", "CustomStatusNote", "customStatusNotes", text("customNote"), frozen=True),
)
