"""Every answer that can be lost is lost after its commit; nothing is missing and nothing is there twice."""

import pytest

from services.customer_sync.customers.writes import CustomerWrites
from services.customer_sync.settings import SyncType
from tests.contract.customer_sync.conftest import Flaky
from tests.contract.customer_sync.test_crashes import ends_with_one_of_everything
from tests.contract.customer_sync.world import World
from tests.contract.killing import one_commit_unanswered

COMPANIES = "/company/companies"


async def test_a_created_company_whose_answer_was_lost_is_found_again(world: World) -> None:
    customer = await world.hand.customer("AB00-TBS", City="Ghent")
    await world.control.fault("cut_after", method="POST", path=COMPANIES, times=1)
    told = await world.change(customer, 7)
    assert told.outcome.result == "applied"
    assert len([request for request in await world.writes() if request.startswith("POST")]) == 1
    await ends_with_one_of_everything(world, customer, "AB00-TBS", 7)


async def test_a_lost_answer_with_a_stale_search_waits_and_is_settled_without_a_second_company(
    world: World,
) -> None:
    customer = await world.hand.customer("AB00-TBS", City="Ghent")
    world.configure(SyncType.INSERT_UPDATE_CUSTOMERS, settle_lookup=30.0)
    start = world.clock()
    await world.control.fault("cut_after", method="POST", path=COMPANIES, times=1)
    await world.control.fault("stale_search", path=COMPANIES, seconds=3600.0)
    told = await world.change(customer, 7)
    assert told.outcome.result == "waiting"
    assert "was lost" in told.outcome.text
    told = await world.settle(customer)
    assert told.outcome.result == "waiting", "too early to tell"
    await world.control.clear_faults()
    assert [due.subject for due in await world.store.due_intents(start + 300, 30)] == [str(customer)]
    world.clock = lambda: start + 300
    told = await world.settle(customer)
    assert told.outcome.result == "applied"
    assert len([request for request in await world.writes() if request.startswith("POST")]) == 1
    await ends_with_one_of_everything(world, customer, "AB00-TBS", 7)


async def test_a_lost_creation_is_never_found_in_the_company_of_another_number(world: World) -> None:
    company = await world.make("AB1", accountNumber="AB1")
    writes = CustomerWrites(world.store, world.port, world.companies, world.mapping, world.settings)
    assert await writes._look("AB-1", "AB1") is None
    for number in ("AB1", "ab1 ", "RENUMBERED"):
        found = await writes._look(number, "AB1")
        assert found is not None
        assert found.id == company.id


async def test_a_post_that_never_arrived_is_repeated_at_once_not_a_minute_later(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    world.configure(SyncType.INSERT_UPDATE_CUSTOMERS, settle_lookup=60.0)
    await world.control.fault("429", method="POST", path=COMPANIES, times=1, retry_after=5)
    with pytest.raises(Exception, match="ConnectWise"):
        await world.change(customer, 7)
    await world.control.clear_faults()
    assert await world.store.due_intents(9e12, 60) == []


async def test_a_company_created_though_the_answer_said_otherwise_is_linked_on_the_redrive(
    world: World,
) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.control.fault("cut_before", method="POST", path=COMPANIES, times=1)
    start = world.clock()
    told = await world.change(customer, 7)
    assert told.outcome.result == "waiting"
    world.clock = lambda: start + 300
    told = await world.settle(customer)
    assert told.outcome.result == "applied"
    await ends_with_one_of_everything(world, customer, "1001", 7)


async def test_a_patch_whose_answer_was_lost_is_repeated(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    company = await world.make("1001", city="Bruges")
    await world.control.fault("cut_after", method="PATCH", path=COMPANIES, times=1)
    told = await world.change(customer, 7)
    assert told.outcome.result == "applied"
    [read] = await world.companies.companies_by_ids([company.id])
    assert read.city == "Ghent"
    await ends_with_one_of_everything(world, customer, "1001", 7)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_in_e_automate_without_an_answer_is_settled(world: World, landed: bool) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    with one_commit_unanswered(world.port, landed):
        told = await world.change(customer, 7)
    assert told.outcome.result == "applied"
    await ends_with_one_of_everything(world, customer, "1001", 7)


async def test_a_link_whose_answer_was_lost_is_made_once(world: World, way: Flaky) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    way.lose = "/links/batch"
    told = await world.change(customer, 7)
    assert way.lose == ""
    assert told.outcome.result == "applied"
    await ends_with_one_of_everything(world, customer, "1001", 7)


async def test_two_workers_with_the_same_customer_make_one_company(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    row = await world.row(customer)
    change, order = world.raw(row, 7), world.raw(row, 7, redo="redrive")
    told = await world.run(change)
    assert told.outcome.result == "applied"
    again = await world.run(order)
    assert again.outcome.effects == ()
    await ends_with_one_of_everything(world, customer, "1001", 7)
