"""What stood in a company or site before it was written reaches an outcome, whatever dies when."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from services.customer_sync.customers.matching import COMPANY
from services.customer_sync.locations.matching import SITE
from services.customer_sync.pairs.pairing import Words
from services.customer_sync.settings import SyncType
from shared.links.restore import Image, images
from tests.contract.customer_sync.places import UPDATES, Places
from tests.contract.customer_sync.test_crashes import kill_at
from tests.contract.customer_sync.test_customers import asked
from tests.contract.customer_sync.world import World
from tests.contract.killing import Killed
from tests.contract.running import Told

STEPS = ("claim", "make", "transaction", "patch", "finish")
BEGIN, END = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
BEFORE = Image("Bruges", ("Ghent",))


@dataclass
class Push:
    """A customer that is pushed into a company, or a location into a site, that exists."""

    world: World
    words: Words
    record: int
    company: int
    target: str
    progress: Any
    sync_type: SyncType

    def begin(self) -> None:
        """Start the agent anew."""
        self.world.configure(self.sync_type)

    async def change(self, sequence: int, *, sent: bool = True) -> Told:
        """The record as it is now arrives as a change."""
        world = self.world
        return await world.run(world.raw(await world.row(self.record), sequence), sent=sent)

    async def dies(self, step: str, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first change of the record, and the worker's end."""
        own = f"patch_{self.words.right}" if step == "patch" else step
        with monkeypatch.context() as patched:
            died = kill_at(self.world, own, when, patched, self.progress)
            with pytest.raises(BaseExceptionGroup) as raised:
                await self.change(7)
            assert raised.group_contains(Killed)
            assert died()
        self.begin()

    def city(self, *told: Told) -> Image | None:
        """What outcomes tell of the city."""
        outcomes = [outcome for one in told for outcome in one.outcomes]
        assert {outcome.record for outcome in outcomes} <= {f"eautomate/customer/{self.record}"}
        return images(outcomes, self.target, BEGIN, END).get("city")

    async def is_told(self) -> None:
        """Nothing is told twice without need."""
        told = await self.change(9)
        assert told.outcome.overwritten == ()
        assert await self.world.untold.of([f"eautomate/customer/{self.record}"]) == {}


@pytest.fixture(params=["company", "site"])
async def push(world: World, request: pytest.FixtureRequest) -> Push:
    if request.param == "company":
        record = await world.hand.customer("1001", City="Ghent")
        company = await world.make("1001", city="Bruges")
        target = f"connectwise/company/{company.id}"
        pushed = Push(world, COMPANY, record, company.id, target, world.store, SyncType.UPDATE_CUSTOMERS)
    else:
        places = await Places(world).begin()
        site = await places.make("1001-02", city="Bruges")
        record = await places.location("1001-02", City="Ghent")
        target = f"connectwise/site/{site.id}"
        pushed = Push(world, SITE, record, places.company, target, world.sites, UPDATES)
    pushed.begin()
    return pushed


async def test_it_is_told_with_the_update_and_no_more_after_that(push: Push) -> None:
    assert push.city(await push.change(7)) == BEFORE
    await push.is_told()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_that_died_tells_it_when_it_comes_again(
    push: Push, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await push.dies(step, when, monkeypatch)
    assert push.city(await push.change(7)) == BEFORE
    await push.is_told()


async def test_an_outcome_that_did_not_arrive_is_told_again(push: Push) -> None:
    await push.change(7, sent=False)
    push.begin()
    again = await push.change(7, sent=False)
    assert again.outcome.again
    assert push.city(again) == BEFORE
    push.begin()
    assert push.city(await push.change(7)) == BEFORE
    await push.is_told()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_newer_change_that_comes_instead_tells_what_stood_there_first(
    push: Push, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await push.dies("patch", when, monkeypatch)
    world = push.world
    older = world.raw(await world.row(push.record), 7)
    await world.hand.edit(push.record, City="Antwerp")
    told = await world.run(older, world.raw(await world.row(push.record), 8))
    assert told.outcome.sequence == 8
    assert push.city(told) == Image("Bruges", ("Ghent", "Antwerp"))
    await push.is_told()


@pytest.mark.parametrize("step", ["patch", "finish"])
async def test_a_link_that_was_ended_meanwhile_tells_it_under_the_time_of_the_write(
    push: Push, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await push.dies(step, "after", monkeypatch)
    world = push.world
    ended = await world.mapping.unlink(push.words.kind, str(push.record), by="ann", why="wrong one")
    told = await world.run(world.raw_of(asked(ended.link)))
    assert push.city(told) == BEFORE
    [overwritten] = told.outcome.overwritten
    assert ended.link.ending is not None
    assert ended.link.made_at < ended.link.ending.at
    assert overwritten.at < ended.link.ending.at
    assert overwritten.generation == 0


async def test_a_company_that_was_merged_meanwhile_has_it_told_with_the_error(
    push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    await push.dies("patch", "after", monkeypatch)
    await push.world.control.post(f"/human/company/{push.company}/delete", {})
    told = await push.change(7)
    assert told.codes == ["C8"]
    assert push.city(told) == BEFORE


async def test_a_record_that_is_deleted_in_e_automate_meanwhile_has_it_told(
    push: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    await push.dies("patch", "after", monkeypatch)
    world = push.world
    told = await world.run(world.raw(await world.row(push.record), 8, action="deleted"))
    assert told.codes == ["C11"]
    assert push.city(told) == BEFORE


@pytest.mark.parametrize("fault", ["cut_after", "cut_before"])
async def test_a_lost_answer_does_not_take_what_was_written_for_what_stood_there(
    push: Push, fault: str
) -> None:
    await push.world.control.fault(fault, method="PATCH", times=1)
    assert push.city(await push.change(7)) == BEFORE
    await push.is_told()


async def test_a_refused_update_is_told_too_and_the_next_one_keeps_what_stood_there(push: Push) -> None:
    await push.world.control.fault("409", method="PATCH", times=1, message="not today")
    refused = await push.change(7)
    assert refused.codes == ["C10"]
    assert push.city(refused) == BEFORE
    await push.world.hand.edit(push.record, City="Antwerp")
    assert push.city(refused, await push.change(8)) == Image("Bruges", ("Ghent", "Antwerp"))
    await push.is_told()


async def test_nothing_is_noted_where_nothing_is_overwritten(push: Push) -> None:
    push.world.configure(SyncType.MAPPING_ONLY)
    told = await push.change(7)
    assert (told.outcome.result, told.outcome.overwritten) == ("applied", ())
    assert await push.world.untold.of([f"eautomate/customer/{push.record}"]) == {}
