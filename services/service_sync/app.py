"""ID965, wired: bus, store, both systems, mapping."""

from pathlib import Path
from typing import ClassVar

from services.service_sync.asking import AGENT, PROCESS, taking
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from services.service_sync.wiring import handlers
from shared.config import load
from shared.service import Service
from shared.sync.service import Opened, SyncService, Wired

MIGRATIONS = Path(__file__).parent / "migrations"


class ServiceSync(SyncService):
    """Makes service calls of ConnectWise tickets."""

    name: ClassVar[str] = AGENT
    process: ClassVar[str] = PROCESS
    sources: ClassVar = (("connectwise", "ticket"),)
    migrations: ClassVar[Path] = MIGRATIONS

    def __init__(self) -> None:
        """Read every setting; wrong ones surface here."""
        self._own = load(AGENT, ServiceSyncSettings)
        super().__init__(self._own)

    def wire(self, opened: Opened) -> Wired:
        """Tickets, and what people want done about them."""
        store = TicketStore(opened.engine)
        wired = handlers(
            store,
            opened.eautomate,
            opened.connectwise,
            opened.mapping,
            self._own,
            opened.territory_filter,
        )
        return Wired(wired, store.due, taking(opened.redo_topic))


def build() -> Service:
    """The service from the process's settings."""
    return ServiceSync()
