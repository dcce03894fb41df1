"""ID964 as it looks at agreement invoices and writes nothing: for `tandem explain` and `tandem preview`."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.agreement_sync.asking import AGENT
from services.agreement_sync.desk.horizon import first_day
from services.agreement_sync.gather import Gatherer
from services.agreement_sync.rules.decide import decide
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore, SeenInvoice
from services.agreement_sync.tables import INVOICE
from shared.connectwise.agreements import AgreementInvoices, dated_from
from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import equals, every, in_lists
from shared.connectwise.invoice_writes import AgreementWrites
from shared.connectwise.invoices import AGREEMENT, INVOICES, Row, agreement_of
from shared.connectwise.paging import walk
from shared.eautomate.port import EAutomate
from shared.events.agreements import Invoice
from shared.links.client import MappingClient
from shared.store.engine import reading
from shared.sync.decision import Decision
from shared.sync.desk import asked, desk

HEAD_FIELDS = (
    "id", "invoiceNumber", "type", "status/id", "status/name", "date", "agreement/id", "applyToType", "applyToId",
)  # fmt: skip


class SeenNow(InvoiceStore):
    """Tandem's own store, with what ConnectWise tells now beside it; nothing is written."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self._own = engine
        self._now: dict[int, list[SeenInvoice]] = {}

    def tell(self, heads: Iterable[SeenInvoice]) -> None:
        """Invoices as ConnectWise has them."""
        for head in heads:
            self._now.setdefault(head.agreement_id or 0, []).append(head)

    async def oldest(self) -> date | None:
        """Day of the oldest invoice that was ever read, None when none was."""
        async with reading(self._own) as connection:
            day = await connection.scalar(select(func.min(INVOICE.c.day)).where(INVOICE.c.day != ""))
        return date.fromisoformat(day) if day else None

    async def of_agreements(self, agreements: Sequence[int]) -> dict[int, list[SeenInvoice]]:
        """As ``InvoiceStore.of_agreements``, with number, day and status as ConnectWise tells them."""
        result = await super().of_agreements(agreements)
        for agreement in agreements:
            known = {one.invoice_id: one for one in result.get(agreement, ())}
            for head in self._now.get(agreement, ()):
                seen = known.get(head.invoice_id, head)
                known[head.invoice_id] = replace(
                    seen, number=head.number, day=head.day, status=head.status, deleted=False
                )
            if known:
                result[agreement] = sorted(
                    known.values(), key=lambda one: (one.day or date.min, one.invoice_id), reverse=True
                )
        return result


@dataclass(frozen=True, slots=True)
class Looked:
    """One invoice, decided on as if somebody had asked for it now."""

    invoice: Invoice
    gathered: Gathered
    decision: Decision[AgreementPlan]
    seen: SeenInvoice | None


@dataclass(frozen=True, slots=True)
class Looking:
    """Everything that may be asked."""

    settings: AgreementSyncSettings
    store: SeenNow
    gatherer: Gatherer
    invoices: AgreementInvoices
    client: ConnectWise
    eautomate: EAutomate
    mapping: MappingClient
    since: date
    """Invoices dated earlier never reach ID964 by themselves."""

    async def decided(self, invoices: Sequence[Invoice]) -> list[Looked]:
        """What would become of these now."""
        await self._beside(invoices)
        changes = [asked(invoice) for invoice in invoices]
        gathered = await self.gatherer.gather(changes)
        seen = await self.store.by_ids([invoice.id for invoice in invoices])
        return [
            Looked(
                change.record,
                gathered[change.envelope.subject],
                decide(change, gathered[change.envelope.subject], self.settings),
                seen.get(change.record.id),
            )
            for change in changes
        ]

    async def _beside(self, invoices: Sequence[Invoice]) -> None:
        """Other invoices of the same agreements that are read: before the first run the store knows none."""
        agreements = sorted({one.agreement_id for one in invoices if one.agreement_id is not None})
        for condition in in_lists("agreement/id", agreements):
            whole = every(equals("type", AGREEMENT), condition, dated_from("date", self.since))
            async for page in walk(self.client, INVOICES, conditions=whole, fields=HEAD_FIELDS):
                self.store.tell(_head(row) for row in page.rows)


def _head(row: Row) -> SeenInvoice:
    day = str(row.get("date") or "")[:10]
    return SeenInvoice(
        invoice_id=int(row["id"]),
        agreement_id=agreement_of(row),
        number=str(row.get("invoiceNumber") or ""),
        type=AGREEMENT,
        status=str((row.get("status") or {}).get("name") or ""),
        day=date.fromisoformat(day) if day else None,
        deleted=False,
        # Its lines were not read: what it would bill is not known.
        by_hand=False,
        seen=0,
        claimed=0,
        done=0,
        generation=0,
    )


@asynccontextmanager
async def looking(
    settings: AgreementSyncSettings, service: str, part: float = 1.0, retry_seconds: float = 5.0
) -> AsyncIterator[Looking]:
    """Open everything for reading, as ``shared.sync.desk``."""
    async with desk(AGENT, service, part, retry_seconds) as opened:
        store = SeenNow(opened.engine)
        today = datetime.now(ZoneInfo(opened.eautomate.settings.time_zone)).date()
        yield Looking(
            settings,
            store,
            Gatherer(
                store,
                opened.eautomate,
                AgreementWrites(opened.connectwise),
                opened.mapping,
                settings,
                opened.settings.territory_filter,
            ),
            AgreementInvoices(opened.connectwise),
            opened.connectwise,
            opened.eautomate,
            opened.mapping,
            first_day(today, await store.oldest()),
        )
