"""``tandem tickets late``: time added to tickets that are calls already (S22), in hours and money."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from services.service_sync.asking import AGENT
from services.service_sync.desk.looking import looking
from services.service_sync.rules.gathered import Stage, Staged
from services.service_sync.rules.late import Late, late_of
from services.service_sync.rules.texts import one_line
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from services.service_sync.store import TicketStore
from shared.cli.output import console
from shared.config import load
from shared.connectwise.tickets import Tickets

BATCH = 100

Days = Annotated[int, typer.Option(min=1, help="Tickets taken in so many days.")]


def late(days: Days = 31) -> None:
    """List time that was added to tickets after their calls were made: enter it by hand."""
    settings = load(AGENT, ServiceSyncSettings)
    if settings.sync_mode is SyncMode.INVOICE:
        console.print("sync_mode is invoice only: time that is added later comes over with its invoice")
        return
    found = asyncio.run(_late(settings, datetime.now(UTC) - timedelta(days=days)))
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("ticket", "call", "summary", "entries", "hours", "amount"):
        table.add_column(heading, overflow="fold", justify="right" if heading in _NUMBERS else "left")
    for row, one in found:
        numbers = (str(one.entries), f"{one.hours:f}", f"{one.amount:f}")
        table.add_row(row.subject, row.call_number, Text(one_line(row.ticket.summary)), *numbers)
    if found:
        console.print(table)
    hours = sum((one.hours for _, one in found), Decimal())
    amount = sum((one.amount for _, one in found), Decimal())
    console.print(f"{len(found)} tickets with late time: {hours:f} h, {amount:f}")


_NUMBERS = frozenset({"entries", "hours", "amount"})


async def _late(settings: ServiceSyncSettings, since: datetime) -> list[tuple[Staged, Late]]:
    async with looking(settings, "late") as look:
        rows = [
            row
            for row in await look.store.of_stages([Stage.DONE], most=None)
            if row.invoice is None and row.taken_at is not None and row.taken_at >= since
        ]
        return [
            one
            for start in range(0, len(rows), BATCH)
            for one in await late_rows(look.store, look.tickets, rows[start : start + BATCH])
        ]


async def late_rows(
    store: TicketStore, tickets: Tickets, rows: Sequence[Staged]
) -> list[tuple[Staged, Late]]:
    """Those of these rows whose tickets have time that did not come over with any row."""
    now = {ticket.id: ticket for ticket in await tickets.by_ids([row.ticket.id for row in rows])}
    elsewhere = await store.holders(entry.id for ticket in now.values() for entry in ticket.time)
    found = [(row, late_of(row, now[row.ticket.id], elsewhere)) for row in rows if row.ticket.id in now]
    return [(row, one) for row, one in found if one]
