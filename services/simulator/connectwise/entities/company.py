"""Companies, their sites and their types: the tables of fields, and what the server does beyond them."""

import re
import uuid
from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.errors import ApiError, FieldProblem, Item, invalid
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    IDENTIFIED,
    READ_ONLY,
    Entity,
    Field,
    Kind,
    Mount,
    Record,
    flag,
    key,
    moment,
    money,
    number,
    ref,
    text,
)
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.settings import NEWEST
from services.simulator.connectwise.store import Row, Store, fold

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

COMPANY_POD = (1, "company_overview")
_IDENTIFIER = re.compile(r"^[A-Za-z0-9]+$")
_ADDRESS = ("addressLine1", "addressLine2", "city", "state", "zip", "country")
_PURPOSES = ("primaryAddressFlag", "defaultShippingFlag", "defaultBillingFlag", "defaultMailingFlag")
_MIRRORED = ("addressLine1", "addressLine2", "city", "zip", "country", "phoneNumber", "faxNumber")


class CompanyRules(Rules):
    """Identifier, address, first site, and the address kept equal to the primary site's."""

    def prepare(self, write: Write) -> None:
        """Check what only a creation needs: a site name, a part of an address, types."""
        record = write.record
        site = write.body.get("site")
        name = site.get("name") if isinstance(site, dict) else None
        if not isinstance(name, str) or not name.strip():
            message = "Company Site name is required."
            write.items.append(Item("MissingRequiredField", message, "company", "site/name"))
        elif len(name) > 50:
            message = "The field name must be a string with a maximum length of 50."
            write.items.append(Item("InvalidField", message, "company", "site/name"))
        if not any(record.get(part) not in (None, "") for part in _ADDRESS):
            message = "At least one address field is required."
            write.items.append(Item("MissingRequiredField", message, "company", "addressLine1"))
        record["types"] = _types(write)
        record["isVendorFlag"] = _is_vendor(write.store, record["types"])
        record["mobileGuid"] = str(uuid.uuid4())
        if record.get("dateAcquired") is None:
            record["dateAcquired"] = write.writer.clock.stamp()[:10] + "T00:00:00Z"

    def update(self, write: Write) -> None:
        """Types are set on create only; a PUT may send the `types` it has read."""
        if "typeIds" in write.names or (write.verb == "PATCH" and "types" in write.names):
            message = "typeIds can only be used when creating a new company."
            write.items.append(Item("InvalidField", message, "company", "typeIds"))

    def check(self, write: Write) -> None:
        """The identifier: letters and digits, unique in the tenant with its deleted companies (inferred)."""
        identifier = write.record.get("identifier")
        if not isinstance(identifier, str) or not identifier.strip():
            return
        if write.before is not None and write.before.data.get("identifier") == identifier:
            return  # old identifiers of another form do exist, and do not hinder
        if not _IDENTIFIER.match(identifier):
            message = "The field identifier may contain letters and digits only."
            write.items.append(Item("InvalidField", message, "company", "identifier"))
        if write.store.table("company").find("identifier", identifier) - {write.own_id}:
            message = "Company identifier must be unique."
            write.items.append(Item("ObjectExists", message, "company", "identifier"))

    def written(self, write: Write, row: Row) -> None:
        """Create the first site and the type associations, or carry a new address to the primary site."""
        before = write.before
        if before is None:
            self._furnish(write.writer, row, write.body["site"]["name"])
            return
        if all(row.data.get(name) == before.data.get(name) for name in (*_MIRRORED, "state")):
            return
        site = write.store.get("site", row.data.get("site"))
        if site is not None:
            write.writer.store_again(SITE, site, {**site.data, **site_address(write.store, row.data)})

    @staticmethod
    def _furnish(writer: "Writer", row: Row, name: str) -> None:
        site: Record = {field.name: field.default for field in SITE.fields if field.default is not None}
        site.update(site_address(writer.store, row.data), name=name, company=row.id)
        site["mobileGuid"] = str(uuid.uuid4())
        site.update(dict.fromkeys(_PURPOSES, True))
        first = writer.insert(SITE, site)
        for kind in row.data["types"]:
            writer.insert(TYPE_ASSOCIATION, {"company": row.id, "type": kind})
        own: Record = {"site": first.id, "billToCompany": row.data.get("billToCompany") or row.id}
        if row.data.get("billingSite") is None:
            own["billingSite"] = first.id
        writer.store.put("company", row.id, {**row.data, **own}, writer.clock.now())


