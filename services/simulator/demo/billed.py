"""Does what e-automate billed equal what ConnectWise invoiced? Read from both sides, not from Tandem."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
from rich import box
from rich.table import Table

from services.simulator.demo.billing import Books
from services.simulator.stage import Stage

SHOWN = 12
FIELD = "ZCJ_ContractNumber"


@dataclass(frozen=True, slots=True)
class Pair:
    """A ConnectWise invoice beside what e-automate billed for it.

    Attributes:
        contract: as the agreement names it; empty when it names none.
        billed: numbers of the contract's e-automate invoices for the month, void ones left out.
        ea: their amount without tax.
        balance: what ConnectWise still wants.
    """

    invoice: str
    kind: str
    customer: str
    contract: str
    billed: tuple[str, ...]
    cw: Decimal
    ea: Decimal
    balance: Decimal

    @property
    def fault(self) -> str:
        """What is wrong; empty when the pair agrees."""
        if not self.contract:
            return "no contract"
        if not self.billed:
            return "not billed"
        if self.cw != self.ea:
            return f"differs by {self.ea - self.cw}"
        return "" if self.billed == (self.invoice,) else "other number"


def pairs(stage: Stage, books: Books) -> list[Pair]:
    """This month's invoices with what e-automate billed."""
    numbers = [number for _, number in sorted(books.current.items())]
    with stage.api() as api:
        invoices = _rows(api, "/finance/invoices", [books.invoices[number] for number in numbers])
        agreements = _rows(api, "/finance/agreements", [one.key for one in books.agreed])
    bills = _bills(stage)
    found = []
    for place, number in sorted(books.current.items()):
        agreed, invoice = books.agreed[place], invoices[books.invoices[number]]
        contract = contract_of(agreements[agreed.key])
        made = bills.get((contract, invoice["date"][:7]), [])
        found.append(
            Pair(
                number,
                agreed.kind,
                agreed.customer,
                contract,
                tuple(bill for bill, _ in made),
                Decimal(str(invoice["subtotal"])),
                sum((amount for _, amount in made), Decimal()),
                Decimal(str(invoice["balance"])),
            )
        )
    return found


def compare(found: Sequence[Pair]) -> tuple[Table, int]:
    """The pairs as a table, and how many do not agree; of those that do some are shown."""
    table = Table(
        title="What ConnectWise invoiced and what e-automate billed, read from both sides",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("invoice", "agreement", "customer", "contract", "e-automate invoice"):
        table.add_column(heading, no_wrap=True)
    for heading in ("ConnectWise", "e-automate", "still due"):
        table.add_column(heading, no_wrap=True, justify="right")
    table.add_column("agree", no_wrap=True)
    hidden = 0
    for place, pair in enumerate(found):
        if not pair.fault and place >= SHOWN and pair is not found[-1]:
            hidden += 1
            continue
        verdict = f"[red]{pair.fault}[/red]" if pair.fault else "[green]yes[/green]"
        amounts = (f"{pair.cw:,.2f}", f"{pair.ea:,.2f}", f"{pair.balance:,.2f}")
        table.add_row(
            pair.invoice, pair.kind, pair.customer, pair.contract, ", ".join(pair.billed), *amounts, verdict
        )
    if hidden:
        table.caption = f"and {hidden} more that agree to the cent"
        table.caption_justify = "left"
    return table, sum(bool(pair.fault) for pair in found)


def contract_number(stage: Stage, agreement: int) -> str:
    """Number of an agreement's contract, as the agreement carries it; empty when it carries none."""
    with stage.api() as api:
        return contract_of(api.get(f"/finance/agreements/{agreement}").raise_for_status().json())


def contract_of(agreement: dict[str, Any]) -> str:
    """The contract number an agreement carries; empty when it carries none."""
    fields = agreement.get("customFields") or []
    return next((field.get("value") or "" for field in fields if field["caption"] == FIELD), "")


def _rows(api: httpx.Client, path: str, keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    conditions = {"conditions": f"id in ({','.join(map(str, keys))})", "pageSize": "1000"}
    return {row["id"]: row for row in api.get(path, params=conditions).raise_for_status().json()}


def _bills(stage: Stage) -> dict[tuple[str, str], list[tuple[str, Decimal]]]:
    """Numbers and amounts without tax of invoices that are not void, by contract and month."""
    statement = """
        SELECT contract.ContractNumber, substr(line.BaseFromDate, 1, 7) AS Month, invoice.InvoiceNumber,
               invoice.Total, invoice.Tax
        FROM ARInvoices AS invoice
        JOIN SCBillingContracts AS line ON line.InvoiceID = invoice.InvoiceID
        JOIN SCContracts AS contract ON contract.ContractID = line.ContractID
        WHERE invoice.Void = 0 GROUP BY invoice.InvoiceID ORDER BY invoice.InvoiceID
    """
    found: dict[tuple[str, str], list[tuple[str, Decimal]]] = {}
    with closing(sqlite3.connect(stage.eautomate_file, timeout=30)) as file:
        for contract, month, number, total, tax in file.execute(statement):
            found.setdefault((contract, month), []).append((number, Decimal(str(total)) - Decimal(str(tax))))
    return found
