"""Employees become members (spec/customers.md 5.5): everything real but Kafka."""

import pytest

from services.simulator.eautomate import schema
from shared.links.models import How
from tests.contract.customer_sync.staff import API, BEN, MARTA, OLIVE, Staff
from tests.contract.customer_sync.world import World
from tests.contract.eautomate.hand import OTHER_CONFIGURATION

MEMBERS = "system/members"


@pytest.fixture
async def staff(world: World) -> Staff:
    return Staff(world)


async def nothing_to_write(staff: Staff, key: int, sequence: int) -> None:
    """A replay reads and writes nothing."""
    row = await staff.agent(key)
    link = await staff.link(key)
    told = await staff.change(key, sequence, redo="replay")
    assert (told.outcome.result, told.outcome.effects) == ("applied", ())
    assert (await staff.agent(key)).row_version == row.row_version
    assert await staff.link(key) == link
    assert await staff.world.writes() == []


async def test_the_employee_number_links_and_the_recid_is_stored(staff: Staff) -> None:
    key = await staff.world.hand.agent(" e001")
    await staff.edit(MARTA, employeeIdentifer="E001 ")
    told = await staff.change(key, 7)
    assert told.outcome.result == "applied"
    assert "linked to member 176 (mkova): the member carries the employee number" in told.outcome.text
    link = await staff.link(key)
    assert link is not None
    assert (link.right, link.how) == (str(MARTA), How.EMPLOYEE_NUMBER)
    assert await staff.held(key) == str(MARTA)
    await nothing_to_write(staff, key, 7)
    assert (await staff.change(key, 7)).outcome.text == "this change was applied before"


