"""Agreement invoices as last seen, how far each was applied, and the payments that are intended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.agreement_sync.rules.regular import by_hand
from services.agreement_sync.tables import INTENT, INVOICE
from shared.batching import Batcher
from shared.connectwise.invoices import AGREEMENT
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.store.engine import reading
from shared.store.upsert import chunks, insert
from shared.sync.intents import TOGETHER, WINDOW_SECONDS, Intents, Target

PAY = "pay invoice"
MOST = 2**63 - 1
"""No sequence is higher."""


@dataclass(frozen=True, slots=True)
class SeenInvoice:
    """A ConnectWise invoice as last seen.

    Attributes:
        status: name of its billing status, empty when it has none.
        by_hand: no contract will ever hold it (``rules.regular.by_hand``).
        seen: sequence of that content.
        claimed: the highest sequence somebody began to write for.
        done: the highest sequence that is done, 0 when none is.
        generation: of the agreement's link when it was claimed.
    """

    invoice_id: int
    agreement_id: int | None
    number: str
    type: str
    status: str
    day: date | None
    deleted: bool
    by_hand: bool
    seen: int
    claimed: int
    done: int
    generation: int


@dataclass(frozen=True, slots=True)
class _Claim:
    invoice_id: int
    sequence: int
    generation: int


class InvoiceStore:
    """Reads in lists; writes of invoices that are worked on at the same time share a transaction.

    Attributes:
        payments: what was or is to be paid in ConnectWise.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        """Use an engine on which the migrations have run."""
        self._engine = engine
        self.payments: Intents[Target] = Intents(engine, INTENT, PAY)
        self._claims: Batcher[_Claim, bool] = Batcher(self._claim_all, TOGETHER, WINDOW_SECONDS)
        self._finishes: Batcher[_Claim, None] = Batcher(self._finish_all, TOGETHER, WINDOW_SECONDS)

    async def see(self, invoices: Sequence[tuple[Invoice, int]]) -> None:
        """Take invoices in with the sequence they came under; older content is ignored.

        What was read directly has the sequence 0: it is news, and lowers no sequence.
        """
        # One statement cannot write a row twice: of an invoice that comes twice the newest counts.
        newest = {
            invoice.id: (invoice, sequence) for invoice, sequence in sorted(invoices, key=lambda one: one[1])
        }
        if not newest:
            return
        statement = insert(self._engine.dialect.name, INVOICE)
        new, own = statement.excluded, INVOICE.c
        names = ("agreement_id", "number", "number_key", "type", "status", "day", "deleted", "by_hand")
        changed = {name: new[name] for name in names}
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[own.invoice_id],
                    set_=changed | {"seen": _greater(own.seen, new.seen)},
                    where=or_(new.seen == 0, own.seen <= new.seen),
                ),
                [_row(*one) for one in newest.values()],
            )

    async def gone(self, invoices: Sequence[tuple[int, int]]) -> None:
        """Invoices that ConnectWise has no more, with the sequence that was told under; 0 as in ``see``."""
        own = INVOICE.c
        async with self._engine.begin() as connection:
            for ident, sequence in invoices:
                news = update(INVOICE).where(own.invoice_id == ident, own.seen <= (sequence or MOST))
                await connection.execute(news.values(deleted=True, seen=sequence or own.seen))

    async def by_ids(self, ids: Sequence[int]) -> dict[int, SeenInvoice]:
        """Invoices by RecID; absent when never seen."""
        found = await self._where(INVOICE.c.invoice_id, ids)
        return {one.invoice_id: one for one in found}

    async def of_agreements(self, agreements: Sequence[int]) -> dict[int, list[SeenInvoice]]:
        """Agreement invoices by agreement, newest first; deleted ones too, credit memos not."""
        result: dict[int, list[SeenInvoice]] = {}
        for one in await self._where(INVOICE.c.agreement_id, agreements):
            if one.type == AGREEMENT:
                result.setdefault(one.agreement_id or 0, []).append(one)
        for found in result.values():
            found.sort(key=lambda one: (one.day or date.min, one.invoice_id), reverse=True)
        return result

    async def by_numbers(self, numbers: Sequence[str], *, deleted: bool = False) -> dict[str, SeenInvoice]:
        """Invoices that are not deleted, by number as compared.

        Args:
            deleted: a deleted one too, the newest, where no other has the number.
        """
        found = await self._where(INVOICE.c.number_key, sorted({folded(number) for number in numbers}))
        there = [one for one in found if deleted or not one.deleted]
        there.sort(key=lambda one: (not one.deleted, one.invoice_id))
        return {folded(one.number): one for one in there}

    async def claim(self, invoice_id: int, sequence: int, generation: int) -> bool:
        """Take the right to write for a sequence; False when a newer change, or redo, has it."""
        return await self._claims.ask(_Claim(invoice_id, sequence, generation))

    async def finish(self, invoice_id: int, sequence: int, generation: int) -> None:
        """Write down that a sequence is done, unless a newer one was meanwhile."""
        await self._finishes.ask(_Claim(invoice_id, sequence, generation))

    async def _where(self, column: Any, values: Sequence[Any]) -> list[SeenInvoice]:
        found: list[SeenInvoice] = []
        async with reading(self._engine) as connection:
            for part in chunks(values):
                rows = await connection.execute(select(INVOICE).where(column.in_(part)))
                found += [_seen(row) for row in rows]
        return found

    async def _claim_all(self, claims: Sequence[_Claim]) -> list[bool]:
        own = INVOICE.c
        won = [False] * len(claims)
        async with self._engine.begin() as connection:
            for place, claim in enumerate(claims):
                lower = or_(
                    own.generation < claim.generation,
                    and_(own.generation == claim.generation, own.claimed <= claim.sequence),
                )
                taken = await connection.execute(
                    update(INVOICE)
                    .where(own.invoice_id == claim.invoice_id, lower)
                    .values(claimed=claim.sequence, generation=claim.generation)
                )
                won[place] = taken.rowcount == 1
        return won

    async def _finish_all(self, finishes: Sequence[_Claim]) -> list[None]:
        own = INVOICE.c
        async with self._engine.begin() as connection:
            for one in finishes:
                await connection.execute(
                    update(INVOICE)
                    .where(
                        own.invoice_id == one.invoice_id,
                        own.generation == one.generation,
                        own.claimed == one.sequence,
                    )
                    .values(done=one.sequence)
                )
        return [None] * len(finishes)


def _greater(own: Any, new: Any) -> Any:
    return case((new > own, new), else_=own)


def _row(invoice: Invoice, sequence: int) -> dict[str, Any]:
    return {
        "invoice_id": invoice.id,
        "agreement_id": invoice.agreement_id,
        "number": invoice.invoiceNumber[:30],
        "number_key": folded(invoice.invoiceNumber)[:30],
        "type": invoice.type[:30],
        "status": ((invoice.status.name if invoice.status is not None else None) or "")[:60],
        "day": invoice.date.date().isoformat() if invoice.date is not None else "",
        "deleted": False,
        "by_hand": by_hand(invoice),
        "seen": sequence,
        "claimed": 0,
        "done": 0,
        "generation": 0,
    }


def _seen(row: Any) -> SeenInvoice:
    return SeenInvoice(
        row.invoice_id,
        row.agreement_id,
        row.number,
        row.type,
        row.status,
        date.fromisoformat(row.day) if row.day else None,
        row.deleted,
        row.by_hand,
        row.seen,
        row.claimed,
        row.done,
        row.generation,
    )
