"""What the report and the reminder ask of the store."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.error_reporting.agreements.days import AGENT, InvoiceDay
from services.error_reporting.agreements.reminder import Written
from services.error_reporting.agreements.report import CaseNow, DayRow
from services.error_reporting.tables import AGREEMENT_DAY, RECORD
from shared.store.engine import reading
from shared.store.upsert import among, chunks


class Days:
    """Reads days of agreement invoices."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def between(self, first: date, last: date) -> list[DayRow]:
        """Every day from one to another, both included."""
        own = AGREEMENT_DAY.c
        return await self._days([_bodies().where(own.day >= first, own.day <= last)])

    async def standing(self, first: date, last: date) -> list[DayRow]:
        """The newest day of each record that tells whether an error stands, when it lies before ``first`` and one
        did; nothing was told of it from then up to ``last``."""
        own, later = AGREEMENT_DAY.c, AGREEMENT_DAY.alias("later")
        told_since = exists().where(
            later.c.record == own.record,
            later.c.day > own.day,
            later.c.day <= last,
            later.c.failing.is_not(None),
        )
        return await self._days([_bodies().where(own.failing.is_(True), own.day < first, ~told_since)])

    async def cases(self, records: Sequence[str]) -> dict[str, CaseNow]:
        """The cases of these records as they are now."""
        own = RECORD.c
        found = {}
        async with reading(self._engine) as connection:
            for part in chunks(sorted(set(records))):
                statement = select(own.record, own.is_open, own.ignored).where(
                    own.agent == AGENT, own.record.in_(part)
                )
                for row in await connection.execute(statement):
                    found[row.record] = CaseNow(row.is_open, row.ignored)
        return found

    async def written(self, last: date) -> list[Written]:
        """Every invoice that was written to a contract up to a day, as it was last told of by then."""
        own = AGREEMENT_DAY.c
        newest = (
            select(
                own.record,
                func.max(own.day).label("day"),
                func.max(case((own.wrote, own.day))).label("wrote"),
            )
            .where(own.day <= last, own.compared)
            .group_by(own.record)
            .subquery()
        )
        statement = (
            select(
                own.record, own.day, own.contract_id, own.period_from, own.next_billing, own.settled,
                newest.c.wrote.label("last_wrote"),
            )
            .join(newest, and_(newest.c.record == own.record, newest.c.day == own.day))
            .where(newest.c.wrote.is_not(None), own.contract_id.is_not(None))
        )  # fmt: skip
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statement)).all()
        return [
            Written(
                record=row.record,
                day=row.day,
                wrote=row.last_wrote,
                contract_id=row.contract_id,
                period_from=row.period_from,
                next_billing=row.next_billing,
                settled=row.settled,
            )
            for row in rows
        ]

    async def of(self, places: Iterable[tuple[str, date]]) -> list[DayRow]:
        """These days of these records."""
        own = AGREEMENT_DAY.c
        return await self._days(
            [_bodies().where(among((own.record, own.day), part)) for part in chunks(sorted(set(places)))]
        )

    async def _days(self, statements: Sequence[Select[Any]]) -> list[DayRow]:
        async with reading(self._engine) as connection:
            rows = [row for statement in statements for row in await connection.execute(statement)]
        # Large comparisons take their time to read.
        return await asyncio.to_thread(_read, rows)


def _bodies() -> Select[Any]:
    own = AGREEMENT_DAY.c
    return select(own.record, own.day, own.body)


def _read(rows: Sequence[Any]) -> list[DayRow]:
    return [DayRow(row.record, row.day, InvoiceDay.model_validate_json(row.body)) for row in rows]
