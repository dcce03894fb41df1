"""Employees: a worker dies at every step, every answer is lost; the next one ends with one of everything."""

import pytest

from tests.contract.customer_sync.conftest import Flaky
from tests.contract.customer_sync.staff import MARTA, Staff
from tests.contract.customer_sync.test_crashes import kill_at
from tests.contract.customer_sync.test_members import nothing_to_write
from tests.contract.customer_sync.world import World
from tests.contract.killing import Killed, one_commit_unanswered

STEPS = ("claim", "make", "transaction", "finish")


@pytest.fixture
async def staff(world: World) -> Staff:
    return Staff(world)


async def ends_as_marta(staff: Staff, key: int, sequence: int) -> None:
    link = await staff.link(key)
    assert link is not None
    assert link.right == str(MARTA)
    assert await staff.held(key) == str(MARTA)
    await nothing_to_write(staff, key, sequence)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_ends_with_one_link_and_one_value(
    staff: Staff, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    with monkeypatch.context() as patched:
        # Progress of employees is kept beside that of customers.
        patched.setattr(staff.world, "store", staff.store)
        died = kill_at(staff.world, step, when, patched)
        with pytest.raises(BaseExceptionGroup) as caught:
            await staff.change(key, 7)
        assert died()
        assert caught.group_contains(Killed)
    staff.start()
    assert (await staff.change(key, 7)).codes == []
    await ends_as_marta(staff, key, 7)


@pytest.mark.parametrize("landed", [True, False])
async def test_a_commit_without_an_answer_is_settled(staff: Staff, landed: bool) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    with one_commit_unanswered(staff.world.port, landed):
        assert (await staff.change(key, 7)).outcome.result == "applied"
    await ends_as_marta(staff, key, 7)


async def test_a_link_whose_answer_was_lost_is_made_once(staff: Staff, way: Flaky) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    way.lose = "/links/batch"
    assert (await staff.change(key, 7)).outcome.result == "applied"
    assert way.lose == ""
    await ends_as_marta(staff, key, 7)


async def test_the_employees_and_the_members_change_in_one_batch_make_one_link(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    world = staff.world
    told = await world.run(world.raw(await staff.agent(key), 7), world.raw(await staff.member(MARTA), 3))
    assert told.codes == []
    await ends_as_marta(staff, key, 7)
