"""What people do in the thick client, and what others do behind its back by SQL.

Every action is one short transaction. Columns go by their names: ``save_customer("AB00", Phone1="...")``.
"""

from pathlib import Path
from typing import Any

from services.simulator.eautomate import database
from services.simulator.eautomate.call_billing import CallBilling
from services.simulator.eautomate.call_moves import CallMoves
from services.simulator.eautomate.call_work import CallWork
from services.simulator.eautomate.contract_lines import ContractLines
from services.simulator.eautomate.contracts import Contracts
from services.simulator.eautomate.desk import find, opened, read_properties, write_property
from services.simulator.eautomate.employees import Employees
from services.simulator.eautomate.items import Items
from services.simulator.eautomate.periods import Periods
from services.simulator.eautomate.receivables import Receivables


class Client(
    Contracts, ContractLines, CallMoves, CallWork, CallBilling, Receivables, Items, Employees, Periods
):
    """The client at one person's desk: customers, and what the desk's other parts do."""

    def customer(self, number: str) -> dict[str, Any]:
        """The customer's row as stored.

        Raises:
            LookupError: there is no such customer.
        """
        with self._file() as file:
            return dict(opened(file, "ARCustomers", number))

    def save_customer(self, number: str, user: str | None = None, **fields: Any) -> None:
        """Press OK: stamps, user and rowversion move even when nothing was altered."""
        with self._file() as file:
            row = opened(file, "ARCustomers", number)
            self._save(file, "ARCustomers", row["CustomerID"], fields, user)

    def add_customer(self, number: str, name: str, **fields: Any) -> int:
        """A head office; its ``CustomerID``."""
        with self._file() as file:
            row = {"CustomerNumber": number, "CustomerName": name, **fields}
            return self._insert(file, "ARCustomers", row)

    def add_location(self, parent: str, number: str, name: str, **fields: Any) -> int:
        """A location of a customer, invoiced to it; its ``CustomerID``."""
        owner = self.customer(parent)["CustomerID"]
        return self.add_customer(number, name, **{"LocationID": owner, "BillToID": owner, **fields})

    def know_configuration(self, name: str) -> None:
        """Look a custom-property configuration up.

        Raises:
            LookupError: there is none of this name.
        """
        with self._file() as file:
            find(file, "ShTrackingConfigs", name)

    def assign_configuration(self, number: str, configuration: str | None, rows: bool = True) -> None:
        """Choose a custom-property configuration: the values of the one before are gone.

        Args:
            rows: whether empty property rows appear at once.
        """
        with self._file() as file:
            customer = opened(file, "ARCustomers", number)["CustomerID"]
            self._assign_configuration(file, "ARCustomers", customer, configuration, rows)

    def set_property(self, number: str, name: str, value: str | None) -> None:
        """Type a property value and press OK.

        Raises:
            LookupError: no such customer or attribute, or the configuration does not show it.
        """
        with self._file() as file:
            self._type_property(file, "ARCustomers", opened(file, "ARCustomers", number), name, value)

    def properties(self, number: str) -> dict[str, str | None]:
        """Property values as stored, by name."""
        with self._file() as file:
            return read_properties(file, "ARCustomers", opened(file, "ARCustomers", number)["CustomerID"])

    def put_on_hold(self, number: str, code: str = "CH") -> None:
        """Put a customer on hold with a code."""
        with self._file() as file:
            fields = {"Hold": 1, "OnHoldCodeID": find(file, "ShOnHoldCodes", code)}
            self._save(file, "ARCustomers", opened(file, "ARCustomers", number)["CustomerID"], fields)

    def release(self, number: str, keep_code: bool = True) -> None:
        """Release a customer; the code may stay on the row, the ``Hold`` bit is what counts."""
        self.save_customer(number, **({"Hold": 0} if keep_code else {"Hold": 0, "OnHoldCodeID": None}))

    def inactivate(self, number: str) -> None:
        """Take a customer out of use."""
        self.save_customer(number, Active=0)

    def reactivate(self, number: str) -> None:
        """Take a customer into use again."""
        self.save_customer(number, Active=1)

    def renumber(self, number: str, new: str) -> None:
        """Give a customer another number; its id stays."""
        self.save_customer(number, CustomerNumber=new)

    def merge(self, loser: str, winner: str) -> None:
        """Merge two customers: the loser's locations go to the winner, its row is gone."""
        with self._file() as file:
            lost, kept = (
                opened(file, "ARCustomers", loser)["CustomerID"],
                opened(file, "ARCustomers", winner)["CustomerID"],
            )
            for table, column in (
                ("ARCustomers", "LocationID"),
                ("ARCustomers", "BillToID"),
                ("ARCustomers", "MailToID"),
                ("SCContracts", "CustomerID"),
                ("SCContracts", "BillToID"),
                ("SCContractDetails", "LocationID"),
                ("SCEquipments", "CustomerID"),
                ("SCEquipments", "BillToID"),
                ("SCEquipments", "LocationID"),
                ("SCCalls", "CustomerID"),
                ("SCCalls", "BillToID"),
                ("ARInvoices", "CustomerID"),
                ("ARInvoices", "BillToID"),
                ("ARReceipts", "CustomerID"),
            ):
                file.execute(
                    f"UPDATE {table} SET {column} = ? WHERE {column} = ?",  # noqa: S608 - names are ours
                    (kept, lost),
                )
            file.execute("DELETE FROM ARCustomerCustomProperties WHERE CustomerID = ?", (lost,))
            file.execute("DELETE FROM ARCustomerContacts WHERE CustomerID = ?", (lost,))
            file.execute("DELETE FROM ARCustomers WHERE CustomerID = ?", (lost,))
            self._save(file, "ARCustomers", kept, {})

    def foreign_property(self, number: str, name: str, value: str | None) -> None:
        """Somebody else's SQL sets ``TextVal``: no stamp, no rowversion moves."""
        with self._file() as file:
            write_property(
                file, "ARCustomers", opened(file, "ARCustomers", number)["CustomerID"], name, value
            )

    def foreign_sql(self, statement: str, *values: Any) -> int:
        """Somebody else's SQL; how many rows it touched."""
        with self._file() as file:
            return file.execute(statement, values).rowcount

    def backup(self, to: Path) -> None:
        """Back the database up."""
        database.backup(self.path, to)

    def restore(self, backed_up: Path) -> None:
        """Restore a backup: the rowversion jumps back, the database has another identity."""
        database.restore(self.path, backed_up)
