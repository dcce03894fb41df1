"""Which contract it is, and from which template a new one is made (spec/agreements.md 6.3, 6.4)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.events.records import CustomField
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.sync.decision import Apply, Reject, Skip, Wait
from tests.unit.services.agreement_sync.rules.world import (
    BASE_ITEM,
    CONTRACT,
    TEMPLATE,
    agreement,
    bill,
    check_of,
    contract,
    decided,
    gathered,
    invoice,
    item,
    line,
    link,
    linked,
    planned,
    row,
    settings,
    template,
)

NUMBER = "CW-40757-01"


def naming(number: str, **given: Any) -> Any:
    field = CustomField(id=9, caption="ZCJ_ContractNumber", value=number)
    return agreement(customFields=(field,), **given)


def named(number: str = NUMBER, **given: Any) -> dict[str, Any]:
    own = contract(number=number, **given)
    return {"numbered": {folded(number): own}}


def test_a_linked_contract_is_updated_whatever_the_field_says() -> None:
    plan = planned(
        invoice(of=naming("CW-1-01")), linked(numbered=named("CW-1-01", contract_id=901)["numbered"])
    )
    assert plan.contract is not None
    assert plan.contract.contract_id == CONTRACT
    assert plan.how is None


def test_the_contract_that_the_agreement_names_is_linked_and_updated() -> None:
    plan = planned(invoice(of=naming(NUMBER)), gathered(**named()))
    assert plan.contract is not None
    assert plan.template is None
    assert plan.how is How.CONTRACT_NUMBER


@pytest.mark.parametrize("number", ["CW-40757", "CW-40757-02", "CW40757-01"])
def test_the_number_has_to_be_exact_with_its_revision(number: str) -> None:
    plan = planned(invoice(of=naming(number)), gathered(**named()))
    assert plan.creates
    assert [code for code, _ in plan.warnings] == ["G11"]
    assert f"says {number}, and e-automate has no such contract: a new one is made" in plan.warnings[0][1]


def test_a_terminated_contract_is_not_found_by_its_number() -> None:
    plan = planned(invoice(of=naming(NUMBER)), gathered(**named(terminated=date(2026, 4, 1))))
    assert plan.creates


def test_a_linked_terminated_contract_is_an_error_and_no_new_one_is_made() -> None:
    decision = decided(invoice(), linked(contract(terminated=date(2026, 4, 1))))
    assert isinstance(decision, Reject)
    assert decision.code == "G10"
    assert "tandem links unlink agreement-contract 88" in decision.reason
    assert "link:agreement-contract:88" in decision.blocked_on


def test_a_linked_contract_that_is_gone_is_the_same_error() -> None:
    decision = decided(invoice(), replace(linked(), contracts={}))
    assert isinstance(decision, Reject)
    assert decision.code == "G10"
    assert "is gone from e-automate" in decision.reason


def test_a_contract_separated_by_hand_is_not_taken_by_its_number() -> None:
    decision = decided(invoice(of=naming(NUMBER)), gathered(separated=frozenset({CONTRACT}), **named()))
    assert isinstance(decision, Reject)
    assert decision.code == "G11"


def test_the_contract_of_another_agreement_or_customer_is_refused() -> None:
    taken = decided(invoice(of=naming(NUMBER)), gathered(taken={CONTRACT: 99}, **named()))
    assert isinstance(taken, Reject)
    assert taken.code == "G30"
    strange = decided(invoice(of=naming(NUMBER)), gathered(**named(customer_id=70, customer_number="7000")))
    assert isinstance(strange, Reject)
    assert strange.code == "G30"
    by_hand = planned(invoice(), linked(contract(customer_id=70, customer_number="7000"), how=How.BY_HAND))
    assert [code for code, _ in by_hand.warnings] == ["G30"]


def test_a_template_is_never_billed() -> None:
    known = gathered(numbered={folded("**CW X-01"): template("**CW X", customer_id=7)})
    decision = decided(invoice(of=naming("**CW X-01")), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G11"


@pytest.mark.parametrize("given", [{"equipment_lines": 1}, {"meter_groups": 2}])
@pytest.mark.parametrize("by_link", [True, False])
def test_a_contract_with_equipment_or_meters_is_refused_untouched(
    given: dict[str, Any], by_link: bool
) -> None:
    known = linked(contract(**given), how=How.BY_HAND) if by_link else gathered(**named(**given))
    decision = decided(invoice(of=naming(NUMBER)), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G23"


def test_an_inactive_contract_is_updated_stays_inactive_and_is_warned_of() -> None:
    plan = planned(invoice(), linked(contract(active=False)))
    assert [code for code, _ in plan.warnings] == ["G12"]
    assert "active" not in plan.fields
    assert plan.fields["bill"]
    assert plan.fields["po_number"] == "500"


def test_a_contract_somebody_has_open_is_left_until_it_is_closed() -> None:
    decision = decided(invoice(), linked(contract(locks=1)))
    assert isinstance(decision, Wait)
    assert decision.code == "G19"
    assert decision.blocked_on == (f"record:eautomate:contract:{CONTRACT}",)
    # Nothing to write, nothing to wait for.
    same = linked(
        contract(
            locks=1,
            bill=True,
            po_number="500",
            lines=(line(1, BASE_ITEM, "1", "500", description="Managed Care"),),
        )
    )
    assert not isinstance(decided(invoice(), same), Apply)


def test_what_a_contract_that_was_unlinked_has_billed_is_not_billed_by_the_next_one() -> None:
    known = gathered(pair=link(700, kind=LinkKind.INVOICE_INVOICE), paired=bill())
    decision = decided(invoice(), known)
    assert isinstance(decision, Skip)
    assert "billed it as invoice IN1 of another contract" in decision.reason
    voided = replace(known, paired=bill(void=True))
    assert planned(invoice(), voided).creates


def test_the_template_of_the_agreement_type_is_copied() -> None:
    plan = planned(invoice(), gathered())
    assert plan.template is not None
    assert plan.template.major == TEMPLATE
    assert not plan.warnings


def test_of_several_revisions_the_last_in_force_is_copied() -> None:
    every = (
        template(contract_id=50, minor="01"),
        template(contract_id=51, minor="02"),
        template(contract_id=52, minor="03", terminated=date(2026, 1, 1)),
    )
    plan = planned(invoice(), gathered(templates={folded(TEMPLATE): every}))
    assert plan.template is not None
    assert plan.template.contract_id == 51


def test_letter_case_and_blanks_match_and_are_told() -> None:
    odd = template("**cw managed services ")
    plan = planned(invoice(), gathered(templates={folded(TEMPLATE): (odd,)}))
    assert plan.template == odd
    assert [code for code, _ in plan.warnings] == ["G5"]


def test_without_its_template_the_default_is_used_and_a_near_miss_is_named() -> None:
    default = template("**CW Default", contract_id=60)
    known = gathered(
        templates={folded("**CW Default"): (default,)},
        template_majors=("**CW Manged Services", "**CW Default"),
    )
    for name in ("**CW Default", "**CW Default-01"):
        numbered = {folded("**CW Default-01"): default}
        plan = planned(invoice(), replace(known, numbered=numbered), settings(default_contract_template=name))
        assert plan.template == default
        [(code, text)] = plan.warnings
        assert code == "G5"
        assert "(is **CW Manged Services meant?)" in text


def test_neither_template_nor_default_is_refused() -> None:
    for given in ({}, {"default_contract_template": "**CW Nothing"}):
        decision = decided(invoice(), gathered(templates={}), settings(**given))
        assert isinstance(decision, Reject)
        assert decision.code == "G6"
        assert "setting:agreement_sync.default_contract_template" in decision.blocked_on


def test_a_type_name_that_is_too_long_names_the_limit_and_an_alias_helps() -> None:
    name = "Managed Services for Dentists"
    of = agreement(type={"id": 6, "name": name})
    default = {folded("**CW Default"): (template("**CW Default"),)}
    base = item(f"**CWBase {name}"[:32])
    own = settings(default_contract_template="**CW Default")
    decision = decided(
        invoice("0", (row(1, "SEAT"),), of=of), gathered((item("SEAT"), base), templates=default), own
    )
    assert isinstance(decision, Apply)
    [(code, text)] = decision.plan.warnings
    assert code == "G5"
    assert "longer than the 25 characters that fit" in text
    missing = decided(invoice(of=of), gathered(templates=default), own)
    assert isinstance(missing, Reject)
    assert missing.code == "G7"
    assert "longer than the 23 characters that fit" in missing.reason
    aliased = settings(type_aliases={name.upper(): "Dental"})
    known = gathered(
        (item("**CWBase Dental"),), templates={folded("**CW Dental"): (template("**CW Dental"),)}
    )
    plan = planned(invoice(of=of), known, aliased)
    assert plan.template is not None
    assert plan.template.major == "**CW Dental"


@pytest.mark.parametrize(
    ("lacks", "named_code"),
    [
        ("contract_type", "contract type"),
        ("bill_code", "bill code"),
        ("distribution_code", "base distribution code"),
    ],
)
def test_a_contract_template_without_a_code_is_refused(lacks: str, named_code: str) -> None:
    decision = decided(
        invoice(), gathered(templates={folded(TEMPLATE): (template().model_copy(update={lacks: None}),)})
    )
    assert isinstance(decision, Reject)
    assert decision.code == "G29"
    assert f"has no {named_code}" in decision.reason


def without(known: Any, *numbers: str) -> Any:
    gone = {folded(number) for number in numbers}
    return replace(known, items={key: one for key, one in known.items.items() if key not in gone})


def test_a_missing_base_item_is_refused_with_a_near_miss() -> None:
    known = replace(without(gathered(), BASE_ITEM), item_numbers=("**CWBase Managed Service",))
    decision = decided(invoice(), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G7"
    assert "(is **CWBase Managed Service meant?)" in decision.reason


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"active": False}, "G9", "inactive"),
        ({"serviceable": False}, "G29", "Serviceable as item"),
        ({"expense_code": None}, "G29", "inventory or expense code"),
        ({"sales_code": None}, "G29", "sales code"),
        ({"service_code": None}, "G29", "service code"),
        ({"base_distribution_code": None}, "G29", "contract base distribution code"),
    ],
)
def test_a_base_item_or_item_template_that_cannot_be_used_is_refused(
    given: dict[str, Any], code: str, words: str
) -> None:
    base = decided(invoice(), gathered((item(BASE_ITEM, **given),)))
    product = decided(invoice("0", (row(1, "NEW"),)), gathered((item("**CW Licence", **given),)))
    for decision in (base, product):
        assert isinstance(decision, Reject)
        assert decision.code == code
        assert words in decision.reason


@pytest.mark.parametrize("given", [{"active": False}, {"serviceable": False}])
def test_a_products_item_that_cannot_be_used_is_refused(given: dict[str, bool]) -> None:
    decision = decided(invoice("0", (row(1, "SEAT"),)), gathered((item("SEAT", **given),)))
    assert isinstance(decision, Reject)
    assert decision.code == "G9"


def test_a_product_without_item_is_created_once_from_its_types_template() -> None:
    lines = (
        row(1, "NEW", description="New thing", customerDescription="For you"),
        row(2, "NEW", description="New thing"),
    )
    plan = planned(invoice("0", lines), gathered())
    [new] = plan.items
    assert (new.number, new.description, new.template.number, new.unit_id) == (
        "NEW",
        "New thing",
        "**CW Licence",
        11,
    )
    assert all("item_id" not in action.fields for action in plan.lines)


@pytest.mark.parametrize(("unit", "wanted"), [("EACH", 11), ("one piece", 13), ("PC ", 13)])
def test_a_unit_is_found_by_code_or_description(unit: str, wanted: int) -> None:
    units = (*gathered().units, Code(13, "PC", "One piece", active=True))
    plan = planned(invoice("0", (row(1, "NEW", unitOfMeasureName=unit),)), gathered(units=units))
    assert plan.items[0].unit_id == wanted


@pytest.mark.parametrize("unit", ["Bottle", "BX", None])
def test_a_unit_that_e_automate_does_not_have_stays_the_templates(unit: str | None) -> None:
    plan = planned(invoice("0", (row(1, "NEW", unitOfMeasureName=unit),)), gathered())
    assert plan.items[0].unit_id is None


@pytest.mark.parametrize("kind", ["Hardware", None])
def test_a_product_type_without_template_is_refused_and_nothing_is_written(kind: str | None) -> None:
    decision = decided(
        invoice("0", (row(1, "SEAT"), row(2, "NEW", productType=kind))), gathered((item("SEAT"),))
    )
    assert isinstance(decision, Reject)
    assert decision.code == "G8"


def test_a_product_id_that_does_not_fit_is_never_cut() -> None:
    decision = decided(invoice("0", (row(1, "X" * 33),)), gathered())
    assert isinstance(decision, Reject)
    assert decision.code == "G28"
    assert check_of(decision.checks, f"product {'X' * 33} fits an item number").seen == "33 characters"
