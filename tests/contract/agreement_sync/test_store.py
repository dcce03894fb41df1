"""agreement_sync's own tables on both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.agreement_sync.app import MIGRATIONS
from services.agreement_sync.store import InvoiceStore
from shared.config import StoreSettings
from shared.connectwise.payments import Payment
from shared.events.agreements import Invoice
from shared.store.engine import open_store
from shared.store.migrate import upgrade


@pytest.fixture
async def engine(store_settings: StoreSettings) -> AsyncIterator[AsyncEngine]:
    engine = open_store(store_settings, "agreement_sync")
    await upgrade(engine, "agreement_sync", [MIGRATIONS])
    yield engine
    await engine.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> InvoiceStore:
    return InvoiceStore(engine)


def invoice(ident: int, number: str, agreement: int = 88, month: int = 11) -> Invoice:
    day = datetime(2026, month, 1, tzinfo=UTC)
    return Invoice(
        id=ident,
        invoiceNumber=number,
        type="Agreement",
        date=day,
        applyToType="Agreement",
        applyToId=agreement,
    )


async def test_older_content_is_ignored_and_what_was_read_directly_is_news(store: InvoiceStore) -> None:
    await store.see([(invoice(1, "B"), 9), (invoice(1, "A"), 8)])
    await store.see([(invoice(1, "C"), 7)])
    assert (await store.by_ids([1]))[1].number == "B"
    await store.see([(invoice(1, "D"), 0)])
    seen = (await store.by_ids([1]))[1]
    assert (seen.number, seen.seen) == ("D", 9)
    await store.see([])


async def test_what_is_gone_is_seen_again_when_it_comes_back(store: InvoiceStore) -> None:
    await store.see([(invoice(1, "A"), 5)])
    await store.gone([(1, 4)])
    assert not (await store.by_ids([1]))[1].deleted
    await store.gone([(1, 6), (2, 6)])
    assert (await store.by_ids([1, 2]))[1].deleted
    await store.see([(invoice(1, "A"), 5)])
    assert (await store.by_ids([1]))[1].deleted, "older than the deletion"
    await store.see([(invoice(1, "A"), 7)])
    assert not (await store.by_ids([1]))[1].deleted
    await store.gone([(1, 0)])
    seen = (await store.by_ids([1]))[1]
    assert (seen.deleted, seen.seen) == (True, 7)


async def test_a_deleted_invoice_is_found_by_number_when_asked_for_and_gives_way_to_one_that_exists(
    store: InvoiceStore,
) -> None:
    await store.see([(invoice(2, "A"), 5), (invoice(1, "A"), 5)])
    await store.gone([(2, 6)])
    assert (await store.by_numbers(["A"]))["a"].invoice_id == 1
    assert (await store.by_numbers(["A"], deleted=True))["a"].invoice_id == 1
    await store.gone([(1, 6)])
    assert await store.by_numbers(["A"]) == {}
    assert (await store.by_numbers(["A"], deleted=True))["a"].invoice_id == 2


async def test_invoices_of_an_agreement_come_newest_first_and_are_found_by_number(
    store: InvoiceStore,
) -> None:
    await store.see(
        [(invoice(1, "A1", month=5), 1), (invoice(3, "C1", month=7), 1), (invoice(2, "B1", month=7), 1)]
    )
    await store.see([(invoice(4, "M1", month=8).model_copy(update={"type": "CreditMemo"}), 1)])
    found = await store.of_agreements([88, 89])
    assert [one.invoice_id for one in found[88]] == [3, 2, 1]
    await store.gone([(3, 2)])
    numbered = await store.by_numbers([" a1", "c1", "nobody's"])
    assert [one.invoice_id for one in numbered.values()] == [1]


async def test_of_many_claims_at_once_the_highest_sequence_stands(store: InvoiceStore) -> None:
    await store.see([(invoice(7, "A"), 1)])
    await asyncio.gather(*(store.claim(7, sequence, 0) for sequence in (3, 9, 1, 5)))
    assert (await store.by_ids([7]))[7].claimed == 9
    assert not await store.claim(7, 8, 0)
    assert await store.claim(7, 9, 0), "the same again after a crash"
    assert await store.claim(7, 2, 1), "a deliberate redo goes over any sequence"
    assert not await store.claim(7, 10, 0)
    await store.finish(7, 9, 0)
    assert (await store.by_ids([7]))[7].done == 0, "what is finished late does not hide the redo"
    await store.finish(7, 2, 1)
    assert (await store.by_ids([7]))[7].done == 2


async def test_a_payment_is_intended_once(store: InvoiceStore) -> None:
    intents = store.payments
    assert await intents.intend("7", 0, "100.00 2026-11-20 41", 100.0, 160.0, order_key="88")
    assert not await intents.intend("7", 0, "100.00 2026-11-20 41", 101.0, 161.0)
    assert [one.subject for one in await intents.due_intents(161.0, 60.0)] == ["7"]
    await intents.created("7", 0, Payment(42, "P", Decimal(100), None))
    assert (await intents.intents({"7": 0}))["7"].target == "42"
    assert await intents.due_intents(9e12, 60.0) == []
    assert await intents.intend("7", 1, "100.00 2026-12-20 42", 300.0, 360.0), "of the next pair"
