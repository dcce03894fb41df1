"""customer_sync's own tables on both engines."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from services.customer_sync.app import MIGRATIONS
from services.customer_sync.customers.store import CustomerStore, Seen
from services.customer_sync.locations.gather import LocationStore
from services.customer_sync.pairs.progress import Claimed
from services.customer_sync.tables import OVERWRITTEN
from services.customer_sync.wiring import location_store
from shared.config import StoreSettings
from shared.events.records import Company, Reference, Site
from shared.store.engine import open_store
from shared.store.migrate import upgrade
from shared.sync.outcome import Overwritten
from shared.sync.overwritten import Untold


@pytest.fixture
async def engine(store_settings: StoreSettings) -> AsyncIterator[AsyncEngine]:
    engine = open_store(store_settings, "customer_sync")
    await upgrade(engine, "customer_sync", [MIGRATIONS])
    yield engine
    await engine.dispose()


@pytest.fixture
def store(engine: AsyncEngine) -> CustomerStore:
    return CustomerStore(engine)


@pytest.fixture
def locations(engine: AsyncEngine) -> LocationStore:
    return location_store(engine)


def company(ident: int, identifier: str, at: str = "2025-01-01T10:00:00Z", **more: object) -> Company:
    return Company.model_validate(
        {"id": ident, "identifier": identifier, "_info": {"lastUpdated": at}, **more}
    )


async def test_of_many_claims_at_once_the_highest_sequence_stands(store: CustomerStore) -> None:
    await asyncio.gather(*(store.claim("7", sequence, 0) for sequence in (3, 9, 1, 5, 7)))
    assert (await store.applied(["7"]))["7"].claimed == 9
    assert not await store.claim("7", 8, 0)
    assert await store.claim("7", 9, 0), "the same again after a crash"


async def test_a_higher_generation_claims_over_any_sequence_and_a_lower_one_never(
    store: CustomerStore,
) -> None:
    assert await store.claim("7", 9, 0)
    assert await store.claim("7", 2, 1)
    assert not await store.claim("7", 10, 0)
    state = (await store.applied(["7"]))["7"]
    assert (state.claimed, state.generation) == (2, 1)


async def test_what_is_finished_late_does_not_hide_what_is_newer(store: CustomerStore) -> None:
    await store.claim("7", 5, 0)
    await store.claim("7", 6, 0)
    await store.finish("7", 6, 0, "MSP", company(2, "B"))
    await store.finish("7", 5, 0, "old", company(1, "A"))
    state = (await store.applied(["7"]))["7"]
    assert (state.sequence, state.configuration, state.target_id) == (6, "MSP", 2)


async def test_an_intent_is_not_written_over_another_attempt(store: CustomerStore) -> None:
    assert await store.intend("7", 0, "A1", 100.0, 160.0)
    assert not await store.intend("7", 0, "A1", 101.0, 161.0), "somebody who knew of no attempt"
    assert not await store.intend("7", 0, "A1", 102.0, 162.0, before=99.0), "somebody who knew an older one"
    assert await store.intend("7", 0, "A1", 103.0, 163.0, before=100.0)
    assert (await store.intents({"7": 0}))["7"].attempted_at == 103.0
    await store.created("7", 0, company(4, "A1"))
    assert not await store.intend("7", 0, "A1", 104.0, 164.0, before=103.0), "it was created"
    assert (await store.intents({"7": 0}))["7"].target == "4"


async def test_of_many_intents_at_once_one_is_written(store: CustomerStore) -> None:
    written = await asyncio.gather(*(store.intend("7", 0, "A1", float(at), 60.0) for at in range(8)))
    assert sum(written) == 1


async def test_due_intents_come_again_ever_more_seldom_and_never_once_created(store: CustomerStore) -> None:
    await store.intend("7", 0, "A1", 100.0, 160.0)
    assert await store.due_intents(159.0, 60.0) == []
    assert [due.subject for due in await store.due_intents(160.0, 60.0)] == ["7"]
    assert await store.due_intents(219.0, 60.0) == []
    assert len(await store.due_intents(1000.0, 60.0)) == 1
    assert await store.due_intents(1100.0, 60.0) == []
    await store.created("7", 0, company(4, "A1"))
    assert await store.due_intents(1e9, 60.0) == []


async def test_a_refused_intent_leaves_nothing_but_a_created_one_stays(store: CustomerStore) -> None:
    await store.intend("7", 0, "A1", 100.0, 160.0)
    await store.forget_intent("7", 0)
    assert await store.intents({"7": 0}) == {}
    await store.intend("7", 0, "A1", 100.0, 160.0)
    await store.created("7", 0, company(4, "A1"))
    await store.forget_intent("7", 0)
    assert (await store.intents({"7": 0}))["7"].target == "4"


async def test_an_intent_of_another_generation_is_not_ours(store: CustomerStore) -> None:
    await store.intend("7", 0, "A1", 100.0, 160.0)
    assert await store.intents({"7": 1}) == {}


async def test_after_an_unlink_the_next_change_is_decided_anew(store: CustomerStore) -> None:
    await store.claim("7", 5, 0)
    await store.finish("7", 5, 0, "MSP", company(2, "B"))
    await store.unlinked("7", 1)
    state = (await store.applied(["7"]))["7"]
    assert (state.sequence, state.claimed, state.generation, state.target_id) == (0, 0, 1, None)
    await store.claim("7", 6, 1)
    await store.unlinked("7", 1)
    assert (await store.applied(["7"]))["7"].claimed == 6, "the same command again changes nothing"


async def test_the_index_keeps_the_newer_stamp_whatever_the_order(store: CustomerStore) -> None:
    new, old = company(1, "NEW", "2025-01-02T00:00:00Z"), company(1, "OLD", "2025-01-01T00:00:00Z")
    await store.see(new, 2)
    await store.see(old, 3)
    assert await store.candidates(["new", "old"]) == [Seen(1, "new", "")]


async def test_within_a_second_the_connectors_order_decides_and_a_direct_look_wins(
    store: CustomerStore,
) -> None:
    await store.see(company(1, "FIRST", "2025-01-01T00:00:00Z"), 1)
    await store.see(company(1, "THIRD"), 3)
    await store.see(company(1, "SECOND"), 2)
    assert [seen.identifier_key for seen in await store.candidates(["second", "third"])] == ["third"]
    await store.claim("7", 5, 0)
    await store.finish("7", 5, 0, None, company(1, "DIRECT"))
    await store.see(company(1, "SECOND"), 2)
    assert [seen.identifier_key for seen in await store.candidates(["second", "direct"])] == ["direct"]


async def test_deleted_and_forgotten_companies_match_nothing(store: CustomerStore) -> None:
    await store.see(company(1, "A", deletedFlag=True), 1)
    await store.see(company(2, "B", accountNumber="1001 "), 1)
    assert await store.candidates(["a", "1001"]) == [Seen(2, "b", "1001")]
    await store.forget_company(2)
    assert await store.candidates(["a", "1001"]) == []


async def test_more_records_than_a_statement_may_name(store: CustomerStore) -> None:
    await asyncio.gather(*(store.see(company(ident, f"C{ident}"), 1) for ident in range(1, 1203)))
    assert len(await store.candidates([f"c{ident}" for ident in range(1, 1203)])) == 1202
    assert await store.applied([str(ident) for ident in range(2000)]) == {}


def site(ident: int, company_id: int) -> Site:
    return Site(id=ident, name="South", company=Reference(id=company_id))


async def test_a_customer_that_became_a_location_is_counted_anew(
    store: CustomerStore, locations: LocationStore
) -> None:
    assert await store.claim("7", 9, 2)
    await store.finish("7", 9, 2, "MSP", company(2, "B"))
    assert await locations.applied(["7"]) == {}
    assert await locations.claim("7", 3, 0)
    await locations.finish("7", 3, 0, None, site(5, 19), 19)
    state = (await locations.applied(["7"]))["7"]
    assert (state.sequence, state.generation, state.target_id, state.parent_target_id) == (3, 0, 5, 19)
    assert (await store.applied(["7"]))["7"].sequence == 9
    await locations.unlinked("7", 1)
    assert (await locations.applied(["7"]))["7"].parent_target_id is None
    assert (await store.applied(["7"]))["7"].target_id == 2


async def test_intents_of_customers_and_locations_do_not_meet_and_are_due_together(
    store: CustomerStore, locations: LocationStore
) -> None:
    assert await store.intend("7", 0, "A1", 100.0, 160.0)
    assert await locations.intend("7", 0, "South", 100.0, 160.0, within=19, order_key="3")
    due = {(one.reference, one.order_key) for one in await store.due_intents(160.0, 60.0)}
    assert due == {("A1", None), ("South", "3")}
    await locations.created("7", 0, site(5, 19))
    assert (await locations.intents({"7": 0}))["7"].target == "5"
    assert (await locations.intents({"7": 0}))["7"].within == 19
    await locations.forget_intent("7", 0)
    await store.forget_intent("7", 0)
    assert await store.intents({"7": 0}) == {}
    assert (await locations.intents({"7": 0}))["7"].target == "5", "what was created stays"


AT = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = "eautomate/customer/7"


def about(*writes: dict[str, tuple[str, str]], ident: int = 19, generation: int = 0) -> Overwritten:
    return Overwritten(record=f"connectwise/company/{ident}", generation=generation, at=AT, writes=writes)


FIRST, SECOND = {"name": ("Wrong Inc", "Acme")}, {"name": ("Acme", "Acme Dental"), "city": ("", "Akron")}


async def test_what_is_not_told_yet_comes_back_with_the_next_claim(
    engine: AsyncEngine, store: CustomerStore
) -> None:
    untold = Untold(engine, OVERWRITTEN)
    assert await store.claim("7", 3, 0, about(FIRST)) == Claimed((about(FIRST),))
    assert await store.claim("7", 3, 0, about(FIRST)) == Claimed((about(FIRST),)), "the same attempt"
    assert await store.claim("7", 4, 0, about(SECOND)) == Claimed((about(FIRST, SECOND),))
    assert await untold.of([RECORD, "eautomate/customer/8"]) == {RECORD: (about(FIRST, SECOND),)}
    await untold.told(RECORD, [about(FIRST)])
    assert await untold.of([RECORD]) == {RECORD: (about(FIRST, SECOND),)}, "more was noted meanwhile"
    await untold.told(RECORD, [about(FIRST, SECOND)])
    assert await untold.of([RECORD]) == {}


async def test_what_is_overwritten_is_kept_apart_by_link_and_by_company(
    engine: AsyncEngine, store: CustomerStore
) -> None:
    untold = Untold(engine, OVERWRITTEN)
    noted = [about(FIRST), about(SECOND, generation=1), about(FIRST, ident=20, generation=1)]
    for sequence, one in enumerate(noted):
        assert await store.claim("7", sequence, one.generation, one) == Claimed((one,))
    found = (await untold.of([RECORD]))[RECORD]
    assert len(found) == 3
    assert all(one in found for one in noted)
    await untold.told(RECORD, noted[:2])
    assert await untold.of([RECORD]) == {RECORD: (noted[2],)}


async def test_who_loses_a_claim_notes_nothing_and_claims_side_by_side_note_all(
    engine: AsyncEngine, store: CustomerStore
) -> None:
    untold = Untold(engine, OVERWRITTEN)
    await store.claim("7", 5, 0)
    assert await store.claim("7", 4, 0, about(FIRST)) is None
    assert await untold.of([RECORD]) == {}
    await asyncio.gather(*(store.claim(str(one), 1, 0, about(FIRST, ident=one)) for one in range(20, 140)))
    found = await untold.of([f"eautomate/customer/{one}" for one in range(20, 140)])
    assert len(found) == 120


async def test_a_claim_that_overwrites_nothing_asks_for_nothing_more(
    engine: AsyncEngine, store: CustomerStore
) -> None:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    await store.claim("7", 5, 0)
    event.remove(engine.sync_engine, "before_cursor_execute", note)
    assert statements
    assert not [one for one in statements if OVERWRITTEN.name in one]