def _types(write: Write) -> list[int]:
    field = COMPANY.by_name["types"]
    wanted: list[Any] = []
    for name in ("types", "typeIds"):
        sent = write.body.get(name) or []
        if not isinstance(sent, list):
            write.items.append(Item("InvalidField", f"The field {name} must be an array.", "company", name))
            continue
        wanted += sent if name == "types" else [{"id": ident} for ident in sent]
    found: list[int] = []
    for one in wanted:
        try:
            ident = write.writer.coercer.reference(COMPANY, field, one)
        except FieldProblem as problem:
            write.items.append(problem.item)
            continue
        if ident not in found:
            found.append(ident)
    return found


def _is_vendor(store: Store, types: list[int]) -> bool:
    rows = (store.get("companyType", ident) for ident in types)
    return any(row is not None and bool(row.data.get("vendorFlag")) for row in rows)


def site_address(store: Store, company: Record) -> Record:
    """The address of a company in the fields of its primary site."""
    address = {name: company.get(name) for name in _MIRRORED}
    wanted = fold(company.get("state"))
    states = store.table("state").rows.values() if wanted else ()
    address["stateReference"] = next(
        (row.id for row in states if wanted in (fold(row.data["identifier"]), fold(row.data["name"]))), None
    )
    return address


def _company_address(store: Store, site: Record, company: Record) -> Record:
    address = {name: site.get(name) for name in _MIRRORED}
    state = store.get("state", site.get("stateReference"))
    if state is not None:
        address["state"] = state.data["identifier"]
    elif site_address(store, company)["stateReference"] is not None:
        address["state"] = None  # it named a state of the list, which the site no longer has
    return address


class SiteRules(Rules):
    """Names unique within the company, exactly one primary site, the company's address follows it."""

    def prepare(self, write: Write) -> None:
        """The first site of a company is its primary one."""
        write.record["mobileGuid"] = str(uuid.uuid4())
        if not write.store.table("site").find("company", write.record.get("company")):
            write.record["primaryAddressFlag"] = True

    def update(self, write: Write) -> None:
        """The primary flag moves by setting it elsewhere; taking it away has no effect."""
        if write.before is not None and write.before.data.get("primaryAddressFlag"):
            write.record["primaryAddressFlag"] = True

    def check(self, write: Write) -> None:
        """No two sites of a company share a name."""
        name = fold(write.record.get("name"))
        table = write.store.table("site")
        others = table.find("company", write.record.get("company")) - {write.own_id}
        if name and any(fold(table.rows[ident].data.get("name")) == name for ident in others):
            message = "Site name must be unique within the company."
            write.items.append(Item("ObjectExists", message, "companySite", "name"))

    def written(self, write: Write, row: Row) -> None:
        """Move the flags that one site has at a time, and carry a primary site's address to the company."""
        for name in _PURPOSES:
            if row.data.get(name):
                self._take_from_others(write.writer, row, name)
        company = write.store.get("company", row.data.get("company"))
        if not row.data.get("primaryAddressFlag") or company is None:
            return
        address = _company_address(write.store, row.data, company.data)
        changed = {**company.data, **address, "site": row.id}
        if changed != company.data:
            write.writer.store_again(COMPANY, company, changed)

    @staticmethod
    def _take_from_others(writer: "Writer", row: Row, name: str) -> None:
        table = writer.store.table("site")
        for ident in sorted(table.find("company", row.data.get("company"))):
            other = table.rows[ident]
            if ident != row.id and other.data.get(name):
                writer.store_again(SITE, other, {**other.data, name: False})

    def removing(self, row: Row) -> Item | None:
        """The primary site stays."""
        if not row.data.get("primaryAddressFlag"):
            return None
        message = f"Site {row.id} cannot be deleted because it is the primary site."
        return Item("InUse", message, "companySite", "id")


class AssociationRules(Rules):
    """A company's types: no type twice; the company shows them and whether one makes it a vendor."""

    def check(self, write: Write) -> None:
        """A second association of the same type is `ObjectExists` (recorded)."""
        table = write.store.table("companyTypeAssociation")
        others = table.find("company", write.record.get("company")) - {write.own_id}
        if any(table.rows[ident].data.get("type") == write.record.get("type") for ident in others):
            message = "The company already has this type."
            write.items.append(Item("ObjectExists", message, "companyTypeAssociation", "type"))

    def written(self, write: Write, row: Row) -> None:
        """Show the type on the company."""
        now = write.writer.clock.now()
        show_types(write.store, row.data["company"], now)
        if write.before is not None and write.before.data["company"] != row.data["company"]:
            show_types(write.store, write.before.data["company"], now)

    def removed(self, writer: "Writer", row: Row) -> None:
        """Take the type off the company."""
        show_types(writer.store, row.data["company"], writer.clock.now())


