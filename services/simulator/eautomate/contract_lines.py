"""What people do on the lines of a contract: items, equipment, meter groups. OK on a line saves its contract."""

import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any

from services.simulator.eautomate.desk import Desk, find, opened
from services.simulator.eautomate.drafts import line_amount

EQUIPMENT_LINE, ITEM_LINE = 1, 2
"""``ContractDetailTypeID``; the product's own values are not public."""

READ_LINES = """
    SELECT line.*, item.Item, equipment.EquipmentNumber,
           coalesce(nullif(line.Description, ''), nullif(item.Description, ''), item.Item,
                    equipment.EquipmentNumber) AS Text
    FROM SCContractDetails AS line
    LEFT JOIN ICItems AS item ON item.ItemID = line.ItemID
    LEFT JOIN SCEquipments AS equipment ON equipment.EquipmentID = line.EquipmentID
    WHERE line.ContractID = ? ORDER BY line.ContractDetailID
"""


class ContractLines(Desk):
    """Lines of contracts at a desk."""

    def contract_lines(self, contract: str) -> list[dict[str, Any]]:
        """The lines as stored with ``Item`` and ``EquipmentNumber``, ended ones too.

        Raises:
            LookupError: there is no such contract.
        """
        with self._file() as file:
            return lines_of(file, opened(file, "SCContracts", contract)["ContractID"])

    def add_line(
        self, contract: str, item: str, quantity: Decimal | int, unit_rate: Decimal | int, **fields: Any
    ) -> int:
        """An item on a contract, from the contract's start on; its ``ContractDetailID``.

        Args:
            contract: contract number.
            item: item number.
            fields: further columns.

        Raises:
            LookupError: no such contract or item.
            ValueError: the item is not serviceable.
        """
        with self._file() as file:
            owner, sold = opened(file, "SCContracts", contract), opened(file, "ICItems", item)
            if not sold["ServiceableAsItem"]:
                raise ValueError(f"item {item} is not serviceable")
            row = {
                "ContractDetailTypeID": ITEM_LINE,
                "ItemID": sold["ItemID"],
                "Description": sold["Description"],
                "Quantity": Decimal(quantity),
                "UnitBaseRate": Decimal(unit_rate),
                "BaseDistributionCodeID": sold["BaseDistributionCodeID"],
            }
            return self._add(file, owner, row | fields)

    def add_equipment_line(self, contract: str, equipment: str, rate: Decimal | int, **fields: Any) -> int:
        """A piece of equipment on a contract; its ``ContractDetailID``.

        Raises:
            LookupError: no such contract or equipment.
        """
        with self._file() as file:
            owner, machine = (
                opened(file, "SCContracts", contract),
                opened(file, "SCEquipments", equipment),
            )
            row = {
                "ContractDetailTypeID": EQUIPMENT_LINE,
                "EquipmentID": machine["EquipmentID"],
                "Quantity": Decimal(1),
                "UnitBaseRate": Decimal(rate),
                "LocationID": machine["LocationID"] or owner["CustomerID"],
            }
            return self._add(file, owner, row | fields)

    def edit_line(self, contract: str, detail_id: int, **fields: Any) -> None:
        """Change a line, press OK on the contract; the line's amount is computed anew.

        Raises:
            LookupError: the contract has no such line.
        """
        with self._file() as file:
            owner, _ = _line(file, contract, detail_id)
            self._save(file, "SCContractDetails", detail_id, fields)
            _, line = _line(file, contract, detail_id)
            amount = line_amount(line["Quantity"], line["UnitBaseRate"])
            self._save(file, "SCContractDetails", detail_id, {"BaseRate": amount})
            self._save(file, "SCContracts", owner["ContractID"], {})

    def end_line(
        self, contract: str, detail_id: int, last_day: date | None = None, code: str | None = None
    ) -> None:
        """End a line on a day, today unless told otherwise, with a termination code if one is given."""
        with self._file() as file:
            why = None if code is None else find(file, "SCTerminationCodes", code)
        self.edit_line(contract, detail_id, EndDate=last_day or self._today(), TerminationCodeID=why)

    def remove_line(self, contract: str, detail_id: int) -> None:
        """Take a line away that was never billed.

        Raises:
            LookupError: the contract has no such line.
            ValueError: it was billed.
        """
        with self._file() as file:
            owner, _ = _line(file, contract, detail_id)
            billed = file.execute("SELECT 1 FROM SCBillingContracts WHERE ContractDetailID = ?", (detail_id,))
            if billed.fetchone() is not None:
                raise ValueError(f"line {detail_id} of contract {contract} was billed: it can only be ended")
            file.execute("DELETE FROM SCContractDetails WHERE ContractDetailID = ?", (detail_id,))
            self._save(file, "SCContracts", owner["ContractID"], {})

    def add_meter_group(
        self,
        contract: str,
        name: str,
        covered: int,
        overage_rate: Decimal,
        base_rate_per_copy: Decimal = Decimal(),
    ) -> int:
        """A meter group with one overage rate; its ``ContractMeterGroupID``.

        Raises:
            LookupError: there is no such contract.
        """
        with self._file() as file:
            owner = opened(file, "SCContracts", contract)["ContractID"]
            row = {
                "ContractMeterGroup": name,
                "Description": name,
                "ContractID": owner,
                "CoveredCopies": Decimal(covered),
                "UseOverages": 1,
                "BaseRatePerCopy": base_rate_per_copy,
            }
            key = self._insert(file, "SCContractMeterGroups", row)
            tier = {"ContractMeterGroupID": key, "Rate": overage_rate}
            self._insert(file, "SCContractMeterGroupOverages", tier)
            self._save(file, "SCContracts", owner, {})
            return key

    def _add(self, file: sqlite3.Connection, owner: sqlite3.Row, fields: dict[str, Any]) -> int:
        row = {
            "ContractID": owner["ContractID"],
            "LocationID": owner["CustomerID"],
            "StartDate": owner["StartDate"],
            "BaseRate": line_amount(fields["Quantity"], fields["UnitBaseRate"]),
        }
        key = self._insert(file, "SCContractDetails", row | fields)
        self._save(file, "SCContracts", owner["ContractID"], {})
        return key


def lines_of(file: sqlite3.Connection, contract_id: int) -> list[dict[str, Any]]:
    """The lines of a contract with ``Item``, ``EquipmentNumber`` and ``Text``, what to call them."""
    return [dict(row) for row in file.execute(READ_LINES, (contract_id,))]


def _line(file: sqlite3.Connection, contract: str, detail_id: int) -> tuple[sqlite3.Row, dict[str, Any]]:
    owner = opened(file, "SCContracts", contract)
    found = [line for line in lines_of(file, owner["ContractID"]) if line["ContractDetailID"] == detail_id]
    if not found:
        raise LookupError(f"contract {contract} has no line {detail_id}")
    return owner, found[0]
