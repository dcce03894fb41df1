"""The product rows of agreement invoices: additions for a period, in whole or prorated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from services.simulator.connectwise.business.addition import billed
from services.simulator.connectwise.business.agreement import last_day
from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.period import Period, day
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store


@dataclass(frozen=True, slots=True)
class Part:
    """One agreement on an invoice: the one it is raised for, or a child billed with it."""

    agreement: Row
    period: Period
    flat: Decimal
    parent: int | None


def behind(last: date) -> date:
    """The day after a last day."""
    return last + timedelta(days=1)


def regular(store: Store, part: Part) -> Iterator[Record]:
    """The additions in force in the period; prorated where they begin or end within it and are to be."""
    data = part.agreement.data
    last = last_day(data) if data.get("prorateFlag") else None
    for row in _billable(store, part.agreement.id):
        begins, ends = day(row.data.get("effectiveDate")), day(row.data.get("cancelledDate"))
        if last is not None:
            ends = min(ends or behind(last), behind(last))
        share = part.period.share(begins, ends)
        wanted = bool(data.get("prorateFlag") or row.data.get("prorateCurrentPeriodFlag"))
        if share < 1 and share and wanted:
            yield _line(part, row, share, _told(part.period, begins, ends))
        elif share:
            yield _line(part, row, Decimal(1), "")


def missed(store: Store, part: Part) -> Iterator[Record]:
    """The additions that began within the period and are on no invoice, for the rest of it."""
    for row in _billable(store, part.agreement.id):
        begins, ends = day(row.data.get("effectiveDate")), day(row.data.get("cancelledDate"))
        share = part.period.share(begins, ends)
        fresh = begins is not None and begins > part.period.start
        if fresh and share and not store.table("product").find("addition", row.id):
            yield _line(part, row, share, _told(part.period, begins, ends))


def _billable(store: Store, agreement: int) -> list[Row]:
    # By place; `DoNotBill` stays off the invoice.
    table = store.table("addition")
    rows = [table.rows[ident] for ident in table.find("agreement", agreement)]
    rows = [
        row
        for row in rows
        if row.data.get("billCustomer") != "DoNotBill" and amount(row.data.get("quantity"))
    ]
    return sorted(rows, key=lambda row: (amount(row.data.get("sequenceNumber")), row.id))


def _line(part: Part, row: Row, share: Decimal, told: str) -> Record:
    addition, data = row.data, part.agreement.data
    price, cost = amount(addition.get("unitPrice")), amount(addition.get("unitCost"))
    if told:
        price, cost = cents(price * share), cents(cost * share)
    text = str(addition.get("invoiceDescription") or addition.get("description") or "")
    return {
        "catalogItem": addition.get("product"),
        "description": addition.get("description"),
        "customerDescription": f"{text} {told}".strip(),
        "quantity": billed(addition),
        "price": ZERO if addition.get("billCustomer") == "NoCharge" else price,
        "cost": cost,
        "billableOption": addition.get("billCustomer") or "Billable",
        "taxableFlag": bool(addition.get("taxableFlag")),
        "agreement": part.agreement.id,
        "company": data.get("company"),
        "locationId": data.get("location"),
        "businessUnitId": data.get("department"),
        "addition": row.id,
    }


def _told(covered: Period, begins: date | None, ends: date | None) -> str:
    if begins is not None and begins > covered.start:
        return f"(prorated, start date {begins:%m/%d/%Y})"
    return f"(prorated, end date {ends:%m/%d/%Y})"
