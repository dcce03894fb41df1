"""What ConnectWise charges for time, with override_billing (spec/tickets.md 8.7, open questions 29, 30). Pure."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from shared.events.tickets import TimeEntry

ZERO = Decimal()
CENT = Decimal("0.01")
NOT_CHARGED = ("DoNotBill", "NoCharge")


def charged(work: Sequence[tuple[TimeEntry, Decimal]]) -> list[Decimal]:
    """Amounts in cents, in the order given; they add up to the rounded whole, the last charged one takes the rest.

    Args:
        work: time entries with their decimal hours.
    """
    exact = [_amount(entry, hours) for entry, hours in work]
    amounts = [one.quantize(CENT, rounding=ROUND_HALF_UP) for one in exact]
    rest = sum(exact, ZERO).quantize(CENT, rounding=ROUND_HALF_UP) - sum(amounts, ZERO)
    last = next((place for place in reversed(range(len(amounts))) if amounts[place]), None)
    if rest and last is not None:
        amounts[last] += rest
    return amounts


def billed_hours(entry: TimeEntry, hours: Decimal) -> Decimal:
    """Hours that ConnectWise bills; time that is not charged keeps its own."""
    if entry.billableOption in NOT_CHARGED:
        return hours
    return entry.hoursBilled if entry.hoursBilled else hours


def _amount(entry: TimeEntry, hours: Decimal) -> Decimal:
    """Exact; hours that the agreement covers are worth nothing."""
    if entry.billableOption in NOT_CHARGED:
        return ZERO
    if entry.extendedInvoiceAmount is not None and entry.invoice is not None:
        return entry.extendedInvoiceAmount
    hours_charged = entry.invoiceHours
    if hours_charged is None or entry.invoice is None:
        hours_charged = max(ZERO, billed_hours(entry, hours) - (entry.agreementHours or ZERO))
    return hours_charged * (entry.hourlyRate or ZERO)
