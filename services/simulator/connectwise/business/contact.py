"""What the server does with contacts and their communications beyond their tables of fields."""

import uuid
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.company import refuse_types, sent_types
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store, fold

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_ITEM = ("id", "type", "value", "extension", "defaultFlag", "domain", "communicationType")
_CHILDREN = ("communication", "contactTypeAssociation", "contactNote")


class ContactRules(Rules):
    """No duplicates unless asked for, the company's primary site, and communications kept in their table."""

    def prepare(self, write: Write) -> None:
        """Complete a new contact: its types, its site, its GUID."""
        record = write.record
        record["types"] = sent_types(write, "contact")
        record["ignoreDuplicates"] = False
        record["mobileGuid"] = str(uuid.uuid4())
        company = write.store.get("company", record.get("company"))
        if company is not None and record.get("site") is None:
            record["site"] = company.data.get("site")

    def update(self, write: Write) -> None:
        """Types are set on create only (reported)."""
        refuse_types(write, "contact")

    def check(self, write: Write) -> None:
        """A second contact of the same name or e-mail is `ContactApi`, unless `ignoreDuplicates` is sent."""
        if write.before is not None or write.body.get("ignoreDuplicates") is True:
            return
        twin = _same_name(write) or _same_mail(write)
        if twin:
            message = f"Contact {twin} has the same name or e-mail address."
            write.items.append(Item("ContactApi", message, "contact", "firstName"))

    def written(self, write: Write, row: Row) -> None:
        """Keep communications, types and the one default contact of the company in step."""
        writer = write.writer
        if write.before is None:
            for kind in row.data["types"]:
                writer.insert(writer.kind("contactTypeAssociation"), {"contact": row.id, "type": kind})
        before = write.before.data if write.before is not None else {}
        if not before or any(
            before.get(name) != row.data.get(name) for name in ("communicationItems", "site")
        ):
            _store_items(writer, row)
        if row.data.get("defaultFlag"):
            _become_default(writer, row)

    def removed(self, writer: "Writer", row: Row) -> None:
        """What belongs to a contact goes with it."""
        for name in _CHILDREN:
            for ident in sorted(writer.store.table(name).find("contact", row.id)):
                writer.store.remove(name, ident, writer.clock.now())


class CommunicationRules(Rules):
    """A communication of a contact, through the child endpoint: the contact shows it."""

    def prepare(self, write: Write) -> None:
        """The first of its kind is the default."""
        write.record["mobileGuid"] = str(uuid.uuid4())
        kind, table = _kind(write.store, write.record), write.store.table("communication")
        others = (table.rows[ident].data for ident in table.find("contact", write.record.get("contact")))
        if not any(other.get("communicationType") == kind for other in others):
            write.record["defaultFlag"] = True

    def check(self, write: Write) -> None:
        """Derive what the type and the value tell."""
        write.record.update(_derived(write.store, write.record))

    def written(self, write: Write, row: Row) -> None:
        """One default a kind, and the contact's own list."""
        if row.data.get("defaultFlag"):
            _only_default(write.writer.store, row, write.writer.clock.now())
        _show_items(write.writer, row.data["contact"])

    def removed(self, writer: "Writer", row: Row) -> None:
        """The contact's own list again."""
        _show_items(writer, row.data["contact"])


def _same_name(write: Write) -> int:
    wanted, table = write.record, write.store.table("contact")
    for ident in sorted(table.find("lastName", wanted.get("lastName"))):
        other = table.rows[ident].data
        first = fold(other.get("firstName")) == fold(wanted.get("firstName"))
        if first and other.get("company") == wanted.get("company"):
            return ident
    return 0


def _same_mail(write: Write) -> int:
    table = write.store.table("communication")
    for item in write.record.get("communicationItems") or ():
        if item.get("value") and _kind(write.store, item) == "Email":
            for ident in sorted(table.find("value", item["value"])):
                return int(table.rows[ident].data["contact"])
    return 0


def _kind(store: Store, item: Record) -> str:
    row = store.get("communicationType", item.get("type"))
    if row is None:
        return str(item.get("communicationType") or "Phone")
    return "Email" if row.data.get("emailFlag") else "Fax" if row.data.get("faxFlag") else "Phone"