async def test_the_property_goes_before_the_number(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    await staff.type(key, str(BEN))
    assert (await staff.change(key, 7)).outcome.result == "applied"
    link = await staff.link(key)
    assert link is not None
    assert (link.right, link.how) == (str(BEN), How.PROPERTY)
    await nothing_to_write(staff, key, 7)


async def test_an_equal_e_mail_is_told_and_links_nothing(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001", Email="MKova@northgate.example")
    await staff.edit(MARTA, officeEmail="mkova@northgate.example")
    told = await staff.change(key, 7)
    assert (told.outcome.result, told.codes) == ("skipped", [])
    assert told.outcome.text == "no member carries the employee number E001"
    mail = [check for check in told.outcome.checks if "same e-mail" in check.name]
    assert [check.seen for check in mail] == ["member 176 (mkova)"]
    assert await staff.link(key) is None


@pytest.mark.parametrize("changes", [{"inactiveFlag": True}, {"licenseClass": "A"}])
async def test_inactive_members_and_api_accounts_are_matched_with_nobody(
    staff: Staff, changes: dict[str, object]
) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001", **changes)
    told = await staff.change(key, 7)
    assert told.outcome.result == "skipped"
    assert any(
        check.seen == "member 176 (mkova)" for check in told.outcome.checks if "left out" in check.name
    )
    assert (await staff.changed_member(MARTA, 3)).outcome.result == "skipped"
    assert await staff.link(key) is None


async def test_inactive_employees_are_left_alone(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001", Active=False)
    await staff.edit(MARTA, employeeIdentifer="E001")
    assert (await staff.change(key, 7)).outcome.text == "inactive employees are left alone"
    assert (await staff.changed_member(MARTA, 3)).outcome.result == "skipped"
    assert await staff.link(key) is None


async def test_a_property_that_names_no_member_is_c8(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.type(key, "987654")
    told = await staff.change(key, 7)
    assert told.codes == ["C8"]
    assert "ZCJ_CW_MemberID of employee E001 holds 987654, and ConnectWise has no such member" in (
        told.outcome.text
    )
    assert told.outcome.blocked_on == (
        f"record:eautomate:agent:{key}",
        "record:connectwise:member:987654",
    )


async def test_two_members_with_one_number_are_c4_and_heal_when_one_is_corrected(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    await staff.edit(BEN, employeeIdentifer="e001")
    told = await staff.change(key, 7)
    assert told.codes == ["C4"]
    assert "member 176 (mkova), member 177 (bfielding) carry the employee number E001" in told.outcome.text
    assert f"record:connectwise:member:{BEN}" in told.outcome.blocked_on
    await staff.edit(BEN, employeeIdentifer="E002")
    assert (await staff.change(key, 7, redo="redrive")).outcome.result == "applied"
    assert await staff.held(key) == str(MARTA)


async def test_two_employees_with_one_number_are_c4(staff: Staff) -> None:
    keys = [await staff.world.hand.agent("E001") for _ in range(2)]
    await staff.edit(MARTA, employeeIdentifer="E001")
    for sequence, key in enumerate(keys, 7):
        told = await staff.change(key, sequence)
        assert told.codes == ["C4"]
        assert "has its number in common with E001" in told.outcome.text
    assert (await staff.changed_member(MARTA, 3)).codes == ["C4"]
    assert [await staff.link(key) for key in keys] == [None, None]


async def test_a_member_of_another_employee_is_not_taken_again(staff: Staff) -> None:
    first = await staff.world.hand.agent("E001")
    await staff.edit(MARTA, employeeIdentifer="E001")
    await staff.change(first, 7)
    second = await staff.world.hand.agent("E002")
    await staff.edit(MARTA, employeeIdentifer="E002")
    assert (await staff.change(second, 8)).outcome.result == "skipped"
    await staff.type(second, str(MARTA))
    told = await staff.change(second, 9)
    assert told.codes == ["C3"]
    assert f"linked to the employee with id {first}" in told.outcome.text


@pytest.mark.parametrize("configuration", [None, OTHER_CONFIGURATION])
async def test_a_match_that_cannot_be_stored_is_c2_and_heals(staff: Staff, configuration: str | None) -> None:
    key = await staff.world.hand.agent("E001", configuration=configuration)
    await staff.edit(MARTA, employeeIdentifer="E001")
    told = await staff.change(key, 7)
    assert told.codes == ["C2"]
    assert "employee E001 matches member 176, but its RecID cannot be stored" in told.outcome.text
    assert told.outcome.blocked_on == (f"record:eautomate:agent:{key}",)
    assert await staff.link(key) is None
    await configure(staff, key, "Tandem test")
    assert (await staff.change(key, 8)).outcome.result == "applied"
    assert await staff.held(key) == str(MARTA)


async def configure(staff: Staff, key: int, configuration: str) -> None:
    """A person chooses another configuration: the values are gone."""
    chosen = staff.world.hand.configurations[configuration]
    async with staff.world.port.engine.begin() as connection:
        await connection.execute(
            schema.ShAgents.update().filter_by(AgentID=key).values(ShTrackingConfigID=chosen)
        )


async def linked(staff: Staff, number: str = "E001") -> int:
    """An employee that is Marta."""
    key = await staff.world.hand.agent(number)
    await staff.edit(MARTA, employeeIdentifer=number)
    assert (await staff.change(key, 7)).outcome.result == "applied"
    return key


async def test_a_value_blanked_by_hand_is_c9_and_one_lost_with_its_configuration_is_written_again(
    staff: Staff,
) -> None:
    key = await linked(staff)
    await staff.type(key, None)
    told = await staff.change(key, 8)
    assert told.codes == ["C9"]
    assert "was blanked, by hand or by a switch of configuration there and back" in told.outcome.text
    assert "although the employee is linked to member 176" in told.outcome.text
    await configure(staff, key, OTHER_CONFIGURATION)
    assert (await staff.change(key, 9)).outcome.result == "applied"
    await configure(staff, key, "Tandem test")
    assert (await staff.change(key, 10)).outcome.result == "applied"
    assert await staff.held(key) == str(MARTA)


async def test_a_property_that_was_changed_by_hand_is_c9(staff: Staff) -> None:
    key = await linked(staff)
    await staff.type(key, str(BEN))
    told = await staff.change(key, 8)
    assert told.codes == ["C9"]
    assert f"holds {BEN}, but the employee is linked to member {MARTA}" in told.outcome.text


async def test_unlinked_by_hand_the_value_goes_and_the_pair_is_not_matched_again(staff: Staff) -> None:
    key = await linked(staff)
    told = await staff.unlink(key)
    assert [(effect.action, effect.target) for effect in told.outcome.effects] == [
        ("cleared", "ZCJ_CW_MemberID of E001")
    ]
    assert (await staff.link(key), await staff.held(key)) == (None, "")
    told = await staff.change(key, 8)
    assert told.codes == ["C3"]
    assert "somebody separated it from this employee" in told.outcome.text
    assert (await staff.link(key), await staff.held(key)) == (None, "")


async def test_linked_by_hand_the_recid_is_stored(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.change(key, 7)
    told = await staff.link_by_hand(key, OLIVE)
    assert told.outcome.result == "applied"
    assert [effect.target for effect in told.outcome.effects] == [f"ZCJ_CW_MemberID = {OLIVE}"]
    assert await staff.held(key) == str(OLIVE)


async def test_a_person_may_link_an_api_account_and_is_warned(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    told = await staff.link_by_hand(key, API)
    assert told.outcome.result == "applied"
    assert "is an API account" in told.outcome.text


async def test_a_member_that_gets_the_number_links_the_employee_that_waited(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.change(key, 7)
    await staff.edit(MARTA, employeeIdentifer="E001")
    told = await staff.changed_member(MARTA, 3)
    assert told.outcome.result == "applied"
    assert told.outcome.record == f"connectwise/member/{MARTA}"
    assert await staff.held(key) == str(MARTA)
    again = await staff.changed_member(MARTA, 4)
    assert (again.outcome.result, again.outcome.effects) == ("skipped", ())
    await nothing_to_write(staff, key, 7)


async def test_a_member_with_a_number_nobody_has_changes_nothing(staff: Staff) -> None:
    await staff.edit(MARTA, employeeIdentifer="E999")
    assert (await staff.changed_member(MARTA, 3)).outcome.text == "no employee is waiting for this member"
    raw = staff.world.raw(await staff.member(MARTA), 4, action="deleted")
    assert (await staff.world.run(raw)).outcome.text == "the member is gone from ConnectWise"


async def test_a_list_that_is_behind_does_not_hide_the_member_that_changed(staff: Staff) -> None:
    key = await staff.world.hand.agent("E001")
    await staff.world.control.fault("stale_search", path=MEMBERS, seconds=3600.0)
    await staff.edit(MARTA, employeeIdentifer="E001")
    assert (await staff.changed_member(MARTA, 3)).outcome.result == "applied"
    assert await staff.held(key) == str(MARTA)


async def test_a_deleted_employee_that_is_linked_is_c11(staff: Staff) -> None:
    key = await linked(staff)
    row = await staff.agent(key)
    async with staff.world.port.engine.begin() as connection:
        await connection.execute(schema.ShAgentCustomProperties.delete().filter_by(AgentID=key))
        await connection.execute(schema.ShAgents.delete().filter_by(AgentID=key))
    told = await staff.world.run(staff.world.raw(row, 8, action="deleted"))
    assert told.codes == ["C11"]
    assert f"tandem links unlink agent-member {key}" in told.outcome.text
    assert (await staff.unlink(key)).outcome.result == "applied"
    told = await staff.world.run(staff.world.raw(row, 9, action="deleted"))
    assert told.outcome.result == "skipped"


async def test_without_the_right_to_see_members_customers_go_on_and_only_named_ones_wait(
    staff: Staff,
) -> None:
    await staff.world.control.post("role", {"rights": {"Member Maintenance": {"inquire": "None"}}})
    plain, named = await staff.world.hand.agent("E001"), await staff.world.hand.agent("E002")
    await staff.type(named, str(MARTA))
    assert (await staff.change(plain, 7)).outcome.result == "skipped"
    told = await staff.change(named, 8)
    assert told.codes == ["A3"]
    assert "Member Maintenance" in told.outcome.text
    await staff.world.control.post("role", {"rights": {"Member Maintenance": {"inquire": "All"}}})
    assert (await staff.change(named, 8, redo="redrive")).outcome.result == "applied"


async def test_a_batch_of_employees_costs_one_request_whatever_its_size(staff: Staff) -> None:
    keys = [await staff.world.hand.agent(f"N{number}") for number in range(20)]
    await staff.world.quiet()
    raws = [staff.world.raw(await staff.agent(key), sequence) for sequence, key in enumerate(keys, 7)]
    told = await staff.world.run(*raws)
    assert len(told.outcomes) == 20
    assert len(await staff.world.control.requests(MEMBERS)) == 1
