"""Folding into the tables: one transaction a batch, no wait for the network inside."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.error_reporting import rules
from services.error_reporting.agreements.days import day_of
from services.error_reporting.agreements.folding import forget_days, take_days
from services.error_reporting.facts import Fact, Letter
from services.error_reporting.rows import Key, clean, key_of, letter_row, row_of, trigger_key
from services.error_reporting.state import RecordState
from services.error_reporting.tables import (
    AGREEMENT_DAY,
    LEASE,
    LETTER,
    LOCK,
    POSITION,
    RECORD,
    SETTING,
    TRIGGER,
    WAITS,
)
from shared.bus.delivery import WAKE
from shared.bus.rewind import Place
from shared.events.case_events import SettingsTold
from shared.store.engine import reading
from shared.store.upsert import among, chunks, insert, upsert
from shared.sync.outcome import Outcome

UTC = ZoneInfo("UTC")


@dataclass(slots=True)
class _Record:
    state: RecordState
    before: Mapping[str, Any] | None
    answered: bool = False
    letters: dict[bool, Letter] = field(default_factory=dict)


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction whose writers are in line: no two see the same row before either has written it."""
    async with engine.begin() as connection:
        await connection.execute(select(LOCK.c.id).with_for_update())
        yield connection


class CaseStore:
    """Takes facts in.

    Args:
        engine: an engine on which the migrations have run.
        retry: after what time a failure nothing else woke is due again.
        zone: the dealer's, in which days of agreement invoices begin and end.
        kept: for how long these days are kept.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        retry: timedelta = timedelta(minutes=15),
        zone: ZoneInfo = UTC,
        kept: timedelta = timedelta(days=400),
    ) -> None:
        self._engine = engine
        self._retry = retry
        self._zone = zone
        self._kept = kept

    async def take(self, facts: Sequence[Fact], positions: Mapping[Place, int], now: datetime) -> None:
        """Fold facts and remember how far the topics were read; the same facts again change nothing.

        Args:
            positions: the offset after the last message of each partition.
            now: UTC.
        """
        async with writing(self._engine) as connection:
            records = await _load(connection, facts)
            come: dict[str, datetime] = {}
            for fact in facts:
                if isinstance(fact, SettingsTold):
                    changed = await _settings(connection, fact)
                    _merge(come, ((f"setting:{name}", fact.at) for name in changed))
                    continue
                _fold(records[_key(fact)], fact)
                if isinstance(fact, Outcome):
                    _merge(come, ((trigger, fact.at) for trigger in rules.triggers(fact)))
            await self._save(connection, records, now)
            await take_days(connection, facts, self._zone)
            await _come_about(connection, come, now)
            await _advance(connection, positions)

    async def come_about(self, triggers: Mapping[str, datetime], now: datetime) -> None:
        """Remember what has come about, by what waits are called, with the moment of it."""
        items = list(triggers.items())
        for part in chunks(items):
            async with writing(self._engine) as connection:
                await _come_about(connection, dict(part), now)

    async def forget_triggers(self, before: datetime) -> None:
        """Forget what came about and was told of before this: the clock wakes what still waits for it."""
        async with writing(self._engine) as connection:
            await connection.execute(delete(TRIGGER).where(TRIGGER.c.seen_at < before))

    async def forget_days(self, now: datetime) -> None:
        """Forget days of agreement invoices that no report asks for any more."""
        async with writing(self._engine) as connection:
            await forget_days(connection, day_of(now - self._kept, self._zone))

    async def positions(self) -> dict[Place, int]:
        """How far each partition was read; empty in a new store."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(select(POSITION))
            return {(row.topic, row.part): row.next for row in rows}

    async def clear(self) -> None:
        """Forget everything that topics tell."""
        async with writing(self._engine) as connection:
            # A replica that was killed may seem to hold it still, and with it to have folded all.
            await connection.execute(update(LEASE).values(expires_at=0.0))
            for table in (RECORD, LETTER, WAITS, TRIGGER, SETTING, POSITION, AGREEMENT_DAY):
                await connection.execute(delete(table))

    async def _save(self, connection: AsyncConnection, records: Mapping[Key, _Record], now: datetime) -> None:
        due = now + self._retry
        rows = [
            row_of(key, record.state, record.before, record.answered, due) for key, record in records.items()
        ]
        await upsert(connection, RECORD, [row for row in rows if _changed(row, records)])
        await _save_letters(connection, records)
        await _save_waits(connection, records)


def _key(fact: Any) -> Key:
    record = fact.record if hasattr(fact, "record") else rules.event_record(fact)
    return key_of(fact.agent, record)


