"""Every service that agreement billing needs as a process of its own, and what its people see at the end."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from services.simulator.stage import Stage
from tests.agreed import Agreed, Dealership
from tests.deployment import until
from tests.faults.system.crew import Crew

SERVICES = {
    "mapping": "mapping",
    "eautomate_connector": "eautomate_connector",
    "connectwise_connector": "connectwise_connector",
    "customer_sync": "customer_sync",
    "agreements-1": "agreement_sync",
    "agreements-2": "agreement_sync",
    "error_reporting": "error_reporting",
}
STATEMENT = """
    SELECT contract.ContractNumber, contract.PONumber, contract.Bill,
           (SELECT count(*) FROM SCContractDetails AS line WHERE line.ContractID = contract.ContractID) AS lines,
           (SELECT sum(line.BaseRate) FROM SCContractDetails AS line WHERE line.ContractID = contract.ContractID) AS amount
    FROM SCContracts AS contract
    JOIN ARCustomers AS customer ON customer.CustomerID = contract.CustomerID
    WHERE customer.CustomerNumber = ?
"""


@dataclass(frozen=True)
class Invoiced:
    """An agreement with its invoice."""

    agreed: Agreed
    invoice: int
    number: str


class Clerks(Crew):
    """A deployment with agreements that can lose any of its members."""

    services: ClassVar[dict[str, str]] = SERVICES

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.dealership = Dealership(self)

    def agree(self, first: int, count: int) -> list[Agreed]:
        """Customers with their companies and an agreement each."""
        return [
            self.dealership.agreed(f"B{first + place:04d}", flat=str(500 + place)) for place in range(count)
        ]

    def invoice(self, agreed: Sequence[Agreed]) -> list[Invoiced]:
        """The recurring run bills them all."""
        found = []
        for one in agreed:
            number = f"{one.customer[1:]}11"
            found.append(Invoiced(one, self.dealership.invoiced(one, number), number))
        return found

    def ready(self, invoiced: Sequence[Invoiced], seconds: float = 90.0) -> None:
        """Wait until every contract is ready to be billed."""

        def missing() -> list[str]:
            return [
                one.number
                for one in invoiced
                if [(row["PONumber"], row["Bill"]) for row in self.contracts(one)] != [(one.number, 1)]
            ]

        until(
            lambda: not missing(),
            "every agreement has its one contract, ready to be billed",
            seconds,
            every=0.5,
        )

    def contracts(self, one: Invoiced) -> list[dict[str, Any]]:
        """The customer's contracts, with how many lines they have and what those come to."""
        with closing(sqlite3.connect(self.stage.eautomate_file, timeout=30)) as file:
            file.row_factory = sqlite3.Row
            return [dict(row) for row in file.execute(STATEMENT, (one.agreed.customer,))]

    def bill(self, invoiced: Sequence[Invoiced]) -> None:
        """The office bills every contract."""
        for one in invoiced:
            (contract,) = self.contracts(one)
            self.people.bill(contract["ContractNumber"])

    def renumbered(self, invoiced: Sequence[Invoiced], seconds: float = 90.0) -> None:
        """Wait until every e-automate invoice carries ConnectWise's number."""

        def missing() -> list[str]:
            return [one.number for one in invoiced if self.bills(one) != [one.number]]

        until(
            lambda: not missing(), "every e-automate invoice carries ConnectWise's number", seconds, every=0.5
        )

    def bills(self, one: Invoiced) -> list[str]:
        """Numbers of what was billed of the customer's contracts."""
        (contract,) = self.contracts(one)
        return [row["InvoiceNumber"] for row in self.people.contract_invoices(contract["ContractNumber"])]

    def paid(self, invoiced: Sequence[Invoiced], seconds: float = 120.0) -> None:
        """Wait until ConnectWise has nothing to claim."""

        def owing() -> list[str]:
            return [one.number for one in invoiced if self.balance(one) != 0]

        until(lambda: not owing(), "every invoice is paid in ConnectWise", seconds, every=0.5)

    def balance(self, one: Invoiced) -> Decimal:
        """What ConnectWise still claims."""
        return Decimal(str(self.dealership.invoice(one.invoice)["balance"]))

    def total(self, one: Invoiced) -> Decimal:
        """Total of the ConnectWise invoice, with tax."""
        return Decimal(str(self.dealership.invoice(one.invoice)["total"]))

    def payments(self, one: Invoiced) -> list[Decimal]:
        """Amounts of the payments ConnectWise has of an invoice."""
        with self.stage.api() as api:
            rows = api.get(f"/finance/invoices/{one.invoice}/payments").raise_for_status().json()
        return [Decimal(str(row["amount"])) for row in rows]
