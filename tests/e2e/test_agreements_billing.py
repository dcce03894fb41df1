"""Contracts that are billed, voided, terminated, red (spec/agreements.md 6.3, 6.6 to 6.9), through the running system."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.agreed import (
    MAILBOX,
    NOVEMBER,
    OCTOBER,
    SEAT,
    SERVER,
    Agreed,
    Dealership,
    dealership,
)
from tests.deployment import until
from tests.e2e.commands import tandem

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

AMOUNT = Decimal("618.50")


@pytest.fixture(scope="module")
def dealer(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dealership]:
    """No filters, no push."""
    with dealership(kafka, tmp_path_factory, "billing") as people:
        yield people


def billed_in_october(dealer: Dealership, agreed: Agreed, number: str) -> str:
    """The contract of an agreement whose first month is invoiced and billed; its number."""
    invoice = dealer.invoiced(agreed, number, OCTOBER)
    dealer.applied(invoice)
    contract = dealer.number(agreed)
    seen = len(dealer.outcomes(invoice))
    dealer.people.bill(contract, OCTOBER)
    until(lambda: not dealer.contract(agreed)["Bill"], "the billed contract leaves the queue")
    dealer.applied(invoice, after=seen)
    return contract


@pytest.mark.scenario(43)
@pytest.mark.scenario(44)
def test_a_period_billed_too_early_waits_for_void_and_reset(dealer: Dealership) -> None:
    agreed = dealer.agreed("5143")
    contract = billed_in_october(dealer, agreed, "43001")
    dealer.people.save_contract(contract, Bill=1)
    early = dealer.people.bill(contract, NOVEMBER)
    dealer.add(agreed, SERVER, 1, "145.00")
    before = dealer.contract(agreed)["PONumber"], dealer.lines(agreed).keys()
    invoice = dealer.invoiced(agreed, "43002")
    outcome = dealer.refused(invoice, "G13")
    assert early in outcome.text
    assert "Void and Reset" in outcome.text
    assert (dealer.contract(agreed)["PONumber"], dealer.lines(agreed).keys()) == before
    dealer.people.void_and_reset(early)
    dealer.holds(agreed, "43002")
    until(lambda: contract in dealer.queue(), "the contract is ready again")
    assert dealer.preview(agreed) == Decimal("763.50")
    number = dealer.people.bill(contract, NOVEMBER)
    assert Decimal(str(dealer.people.invoice(number)["Total"])) == Decimal("763.50")
    dealer.applied(invoice)


@pytest.mark.scenario(147)
def test_a_correct_bill_that_is_voided_brings_the_contract_back_with_the_same_amounts(
    dealer: Dealership,
) -> None:
    agreed = dealer.agreed("5147")
    contract = billed_in_october(dealer, agreed, "147001")
    assert contract not in dealer.queue()
    [bill] = dealer.people.contract_invoices(contract)
    dealer.people.void_and_reset(bill["InvoiceNumber"])
    until(lambda: contract in dealer.queue(), "the contract is back in the queue")
    assert dealer.preview(agreed) == AMOUNT
    assert dealer.people.bill(contract, OCTOBER) != bill["InvoiceNumber"]


@pytest.mark.scenario(41)
def test_an_inactive_contract_is_kept_up_to_date_and_is_in_the_queue_once_activated(
    dealer: Dealership,
) -> None:
    agreed = dealer.agreed("5041")
    contract = billed_in_october(dealer, agreed, "41001")
    dealer.people.inactivate_contract(contract)
    dealer.add(agreed, SERVER, 1, "145.00")
    invoice = dealer.invoiced(agreed, "41002")
    dealer.holds(agreed, "41002")
    outcome = dealer.applied(invoice)
    assert outcome.comparison is not None
    assert "billing queue" in dict(outcome.comparison.warnings)["G12"]
    assert SERVER in dealer.lines(agreed)
    assert not dealer.contract(agreed)["Active"]
    assert contract not in dealer.queue()
    dealer.people.reactivate_contract(contract)
    assert contract in dealer.queue()
    assert dealer.preview(agreed) == Decimal("763.50")


@pytest.mark.scenario(48)
def test_a_terminated_contract_is_an_error_and_no_new_one_is_made(dealer: Dealership) -> None:
    agreed = dealer.agreed("5048")
    contract = billed_in_october(dealer, agreed, "48001")
    dealer.people.terminate_contract(contract, OCTOBER + timedelta(days=30))
    outcome = dealer.refused(dealer.invoiced(agreed, "48002"), "G10")
    assert contract in outcome.text
    assert [row["ContractNumber"] for row in dealer.contracts(agreed)] == [contract]


@pytest.mark.scenario(52)
def test_lines_that_are_gone_are_removed_or_ended_and_new_ones_added(dealer: Dealership) -> None:
    agreed = dealer.agreed("5052", additions=[(SEAT, 3, "39.50"), (SERVER, 1, "145.00")])
    invoice = dealer.invoiced(agreed, "52001", OCTOBER)
    dealer.applied(invoice)
    contract = dealer.number(agreed)
    seen = len(dealer.outcomes(invoice))
    dealer.deleted("product", dealer.rows_of(invoice)[SEAT])
    dealer.applied(invoice, after=seen)
    assert SEAT not in {line["Item"] for line in dealer.people.contract_lines(contract)}, (
        "never billed: removed"
    )
    dealer.people.bill(contract, OCTOBER)
    until(lambda: not dealer.contract(agreed)["Bill"], "the billed contract leaves the queue")
    second = dealer.invoiced(agreed, "52002")
    row = dealer.rows_of(second)
    seen = len(dealer.outcomes(second))
    dealer.deleted("product", row[SERVER])
    dealer.entered(
        "product",
        catalogItem={"id": dealer.items[MAILBOX]},
        quantity=2,
        price=12.5,
        billableOption="Billable",
        invoice={"id": second},
        agreement={"id": agreed.agreement},
    )
    until(lambda: dealer.lines(agreed).keys() >= {SEAT, MAILBOX}, "the invoice's lines are there")
    until(lambda: SERVER not in dealer.lines(agreed), "the line that is gone is ended")
    [ended] = [line for line in dealer.people.contract_lines(contract) if line["Item"] == SERVER]
    assert str(ended["EndDate"])[:10] == "2026-10-31", "billed before: ended the day before the period"
    dealer.applied(second)
    assert dealer.preview(agreed) == Decimal("643.50")


@pytest.mark.scenario(62)
def test_an_immediate_invoice_of_prorated_additions_is_not_supported(dealer: Dealership) -> None:
    agreed = dealer.agreed("5062")
    dealer.applied(dealer.invoiced(agreed, "62001"))
    contract, lines = dealer.contract(agreed), dealer.lines(agreed)
    second = dealer.entered(
        "invoice",
        invoiceNumber="62002",
        type="Agreement",
        company={"id": agreed.company},
        agreement={"id": agreed.agreement},
        applyToType="Agreement",
        applyToId=agreed.agreement,
        date="2026-11-15T00:00:00Z",
        status={"id": 1},
    )
    addition = dealer.add(agreed, MAILBOX, 2, "12.50", date(2026, 11, 15))
    dealer.entered(
        "product",
        catalogItem={"id": dealer.items[MAILBOX]},
        quantity=2,
        price=6.25,
        billableOption="Billable",
        invoice={"id": second},
        agreement={"id": agreed.agreement},
    )
    outcome = dealer.refused(second, "G17")
    assert "62002" in outcome.text
    assert dealer.lines(agreed) == lines
    assert dealer.contract(agreed)["PONumber"] == contract["PONumber"]
    assert addition


@pytest.mark.scenario(146)
def test_an_older_invoice_that_is_touched_changes_nothing(dealer: Dealership) -> None:
    agreed = dealer.agreed("5146")
    first = dealer.invoiced(agreed, "146001", OCTOBER)
    dealer.applied(first)
    contract = dealer.number(agreed)
    dealer.people.bill(contract, OCTOBER)
    until(lambda: not dealer.contract(agreed)["Bill"], "the billed contract leaves the queue")
    dealer.applied(dealer.invoiced(agreed, "146002"))
    dealer.holds(agreed, "146002")
    before, lines, seen = dealer.contract(agreed), dealer.lines(agreed), len(dealer.outcomes(first))
    dealer.touched(first)
    outcome = dealer.applied(first, after=seen)
    assert "billed" in outcome.text
    assert outcome.effects == ()
    assert (dealer.contract(agreed), dealer.lines(agreed)) == (before, lines)


@pytest.mark.scenario(148)
def test_an_invoice_issued_again_under_another_number_is_followed_once(dealer: Dealership) -> None:
    agreed = dealer.agreed("5148")
    first = dealer.invoiced(agreed, "500")
    dealer.applied(first)
    contract, lines = dealer.number(agreed), dealer.lines(agreed)
    dealer.deleted("invoice", first)
    second = dealer.invoiced(agreed, "501")
    dealer.holds(agreed, "501")
    dealer.applied(second)
    assert dealer.number(agreed) == contract
    assert dealer.lines(agreed).keys() == lines.keys()
    assert dealer.preview(agreed) == AMOUNT
    assert contract in dealer.queue()


@pytest.mark.scenario(151)
def test_a_contract_with_equipment_is_refused_and_left_untouched(dealer: Dealership) -> None:
    agreed = dealer.agreed("5151")
    dealer.people.add_contract("5151", "CPC-151-01", "CPC", StartDate=OCTOBER)
    dealer.people.add_equipment("5151", "EQ151", "KX 3050")
    dealer.people.add_equipment_line("CPC-151-01", "EQ151", 80)
    before = dealer.contract(agreed), dealer.people.contract_lines("CPC-151-01")
    dealer.edited("agreement", agreed.agreement, customFields=[{"id": 51, "value": "CPC-151-01"}])
    outcome = dealer.refused(dealer.invoiced(agreed, "151001"), "G23")
    assert "CPC-151-01" in outcome.text
    assert (dealer.contract(agreed), dealer.people.contract_lines("CPC-151-01")) == before


@pytest.mark.scenario(153)
def test_a_red_contract_is_not_billed_until_a_person_decides(dealer: Dealership) -> None:
    agreed = dealer.agreed("5153", additions=[])
    dealer.at._control("POST", "/seed", {"invoice": [_red(agreed, "153001")]})
    outcome = dealer.refused(19_153, "G16")
    assert outcome.comparison is not None
    assert outcome.comparison.difference == Decimal("-0.07")
    contract = dealer.number(agreed)
    assert contract not in {due.number for due in dealer.people.billing_queue(date(2027, 12, 31))}
    dealer.people.bill_due(date(2026, 11, 30))
    assert dealer.people.contract_invoices(contract) == []
    done = tandem(
        dealer.at.stage, "release", "invoice", "153001", "--by", "jo", "--why", "agreed on the phone"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    until(lambda: contract in dealer.queue(), "the released contract is in the queue")
    assert dealer.people.bill(contract, NOVEMBER)


def _red(agreed: Agreed, number: str) -> dict[str, object]:
    """An invoice whose subtotal says more than its parts: no line can explain it."""
    return {
        "id": 19_153,
        "invoiceNumber": number,
        "type": "Agreement",
        "status": 1,
        "company": agreed.company,
        "agreement": agreed.agreement,
        "applyToType": "Agreement",
        "applyToId": agreed.agreement,
        "date": "2026-11-01T00:00:00Z",
        "agreementAmount": 500.0,
        "productTotal": 0,
        "subtotal": 500.07,
        "total": 500.07,
    }
