"""Reading the invoices made from contracts, and how far they are paid."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import invoice_statements as statements
from shared.eautomate.owners import invoice_kind
from shared.eautomate.reader import PAGE, Fields, FieldsOf, RecordReader, chunks
from shared.eautomate.rows import Changes, Keyset, hex_version
from shared.eautomate.schema_reader import Shape
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits, folded, text
from shared.events.contracts import BilledPeriod, ContractInvoice, Receipt

Stamps = dict[int, tuple[str, ...]]
"""By invoice, what moves when one of the rows that belong to it does."""


class ContractInvoices(RecordReader[ContractInvoice]):
    """Reads of ARInvoices that have a row in SCBilling; four statements a page more."""

    def __init__(self, engine: AsyncEngine, tables: Tables, shape: Shape, since: date | None = None) -> None:
        """Prepare.

        Args:
            shape: tells which columns the database has.
            since: leave out what is older and settled.
        """
        rows, bare = (
            statements.invoice_rows(tables, shape, names, since)
            for names in (statements.OWN, statements.BARE)
        )
        super().__init__(engine, tables, invoice_kind(tables), rows, bare)
        self._stamped = shape.has(tables.invoices.c.timestamp)

    async def changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[ContractInvoice]:
        """As ``RecordReader.changed``; without a rowversion all changes are found by ``beside``."""
        if not self._stamped:
            return Changes([], None)
        return await super().changed(low, high, after, limit)

    async def of_contracts(self, contract_ids: Iterable[int]) -> dict[int, list[ContractInvoice]]:
        """Invoices by the contracts they were made from, by id."""
        wanted = set(contract_ids)
        ids: set[int] = set()
        async with reading(self._engine) as connection:
            for chunk in chunks(wanted):
                ids.update((await connection.scalars(statements.invoices_of(self._tables, chunk))).all())
        found: defaultdict[int, list[ContractInvoice]] = defaultdict(list)
        for _, invoice in sorted((await self.by_id(ids)).items()):
            for contract in {period.contract_id for period in invoice.periods} & wanted:
                found[contract].append(invoice)
        return dict(found)

    async def numbers(self, numbers: Iterable[str]) -> dict[str, int]:
        """``InvoiceID`` by number, of invoices of any kind."""
        column = self._tables.invoices.c.InvoiceNumber
        wanted = {number.strip() for number in numbers}
        found: dict[str, int] = {}
        async with reading(self._engine) as connection:
            for chunk in chunks({number for number in wanted if number and fits(column, number)}):
                rows = await connection.execute(statements.invoice_numbers(self._tables, chunk))
                found |= {folded(number): invoice for number, invoice in rows.all()}
        return found

    async def _once(self, connection: AsyncConnection) -> FieldsOf:  # noqa: ARG002 - nothing is read whole
        return lambda _: {}

    async def _between(self, connection: AsyncConnection, after: int, last: int) -> FieldsOf:
        stamps = await self._stamps(connection, after=after, last=last)
        return lambda row: self._stamp(row, stamps)

    async def _snapshots(
        self, connection: AsyncConnection, rows: Sequence[Row[Any]]
    ) -> list[ContractInvoice]:
        periods: defaultdict[int, list[BilledPeriod]] = defaultdict(list)
        receipts: defaultdict[int, list[Receipt]] = defaultdict(list)
        stamps: Stamps = {}
        for chunk in chunks({row.InvoiceID for row in rows}):
            billed = statements.billed_rows(self._tables).where(self._tables.billed.c.InvoiceID.in_(chunk))
            for part in (await connection.execute(billed)).all():
                periods[part.InvoiceID].append(_period(part))
            paid = statements.receipt_rows(self._tables).where(
                self._tables.receipt_details.c.InvoiceID.in_(chunk)
            )
            for part in (await connection.execute(paid)).all():
                receipts[part.InvoiceID].append(_receipt(part))
            stamps |= await self._stamps(connection, chunk)
        return [
            _invoice(
                row,
                periods=tuple(periods[row.InvoiceID]),
                receipts=tuple(receipts[row.InvoiceID]),
                row_version=self._version(row),
                **self._stamp(row, stamps),
            )
            for row in rows
        ]

    async def _stamps(
        self, connection: AsyncConnection, ids: Sequence[int] | None = None, after: int = 0, last: int = 0
    ) -> Stamps:
        def these(column: Column[int]) -> Any:
            return column.in_(ids) if ids is not None else (column > after) & (column <= last)

        billed = statements.billed_stamps(self._tables).where(these(self._tables.billed.c.InvoiceID))
        paid = statements.receipt_stamps(self._tables).where(these(self._tables.receipt_details.c.InvoiceID))
        found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
        for kind, wanted in (("billed", billed), ("paid", paid)):
            for invoice, *parts in (await connection.execute(wanted)).all():
                found[invoice] += (kind, *map(str, parts))
        return found

    def _stamp(self, row: Row[Any], stamps: Stamps) -> Fields:
        # Without a rowversion the row's own changes are found here too: its open balance is not always stamped.
        own = () if self._stamped else (str(row.LastUpdate), str(row.Due))
        return {"children_stamp": " ".join((*own, *stamps.get(row.InvoiceID, ())))}

    def _version(self, row: Row[Any]) -> str:
        return hex_version(row.timestamp) if self._stamped else moment_version(row)


def moment_version(row: Row[Any]) -> str:
    """16 hex digits that stand for a rowversion: when the row was last saved."""
    return f"{int(row.LastUpdate.timestamp() * 1000):016x}"


def _period(row: Row[Any]) -> BilledPeriod:
    return BilledPeriod(
        contract_id=row.ContractID,
        contract_detail_id=row.ContractDetailID,
        from_date=row.BaseFromDate,
        to_date=row.BaseToDate,
        amount=row.Amount,
        void=bool(row.VoidFlag),
    )


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(receipt_id=row.ReceiptID, number=text(row.ReceiptNumber), day=row.Date, amount=row.Amount)


def _invoice(row: Row[Any], **children: Any) -> ContractInvoice:
    return ContractInvoice(
        invoice_id=row.InvoiceID,
        number=text(row.InvoiceNumber),
        customer_id=row.CustomerID,
        bill_to_id=row.BillToID,
        day=row.Date,
        po_number=text(row.PONumber),
        remarks=text(row.Remarks),
        tax=row.Tax,
        total=row.Total,
        due=row.Due,
        void=bool(row.Void),
        sent=bool(row.Sent),
        **children,
    )
