"""What is about to be overwritten in ConnectWise, kept until an outcome told it (spec/customers.md 5.5, "Wrong link").

A worker that dies after a write finds nothing to write when it comes again, so what stood there is written down before.
It goes with every outcome of its record until one is known to be with the broker: told at least once, seldom twice.
"""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Float, Integer, MetaData, Row, String, Table, Text, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.batching import Batcher
from shared.store.engine import reading
from shared.store.upsert import among, chunks, upsert
from shared.sync.intents import TOGETHER, WINDOW_SECONDS
from shared.sync.outcome import Overwritten, Writes

Key = tuple[str, str, int]


def overwritten_table(metadata: MetaData, service: str) -> Table:
    """The table of what one service has not told yet; next to empty while nothing dies."""
    return Table(
        f"{service}_overwritten",
        metadata,
        # The record whose outcomes tell it, and the one that is written: <source>/<entity>/<key>.
        Column("record", String(60), primary_key=True),
        Column("target", String(60), primary_key=True),
        Column("generation", Integer, primary_key=True),
        Column("at", Float, nullable=False),
        Column("writes", Text, nullable=False),
    )


class Untold:
    """What stood in records of ConnectWise, by the record whose outcomes are to tell it.

    Args:
        engine: one on which the service's migrations have run.
        table: of ``overwritten_table``.
    """

    def __init__(self, engine: AsyncEngine, table: Table) -> None:
        self._engine = engine
        self._table = table
        self._forgotten: Batcher[tuple[str, Overwritten], None] = Batcher(
            self._forget_all, TOGETHER, WINDOW_SECONDS
        )

    async def note(
        self, connection: AsyncConnection, coming: Sequence[tuple[str, Overwritten]]
    ) -> list[Overwritten]:
        """Write down what is about to be overwritten, behind what is not told yet of the same record and link.

        Args:
            connection: of a transaction in which nobody else notes for these records.
            coming: the record whose outcomes are to tell it, and what they are to tell.

        Returns:
            All that is to be told of each, in the same order.
        """
        own = self._table.c
        keys: list[Key] = [(of, one.record, one.generation) for of, one in coming]
        rows = await connection.execute(
            select(self._table).where(among([own.record, own.target, own.generation], keys))
        )
        known = {(row.record, row.target, row.generation): _read(row) for row in rows}
        for key, (_, one) in zip(keys, coming, strict=True):
            known[key] = _behind(known[key], one.writes) if key in known else one
        await upsert(connection, self._table, [_row(key[0], one) for key, one in known.items()])
        return [known[key] for key in keys]

    async def of(self, records: Sequence[str]) -> dict[str, tuple[Overwritten, ...]]:
        """What is not known to be told, by the record whose outcomes are to tell it; absent where nothing is."""
        own = self._table.c
        result: dict[str, tuple[Overwritten, ...]] = {}
        async with reading(self._engine) as connection:
            for part in chunks(records):
                rows = await connection.execute(
                    select(self._table).where(own.record.in_(part)).order_by(own.at)
                )
                for row in rows:
                    result[row.record] = (*result.get(row.record, ()), _read(row))
        return result

    async def told(self, record: str, overwritten: Sequence[Overwritten]) -> None:
        """An outcome with this is with the broker; what was noted meanwhile stays."""
        await asyncio.gather(*(self._forgotten.ask((record, one)) for one in overwritten))

    async def _forget_all(self, told: Sequence[tuple[str, Overwritten]]) -> list[None]:
        own = self._table.c
        statement = delete(self._table).where(
            own.record == bindparam("of"),
            own.target == bindparam("written_to"),
            own.generation == bindparam("in_generation"),
            own.writes == bindparam("as_told"),
        )
        rows = [
            {
                "of": record,
                "written_to": one.record,
                "in_generation": one.generation,
                "as_told": _text(one.writes),
            }
            for record, one in told
        ]
        async with self._engine.begin() as connection:
            await connection.execute(statement, rows)
        return [None] * len(told)


def _behind(earlier: Overwritten, coming: Writes) -> Overwritten:
    """A repeat of what was about to be written last says nothing new, however often it is tried."""
    writes = earlier.writes if earlier.writes[-1:] == coming else (*earlier.writes, *coming)
    return earlier.model_copy(update={"writes": writes})


def _row(record: str, one: Overwritten) -> dict[str, Any]:
    return {
        "record": record,
        "target": one.record,
        "generation": one.generation,
        "at": one.at.timestamp(),
        "writes": _text(one.writes),
    }


def _read(row: Row[Any]) -> Overwritten:
    return Overwritten(
        record=row.target,
        generation=row.generation,
        at=datetime.fromtimestamp(row.at, UTC),
        writes=json.loads(row.writes),
    )


def _text(writes: Writes) -> str:
    """Always the same for the same: it is compared where it is stored."""
    return json.dumps(writes, sort_keys=True)
