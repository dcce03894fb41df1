"""What wakes a case, how often, and what a crash does."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine

from services.error_reporting.facts import Fact
from services.error_reporting.queries import Queries
from services.error_reporting.store import CaseStore
from services.error_reporting.tables import LEASE
from services.error_reporting.waker import Waker
from services.error_reporting.wakes import Wakes
from shared.bus.producer import Message, TooLargeError
from shared.bus.rewind import Place
from shared.events.case_events import SettingsTold
from shared.links.kinds import LinkKind
from shared.links.models import Ending, How, Link
from shared.store.lease import Lease
from tests.unit.services.error_reporting.told import AGENT, at, deed, letter, outcome

NUMBER = "number:1001"
COMPANY = "connectwise/company/19"


class Topic:
    """Keeps what it was sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def send(self, messages: Sequence[Message]) -> None:
        self.messages.extend(messages)


class Narrow(Topic):
    """Takes no letter of customer 1."""

    async def send(self, messages: Sequence[Message]) -> None:
        if any(message.value == b"eautomate/customer/1" for message in messages):
            raise TooLargeError("too large")
        await super().send(messages)


class PowerCutError(BaseException):
    """Nothing handles this, as nothing handles a kill."""


@pytest.fixture
def topic() -> Topic:
    return Topic()


@pytest.fixture
def waker(engine: AsyncEngine, store: CaseStore, wakes: Wakes, topic: Topic) -> Waker:
    return make(engine, store, wakes, topic)


def make(
    engine: AsyncEngine,
    store: CaseStore,
    wakes: Wakes,
    topic: Topic,
    ends: dict[Place, tuple[int, int]] | None = None,
) -> Waker:
    async def bounds() -> dict[Place, tuple[int, int]]:
        return ends or {}

    return Waker(store, wakes, Lease(engine, LEASE, "waker", "me", 10), topic, bounds, "t", 3)


async def take(store: CaseStore, *facts: Fact, now: float = 60) -> None:
    await store.take(facts, {}, at(now))


def failed(seconds: float, *blocked_on: str, record: str = "eautomate/customer/7") -> tuple[Fact, Fact]:
    return (
        outcome("waiting", seconds, blocked_on=blocked_on, record=record),
        letter(seconds, blocked_on=blocked_on, record=record, value=record.encode()),
    )


def seen(seconds: float, *wakes: str) -> Fact:
    return outcome("skipped", seconds, record=COMPANY, wakes=wakes, label="company 19 Acme")


async def reasons(wakes: Wakes, now: float, most: int = 10) -> list[str]:
    return [wake.reason for wake in await wakes.next(at(now), most)]


async def test_a_wake_is_the_letter_as_it_was_with_a_mark(
    store: CaseStore, waker: Waker, topic: Topic
) -> None:
    await take(store, *failed(10, NUMBER), seen(20, NUMBER))
    assert await waker.wake(at(21)) == 1
    (message,) = topic.messages
    assert (message.topic, message.key, message.value) == (
        "t.customer_sync.redo",
        b"7",
        b"eautomate/customer/7",
    )
    assert dict(message.headers)["tandem-redo"] == b"wake"
    assert dict(message.headers)["ce_id"] == b"eautomate:customer:7:5"


@pytest.mark.parametrize("blocked", [NUMBER, "record:connectwise:company:19"])
async def test_what_comes_about_after_the_failure_wakes_it(
    store: CaseStore, wakes: Wakes, blocked: str
) -> None:
    await take(store, *failed(10, blocked), seen(20, NUMBER))
    assert await reasons(wakes, 21) == [blocked]


async def test_what_came_about_before_the_failure_does_not_wake_it(store: CaseStore, wakes: Wakes) -> None:
    await take(store, seen(5, NUMBER), *failed(10, NUMBER))
    assert await reasons(wakes, 21) == []


async def test_a_trigger_that_is_told_of_before_the_case_wakes_it_all_the_same(
    store: CaseStore, wakes: Wakes
) -> None:
    await take(store, seen(20, NUMBER))
    await take(store, *failed(10, NUMBER))
    assert await reasons(wakes, 21) == [NUMBER]


async def test_a_case_has_one_wake_under_way_until_it_is_answered(store: CaseStore, waker: Waker) -> None:
    await take(store, *failed(10, NUMBER), seen(20, NUMBER))
    assert await waker.wake(at(21)) == 1
    await take(store, seen(30, NUMBER))
    assert [await waker.wake(at(now)) for now in (31, 3600, 80_000)] == [0, 0, 0]
    await take(store, *failed(25, NUMBER))
    assert await waker.wake(at(80_001)) == 1


