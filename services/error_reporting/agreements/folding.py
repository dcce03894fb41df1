"""Days of agreement invoices into their table, within the transaction that takes the messages in."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.error_reporting.agreements.days import AGENT, InvoiceDay, day_of, with_fact
from services.error_reporting.facts import Fact, Letter
from services.error_reporting.rows import key_of
from services.error_reporting.tables import AGREEMENT_DAY
from shared.store.upsert import among, chunks, upsert
from shared.sync.outcome import Outcome

Place = tuple[str, date]
NOTHING = InvoiceDay()


async def take_days(connection: AsyncConnection, facts: Sequence[Fact], zone: ZoneInfo) -> None:
    """Fold what is about agreements; the same facts again change nothing.

    Args:
        zone: the dealer's, which says where a day ends.
    """
    told: dict[Place, list[Outcome | Letter]] = {}
    for fact in facts:
        if isinstance(fact, Outcome | Letter) and fact.agent == AGENT:
            told.setdefault((key_of(fact.agent, fact.record)[1], day_of(fact.at, zone)), []).append(fact)
    places = sorted(told)
    before = await _load(connection, places)
    after = {}
    for place in places:
        day = before.get(place, NOTHING)
        for one in told[place]:
            day = with_fact(day, one)
        if place not in before or day != before[place]:
            after[place] = day
    await upsert(connection, AGREEMENT_DAY, [row_of(place, day) for place, day in after.items()])


async def forget_days(connection: AsyncConnection, before: date) -> None:
    """Forget the days before this one."""
    await connection.execute(delete(AGREEMENT_DAY).where(AGREEMENT_DAY.c.day < before))


def row_of(place: Place, day: InvoiceDay) -> dict[str, Any]:
    """The row of a day."""
    compared = day.compared if day.compared is not None and day.compared.tells else None
    comparison = compared.comparison if compared is not None else None
    return {
        "record": place[0],
        "day": place[1],
        "failing": day.failing,
        "compared": comparison is not None,
        "wrote": day.wrote,
        "contract_id": comparison.contract_id if comparison is not None else None,
        "period_from": (comparison.period_from or comparison.invoice_day) if comparison is not None else None,
        "next_billing": comparison.next_billing if comparison is not None else None,
        "settled": compared is not None and compared.settled,
        "body": day.model_dump_json(exclude_defaults=True),
    }


async def _load(connection: AsyncConnection, places: Sequence[Place]) -> Mapping[Place, InvoiceDay]:
    own = AGREEMENT_DAY.c
    found = {}
    for part in chunks(places):
        statement = select(own.record, own.day, own.body).where(among((own.record, own.day), part))
        for row in await connection.execute(statement):
            found[row.record, row.day] = InvoiceDay.model_validate_json(row.body)
    return found
