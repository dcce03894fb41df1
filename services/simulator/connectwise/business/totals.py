"""The amounts of an invoice, which the server computes whenever something they rest on changes."""

from decimal import Decimal
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

LEVELS = ("One", "Two", "Three", "Four", "Five", "Six")
"""Tax levels of a code, each with the same columns."""


def rows_of(store: Store, invoice: int) -> list[Row]:
    """The product rows of an invoice by id, without cancelled ones."""
    table = store.table("product")
    rows = (table.rows[ident] for ident in sorted(table.find("invoice", invoice)))
    return [row for row in rows if not row.data.get("cancelledFlag")]


def extended(row: Record) -> Decimal:
    """The extended price of a product row: its own if it has one, else quantity x (price - discount)."""
    if row.get("extPrice") is not None:
        return amount(row["extPrice"])
    price = amount(row.get("price")) - amount(row.get("discount"))
    return cents(amount(row.get("quantity")) * price)


def charged(record: Record, row: Record) -> Decimal:
    """What a product row adds to the `productTotal` of its invoice."""
    if row.get("billableOption") not in (None, "Billable"):
        return ZERO
    if record.get("additionsInAmount") and row.get("agreement") is not None:
        return ZERO
    return extended(row)


def totals(store: Store, record: Record, ident: int) -> Record:
    """All computed amounts of an invoice.

    `subtotal = serviceTotal + serviceAdjustmentAmount + expenseTotal + productTotal + agreementAmount -
    downpaymentApplied - previousProgressApplied`, `total = subtotal + salesTax` (inferred),
    `balance = total - payments - credits` (reported).
    """
    rows = [row.data for row in rows_of(store, ident)] if ident else []
    products = sum((charged(record, row) for row in rows), ZERO)
    subtotal = (
        amount(record.get("serviceTotal"))
        + amount(record.get("serviceAdjustmentAmount"))
        + amount(record.get("expenseTotal"))
        + products
        + amount(record.get("agreementAmount"))
        - amount(record.get("downpaymentApplied"))
        - amount(record.get("previousProgressApplied"))
    )
    tax = _tax(store, record, rows)
    sums: Record = {
        "productTotal": products,
        "subtotal": subtotal,
        "salesTax": tax,
        "total": subtotal + tax,
    }
    if record.get("type") == "DownPayment":
        sums["remainingDownpayment"] = subtotal - amount(record.get("downpaymentApplied"))
    return {**sums, **settled(store, sums, ident)}


def settled(store: Store, record: Record, ident: int) -> Record:
    """What has been paid of an invoice's `total`, and what is left; a memo is used up by what it is applied to."""
    table = store.table("payment")
    paid = [table.rows[one].data for one in table.find("invoice", ident)] if ident else []
    applied = [table.rows[one].data for one in table.find("credit", ident)] if ident else []
    credit = sum((amount(one.get("amount")) for one in paid if one.get("type") == "C"), ZERO)
    money = sum((amount(one.get("amount")) for one in paid if one.get("type") != "C"), ZERO)
    used = sum((amount(one.get("amount")) for one in applied), ZERO)
    balance = amount(record.get("total")) - money - credit + used
    return {"payments": money, "credits": credit, "balance": balance}


def _tax(store: Store, record: Record, rows: list[Record]) -> Decimal:
    # Percentages of what is taxable, all levels (rates are fractions, inferred).
    code = store.get("taxCode", record.get("taxCode"))
    if code is None:
        return ZERO
    whole = bool(record.get("taxableFlag"))
    services = amount(record.get("agreementAmount")) if whole else ZERO
    if whole:
        services += amount(record.get("serviceTotal")) + amount(record.get("serviceAdjustmentAmount"))
    expenses = amount(record.get("expenseTotal")) if whole else ZERO
    products = sum((charged(record, row) for row in rows if row.get("taxableFlag")), ZERO)
    due = ZERO
    for name in LEVELS:
        rate = code.data.get(f"level{name}Rate")
        if rate is None or code.data.get(f"level{name}RateType") == "Amount":
            continue
        base = services if code.data.get(f"level{name}ServicesFlag") else ZERO
        base += expenses if code.data.get(f"level{name}ExpensesFlag") else ZERO
        base += products if code.data.get(f"level{name}ProductsFlag") else ZERO
        due += cents(base * rate)
    return due


def retotal(writer: "Writer", ident: int | None, *, touch: bool) -> Row | None:
    """Recompute an invoice after something in another table changed; None when there is no such invoice."""
    row = writer.store.get("invoice", ident)
    if row is None:
        return None
    changed = {**row.data, **totals(writer.store, row.data, row.id)}
    if changed == row.data and not touch:
        return row
    return writer.store_again(writer.kind("invoice"), row, changed, touch=touch)
