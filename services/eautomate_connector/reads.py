"""One pass over e-automate: which database it is, how far it can be read, and then one record kind after another."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import structlog

from services.eautomate_connector.entities import entities
from services.eautomate_connector.entity import EntityReader, Memory
from services.eautomate_connector.rules import went_back
from services.eautomate_connector.settings import EAutomateConnectorSettings
from shared.connector.runner import Session, SourceError
from shared.eautomate.errors import EAutomateError
from shared.eautomate.port import EAutomate

log = structlog.get_logger(__name__)


class EAutomateReader:
    """Reads one database while this replica holds the lease."""

    def __init__(
        self,
        port: EAutomate,
        session: Session,
        settings: EAutomateConnectorSettings,
        memory: Memory,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is read before the first pass."""
        self._port = port
        self._session = session
        kinds = entities(
            port,
            contracts=bool(settings.contracts),
            calls=bool(settings.calls),
            invoices_since=lambda: self._days_ago(settings.contract_invoice_days),
            calls_since=lambda: self._days_ago(settings.call_days),
        )
        self._settings = settings
        self._now = now
        self._readers = [EntityReader(entity, session, settings, memory, now) for entity in kinds]

    async def close(self) -> None:
        """Close the connections."""
        await self._port.close()

    async def run_pass(self) -> None:
        """Changed rows, what lies beside them, deletions, and now and then everything.

        Raises:
            SourceError: the database cannot be read; the position stays and the pass is done again.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        try:
            high = await self._high()
            for reader in self._readers:
                await reader.run_pass(high)
        except EAutomateError as error:
            raise SourceError(f"e-automate: {error}") from error

    def _days_ago(self, days: int | None) -> date | None:
        return None if days is None else self._now().astimezone(UTC).date() - timedelta(days=days)

    async def _high(self) -> bytes:
        """How far this pass can read; after a restore, nothing counts as read."""
        store = self._session.store
        identity = str(await self._port.database_identity())
        source = await store.source()
        positions = [await reader.position() for reader in self._readers]
        high = (await self._port.window()).high
        furthest = max((position for position in positions if position is not None), default=None)
        if went_back(source.identity, identity, furthest, high):
            log.warning("e-automate's database was restored or replaced; everything is read again")
            await store.restored(identity)
            for reader in self._readers:
                reader.forget()
        elif source.identity is None:
            await store.identify(identity)
        return high
