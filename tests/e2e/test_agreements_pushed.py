"""What is written back to ConnectWise, and e-automate's renumbering (spec/agreements.md 6.10, 6.12), through the running
system with every push on."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.agreed import NOVEMBER, NUMBER_FIELD, OCTOBER, Dealership, dealership
from tests.deployment import until
from tests.e2e.commands import tandem

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

PUSHES = {
    "TANDEM_AGREEMENT_SYNC__PUSH_CONTRACT_NUMBER": "Yes",
    "TANDEM_AGREEMENT_SYNC__RENUMBER_INVOICES": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_INVOICE_NUMBER": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_INVOICE_NUMBER_FIELD": NUMBER_FIELD,
    "TANDEM_AGREEMENT_SYNC__PUSH_PAID": "Yes",
    "TANDEM_AGREEMENT_SYNC__PAID_STATUS": "Paid",
}


@pytest.fixture(scope="module")
def dealer(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dealership]:
    """Every push is on."""
    with dealership(kafka, tmp_path_factory, "pushed", PUSHES) as people:
        yield people


@pytest.mark.scenario(45)
@pytest.mark.scenario(65)
def test_from_the_first_invoice_to_paid_every_number_and_the_payment_reach_connectwise(
    dealer: Dealership,
) -> None:
    agreed = dealer.agreed("5065")
    invoice = dealer.invoiced(agreed, "65001")
    dealer.applied(invoice)
    contract = dealer.number(agreed)
    until(lambda: dealer.field(agreed) == contract, "the agreement has the contract's number")
    billed = dealer.people.bill(contract, NOVEMBER)
    assert billed != "65001"

    def shown() -> str:
        fields = dealer.invoice(invoice)["customFields"]
        return next(str(one.get("value") or "") for one in fields if one["caption"] == NUMBER_FIELD)

    until(lambda: shown() == "65001", "the invoice has the e-automate number, which is its own by now")
    [bill] = dealer.people.contract_invoices(contract)
    assert bill["InvoiceNumber"] == "65001"
    assert dealer.invoice(invoice)["balance"] > 0
    dealer.people.receive("65001", on=date(2026, 11, 20))
    until(lambda: dealer.invoice(invoice)["balance"] == 0, "the ConnectWise invoice is paid")
    until(lambda: dealer.invoice(invoice)["status"]["name"] == "Paid", "and says so")
    with dealer.at.stage.api() as api:
        [payment] = api.get(f"/finance/invoices/{invoice}/payments").raise_for_status().json()
    assert payment["amount"] == dealer.invoice(invoice)["total"]
    assert payment["paymentDate"].startswith("2026-11-20")


@pytest.mark.scenario(49)
def test_an_unlink_blanks_the_field_and_a_new_contract_is_made(dealer: Dealership) -> None:
    agreed = dealer.agreed("5049")
    first = dealer.invoiced(agreed, "49001", OCTOBER)
    dealer.applied(first)
    old = dealer.number(agreed)
    dealer.people.bill(old, OCTOBER)
    until(lambda: not dealer.contract(agreed)["Bill"], "the billed contract leaves the queue")
    dealer.people.terminate_contract(old, date(2026, 10, 31))
    invoice = dealer.invoiced(agreed, "49002")
    dealer.refused(invoice, "G10")
    assert dealer.field(agreed) == old
    words = ("links", "unlink", "agreement-contract", str(agreed.agreement), "--why", "terminated", "--yes")
    done = tandem(dealer.at.stage, *words)
    assert done.returncode == 0, done.stdout + done.stderr

    def new() -> str:
        numbers = [str(row["ContractNumber"]) for row in dealer.contracts(agreed)]
        return next((number for number in numbers if number != old), "")

    number = until(new, "a new contract is made")
    until(lambda: dealer.field(agreed) == number, "the field names the new contract")
    assert dealer.people.contract(number)["PONumber"] == "49002"
    dealer.applied(invoice)
    assert len(dealer.contracts(agreed)) == 2