async def test_a_wake_that_fails_again_waits_for_the_next_trigger_or_the_clock(
    store: CaseStore, waker: Waker
) -> None:
    await take(store, *failed(10, NUMBER), seen(20, NUMBER))
    await waker.wake(at(21))
    await take(store, *failed(22, NUMBER), now=23)
    assert [await waker.wake(at(now)) for now in (24, 60, 800)] == [0, 0, 0]
    assert await waker.wake(at(23 + 15 * 60)) == 1


async def test_one_coming_about_wakes_once_whatever_the_clocks_say(store: CaseStore, waker: Waker) -> None:
    await take(store, *failed(10, NUMBER), seen(500, NUMBER))
    assert await waker.wake(at(21)) == 1
    await take(store, *failed(22, NUMBER), now=22)
    assert await waker.wake(at(23)) == 0


async def test_a_wake_nobody_answers_for_a_day_is_sent_again(store: CaseStore, waker: Waker) -> None:
    await take(store, *failed(10))
    assert await waker.wake(at(3600)) == 1
    assert await waker.wake(at(3600 + 86_000)) == 0
    assert await waker.wake(at(3600 + 86_500)) == 1


async def test_a_wake_that_a_newer_change_has_overtaken_is_answered(store: CaseStore, waker: Waker) -> None:
    await take(store, *failed(10))
    await waker.wake(at(3600))
    await take(store, outcome("superseded", 3601, redo="wake"), now=3602)
    assert await waker.wake(at(3700)) == 0
    assert await waker.wake(at(3602 + 901)) == 1


async def test_the_clock_wakes_what_nothing_else_did_and_only_a_few_at_a_time(
    store: CaseStore, waker: Waker, topic: Topic
) -> None:
    facts = [fact for n in range(8) for fact in failed(10 + n, record=f"eautomate/customer/{n}")]
    await take(store, *facts, now=20)
    assert await waker.wake(at(900)) == 0
    assert [await waker.wake(at(1000)) for _ in range(4)] == [3, 3, 2, 0]
    assert len({message.value for message in topic.messages}) == 8


async def test_parked_cases_are_woken_by_nobody_but_people(store: CaseStore, waker: Waker) -> None:
    await take(store, *failed(10, NUMBER))
    late = 31 * 86_400
    await take(store, seen(late, NUMBER))
    assert await waker.wake(at(late + 1)) == 0
    await take(store, deed("retry", late + 2))
    assert await waker.wake(at(late + 3)) == 1


async def test_ignored_cases_are_not_tried_by_the_clock_but_by_what_they_wait_for(
    store: CaseStore, wakes: Wakes
) -> None:
    await take(store, *failed(10, NUMBER), deed("ignored", 11))
    assert await reasons(wakes, 5000) == []
    await take(store, seen(20, NUMBER))
    assert await reasons(wakes, 5000) == [NUMBER]


async def test_asked_for_it_is_tried_at_once_and_once(store: CaseStore, waker: Waker, wakes: Wakes) -> None:
    await take(store, *failed(10), deed("retry", 11))
    assert await reasons(wakes, 12) == ["asked"]
    assert await waker.wake(at(12)) == 1
    await take(store, *failed(13), now=13)
    assert await waker.wake(at(14)) == 0


async def test_unreadable_records_are_not_tried_by_themselves_but_when_asked(
    store: CaseStore, wakes: Wakes
) -> None:
    await take(store, letter(10, code="E1"))
    assert await reasons(wakes, 1e6) == []
    await take(store, deed("retry", 11))
    assert await reasons(wakes, 1e6) == ["asked"]


async def test_a_setting_that_changed_wakes_what_waits_for_it(store: CaseStore, wakes: Wakes) -> None:
    name = "customer_sync.company_type"
    await take(store, SettingsTold(agent=AGENT, at=at(1), digests={name: "a", "customer_sync.branches": "x"}))
    await take(store, *failed(10, f"setting:{name}"))
    await take(
        store, SettingsTold(agent=AGENT, at=at(20), digests={name: "a", "customer_sync.branches": "y"})
    )
    assert await reasons(wakes, 30) == []
    await take(store, SettingsTold(agent=AGENT, at=at(40), digests={name: "b"}))
    await take(store, SettingsTold(agent=AGENT, at=at(20), digests={name: "a"}))
    assert await reasons(wakes, 50) == [f"setting:{name}"]