def _usual_type(store: Store, item: Record) -> int | None:
    # The default type of the kind named, or of the kind the value looks like.
    kind = item.get("communicationType") or ("Email" if "@" in str(item.get("value")) else "Phone")
    rows = [row for row in store.table("communicationType").after(0) if row.data.get(f"{kind.lower()}Flag")]
    rows.sort(key=lambda row: not row.data.get("defaultFlag"))
    return rows[0].id if rows else None


def _derived(store: Store, item: Record) -> Record:
    kind = _kind(store, item)
    value = str(item.get("value") or "")
    at = value.rfind("@")
    domain = value[at:] if kind == "Email" and at >= 0 else None
    return {"communicationType": kind, "domain": domain}


def _only_default(store: Store, row: Row, at: float) -> None:
    table = store.table("communication")
    for ident in sorted(table.find("contact", row.data["contact"]) - {row.id}):
        other = table.rows[ident].data
        if other.get("defaultFlag") and other.get("communicationType") == row.data["communicationType"]:
            store.put("communication", ident, {**other, "defaultFlag": False}, at)


def _store_items(writer: "Writer", row: Row) -> None:
    """Carry the list of a contact into the table of communications; ids of the list are kept."""
    store, now = writer.store, writer.clock.now()
    table = store.table("communication")
    known = set(table.find("contact", row.id))
    for sent in row.data.get("communicationItems") or ():
        item = {**sent, "type": sent.get("type") or _usual_type(store, sent)}
        record = {**item, **_derived(store, item), "contact": row.id}
        ident = item.get("id")
        if ident in known:
            known.discard(ident)
            store.put("communication", ident, {**table.rows[ident].data, **record}, now)
        else:
            record.pop("id", None)
            first = not any(
                table.rows[one].data.get("communicationType") == record["communicationType"]
                for one in table.find("contact", row.id)
            )
            record["defaultFlag"] = bool(record.get("defaultFlag")) or first
            stored = writer.insert(writer.kind("communication"), record)
            if stored.data["defaultFlag"]:
                _only_default(store, stored, now)
    for ident in sorted(known):
        store.remove("communication", ident, now)
    _show_items(writer, row.id, touch=False)


def _show_items(writer: "Writer", contact: int, *, touch: bool = True) -> None:
    # A contact lists its communications, and shows the default telephone among its own fields.
    row = writer.store.get("contact", contact)
    if row is None:
        return
    table = writer.store.table("communication")
    rows = [table.rows[ident].data for ident in sorted(table.find("contact", contact))]
    items = [{name: one[name] for name in _ITEM if one.get(name) is not None} for one in rows]
    phone = next(
        (one for one in rows if one.get("defaultFlag") and one.get("communicationType") == "Phone"), None
    )
    shown = {"communicationItems": items, **_default_phone(writer.store, phone, row.data.get("site"))}
    writer.store_again(writer.kind("contact"), row, {**row.data, **shown}, touch=touch)


def _default_phone(store: Store, phone: Record | None, site: int | None) -> Record:
    # A contact without a telephone is reached by its site's (recorded).
    if phone is not None:
        kind = store.get("communicationType", phone.get("type"))
        name = kind.data.get("description") if kind is not None else None
        number, extension = phone.get("value"), phone.get("extension")
        return {"defaultPhoneType": name, "defaultPhoneNbr": number, "defaultPhoneExtension": extension}
    place = store.get("site", site)
    number = place.data.get("phoneNumber") if place is not None else None
    return {
        "defaultPhoneType": "Site" if number else None,
        "defaultPhoneNbr": number or None,
        "defaultPhoneExtension": None,
    }


def _become_default(writer: "Writer", row: Row) -> None:
    company = writer.store.get("company", row.data.get("company"))
    if company is None:
        return
    table = writer.store.table("contact")
    for ident in sorted(table.find("company", company.id) - {row.id}):
        other = table.rows[ident]
        if other.data.get("defaultFlag"):
            writer.store_again(writer.kind("contact"), other, {**other.data, "defaultFlag": False})
    if company.data.get("defaultContact") != row.id:
        writer.store_again(writer.kind("company"), company, {**company.data, "defaultContact": row.id})
