"""What is to be woken now, and that it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.error_reporting.rows import Key, headers_from
from services.error_reporting.store import writing
from services.error_reporting.tables import LETTER, RECORD, TRIGGER, WAITS
from shared.store.engine import reading
from shared.store.upsert import among, chunks

ASKED, CLOCK = "asked", "time"
SILENCE = timedelta(days=1)
"""A wake nobody answered for so long is sent again; until then a case has one under way."""


@dataclass(frozen=True, slots=True)
class Wake:
    """A case to send to its agent again.

    Attributes:
        reason: what woke it: a trigger, ``asked`` or ``time``.
        at: when the trigger came about, or when somebody asked.
        headers: the letter's.
    """

    agent: str
    record: str
    failed_at: datetime
    reason: str
    at: datetime | None
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are, of one process and code."""

    process: str
    code: str
    open: int
    parked: int


class Wakes:
    """Reads and marks wakes.

    Args:
        retry: after what time a case is due again.
        auto_retry: for how long a case is tried by itself.
    """

    def __init__(self, engine: AsyncEngine, retry: timedelta, auto_retry: timedelta) -> None:
        self._engine = engine
        self._retry = retry
        self._auto_retry = auto_retry

    async def next(self, now: datetime, most: int) -> list[Wake]:
        """What is to be woken now: asked for first, then what waits for what came about, then by the clock."""
        found: dict[Key, Any] = {}
        async with reading(self._engine) as connection:
            for statement in (self._asked(now), self._triggered(now), self._due(now)):
                if len(found) < most:
                    for row in await connection.execute(statement.limit(most - len(found))):
                        found.setdefault((row.agent, row.record), row)
            letters = await _letters(connection, list(found))
        return [
            Wake(
                agent=row.agent,
                record=row.record,
                failed_at=row.failed_at,
                reason=row.reason,
                at=row.at,
                key=letters[key].key,
                value=letters[key].value,
                headers=headers_from(letters[key].headers),
            )
            for key, row in found.items()
            if key in letters
        ]

    async def sent(self, wakes: Sequence[Wake], now: datetime) -> None:
        """Note that wakes are on their way."""
        if not wakes:
            return
        own = RECORD.c
        mark = (
            update(RECORD)
            .where(own.agent == bindparam("b_agent"), own.record == bindparam("b_record"))
            .values(
                woken_for=bindparam("b_failed_at"),
                woken_at=now,
                woken_by=bindparam("b_reason"),
                due_at=now + self._retry,
            )
        )
        done = (
            update(RECORD)
            .where(own.agent == bindparam("b_agent"), own.record == bindparam("b_record"))
            .values(asked_done_at=bindparam("b_at"))
        )
        handled = (
            update(WAITS)
            .where(
                WAITS.c.agent == bindparam("b_agent"),
                WAITS.c.record == bindparam("b_record"),
                WAITS.c.trigger == bindparam("b_reason"),
            )
            .values(handled_at=bindparam("b_at"))
        )
        async with writing(self._engine) as connection:
            await connection.execute(mark, [_bound(wake, "failed_at", "reason") for wake in wakes])
            asked = [_bound(wake, "at") for wake in wakes if wake.reason == ASKED]
            if asked:
                await connection.execute(done, asked)
            triggered = [_bound(wake, "reason", "at") for wake in wakes if wake.reason not in {ASKED, CLOCK}]
            if triggered:
                await connection.execute(handled, triggered)

    async def counts(self, now: datetime) -> list[Counts]:
        """Cases by process and code, ignored ones left out."""
        own = RECORD.c
        process = case((own.process == "", own.agent), else_=own.process)
        parked = func.sum(case((self._parked(now), 1), else_=0))
        statement = (
            select(process.label("process"), own.code, func.count().label("all"), parked.label("parked"))
            .where(own.is_open, ~own.ignored)
            .group_by(process, own.code)
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statement)).all()
        return [Counts(row.process, row.code, row.all - row.parked, row.parked) for row in rows]

    def _asked(self, now: datetime) -> Select[Any]:
        own = RECORD.c
        news = or_(own.asked_done_at.is_(None), own.asked_done_at < own.asked_at)
        return self._candidates(now, literal(ASKED), own.asked_at).where(own.asked_at.is_not(None), news)

    def _triggered(self, now: datetime) -> Select[Any]:
        own = RECORD.c
        news = and_(
            TRIGGER.c.at > own.failed_at,
            or_(WAITS.c.handled_at.is_(None), WAITS.c.handled_at < TRIGGER.c.at),
        )
        return (
            self._candidates(now, WAITS.c.trigger, TRIGGER.c.at)
            .join(WAITS, and_(WAITS.c.agent == own.agent, WAITS.c.record == own.record))
            .join(TRIGGER, TRIGGER.c.trigger == WAITS.c.trigger)
            .where(news, own.automatic, ~self._parked(now))
        )

    def _due(self, now: datetime) -> Select[Any]:
        own = RECORD.c
        nothing = literal(None, own.asked_at.type)
        return (
            self._candidates(now, literal(CLOCK), nothing)
            .where(own.due_at <= now, own.automatic, ~own.ignored, ~self._parked(now))
            .order_by(own.due_at)
        )

    def _candidates(self, now: datetime, reason: ColumnElement[str], at: ColumnElement[Any]) -> Select[Any]:
        own = RECORD.c
        under_way = and_(own.woken_for == own.failed_at, own.woken_at > now - SILENCE)
        return select(own.agent, own.record, own.failed_at, reason.label("reason"), at.label("at")).where(
            own.is_open, own.sendable, or_(own.woken_for.is_(None), ~under_way)
        )

    def _parked(self, now: datetime) -> ColumnElement[bool]:
        return RECORD.c.retry_since < now - self._auto_retry


async def _letters(connection: AsyncConnection, keys: Sequence[Key]) -> dict[Key, Any]:
    own = LETTER.c
    found: dict[Key, Any] = {}
    for part in chunks(keys):
        statement = select(LETTER).where(among((own.agent, own.record), part)).order_by(own.command)
        for row in await connection.execute(statement):
            # A change's letter goes before a command's, as in ``rules.letter_to_send``.
            found.setdefault((row.agent, row.record), row)
    return found


def _bound(wake: Wake, *names: str) -> dict[str, Any]:
    return {"b_agent": wake.agent, "b_record": wake.record} | {
        f"b_{name}": getattr(wake, name) for name in names
    }
