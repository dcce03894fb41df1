"""Which addition a billed row is: rows do not say it (spec/agreements.md 6.6). Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal

from shared.eautomate.values import folded
from shared.events.agreements import Addition, BilledLine, Invoice
from shared.events.records import Reference

Known = Mapping[str, tuple[str, Decimal]]
"""Folded item number and amount of a contract's lines in force, by line key."""


def matched(
    invoice: Invoice,
    rows: Sequence[BilledLine],
    known: Known,
    amount: Callable[[BilledLine], Decimal],
) -> Iterator[tuple[BilledLine, Addition]]:
    """Pairs of rows and additions of the same product, each used once, the likeliest first.

    What decides, in this order: what the ledger knows of an earlier run, the sequence number, price and quantity,
    the text, the quantity alone; then the order of both. The order in which rows come does not matter.
    """
    additions: defaultdict[str, list[Addition]] = defaultdict(list)
    for addition in invoice.additions:
        additions[_product(addition.product)].append(addition)
    scored = sorted(
        (tuple(-point for point in _points(row, addition, known, amount(row))), addition.id, row.id)
        for row in rows
        for addition in additions[_product(row.catalogItem)]
        if row.catalogItem is not None and _may_belong(row, addition)
    )
    free_rows = {row.id: row for row in rows}
    free_additions = {addition.id: addition for addition in invoice.additions}
    for _, addition_id, row_id in scored:
        if row_id in free_rows and addition_id in free_additions:
            yield free_rows.pop(row_id), free_additions.pop(addition_id)


def _may_belong(row: BilledLine, addition: Addition) -> bool:
    owner = row.agreement.id if row.agreement is not None else None
    return addition.agreementId is None or owner is None or addition.agreementId == owner


def _points(row: BilledLine, addition: Addition, known: Known, amount: Decimal) -> tuple[bool, ...]:
    billed = addition.billedQuantity
    quantity = billed if billed is not None else addition.quantity - (addition.lessIncluded or Decimal())
    same_price = row.price is not None and row.price in (addition.unitPrice, addition.proratePrice)
    same_quantity = row.quantity == quantity
    ordered = row.sequenceNumber is not None and row.sequenceNumber == addition.sequenceNumber
    texts = {folded(text) for text in (addition.invoiceDescription, addition.description) if text}
    own = {folded(text) for text in (row.customerDescription, row.description) if text}
    return (
        known.get(f"addition:{addition.id}") == (_product(row.catalogItem), amount),
        ordered and same_price,
        same_price and same_quantity,
        same_price,
        ordered,
        bool(texts & own),
        same_quantity,
    )


def _product(reference: Reference | None) -> str:
    if reference is None:
        return ""
    return folded(reference.identifier) if reference.identifier else f"#{reference.id}"
