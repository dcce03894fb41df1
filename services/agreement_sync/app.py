"""ID964, wired: bus, store, both systems, mapping."""

from pathlib import Path
from typing import ClassVar

from services.agreement_sync.asking import AGENT, PROCESS, settling
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore
from services.agreement_sync.wiring import handlers
from shared.config import load
from shared.service import Service
from shared.sync.service import Opened, SyncService, Wired

MIGRATIONS = Path(__file__).parent / "migrations"


class AgreementSync(SyncService):
    """Keeps e-automate contracts equal to what ConnectWise invoiced on agreements."""

    name: ClassVar[str] = AGENT
    process: ClassVar[str] = PROCESS
    sources: ClassVar = (
        ("connectwise", "invoice"),
        ("eautomate", "contract"),
        ("eautomate", "contract_invoice"),
    )
    migrations: ClassVar[Path] = MIGRATIONS

    def __init__(self) -> None:
        """Read every setting; wrong ones surface here."""
        self._own = load(AGENT, AgreementSyncSettings)
        super().__init__(self._own)

    def wire(self, opened: Opened) -> Wired:
        """Invoices, and what has them looked at again."""
        store = InvoiceStore(opened.engine)
        wired = handlers(
            store,
            opened.eautomate,
            opened.connectwise,
            opened.mapping,
            self._own,
            opened.territory_filter,
            opened.redo_topic,
        )
        return Wired(wired, store.payments.due_intents, settling(opened.redo_topic))


def build() -> Service:
    """The service from the process's settings."""
    return AgreementSync()
