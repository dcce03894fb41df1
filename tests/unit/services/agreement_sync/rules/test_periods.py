"""Periods, and invoices among others of their agreement (spec/agreements.md 6.8, 6.9)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.agreement_sync.rules.periods import eautomate_cycle, ending, length, next_invoice_date, period
from services.agreement_sync.rules.regular import by_hand
from shared.sync.decision import Apply, Reject, Skip, Wait
from tests.unit.services.agreement_sync.rules.world import (
    CONTRACT,
    CYCLES,
    JUNE,
    MAY,
    EAutomate,
    addition,
    agreement,
    bill,
    contract,
    decided,
    gathered,
    invoice,
    item,
    linked,
    other,
    period_row,
    planned,
    row,
    settings,
)

APRIL = date(2026, 4, 1)
SEATS = (item("SEAT"),)


def june(**given: Any) -> Any:
    values: dict[str, Any] = {"number": "501", "ident": 18501, "day": JUNE}
    return invoice(**(values | given))


@pytest.mark.parametrize(
    ("name", "mapped", "wanted"),
    [
        ("Monthly", {}, "Monthly"),
        ("monthly ", {}, "Monthly"),
        ("Quarterly", {}, "Quarterly"),
        ("Yearly", {}, "Annual"),
        ("Every month", {"every MONTH": "Monthly"}, "Monthly"),
        ("Monthly", {"Monthly": "Quarterly"}, "Quarterly"),
        ("Monthly", {"Monthly": "Fortnight"}, None),
        ("SemiAnnual", {}, None),
        ("Weekly", {}, None),
        ("Old monthly", {}, None),
        ("Every month", {}, None),
    ],
)
def test_the_billing_cycle_by_setting_name_or_length(
    name: str, mapped: dict[str, str], wanted: str | None
) -> None:
    found = eautomate_cycle(agreement(billingCycle={"id": 1, "name": name}), CYCLES, mapped)
    assert (found.name if found else None) == wanted


def test_an_unknown_billing_cycle_is_refused() -> None:
    decision = decided(invoice(of=agreement(billingCycle={"id": 9, "name": "Weekly"})), gathered())
    assert isinstance(decision, Reject)
    assert decision.code == "G26"
    assert decision.blocked_on == ("setting:agreement_sync.billing_cycles",)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(CYCLES[:3]))
def test_the_period_is_the_invoices_month_extended_by_the_cycle(day: date, cycle: Any) -> None:
    span = period(invoice(day=day), cycle)
    assert span is not None
    assert span.first == day.replace(day=1)
    assert span.after.day == 1
    months = (span.after.year - span.first.year) * 12 + span.after.month - span.first.month
    assert months == length(cycle)


def test_a_quarter_is_billed_from_the_invoices_month() -> None:
    quarterly = agreement(billingCycle={"id": 3, "name": "Quarterly"}, nextInvoiceDate="2026-08-01")
    plan = planned(invoice(of=quarterly), gathered())
    assert plan.period is not None
    assert (plan.period.period_from, plan.period.period_to) == (MAY, date(2026, 7, 31))


def test_an_invoice_without_date_has_no_period() -> None:
    decision = decided(invoice(date=None), gathered())
    assert isinstance(decision, Reject)
    assert decision.code == "G4"


@pytest.mark.parametrize("text", [None, "", "not a date"])
def test_no_next_invoice_date_is_refused(text: str | None) -> None:
    decision = decided(invoice(of=agreement(nextInvoiceDate=text)), gathered())
    assert isinstance(decision, Reject)
    assert decision.code == "G4"
    assert "raise the days in advance" in decision.reason


@pytest.mark.parametrize(
    "given",
    [
        {"noEndingDateFlag": False, "endDate": "2026-05-31T00:00:00Z"},
        {"cancelledFlag": True, "dateCancelled": "2026-05-10T00:00:00Z"},
        {"agreementStatus": "Expired"},
        {"oneTimeFlag": True},
    ],
)
def test_the_last_invoice_of_an_agreement_needs_no_next_date(given: dict[str, Any]) -> None:
    assert isinstance(decided(invoice(of=agreement(nextInvoiceDate=None, **given)), gathered()), Apply)


def test_the_next_invoice_date_is_asked_of_the_newest_invoice_only() -> None:
    known = gathered(others=(other("501", 18501, JUNE),))
    assert isinstance(decided(invoice(of=agreement(nextInvoiceDate=None)), known), Apply)
    gone = gathered(others=(other("501", 18501, JUNE, deleted=True),))
    assert isinstance(decided(invoice(of=agreement(nextInvoiceDate=None)), gone), Reject)


def test_a_next_invoice_date_that_does_not_follow_is_a_warning() -> None:
    plan = planned(invoice(of=agreement(nextInvoiceDate="2026-07-01T00:00:00Z")), gathered())
    [(code, text)] = plan.warnings
    assert code == "G4"
    assert "next invoice date is 2026-07-01" in text


def test_ends_and_dates_of_connectwise() -> None:
    assert ending(agreement()) is None
    assert ending(agreement(noEndingDateFlag=False, endDate="2026-12-31T00:00:00Z")) == date(2026, 12, 31)
    assert next_invoice_date(agreement(nextInvoiceDate="2026-06-01")) == JUNE


def test_a_period_billed_before_the_sync_is_refused_with_void_and_reset() -> None:
    known = linked(contract(base_billed_thru_date=date(2026, 5, 31)), bills=(bill("IN7", po_number="499"),))
    decision = decided(invoice(), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G13"
    assert "Void and Reset invoice IN7" in decision.reason
    assert decision.blocked_on == (
        f"record:eautomate:contract:{CONTRACT}",
        "record:eautomate:contract_invoice:700",
    )
    thru = decided(invoice(), linked(contract(base_billed_thru_date=date(2026, 5, 31))))
    assert isinstance(thru, Reject)
    assert thru.code == "G13"


def test_after_void_and_reset_the_contract_is_ready_and_bills_the_amount() -> None:
    lines = (row(1, "SEAT", "3", "8.333333", "25.00"),)
    billed = invoice("500", lines, (addition(71, "SEAT", "3", "8.333333"),))
    desk = EAutomate(gathered(SEATS))
    april = invoice(number="499", ident=18499, day=APRIL)
    desk.carry_out(planned(april, desk.known))
    desk.bill("IN1")
    own = desk.contract.model_copy(update={"base_next_billing_date": MAY})
    desk.known = replace(desk.known, contracts={CONTRACT: own})
    early = desk.bill("IN2")
    refused = planned(billed, desk.known)
    assert [one.code for one in refused.trouble] == ["G13"]
    assert refused.fields == {"bill": False}
    desk.carry_out(refused)
    again = decided(billed, desk.known)
    assert isinstance(again, Reject)
    assert again.code == "G13"
    desk.void_and_reset(early)
    desk.carry_out(planned(billed, desk.known))
    assert desk.bill("IN3").total == 525


def test_a_correct_bill_that_is_voided_puts_the_contract_back_into_the_queue() -> None:
    desk = EAutomate(gathered(SEATS))
    billed = invoice("500", (row(1, "SEAT"),), (addition(71, "SEAT"),))
    desk.carry_out(planned(billed, desk.known))
    made = desk.bill("IN1")
    desk.carry_out(planned(billed, desk.known))
    assert not desk.contract.bill
    desk.void_and_reset(made)
    plan = planned(billed, desk.known)
    assert plan.fields == {"bill": True}
    assert plan.lines == ()
    desk.carry_out(plan)
    assert desk.bill("IN2").total == made.total


def test_an_earlier_invoice_touched_later_changes_nothing() -> None:
    desk = EAutomate(gathered())
    may = invoice()
    desk.carry_out(planned(may, desk.known))
    desk.bill("IN1")
    desk.carry_out(planned(may, desk.known))
    with_june = replace(desk.sees(may), others=(other("501", 18501, JUNE),))
    touched = decided(may, with_june)
    assert isinstance(touched, Skip)
    assert (
        touched.reason == "e-automate has billed 2026-05-01 to 2026-05-31 with invoice IN1; nothing changes"
    )
    desk.carry_out(planned(june(base="600"), desk.known))
    assert isinstance(decided(may, desk.sees(may)), Skip)
    assert desk.contract.bill


def test_an_old_invoice_that_was_billed_before_tandem_is_left_alone_once_a_later_one_is_in() -> None:
    known = linked(bills=(bill(),), periods=(period_row("501", 18501, JUNE),))
    decision = decided(invoice(), known)
    assert isinstance(decision, Skip)
    assert "the contract holds invoice 501 by now" in decision.reason


def test_an_earlier_invoice_that_nobody_billed_is_told_once_a_later_one_is_in() -> None:
    decision = decided(invoice(), linked(periods=(period_row("501", 18501, JUNE),)))
    assert isinstance(decision, Reject)
    assert decision.code == "G24"
    assert "Bill invoice 500 by hand" in decision.reason


def test_the_previous_invoice_has_to_be_billed_first() -> None:
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice(), desk.known))
    waiting = decided(june(), desk.known)
    assert isinstance(waiting, Wait)
    assert waiting.code == "G24"
    assert (
        "invoice 500 (2026-05-01 to 2026-05-31) is in contract CW-40757-01 and not billed yet"
        in waiting.reason
    )
    assert f"record:eautomate:contract:{CONTRACT}" in waiting.blocked_on
    desk.bill("IN1")
    assert isinstance(decided(june(), desk.known), Apply)


def test_an_unbilled_invoice_may_be_overwritten_where_the_setting_says_so() -> None:
    own = settings(overwrite_unbilled=True)
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice(), desk.known, own))
    plan = planned(june(base="600"), desk.known, own)
    assert [code for code, _ in plan.warnings] == ["G24"]
    desk.carry_out(plan)
    replaced = decided(invoice(), desk.known, own)
    assert isinstance(replaced, Skip)
    assert "invoice 501 took its place before it was billed" in replaced.reason


def test_an_earlier_invoice_that_is_held_up_goes_first() -> None:
    held_up = (other("499", 18499, APRIL),)
    waiting = decided(invoice(), gathered(others=held_up))
    assert isinstance(waiting, Wait)
    assert waiting.code == "G24"
    assert waiting.blocked_on == ("record:connectwise:invoice:18499",)


@pytest.mark.parametrize(
    "given",
    [
        {"others": (other("499", 18499, APRIL, deleted=True),)},
        {"others": (other("499", 18499, APRIL),), "gone": frozenset({18499})},
        {"others": (other("499", 18499, APRIL, by_hand=True),)},
        {"others": (other("499", 18499, APRIL, applied=True),)},
        {"others": (other("499", 18499, APRIL, status="Draft"),)},
        {"others": (other("499", 18499, date(2025, 12, 1)),)},
    ],
)
def test_earlier_invoices_that_take_no_part_hold_nothing_up(given: dict[str, Any]) -> None:
    own = settings(invoice_statuses=["New"], start_date="2026-01-01")
    assert isinstance(decided(invoice(), gathered(**given), own), Apply)


def test_what_was_billed_before_tandem_came_holds_nothing_up() -> None:
    others = (other("498", 18498, date(2026, 3, 1)), other("499", 18499, APRIL))
    own = contract(base_billed_thru_date=date(2026, 4, 30))
    assert isinstance(decided(invoice(), linked(own, others=others)), Apply)


def test_a_second_invoice_of_the_period_is_refused() -> None:
    known = linked(periods=(period_row("499", 18499),), others=(other("499", 18499, MAY),))
    decision = decided(invoice(), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G25"
    assert decision.blocked_on == ("record:connectwise:invoice:18499",)


@pytest.mark.parametrize(
    ("flat", "began", "code"),
    [("500", "2025-01-01", "G25"), ("0", "2026-05-01", "G17"), ("0", "2026-05-12", "G17")],
)
@pytest.mark.parametrize("billed", [True, False])
def test_a_second_invoice_within_a_quarter_is_refused_as_one_within_a_month_is(
    flat: str, began: str, code: str, billed: bool
) -> None:
    quarterly = agreement(billingCycle={"id": 3, "name": "Quarterly"}, nextInvoiceDate="2026-07-01")
    seats = ((row(1, "SEAT"),), (addition(71, "SEAT", effectiveDate=f"{began}T00:00:00Z"),))
    quarter = period_row("499", 18499, APRIL, period_to=date(2026, 6, 30))
    thru = date(2026, 6, 30) if billed else None
    own = contract(base_billed_thru_date=thru, billing_cycle="Quarterly")
    known = linked(own, items=SEATS, periods=(quarter,), others=(other("499", 18499, APRIL),))
    decision = decided(invoice(flat, *seats, of=quarterly), known)
    assert isinstance(decision, Reject)
    assert decision.code == code
    assert "499" in decision.reason


def test_a_second_invoice_of_prorated_additions_alone_is_named_as_such() -> None:
    inside = addition(71, "SEAT", effectiveDate="2026-05-12T00:00:00Z")
    known = linked(items=SEATS, periods=(period_row("499", 18499),))
    decision = decided(invoice("0", (row(1, "SEAT"),), (inside,)), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G17"


def test_a_reissued_invoice_takes_the_place_of_the_deleted_one_once() -> None:
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice(), desk.known))
    again = invoice("650", number="501", ident=18501)
    desk.known = replace(desk.known, others=(other("500", 18500, MAY),), gone=frozenset({18500}))
    plan = planned(again, desk.known)
    assert plan.period is not None
    assert (plan.period.invoice_id, plan.period.before_lines) == (18501, ())
    assert plan.fields == {"po_number": "501"}
    desk.carry_out(plan)
    assert len(desk.contract.lines) == 1
    assert isinstance(decided(again, desk.known), Skip)


def test_a_reissued_invoice_is_refused_once_the_first_was_billed() -> None:
    known = linked(periods=(period_row("499", 18499),), gone=frozenset({18499}), bills=(bill(),))
    decision = decided(invoice(), known)
    assert isinstance(decision, Reject)
    assert decision.code == "G25"
    assert "and billed" in decision.reason


def test_an_invoice_that_moves_to_another_month_is_planned_from_before_it_was_written() -> None:
    desk = EAutomate(gathered(SEATS))
    desk.carry_out(planned(invoice("0", (row(1, "SEAT"),), (addition(71, "SEAT"),)), desk.known))
    moved = june(
        base="0", number="500", ident=18500, lines=(row(1, "SEAT"),), additions=(addition(71, "SEAT"),)
    )
    plan = planned(moved, desk.known)
    assert plan.period is not None
    assert (plan.period.period_from, plan.period.before_lines) == (JUNE, ())
    desk.carry_out(plan)
    assert isinstance(decided(moved, desk.known), Skip)


@pytest.mark.parametrize(
    "given",
    [
        {"base_billed_thru_date": date(2026, 4, 14)},
        {"base_billing_start_date": date(2026, 5, 15)},
        {"base_billing_start_date": None, "base_next_billing_date": None, "start_date": date(2026, 3, 9)},
        {"base_billed_thru_date": date(2026, 5, 10)},
    ],
)
def test_a_contract_whose_period_begins_elsewhere_has_to_be_renewed(given: dict[str, Any]) -> None:
    decision = decided(invoice(), linked(contract(**given)))
    assert isinstance(decision, Reject)
    assert decision.code == "G18"


@pytest.mark.parametrize("lines", [(), (row(1, "SEAT"),)])
def test_an_invoice_without_regular_lines_is_for_a_person(lines: Any) -> None:
    inside = addition(71, "SEAT", effectiveDate="2026-05-12T00:00:00Z")
    billed = invoice("0", lines, (inside,))
    decision = decided(billed, gathered(SEATS))
    assert isinstance(decision, Reject)
    assert decision.code == "G22"
    assert by_hand(billed)
    assert not by_hand(invoice())
    assert by_hand(invoice(type="CreditMemo"))


def test_the_first_invoice_of_a_new_agreement_may_be_prorated_throughout() -> None:
    inside = addition(71, "SEAT", effectiveDate="2026-05-12T00:00:00Z")
    of = agreement(startDate="2026-05-12T00:00:00Z")
    assert isinstance(decided(invoice("0", (row(1, "SEAT"),), (inside,), of=of), gathered(SEATS)), Apply)
