"""Facts in, cases out."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import DataError

from services.error_reporting.app import NAME
from services.error_reporting.facts import Fact
from services.error_reporting.folding import CaseFold
from services.error_reporting.queries import Case, NoStore, Queries, State
from services.error_reporting.store import CaseStore
from services.error_reporting.wakes import Wakes
from shared.bus.deadletter import Raw, dead_letter
from shared.bus.delivery import Fault, Transient
from shared.bus.rewind import Place
from shared.config import StoreSettings
from shared.events import topics
from shared.events.envelope import Envelope
from shared.store.engine import open_store
from shared.sync.outcome import Outcome
from tests.contract.error_reporting.conftest import DAYS
from tests.unit.services.error_reporting.told import AGENT, at, deed, letter, outcome

PREFIX = "t"


async def take(store: CaseStore, *facts: Fact, seconds: float = 60) -> None:
    await store.take(facts, {}, at(seconds))


async def only(queries: Queries) -> Case:
    (case,) = await queries.cases()
    return case


async def test_an_outcome_and_its_letter_are_one_case(store: CaseStore, queries: Queries) -> None:
    await take(store, outcome("waiting", 1, blocked_on=("number:1001",)))
    await take(store, letter(1))
    case = await only(queries)
    assert (case.label, case.code, case.process, case.sendable) == (
        "customer 1001 Acme Dental",
        "C1",
        "ID747",
        True,
    )


async def test_a_success_closes_the_case_and_lets_the_bytes_go(
    store: CaseStore, queries: Queries, wakes: Wakes
) -> None:
    await take(store, outcome("rejected", 1), letter(1))
    await take(store, outcome("applied", 2))
    assert await queries.cases() == []
    assert await wakes.next(at(1e6), 10) == []
    (case,) = await queries.named("customer 1001")
    assert (case.state, case.known.applied_at) == ("closed", at(2))


async def test_cases_are_found_by_number_record_and_label(store: CaseStore, queries: Queries) -> None:
    await take(
        store,
        outcome("rejected", 1),
        outcome("rejected", 1, record="eautomate/customer/8", label="customer 10 X"),
    )
    case = (await queries.named("customer  1001"))[0]
    assert [found.key for found in await queries.named(case.number)] == [case.key]
    assert [found.key for found in await queries.named(case.number[:5].upper())] == [case.key]
    assert [found.key for found in await queries.named("eautomate/customer/7")] == [case.key]
    assert [found.label for found in await queries.named("Customer 10")] == ["customer 10 X"]
    assert await queries.named("customer 100") == []
    assert await queries.named("%") == []


async def test_ignored_and_parked_cases_are_listed_as_such(store: CaseStore, queries: Queries) -> None:
    await take(store, outcome("rejected", 1), letter(1))
    assert [case.state for case in await queries.cases(State.PARKED)] == ["parked"]
    assert await queries.cases(State.OPEN) == []
    await take(store, deed("ignored", 2))
    assert [case.state for case in await queries.cases(State.IGNORED)] == ["ignored"]
    await take(store, deed("unignored", 3))
    assert await queries.cases(State.IGNORED) == []


async def test_how_far_topics_were_read_never_goes_back(store: CaseStore) -> None:
    await store.take([], {("t.outcomes", 0): 7}, at(1))
    await store.take([], {("t.outcomes", 0): 5, ("t.outcomes", 1): 1}, at(1))
    assert await store.positions() == {("t.outcomes", 0): 7, ("t.outcomes", 1): 1}


async def test_cleared_and_folded_again_it_is_the_same(store: CaseStore, queries: Queries) -> None:
    facts: list[Fact] = [
        outcome("waiting", 1, blocked_on=("number:1001",)), letter(1, value=b"\x00\xff"),
        deed("ignored", 2), outcome("rejected", 3, record="eautomate/customer/8", code="C5"),
        letter(3, record="eautomate/customer/8", code="C5"), outcome("applied", 4, record="eautomate/customer/9"),
    ]  # fmt: skip
    await take(store, *facts)
    before = [(case.number, case.state, case.known) for case in await queries.cases()]
    await store.clear()
    assert await queries.cases() == []
    for fact in reversed(facts):
        await take(store, fact, seconds=900)
    assert [(case.number, case.state, case.known) for case in await queries.cases()] == before


async def test_a_nul_in_what_is_told_is_stored_all_the_same(store: CaseStore, queries: Queries) -> None:
    await take(store, letter(1, record="eautomate/customer/a\0b", code="E1"))
    case = await only(queries)
    assert "\0" not in case.label


def dead(code: str, headers: list[tuple[str, bytes]], offset: int = 3) -> Raw:
    raw = Raw("t.eautomate.customer", 1, offset, 1_700_000_000_000, b"7", b"bytes", headers)
    message = dead_letter(topics.dead_letters(PREFIX, AGENT), "g", raw, Fault(code, "why"), 1, "trace")
    return Raw(message.topic, 0, offset, raw.time_ms, message.key, message.value, message.headers)


async def test_a_letter_whose_envelope_is_unreadable_is_a_case_that_nothing_sends(
    store: CaseStore, queries: Queries, wakes: Wakes
) -> None:
    await CaseFold(store, PREFIX).fold([dead("E1", [("ce_id", b"?")])])
    case = await only(queries)
    assert case.key == (AGENT, "t.eautomate.customer:1:3")
    assert (case.code, case.sendable) == ("E1", False)
    assert await wakes.next(at(1e9), 10) == []


async def test_an_unexpected_error_is_a_case_of_its_record_and_is_tried_again(
    store: CaseStore, queries: Queries, wakes: Wakes
) -> None:
    envelope = Envelope("eautomate", "customer", "7", 5, at(0))
    await CaseFold(store, PREFIX).fold([dead("X1", envelope.headers())])
    case = await only(queries)
    assert case.key == (AGENT, "eautomate/customer/7")
    assert case.due_at is not None
    (wake,) = await wakes.next(case.due_at + timedelta(seconds=1), 10)
    assert (wake.key, wake.value, wake.reason) == (b"7", b"bytes", "time")


async def test_what_cannot_be_read_holds_nothing_up(store: CaseStore, queries: Queries) -> None:
    raws = [
        Raw(topics.outcomes(PREFIX), 0, 0, 0, b"k", b"no json", []),
        Raw(topics.case_events(PREFIX), 0, 0, 0, b"k", b'{"event":"unheard of"}', []),
        Raw(topics.case_events(PREFIX), 0, 1, 0, b"k", None, []),
        Raw(topics.outcomes(PREFIX), 0, 1, 0, b"k", outcome("rejected", 1).model_dump_json().encode(), []),
    ]
    await CaseFold(store, PREFIX).fold(raws)
    assert (await only(queries)).code == "C1"
    assert (await store.positions())[topics.outcomes(PREFIX), 0] == 2


async def test_without_tables_it_is_told_so(store_settings: StoreSettings) -> None:
    engine = open_store(store_settings, NAME)
    with pytest.raises(NoStore, match="tandem db upgrade"):
        await Queries(engine, DAYS).cases()
    await engine.dispose()


async def test_two_replicas_that_fold_at_once_lose_nothing(
    store_settings: StoreSettings, store: CaseStore, queries: Queries
) -> None:
    engine = open_store(store_settings, NAME)
    facts: list[Fact] = [
        fact for n in range(12) for fact in (outcome("rejected", n, n, code="C5"), letter(n, n, code="C5"))
    ]
    replicas = (store, CaseStore(engine, timedelta(minutes=15)))
    await asyncio.gather(*(take(replicas[place % 2], fact) for place, fact in enumerate(facts)))
    await engine.dispose()
    known = (await only(queries)).known
    assert known.change is not None
    assert (known.change.sequence, len(known.tries)) == (11, 12)


async def test_what_the_database_will_not_have_holds_nothing_up(
    store: CaseStore, queries: Queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = store.take

    async def picky(facts: Sequence[Fact], positions: Mapping[Place, int], now: datetime) -> None:
        if any(isinstance(fact, Outcome) and fact.label == "odd" for fact in facts):
            raise DataError("insert", None, ValueError("out of range"))
        await taken(facts, positions, now)

    monkeypatch.setattr(store, "take", picky)
    odd = outcome("rejected", 1, record="eautomate/customer/8", label="odd")
    raws = [
        Raw(topics.outcomes(PREFIX), 0, offset, 0, b"k", told.model_dump_json().encode(), [])
        for offset, told in enumerate([odd, outcome("rejected", 1)])
    ]
    await CaseFold(store, PREFIX).fold(raws)
    assert (await only(queries)).key == (AGENT, "eautomate/customer/7")
    assert await store.positions() == {(topics.outcomes(PREFIX), 0): 2}


async def test_a_store_that_is_away_is_trouble_that_is_waited_out(
    store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(store, "take", away)
    with pytest.raises(Transient):
        await CaseFold(store, PREFIX).fold([Raw(topics.outcomes(PREFIX), 0, 0, 0, b"k", None, [])])
