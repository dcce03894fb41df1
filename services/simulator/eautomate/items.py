"""What people do with items and equipment."""

from typing import Any

from services.simulator.eautomate.desk import Desk, find, opened

_COPIED = (
    "ItemType",
    "Serialized",
    "ServiceableAsItem",
    "InventoryCodeID",
    "ExpenseCodeID",
    "CategoryID",
    "UMID",
    "SalesCodeID",
    "ServiceCodeID",
    "EquipmentCodeID",
    "ModelID",
    "BaseDistributionCodeID",
    "TaxFlag",
    "TaxFlagID",
)


class Items(Desk):
    """Items and equipment at a desk."""

    def item(self, number: str) -> dict[str, Any]:
        """The item's row as stored.

        Raises:
            LookupError: there is no such item.
        """
        with self._file() as file:
            return dict(opened(file, "ICItems", number))

    def add_item(self, number: str, description: str, like: str | None = None, **fields: Any) -> int:
        """An item; its ``ItemID``. Without a pattern it is a serviceable expense item.

        Args:
            like: number of the item whose codes are taken over.
            fields: further columns.

        Raises:
            LookupError: there is no such pattern.
        """
        with self._file() as file:
            if like is None:
                taken = {"ExpenseCodeID": find(file, "ShExpenseCodes", "LABOR"), "ServiceableAsItem": 1}
            else:
                pattern = opened(file, "ICItems", like)
                taken = {name: pattern[name] for name in _COPIED}
            row = {"Item": number, "Description": description, **taken}
            return self._insert(file, "ICItems", row | fields)

    def edit_item(self, number: str, **fields: Any) -> None:
        """Press OK on an item."""
        with self._file() as file:
            self._save(file, "ICItems", opened(file, "ICItems", number)["ItemID"], fields)

    def rename_item(self, number: str, new: str) -> None:
        """Give an item another number; its id stays."""
        self.edit_item(number, Item=new)

    def inactivate_item(self, number: str) -> None:
        """Take an item out of use."""
        self.edit_item(number, Active=0)

    def add_equipment(self, customer: str, number: str, model: str, serial: str = "", **fields: Any) -> int:
        """A customer's piece of equipment; its ``EquipmentID``.

        Raises:
            LookupError: no such customer or model.
        """
        with self._file() as file:
            owner = opened(file, "ARCustomers", customer)
            row = {
                "EquipmentNumber": number,
                "SerialNumber": serial,
                "ModelID": find(file, "ICModels", model),
                "CustomerID": owner["CustomerID"],
                "BillToID": owner["BillToID"],
                "LocationID": owner["CustomerID"],
                "BranchID": owner["BranchID"],
                "InstallDate": self._today(),
                "IsMetered": 1,
            }
            return self._insert(file, "SCEquipments", row | fields)
