"""Both totals, and whether the contract may be billed (spec/agreements.md 6.7, 6.15). Pure."""

from dataclasses import dataclass
from decimal import Decimal

from services.agreement_sync.rules.asked import contract_record, invoice_record, money, yes
from services.agreement_sync.rules.billed import Bill
from services.agreement_sync.rules.comparing import After, preview
from services.agreement_sync.rules.plan import Trouble
from services.agreement_sync.rules.ready import Ready


@dataclass(frozen=True, slots=True)
class Totals:
    """Both totals, and whether the contract may be billed.

    Attributes:
        released_by: who let it be billed although they differ, empty when nobody did.
    """

    wanted: Decimal
    planned: Decimal
    red: bool
    released_by: str
    bill: bool


def compared_totals(ready: Ready, lines: list[After], deposit: Decimal | None) -> Totals:
    """Compare what e-automate will bill with base and additions of the invoice.

    Args:
        lines: the contract's lines in force, as they will be.
        deposit: of a deposit contract what stands for them.
    """
    facts, checks, settings = ready.facts, ready.facts.checks, ready.facts.settings
    bill: Bill = facts.bill
    planned = deposit if deposit is not None else preview(lines, ready.period)
    tied = checks.ask("invoice's own totals agree with its lines", bill.ties, yes(bill.ties), "yes")
    equal = checks.ask(
        "contract will bill the invoice's amount", planned == bill.total, money(planned), money(bill.total)
    )
    if bill.apart:
        checks.note(
            "not billed by the contract",
            ", ".join(f"{what} {money(sum_)}" for what, sum_ in bill.apart.items()),
        )
    red = not (tied and equal)
    row = ready.standing.own
    kept = row.released_by if row is not None and row.red and row.amount == bill.total else ""
    released = (facts.gathered.released_by or kept) if red else ""
    if red:
        checks.ask("was released", bool(released), released or "no", "by somebody")
    fine = not red or bool(released) or not settings.hold_when_red
    return Totals(bill.total, planned, red, released, fine)


def red_trouble(ready: Ready, totals: Totals) -> tuple[tuple[Trouble, ...], tuple[tuple[str, str], ...]]:
    """What is said of totals that differ: the trouble that holds the contract (G16), or a warning."""
    if not totals.red:
        return (), ()
    invoice, contract, bill = ready.facts.invoice, ready.contract, ready.facts.bill
    name = f"contract {contract.number}" if contract is not None else "the new contract"
    text = (
        f"{name} would bill {money(totals.planned)}, invoice {invoice.invoiceNumber} has {money(totals.wanted)} of base "
        "and additions"
    )
    if not bill.ties:
        text += "; the invoice's own totals do not agree with its lines"
    if totals.bill:
        why = f"released by {totals.released_by}" if totals.released_by else "hold_when_red is No"
        return (), (("G16", f"{text}; it may be billed: {why}."),)
    waits = (
        invoice_record(invoice.id),
        *((contract_record(contract.contract_id),) if contract is not None else ()),
    )
    text += (
        ". It is kept out of the billing queue until the invoice is corrected in ConnectWise, or somebody decides: "
        f"`tandem release invoice {invoice.invoiceNumber} --why ...`."
    )
    return (Trouble("G16", text, waits),), ()
