"""Merging one company into another."""

from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.business.company_types import show_types
from services.simulator.connectwise.errors import ApiError, Item, invalid
from services.simulator.connectwise.fields import Kind, Record
from services.simulator.connectwise.store import Row, fold

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_ADDRESS = ("addressLine1", "addressLine2", "city", "state", "zip", "country")
_CHOICES = {
    "name": ("name",),
    "status": ("status",),
    "accountNumber": ("accountNumber",),
    "phone": ("phoneNumber",),
    "fax": ("faxNumber",),
    "website": ("website",),
    "territory": ("territory",),
    "market": ("market",),
    "taxCode": ("taxCode",),
    "billingTerms": ("billingTerms",),
    "dateAcquired": ("dateAcquired",),
    "sicCode": ("sicCode",),
    "numberOfEmployees": ("numberOfEmployees",),
    "revenue": ("annualRevenue",),
    "revenueYear": ("revenueYear",),
    "sourceList": ("leadSource",),
    "timeZone": ("timeZoneSetup",),
    "primaryAddress": _ADDRESS,
    "primaryContact": ("defaultContact",),
    "billingContact": ("billingContact",),
    **{f"userDefinedField{place}": (f"userDefinedField{place}",) for place in range(1, 11)},
}
"""What a merge may take `From` the company that disappears: the model's names and our fields."""


def merge(writer: "Writer", source: Row, target_id: int, choices: dict[str, Any]) -> Row:
    """Merge one company into another: its sites and contacts move unless discarded, the rest refers anew.

    The source goes into the recycle bin, or for good where the tenant does so (`merge_leaves`).
    Returns the target. Raises 400 ApiError for a target that is missing or the company itself.
    """
    store = writer.store
    target = store.get("company", target_id)
    if target is None or target.id == source.id:
        message = f"company {target_id} not found"
        raise invalid("companyMerge", [Item("NotFound", message, "companyMerge", "toCompanyId")])
    if source.data.get("deletedFlag") or target.data.get("deletedFlag"):
        raise ApiError(400, "InvalidObject", "The company has been deleted.")
    gone = writer.knobs.merge_leaves == "nothing"
    if _wanted(choices, "sites"):
        _move_sites(writer, source, target, all_of_them=gone)
    _move_contacts(writer, source, target, keep=_wanted(choices, "contacts"))
    merged: Record = dict(target.data)
    for choice, names in _CHOICES.items():
        if _from(choices, choice):
            merged.update({name: source.data.get(name) for name in names})
    target = writer.store_again(writer.kind("company"), target, merged)
    if _from(choices, "type"):
        _add_types(writer, source, target)
    _refer(writer, source.id, target.id)
    left = store.get("company", source.id) or source
    if gone:
        writer.purge(writer.kind("company"), left)
    else:
        writer.bin(writer.kind("company"), left)
    if _from(choices, "identifier"):
        _take_identifier(writer, source, target.id)
    return store.get("company", target.id) or target


def _wanted(choices: dict[str, Any], name: str) -> bool:
    return str(choices.get(name, "Merge")).lower() != "discard"


def _from(choices: dict[str, Any], name: str) -> bool:
    return str(choices.get(name, "To")).lower() == "from"


def _take_identifier(writer: "Writer", source: Row, target: int) -> None:
    # Identifiers are unique with the bin included, so the binned company hands its own over for another.
    company = writer.kind("company")
    wanted = source.data["identifier"]
    left, kept = writer.store.get("company", source.id), writer.store.get("company", target)
    if left is not None:
        spare = f"{wanted[:18]}{left.id}"
        writer.store_again(company, left, {**left.data, "identifier": spare})
    if kept is not None:
        writer.store_again(company, kept, {**kept.data, "identifier": wanted})


def _move_sites(writer: "Writer", source: Row, target: Row, *, all_of_them: bool) -> None:
    table = writer.store.table("site")
    taken = {fold(table.rows[ident].data.get("name")) for ident in table.find("company", target.id)}
    for ident in sorted(table.find("company", source.id)):
        site = table.rows[ident]
        if site.data.get("primaryAddressFlag") and not all_of_them:
            continue  # the binned company keeps its primary site, so that it stays a whole record
        name = str(site.data.get("name"))
        if fold(name) in taken:
            name = f"{name[:40]} ({source.id})"
        taken.add(fold(name))
        moved = {
            "company": target.id,
            "name": name,
            "primaryAddressFlag": False,
            "defaultShippingFlag": False,
            "defaultBillingFlag": False,
            "defaultMailingFlag": False,
        }
        writer.store_again(writer.kind("site"), site, {**site.data, **moved})


def _move_contacts(writer: "Writer", source: Row, target: Row, *, keep: bool) -> None:
    table = writer.store.table("contact")
    for ident in sorted(table.find("company", source.id)):
        contact = table.rows[ident]
        if not keep:
            writer.purge(writer.kind("contact"), contact)
            continue
        site = writer.store.get("site", contact.data.get("site"))
        moved: Record = {"company": target.id, "defaultFlag": False, "defaultBillingFlag": False}
        if site is None or site.data.get("company") != target.id:
            moved["site"] = target.data.get("site")
        writer.store_again(writer.kind("contact"), contact, {**contact.data, **moved})


def _add_types(writer: "Writer", source: Row, target: Row) -> None:
    for kind in source.data.get("types") or ():
        if kind not in (target.data.get("types") or ()):
            writer.insert(writer.kind("companyTypeAssociation"), {"company": target.id, "type": kind})
    show_types(writer.store, "companyTypeAssociation", "company", target.id, writer.clock.now())


def _refer(writer: "Writer", source: int, target: int) -> None:
    # Parent and bill-to companies, tickets, agreements: all that named the source names the target now.
    for entity, ident in writer.store.users_of("company", source):
        row = writer.store.get(entity.key, ident)
        own = entity.mounts[0].parent_field if entity.mounts else ""
        if row is None or (entity.key, ident) == ("company", source) or own == "company":
            continue
        changed: Record = {
            field.name: target
            for field in entity.fields
            if field.kind is Kind.REF and field.target == "company" and row.data.get(field.name) == source
        }
        if changed and _may_name(entity.key, ident, target):
            writer.store_again(entity, row, {**row.data, **changed})


def _may_name(entity: str, ident: int, target: int) -> bool:
    """Whether a record may name the target: a company is not its own parent."""
    return entity != "company" or ident != target
