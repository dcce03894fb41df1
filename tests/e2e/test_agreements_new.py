"""New contracts (spec/agreements.md 6.3 to 6.6, 6.17), through the running system; every push is off."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.agreed import (
    BACKUP,
    BLOCK,
    MANAGED,
    NOVEMBER,
    OCTOBER,
    SEAT,
    SERVER,
    STORAGE,
    Dealership,
    dealership,
)
from tests.deployment import until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def dealer(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dealership]:
    """No filters, no push."""
    with dealership(kafka, tmp_path_factory, "agreements") as people:
        yield people


@pytest.mark.scenario(34)
@pytest.mark.scenario(66)
def test_the_first_invoice_makes_a_contract_with_the_templates_codes(dealer: Dealership) -> None:
    agreed = dealer.agreed("5034")
    before = len(dealer.at.requests("POST,PATCH,PUT", "finance|procurement"))
    invoice = dealer.invoiced(agreed, "34001")
    outcome = dealer.applied(invoice)
    contract, template = dealer.contract(agreed), dealer.people.contract("**CW Managed Services-01")
    for column in ("ContractCodeID", "BillCodeID", "BaseDistributionCodeID", "ReportDefinitionGroupID"):
        assert contract[column] == template[column], column
    assert contract["ContractNumber"].startswith("CW-")
    assert contract["ContractNumber"] in dealer.queue()
    assert dealer.preview(agreed) == Decimal("618.50")
    assert outcome.comparison is not None
    assert outcome.comparison.equal
    assert dealer.people.bill(dealer.number(agreed), NOVEMBER)
    until(lambda: not dealer.contract(agreed)["Bill"], "the billed contract leaves the queue")
    assert len(dealer.at.requests("POST,PATCH,PUT", "finance|procurement")) == before
    assert dealer.field(agreed) == ""


@pytest.mark.scenario(53)
@pytest.mark.scenario(71)
def test_a_base_amount_and_two_additions_are_three_lines_beside_the_service_item(dealer: Dealership) -> None:
    agreed = dealer.agreed("5053", additions=[(SEAT, 3, "39.50"), (SERVER, 1, "145.00")])
    dealer.applied(dealer.invoiced(agreed, "53001"))
    lines = dealer.lines(agreed)
    billable = {item: line["BaseRate"] for item, line in lines.items() if line["BaseRate"]}
    assert billable == {"**CWBase Managed Services": 500, SEAT: Decimal("118.5"), SERVER: 145}
    assert lines["CW-SERVICE"]["UnitBaseRate"] == 0
    assert dealer.preview(agreed) == Decimal("763.50")


def test_what_tandem_wrote_comes_back_without_a_request(dealer: Dealership) -> None:
    agreed = dealer.agreed("5035")
    invoice = dealer.invoiced(agreed, "35001")
    dealer.applied(invoice)
    asked = len(dealer.at.requests("GET", "finance|procurement"))
    record = f"eautomate/contract/{dealer.contract(agreed)['ContractID']}"
    until(lambda: dealer.at.outcomes(record), "the contract came back as a change")
    assert [outcome.text for outcome in dealer.at.outcomes(record)] == [
        "written by Tandem itself: all of it is as Tandem left it"
    ]
    assert len(dealer.outcomes(invoice)) == 1, "it was not looked at again"
    of_invoice = [
        request
        for request in dealer.at.requests("GET", "finance|procurement")[asked:]
        if str(invoice) in str(request) or f"agreements/{agreed.agreement}" in str(request)
    ]
    assert of_invoice == []
    dealer.people.save_contract(dealer.number(agreed), Remarks="asked for")
    dealer.told(invoice, "skipped", after=1)


@pytest.mark.scenario(57)
@pytest.mark.scenario(59)
def test_an_unknown_product_becomes_an_item_of_its_product_types_template(dealer: Dealership) -> None:
    dealer.edited("catalogItem", dealer.items["BKP-SERVER"], unitOfMeasure={"name": "EA"})
    box = dealer.entered("unitOfMeasure", name="Box")
    dealer.edited("catalogItem", dealer.items[STORAGE], unitOfMeasure={"id": box})
    storage = [(STORAGE, 4, "12.00"), ("BKP-SERVER", 1, "85.00")]
    agreed = dealer.agreed("5057", kind=BACKUP, additions=storage)
    dealer.applied(dealer.invoiced(agreed, "57001"))
    codes = ("ExpenseCodeID", "CategoryID", "SalesCodeID", "ServiceCodeID", "BaseDistributionCodeID")
    template, made = dealer.people.item("**CW Backup Storage"), dealer.people.item(STORAGE)
    assert [made[code] for code in codes] == [template[code] for code in codes]
    assert made["Description"] == "Backup storage, 100 GB"
    assert made["ServiceableAsItem"]
    assert made["UMID"] == template["UMID"] == 4, "e-automate has no unit Box"
    assert dealer.people.item("BKP-SERVER")["UMID"] == 1, "EA is one: it goes before the template's"


@pytest.mark.scenario(50)
def test_a_contract_named_by_the_agreement_is_updated_and_none_is_made(dealer: Dealership) -> None:
    agreed = dealer.agreed("5050")
    dealer.people.add_contract("5050", "CW-40757-01", "MIT", StartDate=OCTOBER)
    dealer.people.set_billing("CW-40757-01", "Monthly", NOVEMBER)
    dealer.edited("agreement", agreed.agreement, customFields=[{"id": 51, "value": "CW-40757-01"}])
    invoice = dealer.invoiced(agreed, "50001")
    dealer.applied(invoice)
    assert dealer.number(agreed) == "CW-40757-01"
    assert dealer.preview(agreed) == Decimal("618.50")
    done = [(effect.system, effect.action) for effect in dealer.outcomes(invoice)[0].effects]
    assert ("Tandem", "linked") in done
    assert ("e-automate", "created") not in done


@pytest.mark.scenario(38)
def test_a_payer_that_is_not_mapped_is_named_and_heals_once_it_is(dealer: Dealership) -> None:
    payer = dealer.at.add_company("PAYER38", "Harbor Holdings")
    agreed = dealer.agreed("5038", billToCompany={"id": payer})
    invoice = dealer.invoiced(agreed, "38001", billToCompany={"id": payer})
    outcome = dealer.refused(invoice, "G3")
    assert "Harbor Holdings" in outcome.text
    assert dealer.contracts(agreed) == []
    customer = dealer.at.add_customer("PAYER38", "Harbor Holdings")
    contract = dealer.holds(agreed, "38001")
    assert contract["BillToID"] == customer
    dealer.applied(invoice)


@pytest.mark.scenario(134)
def test_a_new_agreement_type_is_built_from_the_default_with_a_warning(dealer: Dealership) -> None:
    with dealer.at.stage.api() as api:
        like = api.get(f"/finance/agreements/types/{dealer.types[MANAGED]}").raise_for_status().json()
    left_out = {"id", "_info", "defaultFlag"}
    record = {name: value for name, value in like.items() if name not in left_out} | {
        "name": "Managed Service"
    }
    dealer.types["Managed Service"] = dealer.entered("agreementType", **record)
    dealer.people.add_item("**CWBase Managed Service", "Managed", like="**CWBase Managed Services")
    agreed = dealer.agreed("5134", kind="Managed Service")
    outcome = dealer.applied(dealer.invoiced(agreed, "134001"))
    default = dealer.people.contract("**CW Default-01")
    assert dealer.contract(agreed)["ContractCodeID"] == default["ContractCodeID"]
    assert outcome.comparison is not None
    warnings = dict(outcome.comparison.warnings)
    assert "**CW Managed Service" in warnings["G5"]
    assert "**CW Managed Services" in warnings["G5"], "the near miss is named"


@pytest.mark.scenario(138)
def test_a_block_of_time_becomes_a_deposit_contract_without_lines(dealer: Dealership) -> None:
    agreed = dealer.agreed(
        "5138", kind=BLOCK, flat="2000", additions=[], applicationUnits="Hours", applicationLimit=20
    )
    dealer.applied(dealer.invoiced(agreed, "138001"))
    contract = dealer.contract(agreed)
    assert contract["TimeBlockBased"]
    assert dealer.people.contract_lines(contract["ContractNumber"]) == []
    assert dealer.preview(agreed) == Decimal("2000.00")


@pytest.mark.scenario(145)
def test_two_additions_of_one_product_are_two_lines_however_often_it_runs(dealer: Dealership) -> None:
    agreed = dealer.agreed("5145", additions=[(SEAT, 3, "39.50"), (SEAT, 2, "45.00")])
    invoice = dealer.invoiced(agreed, "145001")
    dealer.applied(invoice)
    number = dealer.number(agreed)
    seats = [line for line in dealer.people.contract_lines(number) if line["Item"] == SEAT]
    assert sorted(line["BaseRate"] for line in seats) == [90, Decimal("118.5")]
    seen = len(dealer.outcomes(invoice))
    dealer.touched(invoice)
    dealer.applied(invoice, after=seen)
    assert [line for line in dealer.people.contract_lines(number) if line["Item"] == SEAT] == seats


@pytest.mark.scenario(64)
def test_tax_is_each_systems_own_and_the_subtotals_are_compared(dealer: Dealership) -> None:
    agreed = dealer.agreed("5064", owner={"TaxCodeID": 2, "Taxable": 1})
    invoice = dealer.invoiced(agreed, "64001")
    outcome = dealer.applied(invoice)
    cw = dealer.invoice(invoice)
    assert cw["salesTax"] > 0
    assert outcome.comparison is not None
    assert outcome.comparison.cw_total == Decimal(str(cw["subtotal"]))
    assert outcome.comparison.equal
    dealer.people.bill(dealer.number(agreed), NOVEMBER)
    [billed] = dealer.people.contract_invoices(dealer.number(agreed))
    assert Decimal(str(billed["Tax"])) == Decimal("37.11"), "6 % of 618.50, by e-automate's own code"
