"""Why an agreement invoice did, or did not, update its contract (spec/agreements.md 6.13), through the running system."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.agreed import BACKUP, NOVEMBER, OCTOBER, Dealership, dealership
from tests.deployment import until
from tests.e2e.commands import tandem

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

SETTINGS = {
    "TANDEM_AGREEMENT_SYNC__INVOICE_STATUSES": "Approved",
    "TANDEM_AGREEMENT_SYNC__AGREEMENT_TYPES": "Managed Services",
}
NOWHERE = {"TANDEM_CONNECTWISE__URL": "http://127.0.0.1:1"}
APPROVED = "Approved"


@pytest.fixture(scope="module")
def people(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dealership]:
    """Only approved invoices of Managed Services take part."""
    with dealership(kafka, tmp_path_factory, "explaining", SETTINGS) as people:
        yield people


def explain(people: Dealership, invoice: str, **settings: str) -> dict[str, Any]:
    """What ``tandem explain invoice`` answers."""
    answer = tandem(people.at.stage, "explain", "invoice", invoice, "--json", **settings)
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def check_of(explained: dict[str, Any], begin: str) -> tuple[bool, str, str]:
    """A line of the checklist: the answer, what was seen, what was wanted."""
    [check] = [one for one in explained["checklist"] if one["name"].startswith(begin)]
    return check["passed"], check["seen"], check["wanted"]


@pytest.mark.scenario(36)
def test_an_invoice_that_is_not_approved_changes_no_contract_until_it_is(people: Dealership) -> None:
    agreed = people.agreed("3601")
    invoice = people.invoiced(agreed, "3600111", status="New")
    people.told(invoice, "skipped")
    assert people.contracts(agreed) == []
    found = explain(people, "3600111")
    assert check_of(found, "billing status is selected") == (False, "New", "Approved")
    assert check_of(found, "agreement type is selected")[0]
    assert check_of(found, "customer is linked")[0]
    assert found["verdict"] == "left alone"
    assert found["outcomes"][-1]["result"] == "skipped"
    assert found["next"][0].startswith("G20 ")
    people.edited("invoice", invoice, status={"name": APPROVED})
    contract = people.holds(agreed, "3600111")
    people.applied(invoice, after=1)
    after = explain(people, "3600111")
    assert (after["contract"], after["verdict"]) == (contract["ContractNumber"], "in step")
    assert after["comparison"]["equal"] is True


@pytest.mark.scenario(37)
def test_an_agreement_of_another_type_changes_no_contract(people: Dealership) -> None:
    agreed = people.agreed("3701", BACKUP)
    invoice = people.invoiced(agreed, "3700111", status=APPROVED)
    people.told(invoice, "skipped")
    assert people.contracts(agreed) == []
    found = explain(people, "3700111")
    assert check_of(found, "agreement type is selected") == (False, "Backup", "Managed Services")
    assert check_of(found, "billing status is selected")[0]
    assert "seen Backup, wanted Managed Services" in found["text"]


@pytest.mark.scenario(146)
def test_an_old_invoice_that_is_touched_changes_nothing_and_explain_says_why(people: Dealership) -> None:
    agreed = people.agreed("1461")
    old = people.invoiced(agreed, "1461010", OCTOBER, status=APPROVED)
    number = people.holds(agreed, "1461010")["ContractNumber"]
    people.applied(old)
    bill = people.people.bill(number, OCTOBER)
    new = people.invoiced(agreed, "1461011", NOVEMBER, status=APPROVED)
    people.holds(agreed, "1461011")
    people.applied(new)
    before, lines = people.contract(agreed), people.lines(agreed)
    seen = len(people.outcomes(old))
    people.edited("invoice", old, status={"name": "Sent"})
    until(lambda: len(people.outcomes(old)) > seen, "the touch is seen", every=0.3)
    assert (people.contract(agreed), people.lines(agreed)) == (before, lines)
    found = explain(people, "1461010")
    assert found["verdict"] == "in step"
    assert f"e-automate has billed 2026-10-01 to 2026-10-31 with invoice {bill}" in found["text"]
    assert found["comparison"]["billed"] == bill
    assert check_of(found, "billing status is selected")[1:] == ("Sent", "Approved")


def test_reprocess_and_release_wait_for_what_comes_of_it(people: Dealership) -> None:
    agreed = people.agreed("1501")
    invoice = people.invoiced(agreed, "1501111", status=APPROVED)
    number = people.holds(agreed, "1501111")["ContractNumber"]
    people.applied(invoice)
    stage = people.at.stage
    again = tandem(stage, "reprocess", "invoice", "1501111", "--why", "asked by the dealer", "--by", "ann")
    assert again.returncode == 0, again.stderr
    assert "nothing changes" in again.stdout
    assert "618.50" in again.stdout
    [last] = [one for one in people.outcomes(invoice) if one.redo == "reprocess"]
    assert last.checks[0].seen == "ann: asked by the dealer"
    people.people.terminate_contract(number)
    refused = tandem(stage, "reprocess", "invoice", "1501111", "--why", "asked")
    assert refused.returncode == 1
    assert "refused (G10): 1501111 Customer 1501" in refused.stderr
    ended = tandem(stage, "links", "unlink", "agreement-contract", number, "--why", "over", "--yes")
    assert ended.returncode == 0, ended.stderr
    released = tandem(stage, "release", "invoice", "1501111", "--why", "right as it is", "--json")
    assert released.returncode == 0, released.stderr
    facts = json.loads(released.stdout)
    assert (facts["invoice"], facts["record"]) == ("1501111", f"connectwise/invoice/{invoice}")
    assert facts["comparison"]["equal"] is True


def test_what_tandem_last_knew_is_told_while_connectwise_is_away(people: Dealership) -> None:
    agreed = people.agreed("1502")
    invoice = people.invoiced(agreed, "1502111", status=APPROVED)
    people.holds(agreed, "1502111")
    people.applied(invoice)
    found = explain(people, "1502111", **NOWHERE)
    assert found["verdict"] == "not asked"
    assert "applied" in {one["result"] for one in found["outcomes"]}
    assert found["comparison"]["equal"] is True
    assert found["checks"]
    number = people.number(agreed)
    for words in (
        ("contract", number),
        ("agreement", str(agreed.agreement)),
        ("agreement", "Agreement of 1502"),
    ):
        told = tandem(people.at.stage, "explain", *words, **NOWHERE)
        assert told.returncode == 0, told.stderr
        assert "what Tandem last knew of invoice 1502111:" in told.stdout
    here = tandem(people.at.stage, "explain", "agreement", "Agreement of 1502")
    assert f"contract {number} (id" in here.stdout
    assert "in the billing queue; next billing date 2026-11-01" in here.stdout
    shown = tandem(people.at.stage, "cases", "show", "invoice", "1502111")
    assert "1502111" in shown.stdout
