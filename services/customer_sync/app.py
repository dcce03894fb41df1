"""ID747, wired: bus, store, both systems, mapping."""

from pathlib import Path
from typing import ClassVar

from services.customer_sync.asking import settling
from services.customer_sync.customers.gather import PROCESS
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.customers.writes import AGENT
from services.customer_sync.employees.wiring import member_handlers, member_store
from services.customer_sync.settings import CustomerSyncSettings
from services.customer_sync.tables import OVERWRITTEN
from services.customer_sync.wiring import handlers, location_store
from shared.config import load
from shared.connectwise.companies import Companies
from shared.connectwise.members import Members
from shared.service import Service
from shared.sync.overwritten import Untold
from shared.sync.service import Opened, SyncService, Wired

MIGRATIONS = Path(__file__).parent / "migrations"


class CustomerSync(SyncService):
    """Keeps ConnectWise companies equal to e-automate customers."""

    name: ClassVar[str] = AGENT
    process: ClassVar[str] = PROCESS
    sources: ClassVar = (
        ("eautomate", "customer"),
        ("connectwise", "company"),
        ("connectwise", "site"),
        ("eautomate", "agent"),
        ("connectwise", "member"),
    )
    migrations: ClassVar[Path] = MIGRATIONS

    def __init__(self) -> None:
        """Read every setting; wrong ones surface here."""
        self._own = load(AGENT, CustomerSyncSettings)
        super().__init__(self._own)

    def wire(self, opened: Opened) -> Wired:
        """Companies, sites and members."""
        store = CustomerStore(opened.engine)
        wired = handlers(
            store,
            location_store(opened.engine),
            opened.eautomate,
            Companies(opened.connectwise),
            opened.mapping,
            self._own,
            opened.territory_filter,
            opened.redo_topic,
        )
        wired |= member_handlers(
            member_store(opened.engine),
            opened.eautomate,
            Members(opened.connectwise),
            opened.mapping,
            opened.redo_topic,
        )
        untold = Untold(opened.engine, OVERWRITTEN)
        return Wired(wired, store.due_intents, settling(opened.redo_topic), untold)


def build() -> Service:
    """The service from the process's settings."""
    return CustomerSync()
