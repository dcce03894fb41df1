"""What people decided about tickets, in Tandem's own table: left alone, pointed, taken anew, linked."""

import time
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.service_sync.entries import free_time, hold_time
from services.service_sync.rows import row_of
from services.service_sync.rules.gathered import Invoiced, Stage
from services.service_sync.tables import TICKET
from shared.events.tickets import Ticket
from shared.store.upsert import insert


class DecidedStore:
    """One decision a transaction; who decided and why is noted in the row."""

    def __init__(self, engine: AsyncEngine, clock: Callable[[], float] = time.time) -> None:
        """Use the engine of the ``TicketStore``; ``clock`` gives epoch seconds."""
        self._engine = engine
        self._clock = clock

    async def ignore(self, subject: str, ticket: Ticket, by: str, why: str) -> None:
        """Leave a ticket alone, whether it was chosen or not; one that has its call stays as it is."""
        invoice = subject.partition("@")[2]
        row = row_of(subject, ticket, 0, 0.0, Invoiced(int(invoice), "") if invoice else None)
        row |= {"stage": Stage.IGNORED.value, **_noted(by, why)}
        own = TICKET.c
        statement = insert(self._engine.dialect.name, TICKET)
        new = statement.excluded
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[own.subject],
                    set_={name: new[name] for name in ("stage", "by", "why")},
                    where=own.stage != Stage.DONE.value,
                ),
                row,
            )

    async def back(self, subject: str, by: str, why: str) -> None:
        """End that a ticket is ignored: one that was taken goes on, another is decided on when it changes."""
        own = TICKET.c
        ignored = (own.subject == subject, own.stage == Stage.IGNORED.value)
        async with self._engine.begin() as connection:
            await connection.execute(TICKET.delete().where(*ignored, own.taken_at.is_(None)))
            await connection.execute(
                update(TICKET).where(*ignored).values(stage=Stage.STAGED.value, **_noted(by, why))
            )

    async def point(self, subject: str, customer_id: int | None, by: str, why: str) -> None:
        """Make a ticket's call for this customer (None: its company's again); one that has its call stays."""
        own = TICKET.c
        open_ = own.stage.in_([Stage.CANDIDATE.value, Stage.STAGED.value])
        async with self._engine.begin() as connection:
            await connection.execute(
                update(TICKET)
                .where(own.subject == subject, open_)
                .values(customer_id=customer_id, **_noted(by, why))
            )

    async def refresh(self, subject: str, ticket: Ticket, place: str, by: str, why: str) -> None:
        """Take a ticket that has no call anew, as it is in ConnectWise now.

        Args:
            place: see ``Invoiced.place``.
        """
        own = TICKET.c
        open_ = (own.subject == subject, own.stage.in_([Stage.CANDIDATE.value, Stage.STAGED.value]))
        taken = {"stage": Stage.STAGED.value, "taken_at": self._clock(), "invoice_place": place}
        async with self._engine.begin() as connection:
            found = await connection.execute(update(TICKET).where(*open_).values(**taken, **_noted(by, why)))
            if not found.rowcount:
                return
            await free_time(connection, subject)
            content = (await hold_time(connection, subject, ticket)).value().decode()
            await connection.execute(update(TICKET).where(own.subject == subject).values(content=content))

    async def accept(self, subject: str, by: str, why: str) -> None:
        """A person wants e-automate's amounts in the ticket's call: they are not watched any more."""
        own = TICKET.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(TICKET).where(own.subject == subject).values(overridden=False, **_noted(by, why))
            )

    async def let_go(self, subject: str, generation: int, by: str, why: str) -> None:
        """A person unlinked the ticket's call: it is left alone until somebody wants a call again."""
        own = TICKET.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(TICKET)
                .where(own.subject == subject, own.generation < generation)
                .values(stage=Stage.IGNORED.value, generation=generation, call_number="", **_noted(by, why))
            )

    async def linked(self, subject: str, generation: int, by: str, why: str) -> None:
        """A person linked the ticket to a call: it is decided on with that link."""
        own = TICKET.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(TICKET)
                .where(own.subject == subject, own.generation <= generation, own.taken_at.is_not(None))
                .values(stage=Stage.STAGED.value, generation=generation, **_noted(by, why))
            )


def _noted(by: str, why: str) -> dict[str, str]:
    return {"by": by[:100], "why": why[:500]}
