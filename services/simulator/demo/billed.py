"""Does what e-automate billed equal what ConnectWise invoiced? Read from both sides, not from Tandem."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    with stage.api() as api:
        return [_pair(stage, api, books, place, number) for place, number in sorted(books.current.items())]


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
        amounts = (f"{pair.cw:.2f}", f"{pair.ea:.2f}", f"{pair.balance:.2f}")
        table.add_row(
            pair.invoice, pair.kind, pair.customer, pair.contract, ", ".join(pair.billed), *amounts, verdict
        )
    if hidden:
        table.caption = f"and {hidden} more that agree to the cent"
        table.caption_justify = "left"
    return table, sum(bool(pair.fault) for pair in found)


def _pair(stage: Stage, api: Any, books: Books, place: int, number: str) -> Pair:
    agreed = books.agreed[place]
    invoice = api.get(f"/finance/invoices/{books.invoices[number]}").raise_for_status().json()
    agreement = api.get(f"/finance/agreements/{agreed.key}").raise_for_status().json()
    contract = contract_of(agreement)
    month = invoice["date"][:7]
    made = stage.people.contract_invoices(contract) if contract else []
    billed = [row for row in made if not row["Void"] and _month(stage, row["InvoiceNumber"]) == month]
    amounts = [Decimal(str(row["Total"])) - Decimal(str(row["Tax"])) for row in billed]
    return Pair(
        number,
        agreed.kind,
        agreed.customer,
        contract,
        tuple(row["InvoiceNumber"] for row in billed),
        Decimal(str(invoice["subtotal"])),
        sum(amounts, Decimal()),
        Decimal(str(invoice["balance"])),
    )


def contract_number(stage: Stage, agreement: int) -> str:
    """Number of an agreement's contract, as the agreement carries it; empty when it carries none."""
    with stage.api() as api:
        return contract_of(api.get(f"/finance/agreements/{agreement}").raise_for_status().json())


def contract_of(agreement: dict[str, Any]) -> str:
    """The contract number an agreement carries; empty when it carries none."""
    fields = agreement.get("customFields") or []
    return next((field.get("value") or "" for field in fields if field["caption"] == FIELD), "")


def _month(stage: Stage, invoice: str) -> str:
    lines = stage.people.billed_lines(invoice)
    return str(lines[0]["BaseFromDate"])[:7] if lines else ""
