from datetime import date

import pytest

from services.agreement_sync.desk.health import What
from services.agreement_sync.desk.making import Becomes, Known, blank_fields, faults_of, owner_of, plan
from tests.unit.services.agreement_sync.desk.world import OWN, item, settings, template

KNOWN = Known(
    agreement_types=["Managed Services", "Backup", "Both", "A type whose name is far too long"],
    product_types=["Licence", "Both"],
    majors={"**cw backup"},
    numbers={"**cw licence"},
)
PATTERN = template("**CW Backup")
ITEM = item("**CWBase Backup")


def test_a_contract_is_copied_for_an_agreement_type_under_its_exact_spelling() -> None:
    [one] = plan(PATTERN, ["managed services"], None, KNOWN, settings())
    assert (one.what, one.type_name, one.key, one.becomes) == (
        What.CONTRACT, "Managed Services", "**CW Managed Services", Becomes.CREATE,
    )  # fmt: skip
    assert one.told == "a copy of **CW Backup-01"


def test_an_item_is_made_for_base_amounts_or_products_as_the_type_says() -> None:
    base, product = plan(ITEM, ["Managed Services", "Licence"], None, KNOWN, settings())
    assert (base.what, base.key, base.becomes) == (
        What.BASE, "**CWBase Managed Services", Becomes.CREATE,
    )  # fmt: skip
    assert (product.what, product.key, product.becomes) == (
        What.PRODUCT, "**CW Licence", Becomes.EXISTS,
    )  # fmt: skip


def test_a_name_that_is_both_wants_to_know_which() -> None:
    [one] = plan(ITEM, ["Both"], None, KNOWN, settings())
    assert one.becomes is Becomes.REFUSED
    assert "--kind base or --kind product" in one.told
    [base] = plan(ITEM, ["Both"], What.BASE, KNOWN, settings())
    assert (base.key, base.becomes) == ("**CWBase Both", Becomes.CREATE)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "Manged Services",
            "ConnectWise has no agreement type Manged Services; did you mean Managed Services?",
        ),
        ("Licence", "ConnectWise has no agreement type Licence"),
        ("A type whose name is far too long", "38 characters, 30 fit"),
    ],
)
def test_what_connectwise_does_not_know_or_does_not_fit_is_refused(name: str, words: str) -> None:
    [one] = plan(PATTERN, [name], None, KNOWN, settings())
    assert one.becomes is Becomes.REFUSED
    assert words in one.told


def test_what_exists_is_left_alone() -> None:
    [one] = plan(PATTERN, ["Backup"], None, KNOWN, settings())
    assert one.becomes is Becomes.EXISTS


def test_a_pattern_that_lacks_codes_is_not_copied() -> None:
    assert faults_of(PATTERN) == ""
    assert faults_of(ITEM) == ""
    assert "lacks bill code" in faults_of(template("X", bill_code=None))
    assert "terminated" in faults_of(template("X", terminated="2026-01-31"))
    assert "G23" in faults_of(template("X", equipment_lines=1))
    assert "lacks sales code" in faults_of(item("X", sales_code=None))
    assert "Serviceable as item" in faults_of(item("X", serviceable=False))


def test_a_template_belongs_to_the_dealer_and_is_never_billed() -> None:
    assert owner_of(PATTERN, [OWN], None) == OWN
    copied = template("CN1", customer_id=7)
    assert owner_of(copied, [OWN], None) == OWN
    assert owner_of(copied, [1, 2], None) is None
    assert owner_of(copied, [1, 2], 2) == 2
    fields = blank_fields(OWN, date(2026, 5, 1))
    assert (fields["bill"], fields["billing_cycle_id"], fields["customer_id"]) == (False, None, OWN)
