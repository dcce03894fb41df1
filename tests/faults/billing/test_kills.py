"""Processes are killed while a month is billed: one contract, one set of lines, one payment an invoice."""

import random
import time
from decimal import Decimal

import pytest

from tests.faults.billing.clerks import SERVICES, Clerks, Invoiced

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(420)]

AGREEMENTS = 10
LINES = 3
"""The base amount, the seats and the standard item for calls."""
SEATS = Decimal("118.50")


def test_every_service_killed_while_agreements_become_contracts_are_billed_and_paid(clerks: Clerks) -> None:
    moments = random.Random(11)  # noqa: S311

    def kill_everybody() -> None:
        for name in moments.sample(sorted(SERVICES), len(SERVICES)):
            time.sleep(moments.uniform(0.2, 1.2))
            clerks.hit(name)
        clerks.everybody()

    agreed = clerks.agree(1, AGREEMENTS)
    invoiced = clerks.invoice(agreed)
    kill_everybody()
    clerks.ready(invoiced)
    clerks.bill(invoiced)
    kill_everybody()
    clerks.renumbered(invoiced)
    for one in invoiced:
        clerks.people.receive(one.number)
    kill_everybody()
    clerks.paid(invoiced)
    once(clerks, invoiced)
    assert clerks.open_cases() == ""


def test_lost_answers_to_write_backs_with_stale_lists_pay_once(clerks: Clerks) -> None:
    agreed = clerks.agree(101, 6)
    clerks.fault("cut_after", method="PATCH", path="finance/agreements/[0-9]+$", every=2, times=3)
    invoiced = clerks.invoice(agreed)
    clerks.ready(invoiced)
    clerks.fault("stale_search", method="GET", path="finance/invoices", seconds=3.0)
    clerks.fault("cut_after", method="POST", path="finance/invoices/[0-9]+/payments$", every=2, times=4)
    clerks.fault("truncated_json", method="POST", path="finance/invoices/[0-9]+/payments$", every=3, times=2)
    clerks.fault("cut_before", method="PATCH", path="finance/invoices/[0-9]+$", every=2, times=2)
    clerks.bill(invoiced)
    clerks.renumbered(invoiced)
    for one in invoiced:
        clerks.people.receive(one.number)
    clerks.paid(invoiced)
    assert clerks.fault_hits() > 5
    clerks.clear_faults()
    once(clerks, invoiced)


def once(clerks: Clerks, invoiced: list[Invoiced]) -> None:
    """One contract with one set of lines, one bill, one payment of the whole."""
    for one in invoiced:
        (contract,) = clerks.contracts(one)
        assert (one.number, contract["lines"]) == (one.number, LINES)
        assert Decimal(str(contract["amount"])) == SEATS + 500 + (int(one.agreed.customer[1:]) - 1) % 100
        assert clerks.bills(one) == [one.number]
        assert (one.number, clerks.payments(one)) == (one.number, [clerks.total(one)])
