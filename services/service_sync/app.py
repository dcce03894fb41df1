"""ID965, wired: bus, store, both systems, mapping."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from services.service_sync.asking import AGENT, PROCESS, taking
from services.service_sync.decided import DecidedStore
from services.service_sync.settings import ServiceSyncSettings, SyncMode
from services.service_sync.store import TicketStore
from services.service_sync.wiring import handlers
from shared.config import load
from shared.events.calls import Call
from shared.events.service_invoices import ServiceInvoice
from shared.events.tickets import Ticket
from shared.service import Service
from shared.sync.service import Opened, SyncService, Wired

MIGRATIONS = Path(__file__).parent / "migrations"


class ServiceSync(SyncService):
    """Makes service calls of ConnectWise tickets."""

    name: ClassVar[str] = AGENT
    process: ClassVar[str] = PROCESS
    sources: ClassVar = (("connectwise", "ticket"), ("connectwise", "service_invoice"), ("eautomate", "call"))
    migrations: ClassVar[Path] = MIGRATIONS

    def __init__(self) -> None:
        """Read every setting; wrong ones surface here."""
        self._own = load(AGENT, ServiceSyncSettings)
        super().__init__(self._own)

    def listens(self) -> Sequence[tuple[str, str]]:
        """Invoices only where they bring time over, calls only where their amounts are watched."""
        listening = {
            Ticket.ENTITY: True,
            ServiceInvoice.ENTITY: self._own.sync_mode is SyncMode.INVOICE,
            Call.ENTITY: self._own.override_billing,
        }
        return [source for source in self.sources if listening[source[1]]]

    def wire(self, opened: Opened) -> Wired:
        """Tickets, and what people want done about them."""
        store = TicketStore(opened.engine)
        wired = handlers(
            store,
            DecidedStore(opened.engine),
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
