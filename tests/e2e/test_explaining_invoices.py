"""Why an agreement invoice did, or did not, update its contract (spec/agreements.md 6.13), through the running system."""

import uuid
from collections.abc import Iterator
from datetime import date

import pytest

from services.simulator.stage import Stage
from tests.deployment import Deployment, until
from tests.e2e.agreed import Agreements, check_of
from tests.e2e.commands import tandem

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

DEALER = "DEALER"
SETTINGS = {
    "TANDEM_AGREEMENT_SYNC__INVOICE_STATUSES": "Approved",
    "TANDEM_AGREEMENT_SYNC__AGREEMENT_TYPES": "Managed Services",
    "TANDEM_AGREEMENT_SYNC__DEFAULT_CONTRACT_TEMPLATE": "**CW Default-01",
}
NOWHERE = {"TANDEM_CONNECTWISE__URL": "http://127.0.0.1:1"}


@pytest.fixture(scope="module")
def agreements(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agreements]:
    """Customers are inserted; only approved invoices of Managed Services take part."""
    folder = tmp_path_factory.mktemp("explaining")
    prefix = f"explaining{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS) as stage:
        deployment = Deployment(stage)
        stage.people.add_customer(DEALER, "The dealership itself", CompanyCustomer=1)
        stage.people.add_templates(DEALER)
        stage.run()
        yield Agreements(deployment)


@pytest.mark.scenario(36)
def test_an_invoice_that_is_not_approved_changes_no_contract_until_it_is(agreements: Agreements) -> None:
    agreed = agreements.agreed("3601")
    invoice = agreements.bill(agreed, "2026-11-01", "3600111", status="New")
    agreements.outcome(invoice, "skipped")
    assert agreements.contracts("3601") == []
    found = agreements.explain("3600111")
    assert check_of(found, "billing status is selected") == (False, "New", "Approved")
    assert check_of(found, "agreement type is selected")[0]
    assert check_of(found, "customer is linked")[0]
    assert found["verdict"] == "left alone"
    assert found["outcomes"][-1]["result"] == "skipped"
    assert found["next"][0].startswith("G20 ")
    agreements.edit_invoice(invoice, status={"name": "Approved"})
    agreements.outcome(invoice, "applied")
    [contract] = agreements.contracts("3601")
    after = agreements.explain("3600111")
    assert (after["contract"], after["verdict"]) == (contract["ContractNumber"], "in step")
    assert after["comparison"]["equal"] is True


@pytest.mark.scenario(37)
def test_an_agreement_of_another_type_changes_no_contract(agreements: Agreements) -> None:
    agreed = agreements.agreed("3701", "Backup")
    invoice = agreements.bill(agreed, "2026-11-01", "3700111", status="Approved")
    agreements.outcome(invoice, "skipped")
    assert agreements.contracts("3701") == []
    found = agreements.explain("3700111")
    assert check_of(found, "agreement type is selected") == (False, "Backup", "Managed Services")
    assert check_of(found, "billing status is selected")[0]
    assert "seen Backup, wanted Managed Services" in found["text"]


@pytest.mark.scenario(146)
def test_an_old_invoice_that_is_touched_changes_nothing_and_explain_says_why(agreements: Agreements) -> None:
    agreed = agreements.agreed("1461")
    may = agreements.bill(agreed, "2026-05-01", "1460501", status="Approved")
    agreements.outcome(may, "applied")
    [row] = agreements.contracts("1461")
    number = row["ContractNumber"]
    bill = agreements.deployment.people.bill(number, date(2026, 5, 1))
    june = agreements.bill(agreed, "2026-06-01", "1460601", status="Approved")
    until(
        lambda: agreements.deployment.people.contract(number)["PONumber"] == "1460601",
        "June is in the contract",
        every=0.3,
    )
    agreements.outcome(june, "applied")
    before = agreements.deployment.people.contract(number)
    lines = agreements.deployment.people.contract_lines(number)
    seen = len(agreements.deployment.outcomes(f"connectwise/invoice/{may}"))
    agreements.edit_invoice(may, status={"name": "Sent"})
    until(
        lambda: agreements.deployment.more_outcomes(f"connectwise/invoice/{may}", seen),
        "the touch is seen",
        every=0.3,
    )
    assert agreements.deployment.people.contract(number) == before
    assert agreements.deployment.people.contract_lines(number) == lines
    found = agreements.explain("1460501")
    assert found["verdict"] == "in step"
    assert f"e-automate has billed 2026-05-01 to 2026-05-31 with invoice {bill}" in found["text"]
    assert found["comparison"]["billed"] == bill
    assert check_of(found, "billing status is selected")[1:] == ("Sent", "Approved")


def test_reprocess_and_release_wait_for_what_comes_of_it(agreements: Agreements) -> None:
    stage = agreements.deployment.stage
    agreed = agreements.agreed("1501")
    invoice = agreements.bill(agreed, "2026-11-01", "1501111", status="Approved")
    agreements.outcome(invoice, "applied")
    again = tandem(stage, "reprocess", "invoice", "1501111", "--why", "asked by the dealer", "--by", "ann")
    assert again.returncode == 0, again.stderr
    assert "nothing changes" in again.stdout
    assert "500.00" in again.stdout
    last = agreements.deployment.outcomes(f"connectwise/invoice/{invoice}")[-1]
    assert (last.redo, last.checks[0].seen) == ("reprocess", "ann: asked by the dealer")
    [contract] = agreements.contracts("1501")
    stage.people.terminate_contract(contract["ContractNumber"])
    refused = tandem(stage, "reprocess", "invoice", "1501111", "--why", "asked")
    assert refused.returncode == 1
    assert "refused (G10): 1501111 Customer 1501" in refused.stderr
    ended = tandem(
        stage, "links", "unlink", "agreement-contract", contract["ContractNumber"], "--why", "over", "--yes"
    )
    assert ended.returncode == 0, ended.stderr
    released = tandem(stage, "release", "invoice", "1501111", "--why", "right as it is")
    assert released.returncode == 0, released.stderr


def test_what_tandem_last_knew_is_told_while_connectwise_is_away(agreements: Agreements) -> None:
    agreed = agreements.agreed("1502")
    invoice = agreements.bill(agreed, "2026-11-01", "1502111", status="Approved")
    agreements.outcome(invoice, "applied")
    found = agreements.explain("1502111", **NOWHERE)
    assert found["verdict"] == "not asked"
    assert found["outcomes"][-1]["result"] == "applied"
    assert found["comparison"]["equal"] is True
    assert found["checks"]
