"""Which time entries come over with which row: each comes over once (spec/tickets.md 8.2, open question 23)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.service_sync.tables import ENTRY
from shared.events.tickets import Ticket
from shared.store.upsert import chunks, insert


async def holders_of(connection: AsyncConnection, entries: Iterable[int]) -> dict[int, str]:
    """Subjects of the rows with which time entries were taken, by RecID; absent while none was."""
    found: dict[int, str] = {}
    for part in chunks(sorted(set(entries))):
        rows = await connection.execute(select(ENTRY).where(ENTRY.c.entry_id.in_(part)))
        found |= {row.entry_id: row.subject for row in rows}
    return found


async def hold_time(connection: AsyncConnection, subject: str, ticket: Ticket) -> Ticket:
    """The ticket with the time that comes over with this row; nobody else gets it from now on."""
    ids = [entry.id for entry in ticket.time]
    if ids:
        rows = [{"entry_id": ident, "subject": subject} for ident in ids]
        statement = insert(connection.dialect.name, ENTRY)
        await connection.execute(statement.on_conflict_do_nothing(index_elements=[ENTRY.c.entry_id]), rows)
    held = await holders_of(connection, ids)
    return ticket.model_copy(
        update={"time": tuple(one for one in ticket.time if held.get(one.id) == subject)}
    )


async def free_time(connection: AsyncConnection, subject: str) -> None:
    """Time that was taken with this row may come over with another."""
    await connection.execute(ENTRY.delete().where(ENTRY.c.subject == subject))
