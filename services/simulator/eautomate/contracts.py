"""What people do with contracts."""

from datetime import date, timedelta
from typing import Any

from services.simulator.eautomate import templates
from services.simulator.eautomate.desk import Desk, find, opened
from services.simulator.eautomate.series import next_key, next_number


class Contracts(Desk):
    """Contracts at a desk."""

    def contract(self, number: str) -> dict[str, Any]:
        """The contract's row as stored.

        Raises:
            LookupError: there is no such contract.
        """
        with self._file() as file:
            return dict(opened(file, "SCContracts", number))

    def contracts(self, customer: str | None = None) -> list[dict[str, Any]]:
        """Contracts by number, of one customer or of all, with ``CustomerNumber``, ``ContractCode``, ``BillingCycle``.

        Raises:
            LookupError: there is no such customer.
        """
        with self._file() as file:
            owner = None if customer is None else opened(file, "ARCustomers", customer)["CustomerID"]
            rows = file.execute(
                "SELECT contract.*, customer.CustomerNumber, code.ContractCode, cycle.BillingCycle"
                " FROM SCContracts AS contract"
                " JOIN ARCustomers AS customer ON customer.CustomerID = contract.CustomerID"
                " LEFT JOIN SCContractCodes AS code ON code.ContractCodeID = contract.ContractCodeID"
                " LEFT JOIN SCBillingCycles AS cycle ON cycle.BillingCycleID = contract.BaseBillingCycleID"
                " WHERE ? IS NULL OR contract.CustomerID = ? ORDER BY contract.ContractNumber",
                (owner, owner),
            )
            return [dict(row) for row in rows]

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
            key = next_key(file)
            row = {
                "ContractID": key,
                **_numbered(number),
                "CustomerID": owner["CustomerID"],
                "BillToID": owner["BillToID"],
                "ContractCodeID": find(file, "SCContractCodes", kind),
                "BranchID": owner["BranchID"],
                "StartDate": self._today(),
                "Activated": self._today(),
            }
            self._insert(file, "SCContracts", row | fields)
            return key

    def next_contract_number(self) -> str:
        """The number the product offers for a new contract, without its revision."""
        with self._file() as file:
            return next_number(file, "Contract")

    def set_billing(self, number: str, cycle: str, first_day: date, **fields: Any) -> None:
        """Say how a contract is billed: by its lines, in advance, from a day on.

        Raises:
            LookupError: no such contract or cycle.
        """
        with self._file() as file:
            row = {
                "BaseBillingCycleID": find(file, "SCBillingCycles", cycle),
                "BaseBillingStartDate": first_day,
                "BaseNextBillingDate": first_day,
                "SumIndividualBaseRates": 1,
                "Bill": 1,
            }
            key = opened(file, "SCContracts", number)["ContractID"]
            self._save(file, "SCContracts", key, row | fields)

    def save_contract(self, number: str, **fields: Any) -> None:
        """Press OK on a contract."""
        with self._file() as file:
            self._save(file, "SCContracts", opened(file, "SCContracts", number)["ContractID"], fields)

    def terminate_contract(self, number: str, on: date | None = None, code: str | None = None) -> None:
        """End a contract before its time, today unless told otherwise, with a termination code if one is given.

        Raises:
            LookupError: no such contract or termination code.
        """
        with self._file() as file:
            why = {} if code is None else {"TerminationCodeID": find(file, "SCTerminationCodes", code)}
        self.save_contract(number, Terminated=on or self._today(), **why)

    def inactivate_contract(self, number: str) -> None:
        """Take a contract out of use."""
        self.save_contract(number, Active=0)

    def reactivate_contract(self, number: str) -> None:
        """Take a contract into use again."""
        self.save_contract(number, Active=1)

    def rename_contract(self, number: str, new: str) -> None:
        """Give a contract, or a template, another number; its id stays."""
        self.save_contract(number, **_numbered(new))

    def renew_contract(self, number: str, first_day: date) -> str:
        """Renew a contract from a day on: the same contract under its next revision; the new number.

        Raises:
            LookupError: there is no such contract.
            ValueError: its number has no revision.
        """
        row = self.contract(number)
        if not row["ContractMinor"].isdigit():
            raise ValueError(f"contract {number} has no revision")
        width = len(row["ContractMinor"])
        new = f"{row['ContractMajor']}-{int(row['ContractMinor']) + 1:0{width}d}"
        self.save_contract(
            number,
            **_numbered(new),
            Renewed=self._today(),
            BaseBilledThruDate=first_day - timedelta(days=1),
            BaseNextBillingDate=first_day,
        )
        return new

    def acknowledge(self, number: str) -> None:
        """Un-tick "require acknowledgement" on the Messages tab: only then the next invoice can be previewed."""
        self.save_contract(number, MessReqAcknowledgment=0)

    def open_contract(self, number: str) -> None:
        """Have a contract open on the screen: it is in use until it is closed."""
        self._lock(number, 1)

    def close_contract(self, number: str) -> None:
        """Close the contract's screen again."""
        self._lock(number, -1)

    def add_templates(self, customer: str) -> None:
        """Enter the templates for ConnectWise's agreements, owned by the dealership's own customer.

        Raises:
            LookupError: there is no such customer.
        """
        with self._file() as file:
            owner = opened(file, "ARCustomers", customer)["CustomerID"]
            templates.insert_items(file)
            templates.insert_contracts(file, owner, self._now(), self.user)

    def _lock(self, number: str, count: int) -> None:
        with self._file() as file:
            key = opened(file, "SCContracts", number)["ContractID"]
            file.execute(
                "UPDATE SCContracts SET Locks = max(0, Locks + ?) WHERE ContractID = ?", (count, key)
            )

    def expire_contract(self, number: str, last_day: date) -> None:
        """Say when a contract ends; it still holds on that day."""
        self.save_contract(number, ExpDate=last_day)

    def change_contract_type(self, number: str, kind: str) -> None:
        """Choose another contract code."""
        with self._file() as file:
            key = opened(file, "SCContracts", number)["ContractID"]
            self._save(file, "SCContracts", key, {"ContractCodeID": find(file, "SCContractCodes", kind)})


def _numbered(number: str) -> dict[str, str]:
    """Number, major and minor: ``CN7084-01`` is revision 01 of ``CN7084``."""
    major, _, minor = number.rpartition("-") if "-" in number else (number, "", "")
    return {"ContractNumber": number, "ContractMajor": major, "ContractMinor": minor}
