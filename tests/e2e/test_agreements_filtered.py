"""Which invoices take part (spec/agreements.md 6.2), through the running system; numbers go to Remarks."""

from collections.abc import Iterator

import pytest

from tests.agreed import BACKUP, Agreed, Dealership, dealership
from tests.deployment import until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

EAST, WEST = "North Region", "Central Office"
FILTERS = {
    "TANDEM_AGREEMENT_SYNC__INVOICE_STATUSES": "Approved",
    "TANDEM_AGREEMENT_SYNC__AGREEMENT_TYPES": "Managed Services",
    "TANDEM_AGREEMENT_SYNC__INVOICE_NUMBER_TARGET": "Remarks",
    "TANDEM_CONNECTWISE__TERRITORY_FILTER": EAST,
}


@pytest.fixture(scope="module")
def dealer(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dealership]:
    """Approved invoices of managed services in one territory."""
    with dealership(kafka, tmp_path_factory, "filtered964", FILTERS) as people:
        yield people


def in_territory(dealer: Dealership, agreed: Agreed, name: str) -> Agreed:
    with dealer.at.stage.api() as api:
        rows = api.get("/system/locations", params={"pageSize": "1000"}).raise_for_status().json()
    key = next(row["id"] for row in rows if row["name"] == name)
    dealer.edited("company", agreed.company, territory={"id": key})
    return agreed


@pytest.mark.scenario(36)
def test_an_invoice_that_is_not_approved_yet_waits_for_its_status(dealer: Dealership) -> None:
    agreed = in_territory(dealer, dealer.agreed("5036"), EAST)
    invoice = dealer.invoiced(agreed, "36001", status="New")
    outcome = dealer.told(invoice, "skipped")
    [check] = [check for check in outcome.checks if not check.passed]
    assert (check.seen, check.wanted) == ("New", "Approved")
    assert "status" in check.name
    assert dealer.contracts(agreed) == []
    dealer.edited("invoice", invoice, status={"id": 2})
    until(lambda: dealer.contracts(agreed), "the approved invoice is taken")


@pytest.mark.scenario(37)
def test_an_agreement_of_another_type_is_left_alone(dealer: Dealership) -> None:
    agreed = in_territory(dealer, dealer.agreed("5037", kind=BACKUP), EAST)
    outcome = dealer.told(dealer.invoiced(agreed, "37001", status="Approved"), "skipped")
    [check] = [check for check in outcome.checks if not check.passed]
    assert (check.seen, check.wanted) == ("Backup", "Managed Services")
    assert "type" in check.name
    assert dealer.contracts(agreed) == []


@pytest.mark.scenario(33)
def test_a_company_of_another_territory_is_left_alone(dealer: Dealership) -> None:
    agreed = in_territory(dealer, dealer.agreed("5033"), WEST)
    outcome = dealer.told(dealer.invoiced(agreed, "33001", status="Approved"), "skipped")
    [check] = [check for check in outcome.checks if not check.passed]
    assert (check.seen, check.wanted) == (WEST, EAST)
    assert dealer.contracts(agreed) == []


@pytest.mark.scenario(40)
def test_remarks_carry_the_number_and_the_po_is_left_alone(dealer: Dealership) -> None:
    agreed = in_territory(dealer, dealer.agreed("5040"), EAST)
    dealer.applied(dealer.invoiced(agreed, "40001", status="Approved"))
    contract = dealer.contract(agreed)
    assert contract["Remarks"] == "CW Invoice: 40001"
    assert contract["PONumber"] == ""
