"""Locations: a worker dies at every step, every answer that can be lost is lost; one site, one link, one RecID."""

import pytest

from services.customer_sync.locations.matching import SITE
from shared.links.models import How
from tests.contract.customer_sync.conftest import Flaky
from tests.contract.customer_sync.places import LOCATIONS, UPDATES, Places
from tests.contract.customer_sync.test_crashes import kill_at
from tests.contract.customer_sync.world import World
from tests.contract.killing import Killed, one_commit_unanswered

STEPS = ("claim", "intend", "create_site", "created", "make", "transaction", "finish")
MATCH_STEPS = ("claim", "make", "transaction", "patch_site", "finish")
SITES = "/sites"


@pytest.fixture
async def places(world: World) -> Places:
    return await Places(world).begin()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_while_a_site_is_created(
    places: Places, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched, world.sites)
        with pytest.raises(BaseExceptionGroup) as raised:
            await world.change(location, 7)
        assert raised.group_contains(Killed)
        assert died()
    world.configure(LOCATIONS)
    await places.until_applied(location, 7)
    await places.ends_with_one_of_everything(location, 7, "South")
    assert len(await places.sites()) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", MATCH_STEPS)
async def test_a_crash_while_a_site_is_linked_and_updated(
    places: Places, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = places.world
    there = await places.make("1001-02", city="Akron")
    location = await places.location("1001-02", CustomerName="South", Phone1="555 0100")
    world.configure(UPDATES)
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched, world.sites)
        with pytest.raises(BaseExceptionGroup):
            await world.change(location, 7)
        assert died()
    world.configure(UPDATES)
    await places.until_applied(location, 7)
    site = await places.ends_with_one_of_everything(location, 7, "South")
    assert (site.id, site.city, site.phoneNumber) == (there.id, "Bruges", "555 0100")
    link = await places.link(location)
    assert link is not None
    assert link.how is How.SITE_NAME


