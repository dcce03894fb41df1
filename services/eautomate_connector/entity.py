"""One pass over one record kind: rows in the rowversion window, then what lies beside all rows in full.

Property values, codes, contracts and roles move no rowversion of the record, and foreign SQL writes property
values without touching it. The same comparison sees every id, so deletions are found in each pass. A full scan
at the start and at night is the safety net.
"""

from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic

import structlog

from services.eautomate_connector.entities import Entity
from services.eautomate_connector.rules import beside_stamp, snapshot
from services.eautomate_connector.settings import EAutomateConnectorSettings
from shared.connector.deletions import believable, publish_deletions
from shared.connector.progress import Advance, shown
from shared.connector.runner import Session
from shared.connector.schedule import sweep_due
from shared.eautomate.rows import Keyset, R

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Memory:
    """What outlives a pause: which record kinds this process has compared in full once."""

    swept: set[str] = field(default_factory=set)


class EntityReader(Generic[R]):
    """Reads one record kind while this replica holds the lease."""

    def __init__(
        self,
        entity: Entity[R],
        session: Session,
        settings: EAutomateConnectorSettings,
        memory: Memory,
        now: Callable[[], datetime],
    ) -> None:
        """Nothing is read before the first pass."""
        self._entity = entity
        self._session = session
        self._settings = settings
        self._memory = memory
        self._now = now
        self._sweep = f"{entity.name} sweep"
        self._stamps: dict[str, str | None] | None = None

    async def position(self) -> bytes | None:
        """Rowversion up to which was read, None before the first time."""
        position = await self._session.store.position(self._entity.name)
        return bytes.fromhex(position) if position else None

    def forget(self) -> None:
        """The database is another one: nothing that is remembered counts."""
        self._stamps = None

    async def run_pass(self, high: bytes) -> None:
        """Changed rows up to ``high``, what lies beside all rows, deletions, and now and then everything.

        Raises:
            EAutomateError: the database cannot be read; the position stays.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        low = await self.position()
        if low is None or await self._sweep_due():
            await self._everything(high, first=low is None)
        else:
            await self._window(low, high)
        await self._beside_the_rows()

    async def _window(self, low: bytes, high: bytes) -> None:
        after: Keyset | None = None
        while True:
            page = await self._entity.changed(low, high, after, self._settings.page_rows)
            last = page.next is None
            await self._publish(page.records, high.hex() if last else None)
            if last:
                return
            after = page.next

    async def _everything(self, high: bytes, *, first: bool) -> None:
        begun = self._now()
        if first:
            with shown(f"reading all {self._entity.plural}") as advance:
                await self._scan(advance)
        else:
            await self._scan(lambda _: None)
        await self._session.store.save_position(self._entity.name, high.hex())
        await self._session.store.save_position(self._sweep, begun.isoformat())
        self._memory.swept.add(self._entity.name)

    async def _scan(self, advance: Advance) -> None:
        after = 0
        while page := await self._entity.all(after, self._settings.page_rows):
            await self._publish(page, None)
            after = int(page[-1].subject)
            advance(len(page))

    async def _publish(self, records: list[R], position: str | None) -> None:
        snapshots = [snapshot(record) for record in records]
        await self._session.publisher.publish(self._entity.name, snapshots, position=position)
        if self._stamps is not None:
            self._stamps |= {one.key: one.stamp for one in snapshots}

    async def _beside_the_rows(self) -> None:
        stamps = await self._remembered()
        seen: set[str] = set()
        differing: list[int] = []
        async for page in self._entity.beside(self._settings.property_page_rows):
            self._session.advance()
            for row in page:
                key = str(row.key)
                seen.add(key)
                if stamps.get(key) != beside_stamp(row):
                    differing.append(row.key)
        for start in range(0, len(differing), self._settings.page_rows):
            chunk = differing[start : start + self._settings.page_rows]
            found = await self._entity.by_id(chunk)
            await self._publish(list(found.values()), None)
        if unseen := stamps.keys() - seen:
            await self._unseen(unseen)

    async def _remembered(self) -> dict[str, str | None]:
        if self._stamps is None:
            known = await self._session.store.known(self._entity.name)
            self._stamps = {record.key: record.stamp for record in known if not record.deleted}
        return self._stamps

    async def _unseen(self, keys: Set[str]) -> None:
        """Records that were not among all: the deletion of some, the last state of those that aged out."""
        stamps = await self._remembered()
        ids = sorted(int(key) for key in keys)
        alive: set[str] = set()
        for start in range(0, len(ids), self._settings.page_rows):
            self._session.advance()
            found = await self._entity.by_id(ids[start : start + self._settings.page_rows])
            await self._publish(list(found.values()), None)
            alive |= {str(key) for key in found}
        known = await self._session.store.known(self._entity.name)
        gone = [record for record in known if not record.deleted and record.key in keys - alive]
        for key in alive:
            stamps.pop(key, None)
        if gone and believable(self._entity.name, len(gone), len(stamps), self._settings.deletion_share):
            await publish_deletions(self._session.publisher, self._entity.name, gone)
            log.info(f"{self._entity.plural} were deleted", count=len(gone))
            for record in gone:
                stamps.pop(record.key, None)

    async def _sweep_due(self) -> bool:
        if self._entity.name not in self._memory.swept:
            return True
        last = await self._session.store.position(self._sweep)
        swept = datetime.fromisoformat(last) if last else None
        return sweep_due(swept, self._now(), self._settings.sweep_hour, self._settings.sweep_seconds)