def show_types(store: Store, company: int, at: float) -> None:
    """Refresh what a company shows of its types.

    Its stamps stay: a child was written, not the company (inferred).
    """
    row = store.get("company", company)
    if row is None:
        return
    table = store.table("companyTypeAssociation")
    types = [table.rows[ident].data["type"] for ident in sorted(table.find("company", company))]
    shown = {"types": types, "isVendorFlag": _is_vendor(store, types)}
    store.put("company", company, {**row.data, **shown}, at)


class TypeRules(Rules):
    """A type turned vendor or not turns its companies."""

    def written(self, write: Write, row: Row) -> None:
        """Refresh the companies of the type."""
        if write.before is None or write.before.data.get("vendorFlag") == row.data.get("vendorFlag"):
            return
        for association in list(write.store.table("companyTypeAssociation").rows.values()):
            if association.data["type"] == row.id:
                show_types(write.store, association.data["company"], write.writer.clock.now())


def merge(writer: "Writer", source: Row, target_id: int, choices: dict[str, Any]) -> Row:
    """Merge one company into another: sites move unless discarded, the source goes to the bin.

    Returns the target. Raises 404/400 ApiError for a target that is missing or the company itself.
    """
    target = writer.store.get("company", target_id)
    if target is None or target.id == source.id:
        message = f"company {target_id} not found"
        raise invalid("companyMerge", [Item("NotFound", message, "companyMerge", "toCompanyId")])
    if source.data.get("deletedFlag"):
        raise ApiError(400, "InvalidObject", "The company has been deleted.")
    if str(choices.get("sites", "Merge")).lower() != "discard":
        _move_sites(writer, source, target)
    merged = dict(target.data)
    for choice, names in _MERGED.items():
        if str(choices.get(choice, "To")).lower() == "from":
            merged.update({name: source.data.get(name) for name in names})
    if merged["identifier"] == source.data["identifier"]:
        merged["identifier"] = target.data["identifier"]
    target = writer.store_again(COMPANY, target, merged)
    writer.bin(COMPANY, writer.store.get("company", source.id) or source)
    return target


_MERGED = {
    "name": ("name",),
    "status": ("status",),
    "accountNumber": ("accountNumber",),
    "phone": ("phoneNumber",),
    "fax": ("faxNumber",),
    "website": ("website",),
    "territory": ("territory",),
    "taxCode": ("taxCode",),
    "billingTerms": ("billingTerms",),
    "dateAcquired": ("dateAcquired",),
}


def _move_sites(writer: "Writer", source: Row, target: Row) -> None:
    table = writer.store.table("site")
    taken = {fold(table.rows[ident].data.get("name")) for ident in table.find("company", target.id)}
    for ident in sorted(table.find("company", source.id)):
        site = table.rows[ident]
        if site.data.get("primaryAddressFlag"):
            continue  # the binned company keeps its primary site, so that it stays a whole record
        name = str(site.data.get("name"))
        if fold(name) in taken:
            name = f"{name[:40]} ({source.id})"
        taken.add(fold(name))
        moved = {
            "company": target.id,
            "name": name,
            "defaultShippingFlag": False,
            "defaultBillingFlag": False,
        }
        writer.store_again(SITE, site, {**site.data, **moved, "defaultMailingFlag": False})


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
        ref("parentCompany", "company"),
        money("annualRevenue"),
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
        ref("billToCompany", "company"),
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
    ),
)

COMPANY_INFO = Entity(
    key="companyInfo",
    noun="Company",
    mounts=(Mount("company/companies/info"),),
    view_of="company",
    since=NEWEST,
    methods=READ_ONLY,
    stamps=ALL_STAMPS,
    fields=(key(), text("identifier"), text("name"), flag("deletedFlag")),
)

SITE = Entity(
    key="site",
    noun="Site",
    resource="companySite",
    mounts=(Mount("company/companies/{}/sites", "company"),),
    href="site",
    stamps=ALL_STAMPS,
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
        money("expenseReimbursement"),
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
    rules=AssociationRules(),
    first_id=7001,
    fields=(
        key(),
        ref("type", "companyType", required=True),
        ref("company", "company", required=True, indexed=True),
    ),
)

ENTITIES = (COMPANY, COMPANY_INFO, SITE, STATUS, TYPE, TYPE_ASSOCIATION)
