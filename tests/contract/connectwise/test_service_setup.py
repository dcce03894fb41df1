import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.service_setup import Placement, PlacementError, ServiceSetup
from tests.contract.connectwise.conftest import Control
from tests.contract.connectwise.work import Work


@pytest.fixture
async def work(control: Control) -> Work:
    work = Work(control)
    await work.open_desk()
    await work.open_projects()
    return work


@pytest.fixture
def setup(client: ConnectWise) -> ServiceSetup:
    return ServiceSetup(client)


async def test_a_board_has_its_own_statuses_and_types(setup: ServiceSetup, work: Work) -> None:
    boards = {board.id: board for board in await setup.boards()}
    assert (boards[work.board].name, boards[work.board].project) == ("Test Desk", False)
    assert boards[work.project_board].project
    statuses = {status.id: status for status in await setup.statuses(work.board)}
    assert {key: status.name for key, status in statuses.items()} == {
        work.new: "New",
        work.done: "Done",
        work.closed: "Closed",
    }
    assert [statuses[key].closed for key in (work.new, work.closed)] == [False, True]
    assert statuses[work.new].default
    assert [kind.name for kind in await setup.types(work.board)] == ["Network"]
    of_both = await setup.statuses_of([boards[work.board], boards[work.project_board]])
    assert {status.board for status in of_both} == {work.board, work.project_board}
    assert [kind.id for kind in await setup.types_of([boards[work.board]])] == [work.network]


async def test_work_types_and_roles_are_listed(setup: ServiceSetup) -> None:
    assert "Regular" in {kind.name for kind in await setup.work_types()}
    assert "Network Engineer" in {role.name for role in await setup.work_roles()}


async def test_names_become_a_place_as_people_type_them(setup: ServiceSetup, work: Work) -> None:
    wanted = Placement(work.board, work.done, work.network)
    assert await setup.placement(" test desk", "DONE", "network ") == wanted
    assert await setup.placement("Test Desk") == Placement(work.board)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("Nowhere", "New", ""), r"no service board 'Nowhere'; it has .*Test Desk"),
        (("Test Projects", "", ""), r"no service board 'Test Projects'"),
        (
            ("Test Desk", "Scheduled", ""),
            r"board Test Desk has no status 'Scheduled'; it has Closed, Done, New",
        ),
        (("Test Desk", "New", "Printer"), r"board Test Desk has no ticket type 'Printer'; it has Network"),
    ],
)
async def test_what_is_not_there_is_told_with_what_is(
    setup: ServiceSetup, work: Work, names: tuple[str, str, str], told: str
) -> None:
    with pytest.raises(PlacementError, match=told):
        await setup.placement(*names)


async def test_an_inactive_status_takes_no_ticket(setup: ServiceSetup, work: Work) -> None:
    await work.edit("boardStatus", work.done, inactive=True)
    with pytest.raises(PlacementError, match="it has Closed, New"):
        await setup.placement("Test Desk", "Done")


async def test_the_setup_is_remembered_for_a_few_minutes(
    client: ConnectWise, work: Work, control: Control
) -> None:
    now = [0.0]
    setup = ServiceSetup(client, lambda: now[0])
    await setup.placement("Test Desk", "Done", "Network")
    await control.forget()
    await setup.placement("Test Desk", "New", "Network")
    assert await control.requests() == []
    await work.edit("boardStatus", work.done, name="Finished")
    now[0] += 301
    assert (await setup.placement("Test Desk", "Finished")).status == work.done
    await work.edit("boardStatus", work.done, name="Done")
    setup.forget()
    assert (await setup.placement("Test Desk", "Done")).status == work.done
