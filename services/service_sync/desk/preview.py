"""What ID965 would do with tickets, under the settings as they are or as they might be."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel

from services.service_sync.asking import AGENT, PROCESS
from services.service_sync.desk.looking import Looked, Looking, looking
from services.service_sync.desk.verdict import last_words
from services.service_sync.rules.asked import name_of
from services.service_sync.rules.invoices import billing
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from shared.connectwise.conditions import compare, equals, some
from shared.connectwise.ticket_rows import SERVICE
from shared.preview import Asked, Planned, UnknownRecordsError

BATCH = 100
BUDGET_PART = 0.2
RETRY_SECONDS = 60.0
DAYS = 31
"""Without a start date: tickets closed in the last month."""


class TicketPreview:
    """See ``shared.preview.Preview``."""

    number: ClassVar[str] = PROCESS
    section: ClassVar[str] = AGENT
    model: ClassVar[type[BaseModel]] = ServiceSyncSettings

    async def plan(self, settings: BaseModel, asked: Asked) -> AsyncIterator[Planned]:
        """Tickets in the chosen statuses, or those that are asked for, by number; only reads.

        Raises:
            TypeError: these are another process's settings.
            UnknownRecordsError: numbers are asked for that no ticket has.
        """
        if not isinstance(settings, ServiceSyncSettings):
            raise TypeError("settings of service_sync are wanted")
        async with looking(settings, "preview", BUDGET_PART, RETRY_SECONDS) as look:
            if settings.sync_mode is SyncMode.INVOICE:
                async for planned_one in _by_invoice(look, settings, asked):
                    yield planned_one
                return
            ids = _numbers(asked.numbers) if asked.numbers else await _chosen(look, settings)
            if asked.limit is not None:
                ids = ids[: asked.limit]
            asked.progress(0, len(ids))
            seen: set[int] = set()
            for batch in _batches(ids):
                tickets = await look.tickets.by_ids(batch)
                seen |= {one.id for one in tickets}
                if asked.numbers and (missing := [str(one) for one in batch if one not in seen]):
                    raise UnknownRecordsError(f"ConnectWise has no ticket {', '.join(missing)}")
                for looked in await look.decided(sorted(tickets, key=lambda one: one.id)):
                    yield planned(looked)
                asked.progress(len(seen), len(ids))


def planned(looked: Looked, invoice: str = "") -> Planned:
    """What would become of one ticket.

    Args:
        invoice: number of the one that brings its time over.
    """
    ticket, verdict = looked.ticket, last_words(looked)
    row = looked.row
    of = f"invoice {invoice}" if invoice else ""
    return Planned(
        kind="ticket",
        number=str(ticket.id),
        name=", ".join(part for part in (of, name_of(ticket.company), ticket.summary) if part),
        verdict=verdict.verdict,
        steps=verdict.steps,
        target=f"call {row.call_number}" if row is not None and row.call_number else "",
        code=verdict.code,
        reason=verdict.reason,
        text=verdict.text,
        warnings=verdict.warnings,
    )


async def _by_invoice(look: Looking, settings: ServiceSyncSettings, asked: Asked) -> AsyncIterator[Planned]:
    """What the chosen invoices, or those that bill the tickets asked for, bring over."""
    tickets = set(_numbers(asked.numbers))
    if tickets:
        shown = await look.tickets.by_ids(sorted(tickets))
        missing = tickets - {one.id for one in shown}
        if missing:
            raise UnknownRecordsError(f"ConnectWise has no ticket {', '.join(map(str, sorted(missing)))}")
        ids = sorted({of for one in shown for of in billing(one)})
    else:
        ids = await _chosen_invoices(look, settings)
    if asked.limit is not None:
        ids = ids[: asked.limit]
    asked.progress(0, len(ids))
    done = 0
    for batch in _batches(ids):
        for looked in await look.decided_invoices(await look.invoices.by_ids(batch)):
            for part in looked.parts:
                if not tickets or part.ticket.id in tickets:
                    yield planned(part, looked.invoice.invoiceNumber)
        done += len(batch)
        asked.progress(done, len(ids))


async def _chosen_invoices(look: Looking, settings: ServiceSyncSettings) -> list[int]:
    """RecIDs of invoices of work in the chosen statuses, dated since the start date."""
    if not settings.invoice_statuses:
        return []
    statuses = some(*(equals("status/name", name) for name in settings.invoice_statuses))
    since = compare("date", ">=", _since(settings))
    return await look.invoices.ids(statuses, since)


def _since(settings: ServiceSyncSettings) -> datetime:
    start = settings.start_date or (datetime.now(UTC) - timedelta(days=DAYS)).date()
    return datetime(start.year, start.month, start.day, tzinfo=UTC)


async def _chosen(look: Looking, settings: ServiceSyncSettings) -> list[int]:
    """RecIDs of tickets in the chosen statuses that were closed since the start date."""
    if not settings.ticket_statuses:
        return []
    statuses = some(*(equals("status/name", name) for name in settings.ticket_statuses))
    since = compare("closedDate", ">=", _since(settings))
    pages = look.tickets.listed(SERVICE, statuses, since, fields=("id",))
    return [int(row["id"]) async for page in pages for row in page.rows]


def _numbers(asked: Sequence[str]) -> list[int]:
    wrong = [number for number in asked if not (number.isascii() and number.isdigit())]
    if wrong:
        raise UnknownRecordsError(f"{', '.join(wrong)}: tickets are known by their number")
    return sorted({int(number) for number in asked})


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


PREVIEW = TicketPreview()
