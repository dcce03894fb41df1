"""Tickets that settle, that were taken, and that are done."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.service_sync.entries import free_time, hold_time, holders_of
from services.service_sync.rows import row_of, staged_of
from services.service_sync.rules.gathered import Invoiced, Stage, Staged
from services.service_sync.tables import TICKET
from shared.events.tickets import Ticket
from shared.store.engine import reading
from shared.store.upsert import chunks, insert
from shared.sync.intents import DueIntent


@dataclass(frozen=True, slots=True)
class Taken:
    """A ticket as it is taken.

    Attributes:
        sequence: under which it settled.
        place: see ``Invoiced.place``.
    """

    ticket: Ticket
    sequence: int
    place: str = ""


class TicketStore:
    """Reads in lists."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        """Use an engine on which the migrations have run; ``clock`` gives epoch seconds."""
        self._engine = engine
        self._clock = clock

    async def by_subjects(self, subjects: Sequence[str]) -> dict[str, Staged]:
        """Rows by subject; absent when the ticket was never chosen."""
        found: dict[str, Staged] = {}
        async with reading(self._engine) as connection:
            for part in chunks(list(subjects)):
                for row in await connection.execute(select(TICKET).where(TICKET.c.subject.in_(part))):
                    found[row.subject] = staged_of(row)
        return found

    async def by_tickets(self, ids: Iterable[int]) -> dict[int, list[Staged]]:
        """Every row of these tickets, whatever brings their time over; absent when there is none."""
        return _by(await self._where(TICKET.c.ticket_id, ids), lambda row: row.ticket.id)

    async def by_invoices(self, ids: Iterable[int]) -> dict[int, list[Staged]]:
        """Every row of what these invoices bill; absent when there is none."""
        rows = await self._where(TICKET.c.invoice_id, ids)
        return _by(rows, lambda row: row.invoice.id if row.invoice is not None else 0)

    async def holders(self, entries: Iterable[int]) -> dict[int, str]:
        """Subjects of the rows with which time entries were taken, by RecID; absent while none was."""
        async with reading(self._engine) as connection:
            return await holders_of(connection, entries)

    async def _where(self, column: Column[int], ids: Iterable[int]) -> list[Staged]:
        found: list[Staged] = []
        async with reading(self._engine) as connection:
            for part in chunks(sorted(set(ids))):
                wanted = select(TICKET).where(column.in_(part)).order_by(TICKET.c.subject)
                found += [staged_of(row) for row in await connection.execute(wanted)]
        return found

    async def of_stages(self, stages: Sequence[Stage], most: int | None = 1000) -> list[Staged]:
        """Rows of these stages, the newest ticket first.

        Args:
            most: so many rows; None is all.
        """
        own = TICKET.c
        wanted = select(TICKET).where(own.stage.in_([stage.value for stage in stages]))
        async with reading(self._engine) as connection:
            rows = await connection.execute(wanted.order_by(own.ticket_id.desc()).limit(most))
            return [staged_of(row) for row in rows]

    async def settle(
        self, subject: str, ticket: Ticket, sequence: int, due: float, invoice: Invoiced | None = None
    ) -> bool:
        """A chosen ticket is to be taken at ``due``, epoch seconds; a change puts it off.

        Args:
            invoice: that brings the ticket's time over.

        Returns:
            False when it was taken meanwhile, or a newer change is known: then nothing was written.
        """
        own = TICKET.c
        statement = insert(self._engine.dialect.name, TICKET)
        new = statement.excluded
        async with self._engine.begin() as connection:
            written = await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[own.subject],
                    set_={
                        name: new[name]
                        for name in ("content", "sequence", "due_at", "sent_at", "invoice_number")
                    },
                    where=and_(own.stage == Stage.CANDIDATE.value, own.sequence <= new.sequence),
                ),
                row_of(subject, ticket, sequence, due, invoice),
            )
            return bool(written.rowcount)

    async def forget(self, subject: str, sequence: int, *, taken: bool = False) -> None:
        """A ticket that settles is not chosen any more; one that was taken stays.

        Args:
            taken: one that was taken and has no call goes as well: ConnectWise has it no more.
        """
        own = TICKET.c
        stages = [Stage.CANDIDATE.value, *([Stage.STAGED.value] if taken else [])]
        mine = (own.subject == subject, own.stage.in_(stages), own.sequence <= sequence)
        async with self._engine.begin() as connection:
            gone = await connection.execute(TICKET.delete().where(*mine))
            if gone.rowcount:
                await free_time(connection, subject)

    async def ripe(self, subjects: Sequence[str]) -> dict[str, Staged]:
        """Those of these tickets that have settled, by subject."""
        now = self._clock()
        rows = await self.by_subjects(subjects)
        return {
            subject: row for subject, row in rows.items() if row.stage is Stage.CANDIDATE and row.due <= now
        }

    async def take(self, tickets: Mapping[str, Taken]) -> None:
        """Take tickets as they are given, by subject; from now on their snapshots stay so.

        One that changed since it settled under its sequence is not taken. Time that was taken with another row
        stays out; a ticket of which nothing else is left is forgotten.
        """
        own, now = TICKET.c, self._clock()
        async with self._engine.begin() as connection:
            for subject, taken in tickets.items():
                due = await connection.execute(
                    update(TICKET)
                    .where(
                        own.subject == subject,
                        own.stage == Stage.CANDIDATE.value,
                        own.due_at <= now,
                        own.sequence == taken.sequence,
                    )
                    .values(stage=Stage.STAGED.value, taken_at=now, invoice_place=taken.place)
                )
                if not due.rowcount:
                    continue
                ticket = await hold_time(connection, subject, taken.ticket)
                if taken.ticket.time and not ticket.time:
                    await connection.execute(TICKET.delete().where(own.subject == subject))
                    continue
                content = ticket.value().decode()
                await connection.execute(update(TICKET).where(own.subject == subject).values(content=content))

    async def done(self, subject: str, generation: int, call_number: str, *, overridden: bool) -> None:
        """The ticket's call is there, made in this generation.

        Args:
            overridden: it was given ConnectWise's amounts.
        """
        own = TICKET.c
        mine = (own.subject == subject, own.generation == generation, own.stage == Stage.STAGED.value)
        async with self._engine.begin() as connection:
            await connection.execute(
                update(TICKET)
                .where(*mine)
                .values(stage=Stage.DONE.value, call_number=call_number, overridden=overridden)
            )

    async def due(self, now: float, again: float, limit: int = 200) -> list[DueIntent]:
        """Tickets that have settled and are to be taken; each comes again ``again`` seconds later."""
        own = TICKET.c
        ripe = and_(
            own.stage == Stage.CANDIDATE.value,
            own.due_at <= now,
            or_(own.sent_at == 0, own.sent_at <= now - again),
        )
        async with self._engine.begin() as connection:
            rows = await connection.execute(
                select(own.subject, own.ticket_id).where(ripe).order_by(own.due_at).limit(limit)
            )
            found = [DueIntent(row.subject, "", str(row.ticket_id)) for row in rows]
            for part in chunks([one.subject for one in found]):
                await connection.execute(update(TICKET).where(own.subject.in_(part)).values(sent_at=now))
        return found


def _by(rows: Iterable[Staged], key: Callable[[Staged], int]) -> dict[int, list[Staged]]:
    found: defaultdict[int, list[Staged]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return dict(found)
