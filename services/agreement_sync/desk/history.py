"""What Tandem last knew of an agreement invoice: its own store, and the outcomes topic."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from services.agreement_sync.asking import AGENT
from services.agreement_sync.desk.meant import as_recid
from services.agreement_sync.store import InvoiceStore, SeenInvoice
from shared.bus.producer import PublishError
from shared.cli.outcomes import read_outcomes
from shared.config import KafkaSettings, StoreSettings, load
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.events.named import named
from shared.store.engine import open_store
from shared.sync.comparison import Comparison
from shared.sync.outcome import Outcome


@dataclass(frozen=True, slots=True)
class History:
    """Outcomes of one invoice, oldest first.

    Attributes:
        trouble: why they could not be read, empty when they were.
    """

    outcomes: tuple[Outcome, ...] = ()
    trouble: str = ""

    @property
    def last(self) -> Outcome | None:
        """The newest."""
        return self.outcomes[-1] if self.outcomes else None

    @property
    def compared(self) -> Outcome | None:
        """The newest that tells what both sides hold."""
        return next((one for one in reversed(self.outcomes) if one.comparison is not None), None)


async def histories(invoice_ids: Sequence[int], days: int) -> dict[int, History]:
    """Outcomes of invoices by RecID, read in one pass; a broker that does not answer is told, not raised.

    Args:
        days: how far back; 0: none.
    """
    if not days or not invoice_ids:
        return {ident: History() for ident in invoice_ids}
    records = {named(Invoice.SOURCE, Invoice.ENTITY, str(ident)): ident for ident in invoice_ids}
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        outcomes = await read_outcomes(load("kafka", KafkaSettings), since, list(records))
    except (KafkaError, PublishError, OSError) as error:
        trouble = f"what was done before cannot be told: {error}"
        return {ident: History(trouble=trouble) for ident in invoice_ids}
    found: dict[int, list[Outcome]] = {ident: [] for ident in invoice_ids}
    for one in outcomes:
        if one.agent == AGENT:
            found[records[one.record]].append(one)
    return {ident: History(tuple(held)) for ident, held in found.items()}


async def remembered(days: int, matching: Callable[[Comparison], bool]) -> dict[int, History]:
    """Outcomes whose comparison matches, by invoice: what is known when nothing else can be asked.

    Raises:
        KafkaError, PublishError: the broker does not answer either.
    """
    since = datetime.now(UTC) - timedelta(days=days)
    found: dict[int, list[Outcome]] = {}
    for one in await read_outcomes(load("kafka", KafkaSettings), since):
        if one.agent == AGENT and one.comparison is not None and matching(one.comparison):
            found.setdefault(one.comparison.invoice_id, []).append(one)
    return {ident: History(tuple(held)) for ident, held in found.items()}


async def seen_invoice(text: str) -> SeenInvoice | None:
    """The invoice of this number or RecID as Tandem last saw it; None when it never did, or keeps no tables here."""
    engine = open_store(load("store", StoreSettings), AGENT)
    try:
        store = InvoiceStore(engine)
        numbered = (await store.by_numbers([text], deleted=True)).get(folded(text))
        recid = as_recid(text)
        if numbered is None and recid is not None:
            return (await store.by_ids([recid])).get(recid)
        return numbered
    except DBAPIError:
        return None
    finally:
        await engine.dispose()
