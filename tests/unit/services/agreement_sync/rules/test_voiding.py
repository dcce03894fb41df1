"""Which e-automate invoice of a contract is voided first."""

from datetime import date

from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.voiding import void_first
from shared.events.contracts import BilledPeriod, ContractInvoice

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def bill(number: str, month: int, *, void: bool = False, contract: int = 7) -> ContractInvoice:
    part = BilledPeriod(contract_id=contract, from_date=date(2026, month, 1))
    return ContractInvoice(invoice_id=month, number=number, customer_id=1, void=void, periods=(part,))


def test_what_was_billed_later_is_voided_first_the_newest_before_the_others() -> None:
    bills = [bill("9001", 10), bill("9002", 11)]
    assert void_first(bills, 7, NOVEMBER) == ""
    assert "Void and Reset 9003 first" in void_first([*bills, bill("9003", 12)], 7, NOVEMBER)
    assert void_first([bill("9003", 12, void=True), bill("9004", 12, contract=8)], 7, NOVEMBER) == ""
