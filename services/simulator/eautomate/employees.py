"""What people do with employees and with the code tables everybody uses."""

from typing import Any

from services.simulator.eautomate.desk import (
    Desk,
    code_column,
    find,
    opened,
    read_properties,
    write_property,
)

CONFIGURATION = "ConnectWise staff"


class Employees(Desk):
    """Employees and codes at a desk."""

    def agent(self, number: str) -> dict[str, Any]:
        """The employee's row as stored.

        Raises:
            LookupError: there is no such employee.
        """
        with self._file() as file:
            return dict(opened(file, "ShAgents", number))

    def add_agent(
        self,
        number: str,
        first: str,
        last: str,
        *,
        configuration: str | None = CONFIGURATION,
        technician: bool = True,
        sales_rep: bool = False,
        **fields: Any,
    ) -> int:
        """An employee; the ``AgentID``."""
        with self._file() as file:
            row = {
                "AgentNumber": number,
                "FirstName": first,
                "LastName": last,
                "PrefFullName": f"{first} {last}",
            }
            key = self._insert(file, "ShAgents", row | fields)
            if technician:
                self._insert(file, "SCTechnicians", {"TechnicianID": key})
            if sales_rep:
                self._insert(file, "ARSalesReps", {"SalesRepID": key})
            if configuration is not None:
                self._assign_configuration(file, "ShAgents", key, configuration, rows=True)
            return key

    def edit_agent(self, number: str, **fields: Any) -> None:
        """Press OK on an employee."""
        with self._file() as file:
            self._save(file, "ShAgents", opened(file, "ShAgents", number)["AgentID"], fields)

    def remove_agent(self, number: str) -> None:
        """Take an employee's row away with all that hangs on it; customers lose their sales rep."""
        with self._file() as file:
            key = opened(file, "ShAgents", number)["AgentID"]
            file.execute("UPDATE ARCustomers SET SalesRepID = NULL WHERE SalesRepID = ?", (key,))
            file.execute("DELETE FROM ShAgentCustomProperties WHERE AgentID = ?", (key,))
            file.execute("DELETE FROM SCTechnicians WHERE TechnicianID = ?", (key,))
            file.execute("DELETE FROM ARSalesReps WHERE SalesRepID = ?", (key,))
            file.execute("DELETE FROM ShAgents WHERE AgentID = ?", (key,))

    def assign_agent_configuration(self, number: str, configuration: str | None, rows: bool = True) -> None:
        """Choose a custom-property configuration: the values of the one before are gone."""
        with self._file() as file:
            key = opened(file, "ShAgents", number)["AgentID"]
            self._assign_configuration(file, "ShAgents", key, configuration, rows)

    def set_agent_property(self, number: str, name: str, value: str | None) -> None:
        """Type a property value and press OK.

        Raises:
            LookupError: no such employee or attribute, or the configuration does not show it.
        """
        with self._file() as file:
            self._type_property(file, "ShAgents", opened(file, "ShAgents", number), name, value)

    def foreign_agent_property(self, number: str, name: str, value: str | None) -> None:
        """Somebody else's SQL sets ``TextVal``: no stamp, no rowversion moves."""
        with self._file() as file:
            write_property(file, "ShAgents", opened(file, "ShAgents", number)["AgentID"], name, value)

    def agent_properties(self, number: str) -> dict[str, str | None]:
        """Property values as stored, by name."""
        with self._file() as file:
            return read_properties(file, "ShAgents", opened(file, "ShAgents", number)["AgentID"])

    def assign_sales_rep(self, number: str, agent: str | None) -> None:
        """Give a customer to a sales rep, by employee number; None: to nobody.

        Raises:
            LookupError: no such customer, no such employee, or one who is no sales rep.
        """
        with self._file() as file:
            customer = opened(file, "ARCustomers", number)["CustomerID"]
            rep = None if agent is None else opened(file, "ShAgents", agent)["AgentID"]
            found = file.execute("SELECT 1 FROM ARSalesReps WHERE SalesRepID = ?", (rep,)).fetchone()
            if rep is not None and found is None:
                raise LookupError(f"employee {agent} is no sales rep")
            self._save(file, "ARCustomers", customer, {"SalesRepID": rep})

    def rename_code(self, table: str, code: str, new: str) -> None:
        """Rename a customer type, branch, on-hold code, territory or contract code; who carries it does not move.

        Args:
            table: e.g. ``ARCustomerTypes``, ``GLBranches``, ``ShOnHoldCodes``, ``SCContractCodes``.

        Raises:
            LookupError: no such table or code.
        """
        column = code_column(table)
        with self._file() as file:
            self._save(file, table, find(file, table, code), {column: new})
