"""Which member an employee is, decided on plain values."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.customer_sync.desk.verdict import told
from services.customer_sync.employees.gathered import MemberGathered
from services.customer_sync.employees.matching import MEMBER, MEMBER_PROPERTY, is_person
from services.customer_sync.employees.rules import MemberPlan, decide_agent
from services.customer_sync.pairs.known import AppliedState
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Agent, Member
from shared.links.models import How, Link
from shared.sync.decision import Apply, Decision, Reject, Skip, Wait

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def agent(**more: Any) -> Agent:
    given: dict[str, Any] = {
        "agent_id": 7,
        "number": "E001",
        "name": "Ana Fox",
        "configuration": "Staff",
        "storable_properties": (MEMBER_PROPERTY,),
    }
    return Agent(**(given | more))


def member(ident: int = 150, **more: Any) -> Member:
    given: dict[str, Any] = {"id": ident, "identifier": f"m{ident}", "licenseClass": "F"}
    return Member(**(given | more))


def link(right: int = 150, left: int = 7) -> Link:
    return Link(
        kind=MEMBER.kind,
        left=str(left),
        right=str(right),
        how=How.BY_HAND,
        by="jo",
        why="asked them",
        made_at=NOW,
        revision=1,
    )


def decided(
    *members: Member, of: Agent | None = None, action: str = "changed", **more: Any
) -> Decision[MemberPlan]:
    row = of or agent()
    given: dict[str, Any] = {
        "fresh": True,
        "agent": row,
        "members": {one.id: one for one in members},
        "sequence": 7,
    }
    envelope = Envelope("eautomate", "agent", row.subject, 7, NOW, action)
    return decide_agent(Change(envelope, row), MemberGathered(**(given | more)))


def plan(decision: Decision[MemberPlan]) -> MemberPlan:
    assert isinstance(decision, Apply)
    return decision.plan


@given(st.sampled_from(["E001", " e001", "E001 ", "e001"]))
def test_the_number_is_compared_trimmed_and_whatever_its_case(number: str) -> None:
    made = plan(decided(member(employeeIdentifer=number)))
    assert (made.member.id, made.how, made.store) == (150, How.EMPLOYEE_NUMBER, True)


@given(st.text(max_size=10).filter(lambda text: text.strip().casefold() != "e001"))
def test_nothing_but_the_exact_number_links(number: str) -> None:
    assert isinstance(decided(member(employeeIdentifer=number)), Skip)


def test_an_employee_without_a_number_is_matched_with_nobody() -> None:
    assert isinstance(decided(member(employeeIdentifer=""), member(151), of=agent(number=" ")), Skip)


def test_a_blank_property_is_none_and_a_filled_one_wins() -> None:
    blank = agent(properties={MEMBER_PROPERTY: " "})
    assert plan(decided(member(employeeIdentifer="E001"), of=blank)).how is How.EMPLOYEE_NUMBER
    filled = agent(properties={MEMBER_PROPERTY: "151"})
    made = plan(decided(member(employeeIdentifer="E001"), member(151), of=filled))
    assert (made.member.id, made.how, made.store) == (151, How.PROPERTY, False)


@pytest.mark.parametrize("held", ["abc", "0", "-1", "15.0", "9" * 30])
def test_a_property_that_is_no_member_is_c8(held: str) -> None:
    decision = decided(member(), of=agent(properties={MEMBER_PROPERTY: held}))
    assert isinstance(decision, Reject)
    assert decision.code == "C8"


def test_a_link_whose_member_is_gone_is_c8_and_names_it() -> None:
    decision = decided(link=link(999))
    assert isinstance(decision, Reject)
    assert decision.code == "C8"
    assert decision.blocked_on == ("record:connectwise:member:999", "link:agent-member:7")


def test_a_linked_employee_in_step_has_nothing_to_write() -> None:
    made = plan(decided(member(), of=agent(properties={MEMBER_PROPERTY: "150"}), link=link()))
    assert (made.how, made.store, made.warnings) == (None, False, ())


def test_an_inactive_member_keeps_its_employee_with_a_warning() -> None:
    row = agent(properties={MEMBER_PROPERTY: "150"})
    made = plan(decided(member(inactiveFlag=True), of=row, link=link()))
    assert made.warnings == ("member 150 (m150) is inactive",)


def test_a_linked_employee_that_cannot_hold_the_recid_is_warned_not_stopped() -> None:
    made = plan(decided(member(), of=agent(configuration=None, storable_properties=()), link=link()))
    assert not made.store
    assert "its RecID cannot be stored: the employee has no custom-property configuration" in made.warnings[0]


def test_a_value_is_written_again_only_when_it_vanished_with_its_configuration() -> None:
    def applied(configuration: str | None) -> AppliedState:
        return AppliedState(6, 6, 0, configuration, 150)

    blanked = decided(member(), link=link(), applied=applied("Staff"))
    assert isinstance(blanked, Reject)
    assert blanked.code == "C9"
    assert plan(decided(member(), link=link(), applied=applied("Other"))).store
    assert plan(decided(member(), link=link(), applied=applied(None))).store


def test_ambiguity_names_everybody_and_waits_for_them() -> None:
    decision = decided(member(150, employeeIdentifer="E001"), member(151, employeeIdentifer="E001"))
    assert isinstance(decision, Reject)
    assert decision.code == "C4"
    assert set(decision.blocked_on) == {
        "record:eautomate:agent:7",
        "record:connectwise:member:150",
        "record:connectwise:member:151",
        "link:agent-member:7",
    }
    twin = decided(member(employeeIdentifer="E001"), twins=(agent(agent_id=8, name="Bo"),))
    assert isinstance(twin, Reject)
    assert twin.code == "C4"
    assert "E001 Bo (id 8)" in twin.reason
    assert "record:eautomate:agent:8" in twin.blocked_on


def test_a_twin_does_not_matter_where_a_link_or_a_property_speaks() -> None:
    twins = (agent(agent_id=8),)
    row = agent(properties={MEMBER_PROPERTY: "150"})
    assert plan(decided(member(), of=row, twins=twins)).how is How.PROPERTY
    assert plan(decided(member(), of=row, twins=twins, link=link())).how is None


def test_members_of_others_and_of_nobody_are_told_as_left_out() -> None:
    decision = decided(
        member(150, employeeIdentifer="E001"),
        member(151, employeeIdentifer="E001", licenseClass="A"),
        member(152, employeeIdentifer="E001", inactiveFlag=True),
        taken={150: link(150, left=9)},
    )
    assert isinstance(decision, Skip)
    [told] = [check.seen for check in decision.checks if "left out" in check.name]
    assert told == "member 150 (m150), member 151 (m151), member 152 (m152)"


def test_employees_without_a_member_share_one_reason() -> None:
    first, second = told(decided()), told(decided(of=agent(number="E002")))
    assert first.reason == second.reason == "a member carries its number: no"
    assert first.text != second.text


def test_a_separated_member_is_c3() -> None:
    decision = decided(member(employeeIdentifer="E001"), separated=frozenset({150}))
    assert isinstance(decision, Reject)
    assert decision.code == "C3"


def test_members_that_cannot_be_seen_stop_only_who_names_one() -> None:
    assert isinstance(decided(members=None), Skip)
    assert isinstance(decided(members=None, link=link()), Skip)
    decision = decided(members=None, of=agent(properties={MEMBER_PROPERTY: "150"}))
    assert isinstance(decision, Wait)
    assert decision.code == "A3"


@pytest.mark.parametrize(("linked", "kind"), [(link(), Reject), (None, Skip)])
def test_an_employee_that_is_gone_matters_when_it_is_linked(linked: Link | None, kind: type) -> None:
    assert isinstance(decided(action="deleted", link=linked, agent=None), kind)
    assert isinstance(decided(link=linked, agent=None), kind)


def test_an_employee_that_is_gone_is_named_with_its_member() -> None:
    decision = decided(member(), action="deleted", link=link(), agent=None)
    assert isinstance(decision, Reject)
    assert "the employee E001 (Ana Fox), id 7, was deleted" in decision.reason
    assert "member 150 (m150) is still linked" in decision.reason


def test_a_change_that_is_not_newer_is_not_looked_at() -> None:
    decision = decided(fresh=False, applied=AppliedState(8, 8, 0, None, 150))
    assert isinstance(decision, Skip)
    assert decision.result == "superseded"


@given(st.booleans(), st.sampled_from(["A", "C", "F", "X", None]))
def test_people_are_active_and_no_api_accounts(inactive: bool, licence: str | None) -> None:
    assert is_person(member(inactiveFlag=inactive, licenseClass=licence)) is (not inactive and licence != "A")
