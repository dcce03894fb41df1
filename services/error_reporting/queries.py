"""What commands ask of the store: cases, one record, which letters are closed."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, make_url, or_, select
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.error_reporting.facts import read_letter
from services.error_reporting.rows import Key, key_of
from services.error_reporting.rules import letter_is_closed
from services.error_reporting.settings import ErrorReportingSettings
from services.error_reporting.state import RecordState
from services.error_reporting.store import CaseStore
from services.error_reporting.tables import LEASE, RECORD, WAKER
from shared.bus.deadletter import Raw
from shared.bus.rewind import Place
from shared.cli.letters import Letter
from shared.config import StoreSettings, load
from shared.store.clock import DatabaseNow
from shared.store.engine import open_store, reading
from shared.store.upsert import among, chunks

NAME = "error_reporting"
NUMBER_LEAST = 4
"""Characters of a case's number that are enough, where they are unique."""


class State(StrEnum):
    """What state cases are to be in."""

    OPEN = "open"
    PARKED = "parked"
    IGNORED = "ignored"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Case:
    """A record as the store has it; a case while it is in trouble."""

    key: Key
    number: str
    process: str
    label: str
    code: str
    state: str
    sendable: bool
    automatic: bool
    failed_at: datetime | None
    due_at: datetime | None
    woken_at: datetime | None
    woken_by: str | None
    under_way: bool
    known: RecordState


class NoStore(RuntimeError):  # noqa: N818 - reads as what it says
    """error_reporting has no tables here yet."""


@contextmanager
def tables_wanted() -> Iterator[None]:
    """Says so in words when the tables that are read are not there.

    Raises:
        NoStore: they are not.
    """
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        if re.search("no such table|does not exist", str(error.orig)) is None:
            raise
        raise NoStore(
            f"error_reporting has no tables in {store_named()}. If it runs with another store, give this command "
            "the same TANDEM_STORE__URL (or TANDEM_CONFIG); else `tandem db upgrade` makes them"
        ) from error


def store_named() -> str:
    """Where error_reporting's tables are, without user and password."""
    url = make_url(load("store", StoreSettings).url.get_secret_value())
    place = url.database if url.host is None else f"{url.host}/{url.database}"
    return (place or "").replace("{service}", NAME)


class Queries:
    """Reads the store as commands do.

    Args:
        auto_retry: for how long a case is tried by itself.
    """

    def __init__(self, engine: AsyncEngine, auto_retry: timedelta) -> None:
        self._engine = engine
        self._auto_retry = auto_retry

    async def cases(
        self, state: State = State.ALL, code: str | None = None, agent: str | None = None
    ) -> list[Case]:
        """Cases, the oldest trouble first.

        Raises:
            NoStore: there are no tables yet.
        """
        own = RECORD.c
        statement = select(RECORD).where(own.is_open).order_by(own.first_failed_at, own.number)
        if code is not None:
            statement = statement.where(own.code == code)
        if agent is not None:
            statement = statement.where(own.agent == agent)
        found = await self._read([statement])
        return [case for case in found if state in {State.ALL, case.state}]

    async def positions(self) -> dict[Place, int]:
        """How far each partition was taken in; empty in a new store."""
        return await CaseStore(self._engine).positions()

    async def absent(self) -> str | None:
        """Why error_reporting seems not to run, in words; None while it does, and has caught up with its start."""
        held = select(LEASE.c.expires_at, DatabaseNow()).where(LEASE.c.name == WAKER)
        async with reading(self._engine) as connection:
            row = (await connection.execute(held)).one_or_none()
        if row is None:
            return "error_reporting has not folded anything yet"
        until, now = row
        if until > now:
            return None
        if until <= 0:
            return "error_reporting does not run, or has not caught up yet"
        return f"error_reporting has not been heard of since {datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M:%S} UTC"

    async def named(self, name: str) -> list[Case]:
        """Records by case number, by the name outcomes use, or by the beginning of the label in whole words."""
        own = RECORD.c
        plain = " ".join(name.split()).casefold()
        number = (
            own.number.startswith(plain, autoescape=True)
            if len(plain) >= NUMBER_LEAST
            else own.number == plain
        )
        found = await self._read([select(RECORD).where(or_(own.record == name, number))])
        if found:
            return found
        begins = or_(own.label_key == plain, own.label_key.startswith(f"{plain} ", autoescape=True))
        return await self._read([select(RECORD).where(begins)])

    async def records(self, keys: Iterable[Key]) -> dict[Key, Case]:
        """Records by their keys."""
        own = RECORD.c
        parts = [
            select(RECORD).where(among((own.agent, own.record), part)) for part in chunks(sorted(set(keys)))
        ]
        return {case.key: case for case in await self._read(parts)}

    async def _read(self, statements: Sequence[Select[Any]]) -> list[Case]:
        with tables_wanted():
            async with reading(self._engine) as connection:
                rows = [
                    row
                    for statement in statements
                    for row in (await connection.execute(statement)).mappings()
                ]
        return [self._case(row) for row in rows]

    def _case(self, row: Mapping[str, Any]) -> Case:
        parked = row["retry_since"] is not None and row["retry_since"] < datetime.now(UTC) - self._auto_retry
        if not row["is_open"]:
            state = "closed"
        elif row["ignored"]:
            state = "ignored"
        else:
            state = "parked" if parked else "open"
        return Case(
            key=(row["agent"], row["record"]),
            number=row["number"],
            process=row["process"],
            label=row["label"],
            code=row["code"],
            state=state,
            sendable=row["sendable"],
            automatic=row["automatic"],
            failed_at=row["failed_at"],
            due_at=row["due_at"],
            woken_at=row["woken_at"],
            woken_by=row["woken_by"],
            under_way=row["woken_for"] is not None and row["woken_for"] == row["failed_at"],
            known=RecordState.model_validate_json(row["body"]),
        )


def open_queries() -> tuple[Queries, AsyncEngine]:
    """The store as the settings name it; the engine is the caller's to dispose of."""
    engine = open_store(load("store", StoreSettings), NAME)
    days = load(NAME, ErrorReportingSettings).auto_retry_days
    return Queries(engine, timedelta(days=days)), engine


async def closed_letters(letters: Sequence[Letter]) -> set[tuple[str, str]] | None:
    """(agent, place) of letters whose record has succeeded since; None where there is no store to ask."""
    queries, engine = open_queries()
    try:
        facts = {(letter.agent, letter.place): read_letter(_raw(letter), letter.agent) for letter in letters}
        keys = {place: key_of(fact.agent, fact.record) for place, fact in facts.items()}
        known = await queries.records(keys.values())
    except (NoStore, DBAPIError, OSError):
        return None
    finally:
        await engine.dispose()
    return {
        place
        for place, fact in facts.items()
        if keys[place] in known and letter_is_closed(known[keys[place]].known, fact)
    }


def _raw(letter: Letter) -> Raw:
    part, _, offset = letter.place.partition(":")
    milliseconds = int(letter.at.timestamp() * 1000)
    return Raw(letter.agent, int(part), int(offset), milliseconds, letter.key, letter.value, letter.headers)
