"""Tandem's ledger inside e-automate: what was applied and created, written with the effect itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, Table, Update, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.errors import UnknownOutcome
from shared.eautomate.rows import Applied, ChangeKey, Created
from shared.eautomate.session import reading, writing
from shared.eautomate.tables import Tables
from shared.eautomate.values import storable
from shared.eautomate.work import Work

LOCKED = "WITH (UPDLOCK, HOLDLOCK)"
"""Hold the row, or the gap where it would be, until the transaction ends."""

CHUNK = 1000


class Ledger:
    """Reads of the ledger."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def applied(self, process: str, records: Iterable[str]) -> dict[str, Applied]:
        """The last applied change of each record (``Envelope.record``); absent when there is none."""
        own = self._tables.applied.c
        found: dict[str, Applied] = {}
        for chunk in _chunks(records):
            wanted = select(own.record, own.generation, own.sequence, own.applied_at).where(
                own.process == process, own.record.in_(chunk)
            )
            async with reading(self._engine) as connection:
                for row in (await connection.execute(wanted)).all():
                    found[row.record] = Applied(*row)
        return found

    async def created(self, process: str, records: Iterable[str]) -> dict[str, list[Created]]:
        """What was created for each record, oldest generation first; absent when nothing was."""
        own = self._tables.created.c
        found: defaultdict[str, list[Created]] = defaultdict(list)
        columns = (own.record, own.target_kind, own.generation, own.target_id, own.created_at)
        for chunk in _chunks(records):
            wanted = (
                select(*columns)
                .where(own.process == process, own.record.in_(chunk))
                .order_by(own.record, own.generation, own.target_kind)
            )
            async with reading(self._engine) as connection:
                for row in (await connection.execute(wanted)).all():
                    found[row.record].append(Created(*row))
        return dict(found)

    async def landed(self, outcome: UnknownOutcome) -> bool:
        """Whether the transaction whose COMMIT had no answer took place.

        Waits, under a lock, for that transaction to end if the server still works on it.

        Raises:
            TransientError: the database cannot tell yet; ask again.
        """
        async with writing(self._engine, lambda: outcome) as connection:
            row = (await connection.execute(applied_row(self._tables, outcome.key))).one_or_none()
        key = outcome.key
        return row is not None and (row.generation, row.sequence, row.applied_at) == (
            key.generation,
            key.sequence,
            outcome.applied_at,
        )


def applied_row(tables: Tables, key: ChangeKey) -> Select[Any]:
    """The applied row under a lock that lasts to the end of the transaction."""
    own = tables.applied
    return (
        select(own.c.generation, own.c.sequence, own.c.applied_at)
        .where(own.c.process == key.process, own.c.record == key.record)
        .with_hint(own, LOCKED, "mssql")
    )


def note_applied(tables: Tables, key: ChangeKey, at: datetime, exists: bool) -> Insert | Update:
    """Write the applied row; ``exists`` as seen under the lock of ``applied_row``."""
    own = tables.applied
    if exists:
        return (
            own.update()
            .where(own.c.process == key.process, own.c.record == key.record)
            .values(generation=key.generation, sequence=key.sequence, applied_at=at)
        )
    return own.insert().values(
        process=key.process,
        record=key.record,
        generation=key.generation,
        sequence=key.sequence,
        applied_at=at,
    )


async def put(work: Work, table: Table, values: Mapping[str, Any]) -> None:
    """Write a row of the ledger in place of the one of the same key.

    Raises:
        NotStorable, ValueTooLong: a value does not fit the ledger.
    """
    values = {
        name: storable(table.c[name], value) if isinstance(value, str) else value
        for name, value in values.items()
    }
    if (await work.execute(row_there(table, values))).one_or_none() is None:
        await work.execute(table.insert().values(values))
    else:
        await work.execute(table.update().where(*_key(table, values)).values(values))


def row_there(table: Table, values: Mapping[str, Any]) -> Select[Any]:
    """Key of the row of the ledger that is there, or the gap where it would be, locked."""
    return select(*table.primary_key).where(*_key(table, values)).with_hint(table, LOCKED, "mssql")


def _key(table: Table, values: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [column == values[column.key] for column in table.primary_key]


def _chunks(records: Iterable[str]) -> list[Sequence[str]]:
    wanted = sorted(set(records))
    return [wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK)]
