"""What the server does with catalog items beyond their table of fields."""

import uuid

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Store


class CatalogRules(Rules):
    """SKUs are unique, the category follows the subcategory, stock is decided on once."""

    def complete(self, store: Store, record: Record, given: frozenset[str], _now: str) -> None:
        """The category of the subcategory, and a class."""
        if "productClass" not in given and record.get("productClass") is None:
            record["productClass"] = "NonInventory"
        _sort(store, record)

    def prepare(self, write: Write) -> None:
        """Give the item its GUID."""
        write.record["connectWiseID"] = str(uuid.uuid4())

    def update(self, write: Write) -> None:
        """An item that was not of the inventory does not become one later (inferred)."""
        _sort(write.store, write.record)
        before = write.before.data.get("productClass") if write.before is not None else None
        if write.record.get("productClass") == "Inventory" and before not in (None, "Inventory"):
            message = "The product class cannot be changed to Inventory."
            write.items.append(Item("InvalidField", message, "catalogItem", "productClass"))

    def check(self, write: Write) -> None:
        """The identifier is unique; what recurs says how often."""
        record = write.record
        identifier = record.get("identifier")
        if identifier and write.store.table("catalogItem").find("identifier", identifier) - {write.own_id}:
            message = "Product identifier must be unique."
            write.items.append(Item("ObjectExists", message, "catalogItem", "identifier"))
        if record.get("recurringFlag") and not (
            record.get("recurringBillCycle") or record.get("recurringOneTimeFlag")
        ):
            message = "The recurringBillCycle field is required."
            write.items.append(Item("MissingRequiredField", message, "catalogItem", "recurringBillCycle"))


def _sort(store: Store, record: Record) -> None:
    below = store.get("productSubCategory", record.get("subcategory"))
    record["category"] = below.data.get("category") if below is not None else None
