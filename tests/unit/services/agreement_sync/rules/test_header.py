"""Header fields, PO and Remarks, time blocks, Bill flag (spec/agreements.md 6.5, 6.7, 6.11, 6.17)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.eautomate.values import folded
from shared.links.models import How
from shared.sync.decision import Apply, Reject, Skip
from tests.unit.services.agreement_sync.rules.world import (
    COMPANY,
    CUSTOMER,
    JUNE,
    MAY,
    TEMPLATE,
    TODAY,
    EAutomate,
    addition,
    agreement,
    check_of,
    contract,
    decided,
    gathered,
    invoice,
    item,
    linked,
    party,
    period_row,
    planned,
    row,
    settings,
    template,
)


def test_a_new_contract_takes_codes_from_the_template_and_the_rest_from_customer_and_invoice() -> None:
    plan = planned(invoice(), gathered(), settings(contract_message="Edit in ConnectWise"))
    assert plan.fields == {
        "customer_id": CUSTOMER,
        "bill_to_id": CUSTOMER,
        "branch_id": 1,
        "sales_rep_id": 4,
        "term_id": 3,
        "tax_code_id": 2,
        "taxable": True,
        "start_date": date(2025, 1, 1),
        "exp_date": None,
        "activated": date(2025, 1, 1),
        "terminated": None,
        "active": True,
        "bill": True,
        "group_invoices": False,
        "billing_cycle_id": 1,
        "base_next_billing_date": MAY,
        "base_billed_thru_date": None,
        "base_billing_start_date": MAY,
        "sum_individual_base_rates": True,
        "po_number": "500",
        "remarks": "",
        "message": "Edit in ConnectWise",
        "acknowledge": True,
    }
    assert plan.how is How.CREATED
    assert plan.comparison.made == "created"


def test_an_agreement_that_begins_within_the_month_starts_on_its_first_and_later_ones_are_active_by_themselves() -> (
    None
):
    began = planned(invoice(of=agreement(startDate="2026-05-15T00:00:00Z")), gathered())
    assert began.fields["start_date"] == MAY
    ahead = invoice(
        day=date(2026, 7, 1), of=agreement(startDate="2026-07-01T00:00:00Z", nextInvoiceDate="2026-08-01")
    )
    plan = planned(ahead, gathered())
    assert plan.fields["start_date"] == date(2026, 7, 1)
    assert plan.fields["activated"] == date(2026, 7, 1)
    desk = EAutomate(gathered())
    desk.carry_out(plan)
    assert isinstance(decided(ahead, replace(desk.known, today=date(2026, 7, 2))), Skip)


def test_the_bill_to_of_an_existing_contract_follows_and_its_defaults_stay() -> None:
    known = linked(contract(po_number="500", bill=True), parties={COMPANY: party(), 251: party(12, "2000")})
    plan = planned(invoice(billToCompany={"id": 251, "name": "Acme Holding"}), known)
    assert plan.fields == {"bill_to_id": 12}


def test_the_end_of_an_agreement_ends_its_contract() -> None:
    of = agreement(noEndingDateFlag=False, endDate="2026-12-31T00:00:00Z")
    assert planned(invoice(of=of), gathered()).fields["exp_date"] == date(2026, 12, 31)
    cancelled = agreement(cancelledFlag=True, dateCancelled="2026-05-20T00:00:00Z", nextInvoiceDate=None)
    plan = planned(invoice(of=cancelled), linked())
    assert plan.fields["exp_date"] == date(2026, 5, 20)
    assert plan.comparison.terminated == date(2026, 5, 20)
    late = agreement(cancelledFlag=True, dateCancelled="2026-04-20T00:00:00Z", nextInvoiceDate=None)
    assert planned(invoice(of=late), linked()).fields["exp_date"] == date(2026, 5, 31)


def test_an_end_that_is_taken_back_is_cleared_only_on_contracts_tandem_made() -> None:
    own = contract(exp_date=date(2026, 12, 31))
    assert planned(invoice(), linked(own)).fields["exp_date"] is None
    assert "exp_date" not in planned(invoice(), linked(own, how=How.BY_HAND)).fields


def test_a_contract_linked_by_hand_gets_line_rates_the_cycle_and_a_message_if_it_has_none() -> None:
    own = contract(sum_individual_base_rates=False, billing_cycle="Annual", message="", acknowledge=False)
    plan = planned(invoice(), linked(own, how=How.BY_HAND), settings(contract_message="Edit in ConnectWise"))
    assert plan.fields["sum_individual_base_rates"]
    assert plan.fields["billing_cycle_id"] == 1
    assert (plan.fields["message"], plan.fields["acknowledge"]) == ("Edit in ConnectWise", True)


def test_an_e_automate_without_acknowledgement_gets_the_message_alone() -> None:
    known = gathered(templates={folded(TEMPLATE): (template(acknowledge=None),)})
    plan = planned(invoice(), known, settings(contract_message="Edit in ConnectWise"))
    assert plan.fields["message"] == "Edit in ConnectWise"
    assert "acknowledge" not in plan.fields


def test_an_unticked_acknowledgement_is_not_ticked_again() -> None:
    plan = planned(
        invoice(), linked(contract(acknowledge=False)), settings(contract_message="Edit in ConnectWise")
    )
    assert "acknowledge" not in plan.fields
    assert "message" not in plan.fields


def test_months_that_connectwise_never_billed_are_passed_over() -> None:
    own = contract(base_billed_thru_date=date(2026, 2, 28), base_next_billing_date=date(2026, 3, 1))
    plan = planned(invoice(), linked(own))
    assert plan.fields["base_billed_thru_date"] == date(2026, 4, 30)
    assert plan.fields["base_next_billing_date"] == MAY


@pytest.mark.parametrize(
    ("target", "po", "remarks", "wanted", "kept"),
    [
        ("PO", "", "", {"po_number": "500"}, False),
        ("PO", "499", "", {"po_number": "500"}, False),
        ("PO", "TENDER-7", "", {"remarks": "CW Invoice: 500"}, True),
        ("PO", "TENDER-7", "Call first\nCW Invoice: 499, urgent", {"remarks": "Call first\nCW Invoice: 500, urgent"}, True),
        ("PO", "499", "CW Invoice: 498", {"po_number": "500", "remarks": "CW Invoice: 500"}, False),
        ("Remarks", "TENDER-7", "Call first", {"remarks": "Call first\nCW Invoice: 500"}, False),
        ("remarks", "", "", {"remarks": "CW Invoice: 500"}, False),
        ("Remarks", "", "CW Invoice: 500", {}, False),
    ],
)  # fmt: skip
def test_the_invoice_number_goes_to_po_or_remarks(
    target: str, po: str, remarks: str, wanted: dict[str, str], kept: bool
) -> None:
    own = contract(po_number=po, remarks=remarks, base_billed_thru_date=date(2026, 4, 30))
    known = linked(own, periods=(period_row("499", 18499, date(2026, 4, 1)),))
    plan = planned(invoice(), known, settings(invoice_number_target=target))
    assert {name: plan.fields[name] for name in ("po_number", "remarks") if name in plan.fields} == wanted
    assert [code for code, _ in plan.warnings] == (["G31"] if kept else [])


def test_a_number_that_does_not_fit_is_refused_with_the_field() -> None:
    long = decided(invoice(number="5" * 16), gathered())
    assert isinstance(long, Reject)
    assert long.code == "G28"
    assert "invoice number (16 characters, e-automate takes 15)" in long.reason
    empty = decided(invoice(number=" "), gathered())
    assert isinstance(empty, Reject)
    assert "invoice number (it is empty)" in empty.reason
    full = decided(invoice(), linked(contract(remarks="x" * 1020)), settings(invoice_number_target="Remarks"))
    assert isinstance(full, Reject)
    assert "Remarks (1036 characters" in full.reason


@pytest.mark.parametrize(
    ("base", "lines", "words"),
    [
        ("0", (row(1, "SEAT", "1", "10"), row(2, "DISCOUNT", "1", "-50")), "DISCOUNT is -50.00"),
        ("20", (row(2, "DISCOUNT", "1", "-50"),), "DISCOUNT is -50.00"),
        ("0", (row(1, "SEAT", "1000000000000", "1"),), "SEAT is too large"),
    ],
)
def test_what_e_automate_cannot_hold_is_refused(base: str, lines: Any, words: str) -> None:
    decision = decided(invoice(base, lines), gathered((item("SEAT"), item("DISCOUNT"))))
    assert isinstance(decision, Reject)
    assert decision.code == "G28"
    assert words in decision.reason


RED: dict[str, Any] = {"subtotal": 600}


def test_red_totals_are_written_but_not_billed_until_somebody_decides() -> None:
    billed = invoice("500", **RED)
    desk = EAutomate(gathered())
    plan = planned(billed, desk.known)
    assert plan.red
    assert not plan.fields["bill"]
    [trouble] = plan.trouble
    assert trouble.code == "G16"
    assert "would bill 500.00" in trouble.text
    assert "tandem release invoice 500" in trouble.text
    assert plan.comparison.difference == -100
    assert not plan.comparison.bill
    desk.carry_out(plan)
    again = planned(billed, desk.known)
    assert not again.writes_eautomate
    assert [one.code for one in again.trouble] == ["G16"]


def test_a_release_lets_it_be_billed_and_holds_for_that_amount_only() -> None:
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice("500", **RED), desk.known))
    plan = planned(invoice("500", **RED), replace(desk.known, released_by="ana"))
    assert plan.fields == {"bill": True}
    assert plan.period is not None
    assert plan.period.released_by == "ana"
    assert [code for code, _ in plan.warnings] == ["G16"]
    desk.carry_out(plan)
    assert isinstance(decided(invoice("500", **RED), desk.known), Skip)
    other = planned(invoice("500", subtotal=700), desk.known)
    assert other.fields == {"bill": False}


def test_red_totals_may_be_billed_where_the_setting_says_so() -> None:
    plan = planned(invoice("500", **RED), gathered(), settings(hold_when_red=False))
    assert plan.fields["bill"]
    assert not plan.trouble
    assert [code for code, _ in plan.warnings] == ["G16"]


def test_a_corrected_invoice_is_billed_without_release() -> None:
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice("500", **RED), desk.known))
    plan = planned(invoice("500"), desk.known)
    assert plan.fields == {"bill": True}
    assert plan.period is not None
    assert not plan.period.red


def block(**given: Any) -> Any:
    return agreement(applicationUnits="Hours", applicationLimit=10, **given)


DEPOSIT = {folded(TEMPLATE): (template(time_block_based=True),)}


def test_a_time_block_is_a_deposit_without_lines() -> None:
    desk = EAutomate(gathered(templates=DEPOSIT))
    plan = planned(invoice("1200", of=block()), desk.known, settings(service_item="SERVICE"))
    assert plan.fields["base_rate"] == 1200
    assert not plan.fields["sum_individual_base_rates"]
    assert plan.lines == ()
    assert plan.comparison.equal
    assert not plan.warnings


def test_the_next_block_is_a_new_deposit_on_the_same_contract() -> None:
    own = contract(
        time_block_based=True,
        sum_individual_base_rates=False,
        base_rate=Decimal(1200),
        base_billed_thru_date=date(2026, 4, 30),
    )
    plan = planned(invoice("1500", of=block()), linked(own))
    assert plan.fields["base_rate"] == 1500
    assert plan.lines == ()


def test_a_time_block_with_additions_is_refused() -> None:
    billed = invoice("1200", (row(1, "SEAT"),), (addition(71, "SEAT"),), of=block())
    decision = decided(billed, gathered(templates=DEPOSIT))
    assert isinstance(decision, Reject)
    assert decision.code == "B1"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"carryOverUnused": True}, "carry over"),
        ({"allowOverruns": True}, "draw on the next one"),
        ({"applicationLimit": 0}, "check the template"),
    ],
)
def test_what_deposits_do_not_do_is_warned_of(given: dict[str, Any], words: str) -> None:
    of = agreement(**({"applicationUnits": "Hours", "applicationLimit": 10} | given))
    plan = planned(invoice("1200", of=of), gathered(templates=DEPOSIT))
    [(code, text)] = plan.warnings
    assert code == "B2"
    assert words in text


def test_a_one_time_block_without_deposit_template_is_warned_of() -> None:
    of = agreement(oneTimeFlag=True, billingCycle=None, nextInvoiceDate=None)
    plan = planned(invoice("1200", of=of), gathered())
    assert [code for code, _ in plan.warnings] == ["B2"]
    assert plan.fields["billing_cycle_id"] == 6
    assert plan.comparison.period_to == date(2026, 5, 31)


def test_the_customers_own_contract_fields_are_told_in_the_comparison() -> None:
    decision = decided(invoice(), linked(contract(number="CW-1-01")))
    assert isinstance(decision, Apply)
    shown = decision.plan.comparison
    assert (shown.contract, shown.made, shown.next_billing, shown.bill) == ("CW-1-01", "updated", MAY, True)
    assert check_of(decision.checks, "contract will bill the invoice's amount").seen == "500.00"
    assert TODAY < JUNE