async def test_a_created_site_whose_answer_was_lost_is_found_again(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.control.fault("cut_after", method="POST", path=SITES, times=1)
    told = await world.change(location, 7)
    assert told.outcome.result == "applied"
    assert len([request for request in await world.writes() if request.startswith("POST")]) == 1
    await places.ends_with_one_of_everything(location, 7, "South")


@pytest.mark.parametrize("renamed", ["South", "North"])
async def test_a_lost_answer_with_a_stale_list_waits_and_is_settled_without_a_second_site(
    places: Places, renamed: str
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    world.configure(LOCATIONS, settle_lookup=30.0)
    start = world.clock()
    await world.control.fault("cut_after", method="POST", path=SITES, times=1)
    await world.control.fault("stale_search", path=SITES, seconds=3600.0)
    told = await world.change(location, 7)
    assert told.outcome.result == "waiting"
    assert "was lost" in told.outcome.text
    await world.hand.edit(location, CustomerName=renamed)
    told = await world.settle(location)
    assert told.outcome.result == "waiting", "too early to tell"
    await world.control.clear_faults()
    [due] = await world.store.due_intents(start + 300, 30)
    assert (due.subject, due.order_key) == (str(location), str(places.office))
    world.clock = lambda: start + 300
    told = await world.settle(location)
    assert told.outcome.result == "applied"
    assert len([request for request in await world.writes() if request.startswith("POST")]) == 1
    await world.change(location, 8)
    await places.ends_with_one_of_everything(location, 8, renamed)
    assert len(await places.sites()) == 1


async def test_a_post_that_was_lost_on_its_way_is_repeated_once_it_is_settled(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.control.fault("cut_before", method="POST", path=SITES, times=1)
    start = world.clock()
    told = await world.change(location, 7)
    assert told.outcome.result == "waiting"
    world.clock = lambda: start + 300
    told = await world.settle(location)
    assert told.outcome.result == "applied"
    await places.ends_with_one_of_everything(location, 7, "South")


async def test_a_lost_answer_is_not_answered_by_a_namesakes_site(places: Places) -> None:
    world = places.world
    one = await places.location("1001-02", CustomerName="Acme")
    two = await places.location("1001-03", CustomerName="Acme")
    start = world.clock()
    await world.control.fault("cut_before", method="POST", path=SITES, times=1)
    assert (await world.change(one, 7)).outcome.result == "waiting"
    assert (await world.change(two, 7)).outcome.result == "applied"
    world.clock = lambda: start + 300
    told = await world.settle(one)
    assert told.codes == []
    await places.ends_with_one_of_everything(two, 7, "Acme")
    await places.ends_with_one_of_everything(one, 7, "Acme (1001-02)")


async def test_a_post_that_never_arrived_leaves_nothing_to_look_for(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02")
    await world.control.fault("429", method="POST", path=SITES, times=1, retry_after=5)
    with pytest.raises(Exception, match="ConnectWise"):
        await world.change(location, 7)
    await world.control.clear_faults()
    assert await world.store.due_intents(9e12, 60) == []


async def test_a_patch_whose_answer_was_lost_is_repeated(places: Places) -> None:
    world = places.world
    await places.make("South", city="Akron")
    location = await places.location("1001-02", CustomerName="South")
    await world.control.fault("cut_after", method="PATCH", path=SITES, times=1)
    told = await world.change(location, 7)
    assert told.outcome.result == "applied"
    assert (await places.ends_with_one_of_everything(location, 7, "South")).city == "Bruges"


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_in_e_automate_without_an_answer_is_settled(places: Places, landed: bool) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    with one_commit_unanswered(world.port, landed):
        told = await world.change(location, 7)
    assert told.outcome.result == "applied"
    await places.ends_with_one_of_everything(location, 7, "South")


async def test_a_link_whose_answer_was_lost_is_made_once(places: Places, way: Flaky) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    way.lose = "/links/batch"
    told = await world.change(location, 7)
    assert way.lose == ""
    assert told.outcome.result == "applied"
    await places.ends_with_one_of_everything(location, 7, "South")


async def test_lists_that_are_behind_neither_create_nor_write_twice(places: Places) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South", Phone1="555")
    await world.control.fault("stale_search", path=SITES, seconds=3600.0)
    await world.change(location, 7)
    await world.hand.edit(location, Phone1="777")
    await world.change(location, 8)
    await world.quiet()
    for sequence in (8, 9):
        told = await world.change(location, sequence, redo="replay")
        assert (told.codes, told.outcome.effects) == ([], ())
    assert await world.writes() == []
    await world.control.clear_faults()
    [site] = await places.sites()
    assert site.phoneNumber == "777"


async def test_what_connectwise_refuses_is_told_in_its_own_words_and_leaves_nothing_to_look_for(
    places: Places,
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    await world.control.fault("409", method="POST", path=SITES, times=1, message="no sites today")
    told = await world.change(location, 7)
    assert told.codes == ["C5"]
    assert "no site can be created for location 1001-02" in told.outcome.text
    assert "no sites today" in told.outcome.text
    assert await world.store.due_intents(9e12, 60) == []
    assert (await world.change(location, 7)).codes == []
    await world.hand.edit(location, Phone1="555")
    await world.control.fault("409", method="PATCH", path=SITES, times=1, message="not that number")
    told = await world.change(location, 8)
    assert told.codes == ["C10"]
    assert "not that number" in told.outcome.text
    assert (await world.change(location, 8)).codes == []
    await places.ends_with_one_of_everything(location, 8, "South")


async def test_a_company_that_goes_while_a_site_is_created_is_looked_at_again(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    real = world.companies.create_site

    async def gone(company_id: int, body: object) -> object:
        await world.control.post(f"human/company/{places.company}/delete", {"member": "mkova"})
        monkeypatch.setattr(world.companies, "create_site", real)
        return await real(10**8, {"name": "South"})

    monkeypatch.setattr(world.companies, "create_site", gone)
    told = await world.change(location, 7)
    assert told.codes == ["C8"]
    assert await world.store.due_intents(9e12, 60) == []
    found = await world.mapping.find(SITE.kind, lefts=[str(location)])
    assert found.lefts[str(location)].link is None


async def test_a_name_that_somebody_takes_while_a_site_is_created_is_seen_and_the_other_one_taken(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = places.world
    location = await places.location("1001-02", CustomerName="South")
    real = world.companies.create_site

    async def beaten(company_id: int, body: dict[str, object]) -> object:
        monkeypatch.setattr(world.companies, "create_site", real)
        other = await places.location("1001-03", CustomerName="Elsewhere")
        await places.by_hand(other, (await places.make("South")).id)
        return await real(company_id, body)

    monkeypatch.setattr(world.companies, "create_site", beaten)
    told = await world.change(location, 7)
    assert told.codes == []
    await places.ends_with_one_of_everything(location, 7, "South (1001-02)")
