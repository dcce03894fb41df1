"""The types of companies and contacts: associations, and what the records show of them."""

from typing import TYPE_CHECKING

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


def is_vendor(store: Store, types: list[int]) -> bool:
    """Whether one of the company types is a vendor's."""
    rows = (store.get("companyType", ident) for ident in types)
    return any(row is not None and bool(row.data.get("vendorFlag")) for row in rows)


class AssociationRules(Rules):
    """Types of a company or a contact: no type twice; the owner shows them."""

    def __init__(self, association: str, owner: str) -> None:
        self._association = association
        self._owner = owner

    def check(self, write: Write) -> None:
        """A second association of the same type is `ObjectExists` (recorded)."""
        table = write.store.table(self._association)
        others = table.find(self._owner, write.record.get(self._owner)) - {write.own_id}
        if any(table.rows[ident].data.get("type") == write.record.get("type") for ident in others):
            message = f"The {self._owner} already has this type."
            write.items.append(Item("ObjectExists", message, self._association, "type"))

    def written(self, write: Write, row: Row) -> None:
        """Show the type on the owner."""
        now = write.writer.clock.now()
        owner = row.data[self._owner]
        self._show(write.store, owner, now)
        if write.before is not None and write.before.data[self._owner] != owner:
            self._show(write.store, write.before.data[self._owner], now)

    def removed(self, writer: "Writer", row: Row) -> None:
        """Take the type off the owner."""
        self._show(writer.store, row.data[self._owner], writer.clock.now())

    def _show(self, store: Store, owner: int, at: float) -> None:
        show_types(store, self._association, self._owner, owner, at)


def show_types(store: Store, association: str, owner: str, ident: int, at: float) -> None:
    """Refresh what a record shows of its types.

    Its stamps stay: a child was written, not the record (inferred).
    """
    row = store.get(owner, ident)
    if row is None:
        return
    table = store.table(association)
    shown = {"types": [table.rows[one].data["type"] for one in sorted(table.find(owner, ident))]}
    if owner == "company":
        vendor = is_vendor(store, shown["types"])
        store.put(owner, ident, {**row.data, **shown, "isVendorFlag": vendor}, at)
    else:
        store.put(owner, ident, {**row.data, **shown}, at)


class TypeRules(Rules):
    """A type turned vendor or not turns its companies."""

    def written(self, write: Write, row: Row) -> None:
        """Refresh the companies of the type."""
        if write.before is None or write.before.data.get("vendorFlag") == row.data.get("vendorFlag"):
            return
        now = write.writer.clock.now()
        for association in list(write.store.table("companyTypeAssociation").rows.values()):
            if association.data["type"] == row.id:
                owner = association.data["company"]
                show_types(write.store, "companyTypeAssociation", "company", owner, now)
