"""Gate, pairing, renumbering, write-backs, paid status, deleted invoices (spec/agreements.md 6.9 to 6.12; 11.7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.agreement_sync.rules.decide import decide
from services.agreement_sync.rules.gathered import Gathered, PushedPayment
from services.agreement_sync.rules.plan import AgreementPlan
from shared.events.agreements import Invoice
from shared.events.contracts import BilledPeriod
from shared.events.records import CustomField
from shared.links.kinds import LinkKind
from shared.mode import Mode
from shared.sync.decision import Apply, Decision, Reject, Skip, Wait
from tests.unit.services.agreement_sync.rules.world import (
    BASE_ITEM,
    CONTRACT,
    JUNE,
    MAY,
    EAutomate,
    addition,
    agreement,
    bill,
    change,
    check_of,
    contract,
    decided,
    gathered,
    invoice,
    item,
    line,
    link,
    linked,
    period_row,
    planned,
    receipt,
    row,
    settings,
)

THRU = date(2026, 5, 31)
RENUMBER = settings(renumber_invoices="Yes")
PAY = settings(push_paid="Yes")


def billed(of: Any = None, **given: Any) -> Gathered:
    """Invoice 500 is in the contract, and billed by what is given, else IN1."""
    own = contract(bill=False, base_billed_thru_date=THRU, lines=(line(1, BASE_ITEM, "1", "500"),))
    values: dict[str, Any] = {
        "periods": (period_row(),),
        "bills": (of if of is not None else bill(),),
        "lines": {"base": 1},
    }
    return linked(own, **(values | given))


def paired(of: Any, **given: Any) -> Gathered:
    return billed(of, pair=link(of.invoice_id, kind=LinkKind.INVOICE_INVOICE), paired=of, **given)


def paid(**given: Any) -> Any:
    return bill(**({"due": "0", "receipts": (receipt("500"),)} | given))


def codes(plan: AgreementPlan) -> list[str]:
    return [trouble.code for trouble in plan.trouble]


def test_a_billed_contract_leaves_the_queue_until_its_next_invoice() -> None:
    known = billed()
    own = known.contracts[CONTRACT].model_copy(update={"bill": True})
    known = replace(known, contracts={CONTRACT: own})
    assert planned(invoice(), known).fields == {"bill": False}
    assert planned(invoice(), known, settings(gate_bill_flag="No")).fields == {}
    june = replace(known, periods=(period_row(), period_row("501", 18501, JUNE)))
    assert planned(invoice(), june).fields == {}


def test_a_billed_contract_somebody_has_open_is_told_and_the_rest_goes_on() -> None:
    known = billed()
    own = known.contracts[CONTRACT].model_copy(update={"bill": True, "locks": 1})
    plan = planned(invoice(), replace(known, contracts={CONTRACT: own}))
    assert plan.fields == {}
    assert codes(plan) == ["G19"]
    assert plan.pair is not None


def test_the_pair_is_linked_and_the_invoice_renumbered() -> None:
    plan = planned(invoice(), billed(), RENUMBER)
    assert plan.pair is not None
    assert plan.rename is not None
    assert (plan.rename.bill.number, plan.rename.number) == ("IN1", "500")
    assert plan.comparison.billed == "500"
    assert not plan.trouble
    assert not plan.writes_contract
    assert plan.writes_eautomate


def test_renumbering_is_off_by_default_and_the_pair_is_linked_all_the_same() -> None:
    plan = planned(invoice(), billed())
    assert plan.rename is None
    assert plan.pair is not None


def test_once_renumbered_nothing_changes() -> None:
    done = bill("500", po_number="500")
    decision = decided(invoice(), paired(done, number_holder=done.invoice_id), RENUMBER)
    assert isinstance(decision, Skip)
    assert decision.comparison is not None
    assert decision.comparison.billed == "500"


def test_the_number_may_stand_in_remarks() -> None:
    plan = planned(
        invoice(), billed(bill(po_number="TENDER-7", remarks="Call first\nCW Invoice: 500")), RENUMBER
    )
    assert plan.rename is not None


PARTS = (
    BilledPeriod(contract_id=CONTRACT, from_date=MAY, to_date=THRU, amount=Decimal(500)),
    BilledPeriod(contract_id=901, from_date=MAY, to_date=THRU, amount=Decimal(10)),
)


@pytest.mark.parametrize(
    ("given", "check", "words"),
    [
        ({"po_number": "499"}, "e-automate invoice carries the number", "hold 499, not 500: it was billed before"),
        ({"periods": PARTS}, "e-automate invoice bills this contract alone", "other contracts as well"),
        ({"amount": "510"}, "e-automate invoice bills the amount", "it bills 510.00, the ConnectWise invoice 500.00"),
        ({"first": date(2026, 4, 1)}, "e-automate invoice bills the period", "does not bill 2026-05-01 to 2026-05-31"),
        ({"sent": True}, "e-automate invoice was sent", "sent to the customer already"),
    ],
)  # fmt: skip
def test_why_an_invoice_is_not_renumbered(given: dict[str, Any], check: str, words: str) -> None:
    decision = decided(invoice(), billed(bill(**given)), RENUMBER)
    assert isinstance(decision, Apply)
    assert decision.plan.rename is None
    [trouble] = decision.plan.trouble
    assert trouble.code == "G14"
    assert words in trouble.text
    assert "Void and Reset" in trouble.text
    assert not check_of(decision.checks, check).passed


def test_nobody_is_told_of_a_missing_pair_where_nothing_depends_on_it() -> None:
    assert isinstance(decided(invoice(), billed(bill(po_number="499"))), Skip)


def test_a_number_that_is_used_is_not_taken() -> None:
    plan = planned(invoice(), billed(number_holder=711), RENUMBER)
    assert codes(plan) == ["G15"]
    assert plan.rename is None
    assert plan.pair is not None


def test_the_voided_invoice_that_had_the_number_is_named() -> None:
    void = bill("500", ident=699, void=True)
    plan = planned(invoice(), billed(bills=(void, bill()), number_holder=699), RENUMBER)
    assert "the void invoice it replaces (id 699) has that number" in plan.trouble[0].text
    assert "Give the void one another number" in plan.trouble[0].text
    assert "record:eautomate:contract_invoice:699" in plan.trouble[0].blocked_on


def test_a_number_that_is_too_long_by_now_is_told() -> None:
    number = "5" * 16
    plan = planned(invoice(number=number), billed(bill(po_number=number)), RENUMBER)
    assert codes(plan) == ["G28"]
    assert plan.rename is None


def test_an_older_connectwise_without_balance_is_paid_what_is_open() -> None:
    open_ = invoice(balance=None, total=500, payments=100, credits=50)
    plan = planned(open_, paired(paid()), PAY)
    assert plan.payment is not None
    assert plan.payment.amount == 350


def test_a_released_red_bill_is_renumbered_although_the_amount_differs() -> None:
    known = billed(bill(amount="480"), periods=(period_row(red=True, released_by="ana"),))
    assert planned(invoice(), known, RENUMBER).rename is not None


def test_after_void_and_rebill_the_pair_moves() -> None:
    void, new = bill("IN1", void=True), bill("IN2", ident=701)
    known = billed(bills=(void, new), pair=link(700, kind=LinkKind.INVOICE_INVOICE), paired=void)
    plan = planned(invoice(), known)
    assert plan.pair == new
    assert plan.unpair is not None
    assert plan.unpair.right == "700"


def test_an_invoice_changed_after_billing_is_refused_with_void_and_reset() -> None:
    decision = decided(invoice("510"), billed())
    assert isinstance(decision, Reject)
    assert decision.code == "G13"
    assert "was changed to 510.00 after e-automate had billed 500.00" in decision.reason
    assert decision.comparison is not None
    assert decision.comparison.difference == -10


def test_an_invoice_voided_without_reset_is_told() -> None:
    void = bill("IN1", void=True, periods=(PARTS[0].model_copy(update={"void": True}),))
    decision = decided(invoice(), billed(void))
    assert isinstance(decision, Reject)
    assert decision.code == "G13"
    assert "was voided without reset" in decision.reason
    assert f"record:eautomate:contract:{CONTRACT}" in decision.blocked_on


def test_a_contract_that_got_equipment_by_now_stays_in_the_queue() -> None:
    known = billed()
    own = known.contracts[CONTRACT].model_copy(update={"bill": True, "equipment_lines": 1})
    assert planned(invoice(), replace(known, contracts={CONTRACT: own})).fields == {}


def test_a_bill_that_is_too_old_to_be_known_changes_nothing() -> None:
    decision = decided(invoice(), billed(bills=()))
    assert isinstance(decision, Skip)
    assert "by an invoice that is not known" in decision.reason


FIELD = (CustomField(id=21, caption="EA Invoice", value=""),)
NUMBER_FIELD = (CustomField(id=12, caption="ZCJ_ContractNumber", value="CW-40757"),)
PUSH = settings(
    push_contract_number="Yes",
    push_invoice_number="Yes",
    push_invoice_number_field="EA invoice",
    renumber_invoices="No",
)


def test_numbers_are_pushed_where_they_differ() -> None:
    shown = invoice(customFields=FIELD, of=agreement(customFields=NUMBER_FIELD))
    plan = planned(shown, billed(), PUSH)
    assert plan.contract_number is not None
    assert (plan.contract_number.field_id, plan.contract_number.now, plan.contract_number.value) == (
        12, "CW-40757", "CW-40757-01",
    )  # fmt: skip
    assert plan.invoice_number is not None
    assert (plan.invoice_number.field_id, plan.invoice_number.value) == (21, "IN1")
    there = (CustomField(id=21, caption="EA Invoice", value="IN1"),)
    number = (CustomField(id=12, caption="ZCJ_ContractNumber", value="CW-40757-01"),)
    same = invoice(customFields=there, of=agreement(customFields=number))
    assert isinstance(decided(same, paired(bill()), PUSH), Skip)


def test_a_new_contracts_number_is_pushed_once_it_is_known() -> None:
    plan = planned(
        invoice(of=agreement(customFields=NUMBER_FIELD)), gathered(), settings(push_contract_number=True)
    )
    assert plan.contract_number is not None
    assert plan.contract_number.value is None


def test_nothing_is_pushed_without_the_options_or_in_test_mode() -> None:
    shown = invoice(customFields=FIELD, of=agreement(customFields=NUMBER_FIELD), balance=500)
    assert not planned(shown, billed(paid()), settings()).writes_connectwise
    testing = PUSH.model_copy(update={"mode": Mode.TEST, "push_paid": True})
    decision = decided(shown, billed(paid()), testing)
    assert isinstance(decision, Apply)
    assert not decision.plan.writes_connectwise
    assert not check_of(decision.checks, "mode writes to ConnectWise").passed


def test_a_missing_custom_field_is_a_warning() -> None:
    plan = planned(invoice(), billed(), PUSH)
    assert [code for code, _ in plan.warnings] == ["P3", "P3"]
    assert "agreement Managed Care (88) has no custom field ZCJ_ContractNumber" in plan.warnings[0][1]


def test_the_open_balance_is_paid_on_the_day_of_the_last_receipt() -> None:
    made = paid(receipts=(receipt("200", date(2026, 5, 10)), receipt("300", date(2026, 5, 25), 2)))
    plan = planned(invoice(balance="500"), paired(made), PAY)
    assert plan.payment is not None
    assert (plan.payment.amount, plan.payment.day, plan.payment.type) == (
        Decimal(500),
        date(2026, 5, 25),
        "P",
    )


def test_the_connectwise_balance_is_paid_whatever_the_tax() -> None:
    made = paid(total="560", tax="60", receipts=(receipt("560"),))
    plan = planned(invoice(total="550", balance="530"), paired(made), PAY)
    assert plan.payment is not None
    assert plan.payment.amount == 530
    assert [code for code, _ in plan.warnings] == ["P2"]


@pytest.mark.parametrize(
    ("given", "check"),
    [
        ({"due": "100", "receipts": (receipt("400"),)}, "e-automate invoice is settled"),
        ({"due": "500", "receipts": ()}, "e-automate invoice is settled"),
    ],
)
def test_partial_payments_are_not_pushed(given: dict[str, Any], check: str) -> None:
    decision = decided(invoice(), paired(bill(**given)), PAY)
    assert isinstance(decision, Skip)
    assert not check_of(decision.checks, check).passed


def test_a_cent_left_open_by_rounding_is_paid() -> None:
    made = bill(due="0.01", receipts=(receipt("499.99"),))
    assert planned(invoice(), paired(made), PAY).payment is not None


def test_a_credit_memo_or_write_off_is_reported_not_paid() -> None:
    plan = planned(invoice(), paired(paid(receipts=(receipt("300"),))), PAY)
    assert plan.payment is None
    assert codes(plan) == ["P5"]


def test_an_invoice_that_is_paid_in_connectwise_is_not_paid_again() -> None:
    decision = decided(invoice(balance=0), paired(paid()), PAY)
    assert isinstance(decision, Skip)
    assert not check_of(decision.checks, "ConnectWise invoice is open").passed


def test_what_tandem_paid_is_not_paid_twice() -> None:
    pushed = PushedPayment(Decimal(500), date(2026, 5, 20), settled=True)
    assert isinstance(decided(invoice(), paired(paid(), payment=pushed), PAY), Skip)
    unsure = PushedPayment(Decimal(500), date(2026, 5, 20), settled=False)
    assert planned(invoice(), paired(paid(), payment=unsure), PAY).payment is not None


def test_a_closed_status_may_be_set_instead_or_as_well() -> None:
    own = settings(push_paid=True, paid_payment_type="", paid_status="Paid")
    plan = planned(invoice(), paired(paid()), own)
    assert (plan.payment, plan.status) == (None, "Paid")
    done = invoice(status={"id": 9, "name": "PAID"})
    assert isinstance(decided(done, paired(paid()), own), Skip)


def test_a_void_after_the_payment_is_told_and_not_taken_back() -> None:
    pushed = PushedPayment(Decimal(500), date(2026, 5, 20), settled=True)
    void, new = paid(void=True), bill("IN2", ident=701)
    known = billed(
        bills=(void, new), pair=link(700, kind=LinkKind.INVOICE_INVOICE), paired=void, payment=pushed
    )
    plan = planned(invoice(balance=0), known, PAY)
    assert "P4" in codes(plan)
    assert "was voided after invoice 500 had been marked paid" in next(
        one.text for one in plan.trouble if one.code == "P4"
    )


def test_a_void_and_reset_after_the_payment_is_told_while_the_contract_is_ready_again() -> None:
    pushed = PushedPayment(Decimal(500), date(2026, 5, 20), settled=True)
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice(), desk.known, PAY))
    made = desk.bill("IN1")
    desk.carry_out(planned(invoice(), desk.sees(invoice()), PAY))
    desk.void_and_reset(made)
    plan = planned(invoice(balance=0), replace(desk.sees(invoice()), payment=pushed), PAY)
    assert codes(plan) == ["P4"]
    assert plan.fields == {"bill": True}
    assert not plan.red


def test_an_invoice_dated_anew_after_it_was_billed_is_not_billed_again() -> None:
    moved = invoice(day=JUNE)
    decision = decided(moved, paired(bill("500")))
    assert isinstance(decision, Skip)
    assert "e-automate has billed 2026-05-01 to 2026-05-31" in decision.reason


def test_a_receipt_taken_off_after_the_payment_is_told() -> None:
    pushed = PushedPayment(Decimal(500), date(2026, 5, 20), settled=True)
    plan = planned(invoice(balance=0), paired(bill(), payment=pushed), PAY)
    assert codes(plan) == ["P4"]
    assert "is open again (500.00)" in plan.trouble[0].text


def test_a_whole_month_ends_with_nothing_left_to_do() -> None:
    field = (CustomField(id=21, caption="EA Invoice", value=""),)
    own = settings(
        renumber_invoices=True,
        push_paid=True,
        push_invoice_number=True,
        push_invoice_number_field="EA Invoice",
    )
    lines = (row(1, "SEAT", "3", "8.333333", "25.00"),)
    may = invoice("500", lines, (addition(71, "SEAT", "3", "8.333333"),), customFields=field)
    desk = EAutomate(gathered((item("SEAT"),)))
    desk.carry_out(planned(may, desk.sees(may), own))
    desk.bill("IN1")
    plan = planned(may, desk.sees(may), own)
    assert plan.rename is not None
    assert plan.pair is not None
    assert plan.invoice_number is not None
    assert plan.invoice_number.value == "500"
    desk.carry_out(plan)
    shown = may.model_copy(update={"customFields": (field[0].model_copy(update={"value": "500"}),)})
    assert isinstance(decided(shown, desk.sees(may), own), Skip)


def deleted(of: Invoice, known: Gathered) -> Decision[AgreementPlan]:
    return decide(change(of, "deleted"), known, settings())


def test_a_deleted_invoice_gives_the_contract_back_its_lines() -> None:
    lines = (
        line(1, "SEAT", "2", "10", base_billed_thru_date=date(2026, 4, 30)),
        line(2, "BACKUP", "1", "15"),
        line(3, "SCAN", base_billed_thru_date=date(2026, 4, 30)),
    )
    own = contract(lines=lines, base_billed_thru_date=date(2026, 4, 30), remarks="Call first")
    known = linked(
        own, (item("SEAT"), item("NEW")), lines={"addition:71": 1, "addition:72": 2, "addition:73": 3}
    )
    desk = EAutomate(known)
    before = desk.told()
    one = invoice(
        "0", (row(1, "SEAT", "4", "10"), row(2, "NEW")), (addition(71, "SEAT"), addition(74, "NEW"))
    )
    desk.carry_out(planned(one, desk.known))
    assert desk.told() != before
    decision = deleted(one, desk.known)
    assert isinstance(decision, Apply)
    assert decision.plan.fields == {"bill": False, "po_number": ""}
    assert [code for code, _ in decision.plan.warnings] == ["G21"]
    desk.carry_out(decision.plan)
    assert desk.told() == before
    again = deleted(one, desk.known)
    assert isinstance(again, Skip)
    assert "taken back before" in again.reason


def test_a_deleted_invoice_that_was_billed_is_for_a_person() -> None:
    decision = deleted(invoice(), billed())
    assert isinstance(decision, Reject)
    assert decision.code == "G21"
    assert "e-automate has billed it as invoice IN1" in decision.reason


def test_a_deleted_invoice_that_is_in_no_contract_or_behind_a_later_one_changes_nothing() -> None:
    assert isinstance(deleted(invoice(), gathered()), Skip)
    assert isinstance(deleted(invoice(), linked()), Skip)
    later = linked(periods=(period_row(), period_row("501", 18501, JUNE)))
    assert isinstance(deleted(invoice(), later), Skip)


def test_a_deleted_invoice_waits_for_a_contract_somebody_has_open() -> None:
    known = linked(contract(locks=1, bill=True), periods=(period_row(),))
    decision = deleted(invoice(), known)
    assert isinstance(decision, Wait)
    assert decision.code == "G19"


def test_the_number_of_a_deleted_invoice_leaves_the_remarks() -> None:
    known = linked(contract(remarks="Call first\nCW Invoice: 500", bill=True), periods=(period_row(),))
    decision = deleted(invoice(), known)
    assert isinstance(decision, Apply)
    assert decision.plan.fields == {"bill": False, "remarks": "Call first"}
