"""Writing items and invoice numbers."""

from typing import Any

from sqlalchemy import Select, Table, select

from shared.eautomate.cloning import Copier
from shared.eautomate.contract_rows import Item
from shared.eautomate.contract_writes import locked_version
from shared.eautomate.errors import RowChanged, UniqueViolation
from shared.eautomate.invoices import moment_version
from shared.eautomate.ledger import LOCKED
from shared.eautomate.owners import Kind, invoice_kind, item_kind
from shared.eautomate.rows import hex_version
from shared.eautomate.values import storable, text
from shared.eautomate.work import Work

NONE = ("NoteID",)
ZERO = ("OnHandQty", "Locks", "NoteFlag", "NoteCount")
"""What a copy of an item does not take over."""


class ItemWrites:
    """Effects on items and invoice numbers inside one transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def create(self, template: Item, number: str, description: str, unit_id: int | None) -> int:
        """See ``ContractWrites.create_item``."""
        kind, own = item_kind(self._work.tables), self._work.tables.items
        row = (await self._work.execute(locked_version(own, template.item_id))).one_or_none()
        if row is None or hex_version(row.timestamp) != template.row_version:
            raise RowChanged(f"item {template.number} was saved or removed since it was read")
        values: dict[str, Any] = {
            "Item": storable(own.c.Item, number),
            "Description": storable(own.c.Description, description),
            **self._work.made,
        }
        if unit_id is not None:
            values["UMID"] = unit_id
        await self._free(kind, number)
        copier = Copier(own, self._work.shape)
        await self._work.execute(*copier.copy(own.c.ItemID, template.item_id, values, NONE, ZERO))
        return int((await self._work.execute(numbered(kind, number))).scalar_one())

    async def rename_invoice(self, invoice_id: int, number: str, expected: str | None) -> bool:
        """See ``ContractWrites.rename_invoice``."""
        kind, own = invoice_kind(self._work.tables), self._work.tables.invoices
        storable(own.c.InvoiceNumber, number)
        stamped = self._work.shape.has(own.c.timestamp)
        row = (await self._work.execute(locked_invoice(own, invoice_id, stamped))).one_or_none()
        if row is None:
            raise RowChanged(f"invoice {invoice_id} is gone from {own.name}")
        seen = hex_version(row.timestamp) if stamped else moment_version(row)
        if expected is not None and seen != expected:
            raise RowChanged(
                f"invoice {text(row.InvoiceNumber)} was saved since: rowversion {seen}, not {expected}"
            )
        if text(row.InvoiceNumber) == number:
            return False
        await self._free(kind, number, but=invoice_id)
        here = own.update().where(own.c.InvoiceID == invoice_id)
        stamp = {own.c[name]: value for name, value in self._work.saved.items()}
        await self._work.execute(here.values({own.c.InvoiceNumber: number, **stamp}))
        return True

    async def _free(self, kind: Kind, number: str, but: int | None = None) -> None:
        found = (await self._work.execute(numbered(kind, number))).scalars().all()
        if set(found) - {but}:
            raise UniqueViolation(f"there is another {kind.kind} {number}")


def locked_invoice(own: Table, invoice_id: int, stamped: bool) -> Select[Any]:
    """An invoice's number and version, locked."""
    names = ("InvoiceNumber", "LastUpdate", *(("timestamp",) if stamped else ()))
    return (
        select(*(own.c[name].label(name) for name in names))
        .where(own.c.InvoiceID == invoice_id)
        .with_hint(own, LOCKED, "mssql")
    )


def numbered(kind: Kind, number: str) -> Select[Any]:
    """Ids of the records of a number. Two makers of one item wait for one another at its template's row."""
    own = kind.table.c
    return select(own[kind.key]).where(own[kind.number] == number)
