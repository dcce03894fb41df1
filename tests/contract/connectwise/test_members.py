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


async def test_members_are_found_by_id_one_or_many(members: Members) -> None:
    assert {found.id for found in await members.members_by_ids([MARTA, BEN, 999_999])} == {MARTA, BEN}
    one = await members.member_by_id(MARTA)
    assert one is not None
    assert (one.identifier, one.firstName, one.lastName) == ("mkova", "Marta", "Kova")
    assert await members.member_by_id(999_999) is None


async def test_members_are_found_by_employee_number_whoever_they_are(
    members: Members, control: Control
) -> None:
    await edit(control, MARTA, employeeIdentifer="E001")
    await edit(control, BEN, employeeIdentifer="E001", inactiveFlag=True)
    found = await members.members_by_employee_numbers([" E001", "none", "", 'it\'s "quoted"'])
    assert {(member.id, member.inactiveFlag) for member in found} == {(MARTA, False), (BEN, True)}
    assert await members.members_by_employee_numbers([]) == []


async def test_every_member_comes_with_what_a_match_needs_and_without_addresses(members: Members) -> None:
    found = {member.id: member for member in await members.all_members()}
    assert {MARTA, BEN} <= set(found)
    assert any(member.licenseClass == "A" for member in found.values())
    assert "_href" not in found[MARTA].value().decode()
