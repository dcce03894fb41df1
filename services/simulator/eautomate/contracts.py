"""What people do with contracts."""

from datetime import date
from typing import Any

from services.simulator.eautomate.desk import Desk, find, opened


class Contracts(Desk):
    """Contracts at a desk."""

    def contract(self, number: str) -> dict[str, Any]:
        """The contract's row as stored.

        Raises:
            LookupError: there is no such contract.
        """
        with self._file() as file:
            return dict(opened(file, "SCContracts", number))

    def add_contract(self, customer: str, number: str, kind: str, **fields: Any) -> int:
        """A contract of a customer, invoiced to whom the customer is; its ``ContractID``.

        Args:
            customer: customer number.
            number: major and minor with a dash, e.g. ``CN7084-01``.
            kind: contract code, e.g. ``MIT``.
            fields: further columns; dates as ``date``.

        Raises:
            LookupError: no such customer or code.
        """
        with self._file() as file:
            owner = opened(file, "ARCustomers", customer)
            # The product hands out contract ids itself.
            (key,) = file.execute("SELECT coalesce(max(ContractID), 0) + 1 FROM SCContracts").fetchone()
            major, _, minor = number.rpartition("-") if "-" in number else (number, "", "")
            row = {
                "ContractID": key,
                "ContractNumber": number,
                "ContractMajor": major,
                "ContractMinor": minor,
                "CustomerID": owner["CustomerID"],
                "BillToID": owner["BillToID"],
                "ContractCodeID": find(file, "SCContractCodes", kind),
                "BranchID": owner["BranchID"],
                "StartDate": self._today(),
                "Activated": self._today(),
            }
            self._insert(file, "SCContracts", row | fields)
            return int(key)

    def save_contract(self, number: str, **fields: Any) -> None:
        """Press OK on a contract."""
        with self._file() as file:
            self._save(file, "SCContracts", opened(file, "SCContracts", number)["ContractID"], fields)

    def terminate_contract(self, number: str, on: date | None = None) -> None:
        """End a contract before its time, today unless told otherwise."""
        self.save_contract(number, Terminated=on or self._today())

    def inactivate_contract(self, number: str) -> None:
        """Take a contract out of use."""
        self.save_contract(number, Active=0)

    def expire_contract(self, number: str, last_day: date) -> None:
        """Say when a contract ends; it still holds on that day."""
        self.save_contract(number, ExpDate=last_day)

    def change_contract_type(self, number: str, kind: str) -> None:
        """Choose another contract code."""
        with self._file() as file:
            key = opened(file, "SCContracts", number)["ContractID"]
            self._save(file, "SCContracts", key, {"ContractCodeID": find(file, "SCContractCodes", kind)})
