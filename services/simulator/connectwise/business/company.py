"""What the server does with a company beyond its table of fields."""

import re
import uuid
from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.business.address import PARTS, site_address
from services.simulator.connectwise.business.company_types import is_vendor
from services.simulator.connectwise.errors import FieldProblem, Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

PURPOSES = ("primaryAddressFlag", "defaultShippingFlag", "defaultBillingFlag", "defaultMailingFlag")
_IDENTIFIER = re.compile(r"^[A-Za-z0-9]+$")
_ADDRESS = ("addressLine1", "addressLine2", "city", "state", "zip", "country")
_CHILDREN = (
    *("site", "companyTypeAssociation", "companyNote", "companyTeam"),
    *("companyGroup", "companyTrack", "customStatusNote"),
)


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
        record["types"] = sent_types(write, "company")
        record["isVendorFlag"] = is_vendor(write.store, record["types"])
        record["mobileGuid"] = str(uuid.uuid4())
        if record.get("dateAcquired") is None:
            record["dateAcquired"] = write.writer.clock.stamp()[:10] + "T00:00:00Z"

    def update(self, write: Write) -> None:
        """Types are set on create only; a PUT may send the `types` it has read."""
        refuse_types(write, "company")

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
        if all(row.data.get(name) == before.data.get(name) for name in (*PARTS, "state")):
            return
        site = write.store.get("site", row.data.get("site"))
        if site is not None:
            changed = {**site.data, **site_address(write.store, row.data)}
            write.writer.store_again(write.writer.kind("site"), site, changed)

    @staticmethod
    def _furnish(writer: "Writer", row: Row, name: str) -> None:
        entity = writer.kind("site")
        site: Record = {field.name: field.default for field in entity.fields if field.default is not None}
        site.update(site_address(writer.store, row.data), name=name, company=row.id)
        site["mobileGuid"] = str(uuid.uuid4())
        site.update(dict.fromkeys(PURPOSES, True))
        first = writer.insert(entity, site)
        for kind in row.data["types"]:
            writer.insert(writer.kind("companyTypeAssociation"), {"company": row.id, "type": kind})
        own: Record = {"site": first.id, "billToCompany": row.data.get("billToCompany") or row.id}
        if row.data.get("billingSite") is None:
            own["billingSite"] = first.id
        writer.store.put("company", row.id, {**row.data, **own}, writer.clock.now())

    def removed(self, writer: "Writer", row: Row) -> None:
        """What belongs to a company goes with it when it leaves for good."""
        for name in _CHILDREN:
            table = writer.store.table(name)
            for ident in sorted(table.find("company", row.id)):
                writer.store.remove(name, ident, writer.clock.now())


def sent_types(write: Write, noun: str) -> list[int]:
    """The types a creation names, as `types` or as `typeIds`; what cannot be read becomes an error line."""
    entity = write.writer.kind(noun)
    field = entity.by_name["types"]
    wanted: list[Any] = []
    for name in ("types", "typeIds"):
        sent = write.body.get(name) or []
        if not isinstance(sent, list):
            write.items.append(Item("InvalidField", f"The field {name} must be an array.", noun, name))
            continue
        wanted += sent if name == "types" else [{"id": ident} for ident in sent]
    found: list[int] = []
    for one in wanted:
        try:
            ident = write.writer.coercer.reference(entity, field, one)
        except FieldProblem as problem:
            write.items.append(problem.item)
            continue
        if ident not in found:
            found.append(ident)
    return found


def refuse_types(write: Write, noun: str) -> None:
    """Refuse types sent with an update (reported wording); a PUT may carry the `types` it has read."""
    if "typeIds" in write.names or (write.verb == "PATCH" and "types" in write.names):
        message = f"typeIds can only be used when creating a new {noun}."
        write.items.append(Item("InvalidField", message, noun, "typeIds"))
