"""What an invoice's lines become on the contract (spec/agreements.md 6.6, 6.8), through ``decide``."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.agreement_sync.rules.comparing import line_preview
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import Change
from shared.events.agreements import AgreementBilling
from shared.links.models import How
from shared.sync.decision import Reject, Skip
from tests.unit.services.agreement_sync.rules.world import (
    BASE_ITEM,
    CONTRACT,
    CUSTOMER,
    JUNE,
    MAY,
    EAutomate,
    addition,
    agreement,
    check_of,
    contract,
    decided,
    gathered,
    invoice,
    item,
    line,
    linked,
    party,
    planned,
    row,
    settings,
)

SEAT, BACKUP, SCAN = item("SEAT"), item("BACKUP"), item("SCAN")
ITEMS = (SEAT, BACKUP, SCAN)


def test_base_amount_and_two_additions_are_three_lines() -> None:
    lines = (row(1, "SEAT", "24", "39.50"), row(2, "BACKUP", "2", "15"))
    plan = planned(
        invoice("500", lines, (addition(71, "SEAT", "24", "39.50"), addition(72, "BACKUP", "2", "15"))),
        gathered(ITEMS),
    )
    added = {
        action.key: (action.item, action.fields["quantity"], action.fields["unit_base_rate"])
        for action in plan.lines
    }
    assert added == {
        "base": (BASE_ITEM, Decimal(1), Decimal(500)),
        "addition:71": ("SEAT", Decimal(24), Decimal("39.50")),
        "addition:72": ("BACKUP", Decimal(2), Decimal(15)),
    }
    assert all(action.fields["start_date"] == MAY for action in plan.lines)
    assert plan.comparison.equal
    assert plan.comparison.ea_total == Decimal("1478.00")


def test_no_base_amount_no_base_line() -> None:
    plan = planned(invoice("0", (row(1, "SEAT"),), (addition(71, "SEAT"),)), gathered(ITEMS))
    assert [action.key for action in plan.lines] == ["addition:71"]


def test_lines_are_replaced_removed_if_never_billed_and_ended_if_billed() -> None:
    now = (
        line(1, "SEAT", base_billed_thru_date=date(2026, 4, 30)),
        line(2, "BACKUP", "1", "15"),
        line(3, "SCAN"),
    )
    own = contract(lines=now, base_billed_thru_date=date(2026, 4, 30))
    known = linked(own, ITEMS, lines={"addition:71": 1, "addition:72": 2, "addition:73": 3})
    lines = (row(1, "BACKUP", "1", "20"), row(2, "NEW"))
    plan = planned(invoice("0", lines, (addition(72, "BACKUP", "1", "20"), addition(74, "NEW"))), known)
    steps = [(action.change, action.item, action.fields) for action in plan.lines]
    assert steps[0] == (
        Change.END,
        "SEAT",
        {"end_date": date(2026, 4, 30), "bill_end_date": date(2026, 4, 30)},
    )
    assert steps[1] == (Change.REMOVE, "SCAN", {})
    assert steps[2] == (Change.UPDATE, "BACKUP", {"unit_base_rate": Decimal(20)})
    assert steps[3][:2] == (Change.ADD, "NEW")
    assert [(new.number, new.template.number) for new in plan.items] == [("NEW", "**CW Licence")]
    assert plan.keys == {"addition:72": 2, "addition:71": 1}


def test_two_additions_of_one_product_are_two_lines_and_a_second_run_changes_nothing() -> None:
    lines = (row(1, "SEAT", "5", "10"), row(2, "SEAT", "5", "12"))
    billed = invoice("0", lines, (addition(71, "SEAT", "5", "10"), addition(72, "SEAT", "5", "12")))
    desk = EAutomate(gathered(ITEMS))
    desk.carry_out(planned(billed, desk.known))
    assert [(quantity, rate) for _, quantity, rate, _ in desk.told()] == [
        (Decimal(5), Decimal(10)),
        (Decimal(5), Decimal(12)),
    ]
    again = decided(billed, desk.known)
    assert isinstance(again, Skip), again
    assert "nothing changes" in again.reason


def test_additions_changed_after_invoicing_change_nothing() -> None:
    lines = (row(1, "SEAT", "5", "10"), row(2, "SEAT", "5", "12"))
    billed = invoice("0", lines, (addition(71, "SEAT", "5", "10"), addition(72, "SEAT", "5", "12")))
    desk = EAutomate(gathered(ITEMS))
    desk.carry_out(planned(billed, desk.known))
    swapped = (addition(71, "SEAT", "9", "12"), addition(72, "SEAT", "1", "10"))
    assert isinstance(decided(billed.model_copy(update={"additions": swapped}), desk.known), Skip)


def test_the_order_of_rows_does_not_matter() -> None:
    lines = (row(1, "SEAT", "5", "10"), row(2, "SEAT", "5", "12"), row(3, "BACKUP"))
    additions = (addition(71, "SEAT", "5", "10"), addition(72, "SEAT", "5", "12"), addition(73, "BACKUP"))
    desk, mirrored = EAutomate(gathered(ITEMS)), EAutomate(gathered(ITEMS))
    desk.carry_out(planned(invoice("5", lines, additions), desk.known))
    mirrored.carry_out(planned(invoice("5", lines[::-1], additions[::-1]), mirrored.known))
    assert desk.told() == mirrored.told()
    assert isinstance(decided(invoice("5", lines[::-1], additions[::-1]), desk.known), Skip)


def test_a_row_no_addition_explains_has_a_line_of_its_own_and_keeps_it_next_month() -> None:
    desk = EAutomate(gathered(ITEMS))
    desk.carry_out(planned(invoice("0", (row(41, "SEAT"),)), desk.known))
    assert list(desk.known.lines) == ["product:41"]
    [before] = desk.contract.lines
    desk.bill("IN1")
    june = invoice("0", (row(42, "SEAT", "1", "11"),), number="501", ident=18501, day=JUNE)
    desk.carry_out(planned(june, desk.known))
    [after] = desk.contract.lines
    assert (after.contract_detail_id, after.unit_base_rate) == (before.contract_detail_id, Decimal(11))
    assert list(desk.known.lines) == ["product:42"]


def test_lines_of_a_contract_linked_by_hand_are_taken_over_by_item() -> None:
    own = contract(lines=(line(1, "SEAT", "3", "10"), line(2, "SEAT", "4", "12")))
    billed = invoice(
        "0",
        (row(1, "SEAT", "4", "12"), row(2, "SEAT", "3", "11")),
        (addition(71, "SEAT", "4", "12"), addition(72, "SEAT", "3", "11")),
    )
    plan = planned(billed, linked(own, ITEMS, How.BY_HAND))
    assert plan.keys == {"addition:71": 2, "addition:72": 1}
    assert [(action.change, action.contract_detail_id, action.fields) for action in plan.lines] == [
        (Change.UPDATE, 1, {"unit_base_rate": Decimal(11)})
    ]


def test_rerun_after_a_change_of_the_invoice_gives_what_the_first_run_would_have_given() -> None:
    now = (line(1, "SEAT", base_billed_thru_date=date(2026, 4, 30)), line(2, "BACKUP"))
    own = contract(lines=now, base_billed_thru_date=date(2026, 4, 30))
    known = linked(own, ITEMS, lines={"addition:71": 1, "addition:72": 2})
    first = invoice("0", (row(3, "SCAN"),), (addition(73, "SCAN"),))
    second = invoice("0", (row(1, "SEAT"), row(2, "BACKUP")), (addition(71, "SEAT"), addition(72, "BACKUP")))
    desk, direct = EAutomate(known), EAutomate(known)
    for one in (first, second):
        desk.carry_out(planned(one, desk.known))
    direct.carry_out(planned(second, direct.known))
    assert desk.told() == direct.told()
    back = next(one for one in desk.contract.lines if one.contract_detail_id == 1)
    assert back.end_date is None
    assert back.bill_end_date is None


def test_a_line_ended_in_an_earlier_period_is_not_reopened() -> None:
    old = line(1, "SEAT", end_date=date(2026, 3, 31), base_billed_thru_date=date(2026, 3, 31))
    own = contract(lines=(old,), base_billed_thru_date=date(2026, 4, 30))
    plan = planned(
        invoice("0", (row(1, "SEAT"),), (addition(71, "SEAT"),)), linked(own, ITEMS, lines={"addition:71": 1})
    )
    assert [(action.change, action.key) for action in plan.lines] == [(Change.ADD, "addition:71")]


def test_a_line_that_starts_within_the_period_is_moved_to_its_first_day() -> None:
    own = contract(lines=(line(1, "SEAT", start_date=date(2026, 5, 15), bill_start_date=date(2026, 5, 15)),))
    plan = planned(
        invoice("0", (row(1, "SEAT"),), (addition(71, "SEAT"),)), linked(own, ITEMS, lines={"addition:71": 1})
    )
    [step] = plan.lines
    assert step.fields == {"start_date": MAY, "bill_start_date": MAY}


@pytest.mark.parametrize(
    ("effective", "prorate", "noted"),
    [
        (date(2026, 5, 15), True, "This item has been prorated with a start date of 2026-05-15"),
        (date(2026, 4, 10), True, "This item has been prorated with a start date of 2026-04-10"),
        (date(2026, 4, 10), False, ""),
        (date(2026, 4, 1), True, ""),
        (date(2026, 5, 1), True, ""),
        (date(2026, 3, 20), True, ""),
    ],
)
def test_a_prorated_addition_says_so_and_starts_on_the_first(
    effective: date, prorate: bool, noted: str
) -> None:
    one = addition(71, "SEAT", effectiveDate=f"{effective}T00:00:00Z")
    of = agreement(prorateFlag=prorate)
    plan = planned(
        invoice("100", (row(1, "SEAT", customerDescription="Managed seat"),), (one,), of=of), gathered(ITEMS)
    )
    step = next(action for action in plan.lines if action.key == "addition:71")
    assert step.fields["description"] == ("Managed seat" + (f" ({noted})" if noted else ""))
    assert step.fields["start_date"] == MAY


def test_the_description_is_one_line_and_notes_are_never_cut() -> None:
    text = "Managed seat\nfor the whole  office " + "x" * 300
    lines = (row(1, "SEAT", "3000000", "1", "1000000.01", customerDescription=text),)
    plan = planned(invoice("0", lines, (addition(71, "SEAT"),)), gathered(ITEMS))
    [step] = plan.lines
    described = step.fields["description"]
    assert described.startswith("Managed seat for the whole office xxx")
    assert described.endswith("... (qty 3000000 @ 1)")
    assert len(described) == 255


@pytest.mark.parametrize(
    ("quantity", "option", "ext", "wanted"),
    [
        ("0", "Billable", "0", None),
        ("0", "DoNotBill", "0", None),
        ("2", "DoNotBill", "0", (2, 0)),
        ("2", "NoCharge", "0", (2, 0)),
        ("2", "Billable", "0", (2, 0)),
    ],
)
def test_what_connectwise_bills_at_nothing(
    quantity: str, option: str, ext: str, wanted: tuple[int, int] | None
) -> None:
    lines = (row(1, "SEAT", quantity, "10", ext, billableOption=option),)
    plan = planned(invoice("100", lines, (addition(71, "SEAT"),)), gathered(ITEMS))
    found = [
        (one.fields["quantity"], one.fields["unit_base_rate"])
        for one in plan.lines
        if one.key == "addition:71"
    ]
    assert found == ([(Decimal(wanted[0]), Decimal(wanted[1]))] if wanted else [])
    assert plan.comparison.equal


def test_rows_that_are_not_billed_do_not_count_even_if_they_show_a_price() -> None:
    lines = (row(1, "SEAT", "2", "10", "20", billableOption="DoNotBill"),)
    shown = invoice("100", lines, (addition(71, "SEAT"),), productTotal=0, subtotal=100, total=100)
    plan = planned(shown, gathered(ITEMS))
    assert plan.comparison.ea_total == 100
    assert plan.comparison.equal


def test_either_convention_of_the_agreement_amount_is_understood() -> None:
    lines = (row(1, "SEAT", "2", "10"), row(2, "CABLE", "1", "7", agreement=None))
    beside = invoice("500", lines, (addition(71, "SEAT"),))
    within = invoice("520", lines, (addition(71, "SEAT"),), productTotal=7, subtotal=527, total=527)
    for one in (beside, within):
        plan = planned(one, gathered(ITEMS))
        assert plan.comparison.equal
        assert plan.comparison.cw_total == 520
        assert plan.comparison.apart == {"products": Decimal(7)}
        base = next(action for action in plan.lines if action.key == "base")
        assert base.fields["unit_base_rate"] == 500


def test_the_subtotal_decides_what_the_other_totals_mean() -> None:
    lines = (row(1, "SEAT", "2", "10"),)
    odd = invoice("500", lines, (addition(71, "SEAT"),), productTotal=0)
    plan = planned(odd, gathered(ITEMS))
    assert plan.comparison.equal
    assert not plan.red
    unsure = invoice("500", lines, (addition(71, "SEAT"),), productTotal=77, subtotal=None)
    assert planned(unsure, gathered(ITEMS)).red


def test_time_and_expenses_are_listed_apart_and_make_nothing_red() -> None:
    one = invoice(
        "500",
        serviceTotal=120,
        serviceAdjustmentAmount=-20,
        expenseTotal=30,
        downpaymentApplied=10,
        subtotal=620,
    )
    plan = planned(one, gathered())
    assert plan.comparison.apart == {"time": 100, "expenses": 30, "down payment applied": -10}
    assert plan.comparison.equal
    assert plan.fields["bill"]


def test_children_billed_with_their_parent_have_base_lines_of_their_own() -> None:
    billing = (
        AgreementBilling(agreementRecId=88, agreementType="Managed Services", agreementAmount=Decimal(300)),
        AgreementBilling(
            agreementRecId=89,
            agreementName="Backup care",
            agreementType="Backup",
            agreementAmount=Decimal(200),
        ),
    )
    plan = planned(invoice("500", billing=billing), gathered((item("**CWBase Backup"),)))
    assert [(action.key, action.item, action.fields["unit_base_rate"]) for action in plan.lines] == [
        ("base", BASE_ITEM, Decimal(300)),
        ("base:89", "**CWBase Backup", Decimal(200)),
    ]


def test_children_whose_amounts_do_not_add_up_are_one_base_line() -> None:
    billing = (
        AgreementBilling(agreementRecId=88, agreementAmount=Decimal(300)),
        AgreementBilling(agreementRecId=89, agreementAmount=Decimal(100)),
    )
    plan = planned(invoice("500", billing=billing), gathered())
    assert [(action.key, action.fields["unit_base_rate"]) for action in plan.lines] == [
        ("base", Decimal(500))
    ]


def test_the_lines_are_at_the_location_of_the_agreements_site() -> None:
    plan = planned(invoice(), gathered(location=party(8, "1001-B")))
    assert plan.lines[0].fields["location_id"] == 8
    assert plan.fields["customer_id"] == 8
    plain = planned(invoice(), gathered())
    assert plain.lines[0].fields["location_id"] == CUSTOMER


def test_the_standard_serviceable_item_is_on_every_new_contract_at_zero_and_stays() -> None:
    service = item("SERVICE")
    desk = EAutomate(gathered((service,)))
    own = settings(service_item="SERVICE")
    plan = planned(invoice(), desk.known, own)
    step = next(action for action in plan.lines if action.key == "service")
    assert (step.item, step.fields["quantity"], step.fields["unit_base_rate"]) == (
        "SERVICE",
        Decimal(1),
        Decimal(0),
    )
    assert plan.comparison.equal
    desk.carry_out(plan)
    assert isinstance(decided(invoice(), desk.known, own), Skip)
    blank = decided(invoice(), desk.known, settings())
    assert isinstance(blank, Skip), blank


def test_a_contract_linked_by_hand_gets_no_serviceable_item() -> None:
    known = linked(items=(item("SERVICE"),), how=How.BY_HAND)
    plan = planned(invoice(), known, settings(service_item="SERVICE"))
    assert [action.key for action in plan.lines] == ["base"]


def test_a_serviceable_item_that_cannot_be_used_is_a_warning() -> None:
    known = gathered((item("SERVICE", serviceable=False),))
    plan = planned(invoice(), known, settings(service_item="SERVICE"))
    assert [code for code, _ in plan.warnings] == ["G9"]
    assert [action.key for action in plan.lines] == ["base"]


def test_an_equipment_line_is_never_touched() -> None:
    # A contract with equipment lines is refused before (G23); the rule of lines holds by itself as well.
    own = contract(lines=(line(1, "COPIER", equipment_id=4, item_id=None),))
    plan = planned(invoice(), linked(own))
    assert [action.change for action in plan.lines] == [Change.ADD]


def test_discounts_come_off_the_base_amount_with_a_warning() -> None:
    lines = (row(1, "SEAT", "2", "10"), row(2, "DISCOUNT", "1", "-50"))
    billed = invoice("500", lines, (addition(71, "SEAT"), addition(72, "DISCOUNT")))
    plan = planned(billed, gathered((*ITEMS, item("DISCOUNT"))))
    assert {action.key: action.fields["unit_base_rate"] for action in plan.lines} == {
        "base": 450,
        "addition:71": 10,
    }
    assert plan.comparison.equal
    assert plan.warnings == (
        ("G28", "discounts have no contract line, they came off the base amount: DISCOUNT -50.00."),
    )
    shown = {one.item: (one.cw_amount, one.ea_amount) for one in plan.comparison.lines}
    assert shown["DISCOUNT"] == (Decimal("-50.00"), None)
    assert shown[BASE_ITEM] == (Decimal("500.00"), Decimal("450.00"))


def test_discounts_are_lines_where_e_automate_takes_negative_rates() -> None:
    billed = invoice("500", (row(2, "DISCOUNT", "1", "-50"),), (addition(72, "DISCOUNT"),))
    plan = planned(billed, gathered((item("DISCOUNT"),)), settings(negative_rates=True))
    assert {action.key: action.fields["unit_base_rate"] for action in plan.lines} == {
        "base": 500,
        "addition:72": -50,
    }
    assert plan.comparison.equal
    assert not plan.warnings


def test_the_checks_tell_what_was_left_out_and_what_does_not_multiply_out() -> None:
    lines = (row(1, "SEAT", "0", "10", "0"), row(2, "BACKUP", "3000000", "1", "1000000.01"))
    decision = decided(invoice("0", lines), gathered(ITEMS))
    assert check_of(decision.checks, "additions with quantity and amount 0, left out").seen == "SEAT"
    odd = check_of(decision.checks, "lines whose quantity and price do not multiply out")
    assert odd.seen == "BACKUP qty 3000000 @ 1"


def test_a_row_without_product_is_refused() -> None:
    lines = (row(1, "SEAT", catalogItem=None),)
    decision = decided(
        invoice("0", lines, (addition(71, "SEAT").model_copy(update={"product": None}),)), gathered(ITEMS)
    )
    assert isinstance(decision, Reject)
    assert decision.code == "G28"


@pytest.mark.parametrize(
    ("dates", "wanted"),
    [
        ({}, "31.00"),
        ({"start_date": date(2026, 5, 31)}, "1.00"),
        ({"bill_end_date": date(2026, 5, 10)}, "10.00"),
        ({"base_billed_thru_date": date(2026, 5, 10)}, "21.00"),
        ({"end_date": date(2026, 4, 30)}, "0"),
        ({"start_date": JUNE}, "0"),
    ],
)
def test_the_preview_prorates_as_e_automate_does(dates: dict[str, date], wanted: str) -> None:
    assert line_preview(line(1, "SEAT", "1", "31", **dates), Period(MAY, date(2026, 5, 31))) == Decimal(
        wanted
    )


def test_older_connectwise_without_extended_prices_is_computed() -> None:
    lines = (row(1, "SEAT", "3", "10", discount="1", extPrice=None),)
    one = invoice("0", lines, (addition(71, "SEAT"),), productTotal=27, subtotal=27)
    plan = planned(one, gathered(ITEMS))
    [step] = plan.lines
    assert (step.fields["quantity"], step.fields["unit_base_rate"]) == (Decimal(3), Decimal(9))
    assert plan.comparison.equal


def test_a_contract_of_the_ledger_only_gets_its_link() -> None:
    own = contract()
    known = replace(gathered(), created=CONTRACT, contracts={CONTRACT: own})
    assert planned(invoice(), known).how is How.CREATED
