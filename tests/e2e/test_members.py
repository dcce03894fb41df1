"""Which member an employee is (spec/customers.md 5.5), through the running system."""

from typing import Any

import httpx
import pytest

from services.customer_sync.employees.matching import MEMBER_PROPERTY
from shared.links.models import Link
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


def add_member(deployment: Deployment, identifier: str, **more: Any) -> int:
    """Somebody enters a member in ConnectWise; its RecID."""
    record = {
        "identifier": identifier,
        "firstName": identifier.title(),
        "lastName": "Test",
        "licenseClass": "F",
        "hireDate": "2024-01-01T00:00:00Z",
        "defaultEmail": "Office",
        "defaultPhone": "Office",
        "securityRole": {"id": 63},
    }
    answer = deployment.stage.control.post("/human/member", json={"record": record | more})
    assert answer.status_code < 400, answer.text
    return int(answer.json()["id"])


def edit_member(deployment: Deployment, member: int, **changes: Any) -> None:
    """Somebody edits a member in ConnectWise."""
    answer = deployment.stage.control.post(f"/human/member/{member}", json={"changes": changes})
    assert answer.status_code < 400, answer.text


def held(deployment: Deployment, number: str) -> str:
    """The RecID in an employee's property."""
    return deployment.people.agent_properties(number).get(MEMBER_PROPERTY) or ""


def link_of(deployment: Deployment, agent: int) -> Link | None:
    """The link of one employee."""
    params = {"kind": "agent-member", "left": str(agent)}
    answer = httpx.get(f"{deployment.stage.url}/links", params=params, timeout=10, trust_env=False)
    found = answer.raise_for_status().json()["links"]
    return Link.model_validate(found[0]) if found else None


def codes(deployment: Deployment, agent: int) -> list[str]:
    """Codes of an employee's dead letters, oldest first."""
    return [one.code for one in deployment.letters() if one.record == f"eautomate:agent:{agent}"]


def test_the_employee_number_links_whichever_side_gets_it_first(inserting: Deployment) -> None:
    first = add_member(inserting, "tone", employeeIdentifer="T001")
    agent = inserting.people.add_agent("T001", "Tom", "One")
    until(lambda: held(inserting, "T001") == str(first), "the employee came second")
    link = link_of(inserting, agent)
    assert link is not None
    assert (link.right, link.how) == (str(first), "employee_number")

    inserting.people.add_agent("T002", "Tim", "Two")
    second = add_member(inserting, "ttwo")
    edit_member(inserting, second, employeeIdentifer="t002")
    until(lambda: held(inserting, "T002") == str(second), "the member came second")


def test_an_unlinked_employee_loses_the_recid_and_is_not_matched_again(inserting: Deployment) -> None:
    member = add_member(inserting, "tthree", employeeIdentifer="T003")
    agent = inserting.people.add_agent("T003", "Tia", "Three")
    until(lambda: held(inserting, "T003") == str(member), "linked")
    inserting.stage.tandem(
        "links", "unlink", "agent-member", "T003", "--why", "not her", "--by", "jo", "--yes"
    )
    until(lambda: held(inserting, "T003") == "", "the property is cleared")
    inserting.people.edit_agent("T003", Email="tia@dealer.example")
    until(lambda: "C3" in codes(inserting, agent), "she is told to be separated", every=0.3)
    assert link_of(inserting, agent) is None
    assert held(inserting, "T003") == ""

    other = add_member(inserting, "tthreeb")
    inserting.stage.tandem(
        *("links", "link", "agent-member", "T003", str(other), "--why", "her", "--by", "jo", "--yes")
    )
    until(lambda: held(inserting, "T003") == str(other), "the person's choice is stored")


def test_an_employee_without_the_configuration_is_c2_and_heals_by_itself(inserting: Deployment) -> None:
    member = add_member(inserting, "tfour", employeeIdentifer="T004")
    agent = inserting.people.add_agent("T004", "Ted", "Four", configuration=None)
    until(lambda: codes(inserting, agent) == ["C2"], "the match is reported", every=0.3)
    inserting.people.assign_agent_configuration("T004", "ConnectWise staff")
    until(lambda: held(inserting, "T004") == str(member), "stored once it can be")


def test_nothing_of_an_employee_is_ever_written_to_connectwise(inserting: Deployment) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert inserting.requests(method, "system/members") == []
