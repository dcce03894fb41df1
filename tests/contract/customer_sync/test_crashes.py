"""A worker dies at every step between claim and finish; the next one ends with one of everything."""

from collections.abc import Callable
from typing import Any

import pytest

from services.customer_sync.settings import SyncType
from shared.links.models import How
from tests.contract.customer_sync.world import World
from tests.contract.killing import die_at

STEPS = ("claim", "intend", "create_company", "created", "make", "transaction", "patch_company", "finish")
MATCH_STEPS = ("claim", "make", "transaction", "patch_company", "finish")


def kill_at(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch, progress: Any = None
) -> Callable[[], bool]:
    """Die once, right before or right after a step's effect; tells whether it came to that.

    Args:
        progress: of what is worked on; None: of customers.
    """
    own = progress or world.store
    owners = {
        "claim": own, "intend": own, "created": own, "finish": own,
        "create_company": world.companies, "patch_company": world.companies,
        "create_site": world.companies, "patch_site": world.companies,
        "make": world.mapping, "transaction": world.port,
    }  # fmt: skip
    return die_at(owners[step], step, when, monkeypatch)


async def ends_with_one_of_everything(world: World, customer: int, number: str, sequence: int) -> None:
    [company] = await world.found(number)
    link = await world.link(customer)
    assert link is not None
    assert link.right == str(company.id)
    assert await world.held(customer) == str(company.id)
    row = await world.row(customer)
    await world.quiet()
    told = await world.change(customer, sequence, redo="replay")
    assert told.outcome.result == "applied"
    assert told.outcome.effects == ()
    assert await world.writes() == []
    assert (await world.row(customer)).row_version == row.row_version
    told = await world.change(customer, sequence)
    assert (told.outcome.result, told.outcome.text) == ("skipped", "this change was applied before")
    assert company.name == row.name
    assert await world.store.due_intents(9e12, 60) == []


async def until_applied(world: World, customer: int, sequence: int) -> None:
    """What the broker and the due work do: the same change again, then what is due."""
    told = await world.change(customer, sequence)
    if told.outcome.result == "waiting":
        # The time to settle passes before the due work comes.
        later = world.clock() + 300
        world.clock = lambda: later
        told = await world.settle(customer)
    assert told.codes == [], told.outcome.text
    assert told.outcome.result in {"applied", "skipped"}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", [step for step in STEPS if step != "patch_company"])
async def test_a_crash_while_a_company_is_created(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await world.hand.customer("AB00-TBS", City="Ghent")
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched)
        with pytest.raises(BaseExceptionGroup):
            await world.change(customer, 7)
        assert died()
    world.configure(SyncType.INSERT_UPDATE_CUSTOMERS)
    await until_applied(world, customer, 7)
    await ends_with_one_of_everything(world, customer, "AB00-TBS", 7)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", MATCH_STEPS)
async def test_a_crash_while_a_company_is_linked_and_updated(
    world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await world.hand.customer("1001", City="Ghent", Phone1="555 0100")
    await world.make("1001", city="Bruges")
    world.configure(SyncType.UPDATE_CUSTOMERS)
    with monkeypatch.context() as patched:
        died = kill_at(world, step, when, patched)
        with pytest.raises(BaseExceptionGroup):
            await world.change(customer, 7)
        assert died()
    world.configure(SyncType.UPDATE_CUSTOMERS)
    await until_applied(world, customer, 7)
    await ends_with_one_of_everything(world, customer, "1001", 7)
    [company] = await world.found("1001")
    assert (company.city, company.phoneNumber) == ("Ghent", "555 0100")
    link = await world.link(customer)
    assert link is not None
    assert link.how is How.COMPANY_ID
