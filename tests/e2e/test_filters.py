"""Whom ID747 pushes, and what (spec/customers.md 5.3, 5.4), through the running system."""

from typing import Any

import pytest

from services.simulator.eautomate.codes import TABLES
from tests.deployment import Deployment, until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

TYPES = {str(row[1]): int(row[0]) for row in TABLES["ARCustomerTypes"][1]}
BRANCHES = {str(row[1]): int(row[0]) for row in TABLES["GLBranches"][1]}


def _linked(
    filtered: Deployment, number: str, name: str, kind: str, branch: str, **fields: Any
) -> tuple[int, int]:
    """A customer whose company exists; both ids, once they are linked."""
    company = filtered.add_company(number, name, phoneNumber="555-0000")
    filtered.seen_company(company)
    customer = filtered.add_customer(
        number, name, CustomerTypeID=TYPES[kind], BranchID=BRANCHES[branch], **fields
    )
    filtered.created(number)
    filtered.outcome(customer, "applied", after=1)
    return customer, company


def _failed(filtered: Deployment, number: str) -> list[str]:
    return [check["name"] for check in filtered.explain(number)["checks"] if not check["passed"]]


@pytest.mark.scenario(17)
def test_only_the_listed_branch_is_pushed(filtered: Deployment) -> None:
    one, left = _linked(filtered, "3171", "Branch One", "MSP", "1")
    _, pushed = _linked(filtered, "3172", "Branch Two", "MSP", "2")
    filtered.people.save_customer("3171", Phone1="555-3171")
    filtered.people.save_customer("3172", Phone1="555-3172")
    until(lambda: filtered.company(pushed)["phoneNumber"] == "555-3172", "branch 2 is pushed")
    filtered.outcome(one, "applied", after=2)
    assert filtered.company(left)["phoneNumber"] == "555-0000"
    assert _failed(filtered, "3171") == ["branch is selected"]


@pytest.mark.scenario(18)
def test_a_customer_with_a_copier_contract_only_is_not_pushed_until_it_has_an_it_contract(
    contracted: Deployment,
) -> None:
    company = contracted.add_company("3181", "Copier Only", phoneNumber="555-0000")
    contracted.seen_company(company)
    customer = contracted.add_customer("3181", "Copier Only")
    contracted.created("3181")
    contracted.people.add_contract("3181", "CN3181-01", "CPC")
    contracted.people.save_customer("3181", Phone1="555-3181")
    record = f"eautomate/customer/{customer}"
    until(
        lambda: (
            ("contract type is selected", False, "CPC")
            in {(check.name, check.passed, check.seen) for check in contracted.outcomes(record)[-1].checks}
        ),
        "the copier contract was looked at",
    )
    assert _failed(contracted, "3181") == ["contract type is selected"]
    assert contracted.company(company)["phoneNumber"] == "555-0000"
    contracted.people.add_contract("3181", "CN3182-01", "MIT")
    until(lambda: contracted.company(company)["phoneNumber"] == "555-3181", "the IT contract counts")
    contracted.people.terminate_contract("CN3182-01")
    contracted.people.save_customer("3181", Phone1="555-9999")
    until(lambda: _failed(contracted, "3181") == ["contract type is selected"], "the contract is terminated")
    assert contracted.company(company)["phoneNumber"] == "555-3181"


@pytest.mark.scenario(19)
def test_a_customer_of_a_listed_type_is_pushed_and_of_another_is_not(filtered: Deployment) -> None:
    _, pushed = _linked(filtered, "3191", "Type ITC", "ITC", "2")
    other, left = _linked(filtered, "3192", "Type COP", "COP", "2")
    filtered.people.save_customer("3191", Phone1="555-3191")
    filtered.people.save_customer("3192", Phone1="555-3192")
    until(lambda: filtered.company(pushed)["phoneNumber"] == "555-3191", "ITC is pushed")
    filtered.outcome(other, "applied", after=2)
    assert filtered.company(left)["phoneNumber"] == "555-0000"
    assert _failed(filtered, "3192") == ["customer type is selected"]


@pytest.mark.scenario(20)
def test_sync_switched_off_leaves_connectwise_as_it_was(filtered: Deployment) -> None:
    customer, company = _linked(filtered, "3200", "Switched Off", "MSP", "2")
    filtered.people.set_property("3200", "ZCJ_SyncToCW", "No")
    filtered.people.save_customer("3200", Address="77 New Street", Phone1="555-3200")
    filtered.outcome(customer, "applied", after=2)
    before = filtered.company(company)
    assert (before["addressLine1"], before["phoneNumber"]) == ("1 High Street", "555-0000")
    explained = filtered.explain("3200")
    (switch,) = [check for check in explained["checks"] if not check["passed"]]
    assert (switch["name"], switch["seen"], switch["wanted"]) == ("ZCJ_SyncToCW allows it", "No", "not No")
    filtered.people.set_property("3200", "ZCJ_SyncToCW", "Yes")
    until(lambda: filtered.company(company)["addressLine1"] == "77 New Street", "switched on again")


@pytest.mark.scenario(21)
def test_a_suppressed_field_stays_and_the_others_go(filtered: Deployment) -> None:
    _, company = _linked(filtered, "3210", "Old Name", "MSP", "2")
    filtered.people.save_customer("3210", CustomerName="New Name", Fax="555-3210")
    until(lambda: filtered.company(company)["name"] == "New Name", "the name is pushed")
    assert not filtered.company(company).get("faxNumber")


@pytest.mark.scenario(27)
def test_without_inserts_no_company_is_created_and_the_customer_waits_for_one(filtered: Deployment) -> None:
    customer = filtered.add_customer(
        "3270", "Nobody Yet", CustomerTypeID=TYPES["MSP"], BranchID=BRANCHES["2"]
    )
    letter = filtered.letter(customer, "C1")
    assert "customer 3270 has no company" in letter.header("kafka_dlt-exception-message")
    assert "number:3270" in letter.header("tandem-blocked-on").split(",")
    assert filtered.numbered("3270") == []
    assert filtered.requests("POST", "company/companies$") == []
    company = filtered.add_company("3270", "Nobody Yet")
    filtered.created("3270")
    assert filtered.recid("3270") == str(company)
