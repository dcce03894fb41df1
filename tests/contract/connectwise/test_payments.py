from datetime import date
from decimal import Decimal

import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.errors import NotFoundError, TransientError, UnknownOutcomeError
from shared.connectwise.invoice_writes import AgreementWrites
from shared.connectwise.payments import Payments, payment
from tests.contract.connectwise.billing import Billing
from tests.contract.connectwise.conftest import Control

DAY = date(2026, 4, 12)
SUM = Decimal("250.00")


@pytest.fixture
def payments(client: ConnectWise) -> Payments:
    return Payments(client)


@pytest.fixture
async def invoice(control: Control) -> int:
    billing = Billing(control)
    return await billing.bill(await billing.agreement(await billing.company("Acme"), taxable=False))


async def test_a_payment_is_entered_and_read_back(
    payments: Payments, client: ConnectWise, invoice: int
) -> None:
    assert await payments.payments_of(invoice) == []
    made = await payments.add_payment(invoice, SUM, DAY)
    assert (made.type, made.amount, made.day, made.credit) == ("P", SUM, DAY, None)
    assert await payments.payments_of(invoice) == [made]
    assert made.applied_by == "tandem"
    assert made.stamp is not None
    head = await AgreementWrites(client).head(invoice)
    assert head is not None
    assert head.balance == head.total - SUM


async def test_a_closed_invoice_takes_a_payment(
    payments: Payments, client: ConnectWise, invoice: int
) -> None:
    await AgreementWrites(client).set_status(invoice, "Closed")
    await payments.add_payment(invoice, SUM, DAY)
    assert len(await payments.payments_of(invoice)) == 1


@pytest.mark.parametrize(
    "kind", ["500", "503_html", "cut_before", "cut_after", "cut_middle", "truncated_json"]
)
async def test_a_payment_is_never_sent_again_after_its_answer_was_lost(
    payments: Payments, control: Control, invoice: int, kind: str
) -> None:
    await control.fault(kind, method="POST", path="payments")
    with pytest.raises(UnknownOutcomeError):
        await payments.add_payment(invoice, SUM, DAY)
    assert len(await control.requests("payments", "POST")) == 1


async def test_a_lost_answer_is_settled_by_amount_and_day(
    payments: Payments, control: Control, invoice: int
) -> None:
    await control.fault("cut_after", method="POST", path="payments", times=1)
    with pytest.raises(UnknownOutcomeError):
        await payments.add_payment(invoice, SUM, DAY)
    [found] = await payments.payments_of(invoice)
    assert (found.amount, found.day) == (SUM, DAY)


async def test_a_payment_turned_away_by_the_rate_limit_is_sent_once_more(
    payments: Payments, control: Control, invoice: int
) -> None:
    await control.fault("429", method="POST", path="payments", times=1, retry_after=1)
    await payments.add_payment(invoice, SUM, DAY)
    assert len(await payments.payments_of(invoice)) == 1


async def test_a_list_of_payments_that_cannot_be_read_is_no_empty_list(
    control: Control, invoice: int, once: ConnectWise
) -> None:
    await control.fault("503_html", path="payments")
    with pytest.raises(TransientError):
        await Payments(once).payments_of(invoice)
    await control.clear_faults()
    with pytest.raises(NotFoundError):
        await Payments(once).payments_of(999_999)


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005"])
async def test_what_is_no_amount_is_never_sent(
    payments: Payments, control: Control, invoice: int, amount: str
) -> None:
    with pytest.raises(ValueError, match="no amount to pay"):
        await payments.add_payment(invoice, Decimal(amount), DAY)
    assert await control.requests("payments", "POST") == []


def test_an_applied_credit_memo_is_no_money() -> None:
    row = {
        "id": 1,
        "type": "C",
        "amount": Decimal("5.00"),
        "credit": {"id": 18700},
        "_info": {"lastUpdated": "?"},
    }
    found = payment(row)
    assert (found.credit, found.stamp, found.day) == (18700, None, None)
    with pytest.raises(MalformedRecordError, match=r"payment 2 .*amount"):
        payment({"id": 2, "amount": "lots"})
