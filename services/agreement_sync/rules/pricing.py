"""Billed lines as e-automate's quantities and unit rates, discounts included (spec/agreements.md 6.6 to 6.8). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.agreement_sync.rules.amounts import ZERO, fits, plain, priced
from services.agreement_sync.rules.asked import money, setting
from services.agreement_sync.rules.billed import BASE, Bill, Billed
from services.agreement_sync.rules.periods import Period, months_later
from services.agreement_sync.rules.texts import description, proration_note
from services.agreement_sync.settings import AgreementSyncSettings
from shared.events.agreements import Agreement, Invoice
from shared.sync.decision import Checks, Reject


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line of the invoice as the contract shall hold it."""

    billed: Billed
    quantity: Decimal
    unit_rate: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class PricedBill:
    """All lines, and what has to be said about them.

    Attributes:
        folded: discounts that came off the base amount and have no line.
    """

    lines: tuple[PricedLine, ...]
    folded: tuple[Billed, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()


def price_lines(
    invoice: Invoice,
    agreement: Agreement,
    bill: Bill,
    period: Period,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> PricedBill | Reject:
    """Quantity, unit rate and description of every line; overflow and what cannot be negative is refused (G28)."""
    large = next((one for one in bill.lines if not fits(one.quantity, one.price, one.amount)), None)
    seen = f"{large.product or BASE}: {plain(large.amount)}" if large is not None else "all do"
    if (
        not checks.ask("amounts fit e-automate's fields", large is None, seen, "below 10^12")
        and large is not None
    ):
        return _g28(
            invoice, f"amount, price or quantity of {large.product or 'the base amount'} is too large", checks
        )
    negative = [line for line in bill.lines if line.amount < 0]
    base = next((line for line in bill.lines if line.key == BASE), None)
    off = ZERO
    folded: tuple[Billed, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    if negative and not settings.negative_rates:
        off = sum((line.amount for line in negative), ZERO)
        room = base is not None and base.amount > 0 and base.amount + off >= 0
        seen = f"{money(off)} off a base amount of {money(base.amount if base is not None else ZERO)}"
        if not checks.ask("discounts come off the base amount", room, seen, "no more than the base amount"):
            return _g28(
                invoice,
                f"{negative[0].product or 'the base amount'} is {money(negative[0].amount)}; e-automate cannot hold a "
                "negative rate, and the base amount is too small to take it off (agreement_sync.negative_rates)",
                checks,
            )
        folded = tuple(negative)
        names = ", ".join(f"{line.product} {money(line.amount)}" for line in negative)
        warnings = (("G28", f"discounts have no contract line, they came off the base amount: {names}."),)
    earlier = Period(months_later(period.first, -_months(period)), period.before)
    lines = []
    odd: list[str] = []
    for line in bill.lines:
        if line in folded:
            continue
        amount = line.amount + off if line.key == BASE else line.amount
        rate = priced(line.quantity, amount if line.is_base else line.price, amount, settings.rate_step)
        if rate.note:
            odd.append(f"{line.product} {rate.note}")
        note = proration_note(line, agreement, period, earlier)
        lines.append(PricedLine(line, rate.quantity, rate.unit_rate, description(line, rate.note, note)))
    checks.note("lines whose quantity and price do not multiply out", ", ".join(odd) or "none")
    checks.note("additions with quantity and amount 0, left out", _names(bill.left_out))
    return PricedBill(tuple(lines), folded, warnings)


def _months(period: Period) -> int:
    after = period.after
    return (after.year - period.first.year) * 12 + after.month - period.first.month


def _names(lines: Sequence[Billed]) -> str:
    return ", ".join(line.product or line.key for line in lines) or "none"


def _g28(invoice: Invoice, why: str, checks: Checks) -> Reject:
    return Reject(
        "G28",
        f"invoice {invoice.invoiceNumber}: {why}. Correct it in ConnectWise, or bill it by hand.",
        checks.made,
        (setting("negative_rates"),),
    )
