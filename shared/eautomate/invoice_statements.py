"""SELECTs over the invoices made from contracts, what they billed, and what was paid of them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select

from shared.eautomate.contract_statements import selected
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables

OWN = (
    "InvoiceID InvoiceNumber CustomerID BillToID Date PONumber Remarks Tax Total Due Void Sent LastUpdate"
    " timestamp"
)
BARE = "InvoiceID Due LastUpdate timestamp"


def invoice_rows(tables: Tables, shape: Shape, names: str, since: date | None) -> Select[Any]:
    """Contract invoices.

    Args:
        names: columns under their documented names.
        since: leave out what is older and settled.
    """
    own = tables.invoices
    rows = select(*selected(own, names, shape)).where(
        own.c.InvoiceID.in_(select(tables.billings.c.InvoiceID))
    )
    if since is None:
        return rows
    return rows.where(or_(own.c.Date >= since, and_(own.c.Due != Decimal(), own.c.Void == false())))


def billed_rows(tables: Tables) -> Select[Any]:
    """What invoices billed of each contract line, by id; the caller says which."""
    own = tables.billed.c
    return select(
        own.InvoiceID,
        own.ContractID,
        own.ContractDetailID,
        own.BaseFromDate,
        own.BaseToDate,
        own.Amount,
        own.VoidFlag,
    ).order_by(own.BillingContractID)


def receipt_rows(tables: Tables) -> Select[Any]:
    """What receipts paid of invoices, by id; the caller says which."""
    own, parts = tables.receipts, tables.receipt_details
    return (
        select(
            parts.c.InvoiceID,
            parts.c.ReceiptID,
            own.c.ReceiptNumber,
            own.c.Date,
            parts.c.Amount.label("Amount"),
        )
        .join_from(parts, own, own.c.ReceiptID == parts.c.ReceiptID)
        .order_by(parts.c.ReceiptDetailID)
    )


def billed_stamps(tables: Tables) -> Select[Any]:
    """(InvoiceID, rows, their sum, how many are void): one of them moves when a billed period does."""
    own = tables.billed.c
    return select(own.InvoiceID, func.count(), func.sum(own.Amount), func.sum(own.VoidFlag)).group_by(
        own.InvoiceID
    )


def receipt_stamps(tables: Tables) -> Select[Any]:
    """(InvoiceID, rows, their sum, the newest): one of them moves when a receipt is applied or taken back."""
    own = tables.receipt_details.c
    return select(own.InvoiceID, func.count(), func.sum(own.Amount), func.max(own.ReceiptDetailID)).group_by(
        own.InvoiceID
    )


def invoices_of(tables: Tables, contract_ids: Sequence[int]) -> Select[Any]:
    """Ids of the invoices made from contracts."""
    own = tables.billed.c
    return select(own.InvoiceID).where(own.ContractID.in_(contract_ids)).distinct()


def invoice_numbers(tables: Tables, numbers: Sequence[str]) -> Select[Any]:
    """(InvoiceNumber, InvoiceID) of invoices of any kind."""
    own = tables.invoices.c
    return select(own.InvoiceNumber, own.InvoiceID).where(own.InvoiceNumber.in_(numbers))
