import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.members import Members
from tests.contract.connectwise.conftest import Control

MARTA, BEN = 176, 177


@pytest.fixture
def members(client: ConnectWise) -> Members:
    return Members(client)


async def edit(control: Control, member: int, **changes: object) -> None:
    await control.post(f"human/member/{member}", {"changes": changes})


async def test_every_member_comes_with_what_a_match_needs_in_one_request(
    members: Members, control: Control
) -> None:
    await edit(control, MARTA, employeeIdentifer="E001")
    await edit(control, BEN, inactiveFlag=True)
    await control.forget()
    found = await members.all_members()
    assert (found[MARTA].identifier, found[MARTA].firstName, found[MARTA].lastName) == (
        "mkova",
        "Marta",
        "Kova",
    )
    assert found[MARTA].employeeIdentifer == "E001"
    assert found[BEN].inactiveFlag
    assert any(member.licenseClass == "A" for member in found.values())
    assert "_href" not in found[MARTA].value().decode()
    assert len(await control.requests("system/members")) == 1


async def test_one_member_is_asked_for_by_itself(members: Members) -> None:
    one = await members.member_by_id(MARTA)
    assert one is not None
    assert one.id == MARTA
    assert await members.member_by_id(999_999) is None
