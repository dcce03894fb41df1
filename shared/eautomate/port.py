"""The port: everything Tandem asks of e-automate's database goes through this class."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.config import EAutomateSettings
from shared.eautomate.agents import Agents
from shared.eautomate.areas import AREAS, Area
from shared.eautomate.call_port import CallReads
from shared.eautomate.clock import Clock
from shared.eautomate.codes import CodeKind, Codes
from shared.eautomate.contract_port import ContractReads
from shared.eautomate.customers import Customers
from shared.eautomate.engine import open_engine
from shared.eautomate.errors import PermanentError, UnknownOutcome
from shared.eautomate.ledger import Ledger
from shared.eautomate.ledger_schema import create_ledger
from shared.eautomate.probe import Difference, Probe
from shared.eautomate.profile import load_profile
from shared.eautomate.property_setup import read_property_setup
from shared.eautomate.reader import PAGE
from shared.eautomate.rows import (
    START,
    Applied,
    Beside,
    ChangeKey,
    Changes,
    Code,
    Created,
    DatabaseIdentity,
    Keyset,
    RowVersionWindow,
)
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables, build_tables
from shared.eautomate.transaction import Transaction, transaction
from shared.eautomate.values import folded
from shared.events.records import Agent, Customer


class EAutomate(ContractReads, CallReads):
    """One e-automate database.

    Every method may raise ``TransientError`` (nothing was written, try again) and ``PermanentError``.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        settings: EAutomateSettings,
        clock: Callable[[ZoneInfo], datetime] = datetime.now,
    ) -> None:
        """Use ``EAutomate.open`` unless the engine is at hand.

        Args:
            clock: tells the time of a zone; it decides which contracts hold today.

        Raises:
            ProfileError: the profile file is wrong.
            PermanentError: the settings name an unknown time zone.
        """
        super().__init__()
        self.engine = engine
        self.settings = settings
        zone = _zone(settings.time_zone)
        self.tables: Tables = build_tables(
            load_profile(settings.profile),
            settings.ledger_schema,
            zone,
            standin=engine.dialect.name == "sqlite",
        )
        self._clock = Clock(engine, self.tables)
        self._customers = Customers(engine, self.tables, lambda: clock(zone))
        self._agents = Agents(engine, self.tables)
        self._codes = Codes(engine, self.tables)
        self._ledger = Ledger(engine, self.tables)
        self._probe = Probe(engine, self.tables)
        self._found: dict[Area, Shape] = {}
        """What the database says of its columns, by area that is as defined."""

    @classmethod
    def open(cls, settings: EAutomateSettings) -> Self:
        """The database the settings name; nothing is connected yet.

        Raises:
            PermanentError: the URL is missing or unknown, or the profile is wrong.
        """
        return cls(open_engine(settings), settings)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def window(self, low: bytes = START) -> RowVersionWindow:
        """What can be read now: rows with ``low <= rowversion < high``; save ``high`` as the next ``low``."""
        return await self._clock.window(low)

    async def database_identity(self) -> DatabaseIdentity:
        """Which database this is; when it differs from the last time, positions mean nothing."""
        return await self._clock.identity()

    async def customers_changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[Customer]:
        """A page of changed customers and locations in rowversion order; four statements a page."""
        return await self._customers.changed(low, high, after, limit)

    async def customers_by_id(self, ids: Iterable[int]) -> dict[int, Customer]:
        """Snapshots by ``CustomerID``; an id that is gone is absent."""
        return await self._customers.by_id(ids)

    async def customer_by_number(self, number: str) -> Customer | None:
        """The customer with this number, trimmed, whatever its case."""
        found = await self._customers.by_number([number])
        return found[0] if found else None

    async def customers_by_numbers(self, numbers: Iterable[str]) -> dict[str, Customer]:
        """Customers by number, trimmed and casefolded; a number nobody has is absent."""
        found = await self._customers.by_number(numbers)
        return {folded(customer.number): customer for customer in found}

    async def locations_of(self, parents: Iterable[int]) -> dict[int, list[Customer]]:
        """Locations by the ``CustomerID`` of their head office; absent when it has none."""
        return await self._customers.locations_of(parents)

    async def customers_all(self, after_id: int = 0, limit: int = PAGE) -> list[Customer]:
        """A page of all customers by id, for the first run and the sweep; empty after the last."""
        return await self._customers.scan(after_id, limit)

    def customers_beside(self, page: int = 5000) -> AsyncIterator[list[Beside]]:
        """What may change on customers without moving their rows, of all, in pages by id."""
        return self._customers.beside(page)

    async def agents_changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes[Agent]:
        """A page of changed employees in rowversion order; three statements a page."""
        return await self._agents.changed(low, high, after, limit)

    async def agents_by_id(self, ids: Iterable[int]) -> dict[int, Agent]:
        """Employees by ``AgentID``; an id that is gone is absent."""
        return await self._agents.by_id(ids)

    async def agents_by_numbers(self, numbers: Iterable[str]) -> dict[str, list[Agent]]:
        """Employees by number, trimmed and casefolded: nothing keeps two from having the same."""
        found: defaultdict[str, list[Agent]] = defaultdict(list)
        for agent in await self._agents.by_number(numbers):
            found[folded(agent.number)].append(agent)
        return dict(found)

    async def agents_all(self, after_id: int = 0, limit: int = PAGE) -> list[Agent]:
        """A page of all employees by id; empty after the last."""
        return await self._agents.scan(after_id, limit)

    def agents_beside(self, page: int = 5000) -> AsyncIterator[list[Beside]]:
        """What may change on employees without moving their rows, of all, in pages by id."""
        return self._agents.beside(page)

    async def agents(self) -> list[Agent]:
        """Every employee, inactive ones too, by id."""
        found: list[Agent] = []
        while page := await self._agents.scan(found[-1].agent_id if found else 0):
            found += page
        return found

    async def codes(self, kind: CodeKind) -> list[Code]:
        """A code table in full, inactive rows too."""
        return await self._codes.codes(kind)

    async def property_setup(self) -> dict[str, list[str]]:
        """Configurations that hold each of Tandem's custom properties; one that does not exist is absent."""
        return await read_property_setup(self.engine, self.tables)

    async def applied_rows(self, process: str, records: Iterable[str]) -> dict[str, Applied]:
        """Ledger: the last applied change by record; absent when there is none."""
        return await self._ledger.applied(process, records)

    async def created_rows(self, process: str, records: Iterable[str]) -> dict[str, list[Created]]:
        """Ledger: what was created by record, oldest generation first; absent when nothing was."""
        return await self._ledger.created(process, records)

    async def landed(self, outcome: UnknownOutcome) -> bool:
        """Whether the transaction whose COMMIT had no answer took place; waits for it to end."""
        return await self._ledger.landed(outcome)

    async def differences(self, *areas: Area) -> list[Difference]:
        """How the database differs from the table definitions, the ledger included; of all areas when none is given."""
        return await self._probe.differences(*(areas or AREAS))

    async def ensure_writable(self, area: Area = "customers") -> Shape:
        """What the tables are like, when the area's are as defined; asked once, and again until they are.

        Raises:
            SchemaMismatch: it is not; every difference is in the text.
        """
        if area not in self._found:
            self._found[area] = await self._probe.ensure(area)
        return self._found[area]

    async def create_ledger(self) -> None:
        """Create the ledger's schema and tables where they are missing; the caller decides whether it may.

        Raises:
            SchemaMismatch: there are such tables, of another shape.
        """
        await create_ledger(self.engine, self.tables)
        await self._probe.ensure_ledger()

    @asynccontextmanager
    async def transaction(
        self,
        process: str,
        record: str,
        sequence: int,
        generation: int = 0,
        area: Area | Collection[Area] = "customers",
    ) -> AsyncIterator[Transaction]:
        """One transaction: the effects of one change, and the ledger row that it was applied.

        The record's ledger row is locked first, so that two workers never write for one record at once. The
        same sequence may be applied again. Leaving the block by an exception rolls everything back.

        Args:
            process: e.g. ``ID747``.
            record: ``Envelope.record``.
            sequence: of the change.
            generation: raised by a deliberate redo; a higher one overrides any sequence of a lower one.
            area: which tables must be as defined; contracts, items and invoices need ``contracts``, calls ``calls``.
                Several where both are written.

        Raises:
            SchemaMismatch: the database is not as defined (asked before the first write).
            Superseded: a later change or generation was applied.
            UnknownOutcome: the answer to COMMIT was lost; ask ``landed``.
        """
        areas: Collection[Area] = (area,) if isinstance(area, str) else tuple(area)
        *_, shape = [await self.ensure_writable(one) for one in areas]
        key = ChangeKey(process, record, sequence, generation)
        contracts, calls, user = await self._contracts(), await self._calls(), self.settings.user_id
        async with transaction(self.engine, self.tables, shape, areas, user, key, contracts, calls) as work:
            yield work


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise PermanentError(f"TANDEM_EAUTOMATE__TIME_ZONE: {name!r} is no time zone") from error
