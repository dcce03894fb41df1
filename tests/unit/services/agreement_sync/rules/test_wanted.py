"""What is looked up for an invoice."""

from decimal import Decimal

import pytest

from services.agreement_sync.rules import wanted
from services.agreement_sync.rules.templates import near
from shared.events.agreements import AgreementBilling
from shared.events.records import CustomField
from tests.unit.services.agreement_sync.rules.world import agreement, invoice, row, settings


def test_templates_and_numbers() -> None:
    field = CustomField(id=9, caption="zcj_contractnumber", value=" CW-1-01 ")
    one = invoice(of=agreement(customFields=(field,)))
    own = settings(default_contract_template="**CW Default-01")
    assert wanted.majors(one, own) == {"**CW Managed Services", "**CW Default-01"}
    assert wanted.numbers(one, own) == {"CW-1-01", "**CW Default-01"}
    assert wanted.numbers(invoice(), settings()) == set()


def test_items_of_base_amounts_products_types_and_calls() -> None:
    billing = (AgreementBilling(agreementRecId=89, agreementType="Backup", agreementAmount=Decimal(1)),)
    one = invoice("500", (row(1, " SEAT "), row(2, "NEW", productType="Hardware")), billing=billing)
    own = settings(service_item="SERVICE", type_aliases={"hardware": "HW"})
    assert wanted.items(one, own) == {
        "**CWBase Managed Services",
        "**CWBase Backup",
        "SEAT",
        "NEW",
        "**CW Licence",
        "**CW HW",
        "SERVICE",
    }


def test_every_company_that_may_matter() -> None:
    of = agreement(company={"id": 1}, billToCompany={"id": 2})
    one = invoice(of=of, company={"id": 3}, billToCompany={"id": 4})
    assert wanted.companies(one) == {1, 2, 3, 4}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("**CW Managed Services", "**CW Manged Services"),
        ("**CW MANAGED SERVICE", "**CW Manged Services"),
        ("**CW VoIP", ""),
    ],
)
def test_the_nearest_name_is_suggested_only_if_it_is_near(name: str, found: str) -> None:
    assert near(name, ("**CW Backup", "**CW Manged Services")) == found