def _fold(record: _Record, fact: Any) -> None:
    if isinstance(fact, Outcome):
        record.state = rules.with_outcome(record.state, fact)
        spent = fact.again or fact.result == rules.SUPERSEDED
        record.answered = record.answered or (spent and fact.redo == WAKE)
    elif isinstance(fact, Letter):
        record.state = rules.with_letter(record.state, fact)
        kept = rules.kept_letter(record.state, fact.command)
        if kept is not None and kept.rank == rules.reference(fact).rank:
            record.letters[fact.command] = fact
    else:
        record.state = rules.with_event(record.state, fact)


async def _load(connection: AsyncConnection, facts: Sequence[Fact]) -> dict[Key, _Record]:
    keys = sorted({_key(fact) for fact in facts if not isinstance(fact, SettingsTold)})
    records = {key: _Record(RecordState(), None) for key in keys}
    for part in chunks(keys):
        found = await connection.execute(select(RECORD).where(among((RECORD.c.agent, RECORD.c.record), part)))
        for row in found.mappings():
            state = RecordState.model_validate_json(row["body"])
            records[row["agent"], row["record"]] = _Record(state, dict(row))
    return records


def _changed(row: Mapping[str, Any], records: Mapping[Key, _Record]) -> bool:
    before = records[row["agent"], row["record"]].before
    return before is None or any(before[name] != value for name, value in row.items())


async def _save_letters(connection: AsyncConnection, records: Mapping[Key, _Record]) -> None:
    kept, gone = [], []
    for key, record in records.items():
        for command in (False, True):
            ref = rules.kept_letter(record.state, command)
            letter = record.letters.get(command)
            if ref is None:
                gone.append((*key, command))
            elif letter is not None and rules.reference(letter).rank == ref.rank:
                kept.append(letter_row(key, letter))
    for part in chunks(gone):
        own = LETTER.c
        await connection.execute(delete(LETTER).where(among((own.agent, own.record, own.command), part)))
    await upsert(connection, LETTER, kept)


async def _save_waits(connection: AsyncConnection, records: Mapping[Key, _Record]) -> None:
    held: dict[Key, set[str]] = {key: set() for key in records}
    own = WAITS.c
    for part in chunks(list(records)):
        rows = await connection.execute(select(WAITS).where(among((own.agent, own.record), part)))
        for row in rows:
            held[row.agent, row.record].add(row.trigger)
    new, gone = [], []
    for key, record in records.items():
        wanted = {trigger_key(trigger) for trigger in rules.blocked_on(record.state, key[1])}
        new += [(*key, trigger) for trigger in sorted(wanted - held[key])]
        gone += [(*key, trigger) for trigger in sorted(held[key] - wanted)]
    for part3 in chunks(gone):
        await connection.execute(delete(WAITS).where(among((own.agent, own.record, own.trigger), part3)))
    names = ("agent", "record", "trigger")
    await upsert(
        connection, WAITS, [dict(zip(names, row, strict=True)) | {"handled_at": None} for row in new]
    )


async def _settings(connection: AsyncConnection, told: SettingsTold) -> list[str]:
    """Take in what an agent runs with; returns the names of what changed."""
    own = SETTING.c
    rows = await connection.execute(select(SETTING).where(own.agent == told.agent))
    known = {row.name: row for row in rows}
    fresh = {
        name: digest
        for name, digest in ((trigger_key(name), digest) for name, digest in told.digests.items())
        if name not in known or known[name].at < told.at
    }
    values = [
        {"agent": told.agent, "name": name, "digest": clean(digest)[:64], "at": told.at}
        for name, digest in fresh.items()
    ]
    await upsert(connection, SETTING, values)
    return [name for name, digest in fresh.items() if name not in known or known[name].digest != digest]


async def _come_about(connection: AsyncConnection, come: Mapping[str, datetime], now: datetime) -> None:
    rows = [{"trigger": trigger_key(trigger), "at": at, "seen_at": now} for trigger, at in come.items()]
    if not rows:
        return
    statement = insert(connection.dialect.name, TRIGGER)
    newer = statement.excluded.at > TRIGGER.c.at
    values = {"at": statement.excluded.at, "seen_at": statement.excluded.seen_at}
    keys = [TRIGGER.c.trigger]
    await connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=values, where=newer), rows
    )


async def _advance(connection: AsyncConnection, positions: Mapping[Place, int]) -> None:
    rows = [{"topic": topic, "part": part, "next": after} for (topic, part), after in positions.items()]
    if not rows:
        return
    statement = insert(connection.dialect.name, POSITION)
    after = statement.excluded["next"]
    upsert = statement.on_conflict_do_update(
        index_elements=list(POSITION.primary_key), set_={"next": after}, where=after > POSITION.c.next
    )
    await connection.execute(upsert, rows)


def _merge(come: dict[str, datetime], more: Iterable[tuple[str, datetime]]) -> None:
    for trigger, at in more:
        come[trigger] = max(at, come.get(trigger, at))