def link(made: datetime, ended: datetime | None = None) -> Link:
    ending = None if ended is None else Ending(by="jo", why="wrong", at=ended, by_hand=True, revision=9)
    return Link(
        kind=LinkKind.CUSTOMER_COMPANY, left="7", right="19", how=How.BY_HAND, by="jo", why="right",
        made_at=made, revision=8, ending=ending,
    )  # fmt: skip


@pytest.mark.parametrize(("made", "ended", "woken"), [(20, None, 1), (5, None, 0), (5, 20, 1)])
async def test_a_link_made_or_ended_after_the_failure_wakes_it(
    store: CaseStore, waker: Waker, wakes: Wakes, made: int, ended: int | None, woken: int
) -> None:
    await take(store, *failed(10, "link:customer-company:7"))
    waker.linked(link(at(made), at(ended) if ended is not None else None))
    await waker.turn()
    assert await reasons(wakes, 30) == ["link:customer-company:7"] * woken


async def test_a_crash_between_sending_and_marking_sends_it_again(
    engine: AsyncEngine, store: CaseStore, topic: Topic, wakes: Wakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(store, *failed(10, NUMBER), seen(20, NUMBER))

    async def cut(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as power:
        power.setattr(wakes, "sent", cut)
        with pytest.raises(PowerCutError):
            await make(engine, store, wakes, topic).wake(at(21))
    await make(engine, store, wakes, topic).wake(at(22))
    assert [message.value for message in topic.messages] == [b"eautomate/customer/7"] * 2


async def test_a_letter_the_broker_will_not_have_does_not_keep_the_others(
    engine: AsyncEngine, store: CaseStore, wakes: Wakes
) -> None:
    await take(store, *(fact for n in range(3) for fact in failed(10 + n, record=f"eautomate/customer/{n}")))
    topic = Narrow()
    waker = make(engine, store, wakes, topic)
    assert [await waker.wake(at(1000)), await waker.wake(at(1001))] == [3, 0]
    assert [message.value for message in topic.messages] == [b"eautomate/customer/0", b"eautomate/customer/2"]


async def test_nothing_is_woken_before_what_was_told_at_the_start_is_folded(
    engine: AsyncEngine, store: CaseStore, topic: Topic, wakes: Wakes
) -> None:
    await take(store, *failed(10, NUMBER), deed("retry", 11))
    waker = make(engine, store, wakes, topic, {("t.outcomes", 0): (0, 8), ("t.outcomes", 1): (5, 5)})
    await waker.turn()
    assert topic.messages == []
    assert "nothing is woken" in waker.state()
    await store.take([], {("t.outcomes", 0): 8}, at(12))
    await waker.turn()
    assert len(topic.messages) == 1


async def test_only_one_replica_wakes(
    engine: AsyncEngine, store: CaseStore, waker: Waker, topic: Topic
) -> None:
    await Lease(engine, LEASE, "waker", "another", 60).acquire()
    await take(store, *failed(10), deed("retry", 11))
    await waker.turn()
    assert topic.messages == []
    assert "standing by" in waker.state()


async def test_cases_are_counted_by_process_and_code(
    store: CaseStore, wakes: Wakes, queries: Queries
) -> None:
    await take(store, *failed(10), *failed(11, record="eautomate/customer/8"), deed("ignored", 12))
    await take(store, letter(13, record="eautomate/customer/9", code="X1"))
    counts = {(one.process, one.code): (one.open, one.parked) for one in await wakes.counts(at(60))}
    assert counts == {("ID747", "C1"): (1, 0), (AGENT, "X1"): (1, 0)}
    later = at(60) + timedelta(days=31)
    assert sum(one.parked for one in await wakes.counts(later)) == 2


async def test_open_and_woken_cases_are_told_to_those_who_watch(
    store: CaseStore, waker: Waker, wakes: Wakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.error_reporting.waker.COUNT_SECONDS", 0.0)
    monkeypatch.setattr(wakes, "_auto_retry", timedelta(days=36500))

    def sample(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(name, labels)

    record = "eautomate/customer/gauged"
    await take(store, outcome("rejected", 10, code="C6", record=record), letter(10, code="C6", record=record))
    before = sample("tandem_cases_woken_total", agent=AGENT, reason="asked") or 0
    await take(store, deed("retry", 11, record=record))
    await waker.turn()
    assert sample("tandem_cases", process="ID747", code="C6") == 1
    assert sample("tandem_cases_woken_total", agent=AGENT, reason="asked") == before + 1
    await take(store, outcome("applied", 20, record=record))
    await waker.turn()
    assert sample("tandem_cases", process="ID747", code="C6") == 0
