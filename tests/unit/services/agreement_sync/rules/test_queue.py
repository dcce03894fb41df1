"""When an invoice that cannot be put in takes its contract out of the billing queue, and when it does not."""

from dataclasses import replace
from datetime import date

import pytest

from services.agreement_sync.rules.gathered import Gathered
from shared.events.contracts import Contract
from shared.sync.decision import Apply, Reject, Wait
from tests.unit.services.agreement_sync.rules.world import (
    CONTRACT,
    EAutomate,
    check_of,
    decided,
    gathered,
    invoice,
    planned,
    settings,
)

OUT = "contract is out of the billing queue"


def held() -> EAutomate:
    """The invoice is in the contract, and the contract in the queue."""
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice(), desk.known))
    assert desk.contract.bill
    return desk


def edited(desk: EAutomate, **given: object) -> Gathered:
    own: Contract = desk.contract.model_copy(update=given)
    return replace(desk.known, contracts={CONTRACT: own})


def test_while_the_customer_is_unlinked_the_old_amount_is_not_billed() -> None:
    desk = held()
    desk.known = replace(desk.known, parties={})
    plan = planned(invoice("600"), desk.known)
    assert plan.fields == {"bill": False}
    assert (plan.lines, plan.period, plan.keys) == ((), None, None)
    [trouble] = plan.trouble
    assert trouble.blocked_on
    assert "holds what invoice 500 had before" in trouble.text
    desk.carry_out(plan)
    waiting = decided(invoice("600"), desk.known)
    assert isinstance(waiting, Wait)
    assert (waiting.code, waiting.reason) == (trouble.code, trouble.text)
    assert check_of(waiting.checks, OUT).passed


def test_a_contract_that_is_open_stays_in_the_queue_until_it_is_closed() -> None:
    known = replace(edited(held(), locks=1), parties={})
    waiting = decided(invoice("600"), known)
    assert isinstance(waiting, Wait)
    assert "open on somebody's screen" in waiting.reason
    assert f"record:eautomate:contract:{CONTRACT}" in waiting.blocked_on


@pytest.mark.parametrize("given", [{"equipment_lines": 1}, {"meter_groups": 1}])
def test_a_contract_with_copiers_by_now_is_left_alone(given: dict[str, int]) -> None:
    known = replace(edited(held(), **given), parties={})
    assert isinstance(decided(invoice("600"), known), Wait)


def test_gate_bill_flag_off_leaves_a_contract_billed_otherwise_in_the_queue() -> None:
    desk = held()
    desk.bill("IN1")
    off = decided(invoice("600"), desk.known, settings(gate_bill_flag=False))
    assert isinstance(off, Reject)
    on = decided(invoice("600"), desk.known)
    assert isinstance(on, Apply)
    assert [one.code for one in on.plan.trouble] == ["G13"]
    assert on.plan.fields == {"bill": False}


def test_a_contract_that_holds_a_later_invoice_stays_in_the_queue() -> None:
    desk = held()
    desk.bill("IN1")
    desk.carry_out(planned(invoice(), desk.known))
    june = invoice(number="501", ident=18501, day=date(2026, 6, 1))
    desk.carry_out(planned(june, desk.known))
    assert isinstance(decided(invoice("600"), desk.known), Reject)
    assert desk.contract.bill
