"""Which invoices take part, whose contract it is, in which currency (spec/agreements.md 6.2, 6.13)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.agreement_sync.rules.decide import decide
from shared.sync.decision import Apply, Reject, Skip, Wait
from tests.unit.services.agreement_sync.rules.world import (
    COMPANY,
    EAutomate,
    agreement,
    change,
    check_of,
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
)


def test_a_change_that_was_applied_is_not_worked_on_again() -> None:
    same = decided(invoice(), replace(gathered(), fresh=False, applied=5))
    assert isinstance(same, Skip)
    assert same.again
    older = decided(invoice(), replace(gathered(), fresh=False, applied=9))
    assert isinstance(older, Skip)
    assert older.result == "superseded"


def test_credit_memos_are_listed_and_nothing_is_done() -> None:
    decision = decided(invoice(type="CreditMemo"), gathered())
    assert isinstance(decision, Skip)
    assert "credit memos are not synced" in decision.reason
    assert decision.comparison is not None
    assert decision.comparison.invoice_type == "CreditMemo"


def test_other_invoices_and_those_without_agreement_are_left_alone() -> None:
    assert isinstance(decided(invoice(type="Standard"), gathered()), Skip)
    nameless = decided(invoice().model_copy(update={"agreement": None}), gathered())
    assert isinstance(nameless, Skip)
    assert nameless.reason == "the invoice names no agreement"


@pytest.mark.parametrize(
    ("given", "name", "seen", "wanted"),
    [
        ({"invoice_statuses": ["Approved"]}, "billing status is selected (variable 10)", "New", "Approved"),
        ({"agreement_types": "Backup, VoIP"}, "agreement type is selected (variable 2)", "Managed Services", "Backup, VoIP"),
        ({"start_date": "2026-06-01"}, "invoice is new enough", "2026-05-01", "from 2026-06-01"),
    ],
)  # fmt: skip
def test_a_filter_says_what_it_saw_and_wanted(
    given: dict[str, Any], name: str, seen: str, wanted: str
) -> None:
    decision = decided(invoice(), gathered(), settings(**given))
    assert isinstance(decision, Skip)
    check = check_of(decision.checks, name)
    assert (check.passed, check.seen, check.wanted) == (False, seen, wanted)
    assert decision.reason == f"{name}: seen {seen}, wanted {wanted} (G20)"
    assert decision.comparison is not None


def test_the_territory_filter_leaves_out_companies_of_others() -> None:
    decision = decided(invoice(companyTerritory="West"), gathered(territory_filter=("East",)))
    assert isinstance(decision, Skip)
    assert "territory is selected (variable W): seen West, wanted East" in decision.reason
    assert isinstance(decided(invoice(), gathered(territory_filter=("east ",))), Apply)


def test_all_filters_that_speak_against_it_are_named() -> None:
    decision = decided(
        invoice(), gathered(), settings(invoice_statuses=["Approved"], agreement_types=["Backup"])
    )
    assert isinstance(decision, Skip)
    assert "variable 10" in decision.reason
    assert "variable 2" in decision.reason


def test_an_applied_invoice_whose_status_moved_on_keeps_its_contract_as_it_is() -> None:
    known = linked(periods=(period_row(),))
    decision = decided(invoice(status={"id": 2, "name": "Closed"}), known, settings(invoice_statuses=["New"]))
    assert isinstance(decision, Skip)
    assert decision.reason.startswith("the contract stays as it is")


def test_a_status_that_moved_on_does_not_stop_what_follows_the_billing() -> None:
    own = settings(invoice_statuses=["New"])
    desk = EAutomate(gathered())
    desk.carry_out(planned(invoice(), desk.known, own))
    desk.bill("IN1")
    plan = planned(invoice(status={"id": 2, "name": "Closed"}), desk.known, own)
    assert plan.fields == {"bill": False}


def test_the_customer_has_to_be_linked() -> None:
    decision = decided(invoice(), replace(gathered(), parties={}))
    assert isinstance(decision, Wait)
    assert decision.code == "G1"
    assert "Acme Dental (250)" in decision.reason
    assert decision.blocked_on == (f"link:customer-company:right:{COMPANY}",)
    assert decision.comparison is not None
    assert decision.comparison.cw_total == 500


def test_an_agreement_without_company_is_told() -> None:
    decision = decided(invoice(company=None, of=agreement(company=None)), gathered())
    assert isinstance(decision, Wait)
    assert decision.code == "G1"
    assert "is missing in ConnectWise" in decision.reason


def test_the_company_of_the_invoice_has_to_be_linked_too() -> None:
    of = agreement(company={"id": 260, "name": "Acme Group"})
    decision = decided(invoice(of=of), replace(gathered(), parties={260: party(9, "1009")}))
    assert isinstance(decision, Wait)
    assert decision.code == "G2"


@pytest.mark.parametrize("on_invoice", [True, False])
def test_the_bill_to_customer_has_to_be_linked(on_invoice: bool) -> None:
    payer = {"id": 251, "name": "Acme Holding"}
    billed = invoice(billToCompany=payer) if on_invoice else invoice(of=agreement(billToCompany=payer))
    decision = decided(billed, gathered())
    assert isinstance(decision, Wait)
    assert decision.code == "G3"
    assert decision.blocked_on == ("link:customer-company:right:251",)
    healed = planned(billed, gathered(parties={COMPANY: party(), 251: party(12, "2000")}))
    assert healed.fields["bill_to_id"] == 12


def test_another_currency_is_refused() -> None:
    euro = {"id": 1, "currencyCode": "EUR"}
    decision = decided(invoice(currency=euro), gathered(), settings(currency="USD"))
    assert isinstance(decision, Reject)
    assert decision.code == "G27"
    assert isinstance(decided(invoice(currency=euro), gathered()), Apply)
    mixed = decided(
        invoice(currency=euro, of=agreement(currency={"id": 2, "currencyCode": "USD"})), gathered()
    )
    assert isinstance(mixed, Reject)
    assert mixed.code == "G27"


def test_the_checks_follow_the_order_in_which_people_look() -> None:
    decision = decided(invoice(), gathered())
    names = [check.name for check in decision.checks]
    wanted = [
        "billing status is selected (variable 10)",
        "agreement type is selected (variable 2)",
        "customer is linked",
        "bill-to customer is linked",
        "billing cycle is known",
        "agreement type has a contract template",
        "contract will bill the invoice's amount",
    ]
    assert [name for name in names if name in wanted] == wanted


def test_whoever_asks_has_no_sequence() -> None:
    asked = change(invoice(), "reprocess", 0)
    decision = decide(asked, gathered(), settings())
    assert isinstance(decision, Apply)
    assert check_of(decision.checks, "is newer than what was applied").wanted == "anything: it is asked for"


def test_an_invoice_of_zero_is_processed() -> None:
    plan = planned(invoice("0", (row(1, "SEAT", "2", "0"),)), gathered((item("SEAT"),)))
    assert [(one.item, one.fields["unit_base_rate"]) for one in plan.lines] == [("SEAT", Decimal())]
    assert plan.comparison.equal
    assert date(2026, 5, 1) == plan.comparison.period_from
