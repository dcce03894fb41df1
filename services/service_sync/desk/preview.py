"""What ID965 would do with tickets, under the settings as they are or as they might be."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel

from services.service_sync.asking import AGENT, PROCESS
from services.service_sync.desk.looking import Looked, Looking, looking
from services.service_sync.desk.verdict import last_words
from services.service_sync.rules.asked import name_of
from services.service_sync.settings import ServiceSyncSettings
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


def planned(looked: Looked) -> Planned:
    """What would become of one ticket."""
    ticket, verdict = looked.ticket, last_words(looked)
    row = looked.row
    return Planned(
        kind="ticket",
        number=str(ticket.id),
        name=", ".join(part for part in (name_of(ticket.company), ticket.summary) if part),
        verdict=verdict.verdict,
        steps=verdict.steps,
        target=f"call {row.call_number}" if row is not None and row.call_number else "",
        code=verdict.code,
        reason=verdict.reason,
        text=verdict.text,
        warnings=verdict.warnings,
    )


async def _chosen(look: Looking, settings: ServiceSyncSettings) -> list[int]:
    """RecIDs of tickets in the chosen statuses that were closed since the start date."""
    if not settings.ticket_statuses:
        return []
    start = settings.start_date or (datetime.now(UTC) - timedelta(days=DAYS)).date()
    statuses = some(*(equals("status/name", name) for name in settings.ticket_statuses))
    since = compare("closedDate", ">=", datetime(start.year, start.month, start.day, tzinfo=UTC))
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
