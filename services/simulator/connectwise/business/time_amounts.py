"""The hours and amounts of a time entry, each from what comes before it."""

from collections.abc import Callable, Set
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.billable import invoiced, is_ready
from services.simulator.connectwise.business.coverage import covered_hours
from services.simulator.connectwise.business.work import hourly_rate, hours_billed
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Store

_HOUR = Decimal(3600)


def moment(text: Any) -> datetime | None:
    """A stored moment; None for none, and for one that is no date."""
    try:
        return datetime.fromisoformat(str(text).replace("Z", "+00:00")) if text else None
    except ValueError:
        return None


def between(entry: Record) -> Decimal | None:
    """The hours from start to end without the deducted ones, to the hundredth; None without an end."""
    start, end = moment(entry.get("timeStart")), moment(entry.get("timeEnd"))
    if start is None or end is None:
        return None
    return cents(Decimal(int((end - start).total_seconds())) / _HOUR - amount(entry.get("hoursDeduct")))


def _actual(_store: Store, entry: Record) -> Any:
    hours = between(entry)
    return entry.get("actualHours") if hours is None else hours


def _end(_store: Store, entry: Record) -> Any:
    # Inferred: who gives hours gets an end that fits them.
    start = moment(entry.get("timeStart"))
    if start is None or entry.get("actualHours") is None or between(entry) == entry["actualHours"]:
        return entry.get("timeEnd")
    hours = amount(entry["actualHours"]) + amount(entry.get("hoursDeduct"))
    return (start + timedelta(seconds=int(hours * _HOUR))).strftime("%Y-%m-%dT%H:%M:%SZ")


def _agreement_amount(_store: Store, entry: Record) -> Decimal:
    return cents(amount(entry.get("agreementHours")) * amount(entry.get("hourlyRate")))


def _invoice_hours(_store: Store, entry: Record) -> Decimal:
    # What is not charged for shows its hours on the invoice; what is not billed does not.
    if entry.get("billableOption") == "DoNotBill":
        return ZERO
    return amount(entry.get("hoursBilled")) - amount(entry.get("agreementHours"))


_WORK = frozenset(("workType", "workRole", "member", "ticket", "project", "phase"))
_STEPS: tuple[tuple[str, frozenset[str], Callable[[Store, Record], Any]], ...] = (
    ("actualHours", frozenset(("timeStart", "timeEnd", "hoursDeduct")), _actual),
    ("timeEnd", frozenset(("timeStart", "actualHours")), _end),
    ("hoursBilled", frozenset(("actualHours", "workType")), hours_billed),
    ("hourlyRate", _WORK, hourly_rate),
    (
        "agreementHours",
        frozenset(("hoursBilled", "hourlyRate", "agreement", "billableOption", "timeStart")),
        covered_hours,
    ),
    ("agreementAmount", frozenset(("agreementHours", "hourlyRate")), _agreement_amount),
    ("invoiceHours", frozenset(("agreementHours", "hoursBilled", "billableOption")), _invoice_hours),
    (
        "extendedInvoiceAmount",
        frozenset(("invoiceHours", "hourlyRate", "billableOption")),
        lambda _store, entry: invoiced(entry),
    ),
    ("invoiceFlag", frozenset(("invoice",)), lambda _store, entry: entry.get("invoice") is not None),
    (
        "invoiceReady",
        frozenset(("billableOption", "status", "invoice", "ticket")),
        lambda store, entry: int(is_ready(store, entry)),
    ),
)


def work_out(store: Store, entry: Record, moved: set[str] | None, given: Set[str]) -> None:
    """Compute in place what is not `given`: everything, or what rests on something that has `moved`."""
    for name, causes, step in _STEPS:
        if name in given or (moved is not None and not causes & moved and entry.get(name) is not None):
            continue
        value = step(store, entry)
        if moved is not None and value != entry.get(name):
            moved.add(name)
        entry[name] = value
