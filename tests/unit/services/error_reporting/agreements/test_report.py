"""The report as data: errors, green and red, what is listed apart."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.error_reporting.agreements import words
from services.error_reporting.agreements.report import (
    AgreementReport,
    CaseNow,
    DayRow,
    Tone,
    line_tone,
    report,
)
from shared.errors import CATALOGUE
from tests.unit.services.error_reporting.agreements.told import (
    MAY,
    NEW_YORK,
    NO_CONTRACT,
    all_of,
    compared,
    lettered,
    line,
    moment,
    row,
    rows,
    told,
)

OPEN = CaseNow(is_open=True, ignored=False)
KNOWN = next(code for code in ("G1", "C1") if code in CATALOGUE)


def made(
    found: list[DayRow],
    before: list[DayRow] | None = None,
    cases: dict[str, CaseNow] | None = None,
    *,
    first: date = MAY,
    last: date = MAY,
    terminations: bool = False,
) -> AgreementReport:
    return report(first, last, NEW_YORK, found, before or [], cases or {}, terminations)


def test_equal_totals_are_green_and_others_red_to_the_cent() -> None:
    cent = compared(501, line("BASE", "500.00", "499.99"), company="Beta Law")
    found = made(
        [row(told(comparison=compared())), row(told("rejected", comparison=cent, invoice=501, code="G16"))]
    )
    red, green = found.invoices
    assert (green.tone, green.verdict, green.comparison.difference) == (Tone.GOOD, "equal", Decimal("0.00"))
    assert (red.tone, red.verdict, red.comparison.difference) == (Tone.BAD, "differs", Decimal("-0.01"))
    assert found.red == 1


def test_an_invoice_that_does_not_add_up_is_red_though_the_totals_agree() -> None:
    (shown,) = made([row(told("rejected", comparison=compared(), code="G16"))]).invoices
    assert (shown.tone, shown.verdict) == (Tone.BAD, "the invoice does not add up")
    (other,) = made([row(told("rejected", comparison=compared(), code="P3"))]).invoices
    assert (other.tone, other.verdict) == (Tone.GOOD, "equal")


def test_red_ones_come_first_then_what_was_created() -> None:
    told_ = [
        told(comparison=compared(1, made="updated"), invoice=1),
        told(comparison=compared(2, made="created", company="Zeta"), invoice=2),
        told(comparison=compared(3, made="unchanged"), invoice=3),
        told(comparison=compared(4, line("A", "2", "1")), invoice=4),
    ]
    found = made([row(one) for one in told_])
    assert [one.comparison.invoice_id for one in found.invoices] == [4, 2, 1, 3]


def test_what_was_left_alone_and_has_no_contract_is_not_compared() -> None:
    filtered = told("skipped", comparison=compared(**NO_CONTRACT))
    refused = told("rejected", comparison=compared(501, **NO_CONTRACT), invoice=501, code="G1")
    found = made([row(filtered), row(refused)])
    (shown,) = found.invoices
    assert (shown.comparison.invoice_id, shown.tone, shown.verdict) == (501, Tone.BAD, "no contract")


def test_lines_taken_back_are_neither_green_nor_red() -> None:
    deleted = compared(made="updated", lines=(), ea_total=None, warnings=(("G21", "taken back"),))
    found = made([row(told(comparison=deleted))])
    (shown,) = found.invoices
    assert (shown.tone, shown.verdict) == (Tone.PLAIN, "not compared, deleted in ConnectWise")
    assert "1 invoice: 0 green, 0 red, 1 not compared" in words.summary(found)


def test_a_deleted_invoice_keeps_the_names_it_was_synced_under() -> None:
    synced = told(at=moment(13), comparison=compared(made="created"))
    gone = compared(
        company="", agreement="", agreement_type="", status="", invoice_day=None, lines=(), ea_total=None,
        warnings=(("G21", "taken back"),),
    )  # fmt: skip
    deleted = told(at=moment(15), comparison=gone, sequence=6)
    for found in (row(synced, deleted), row(deleted, synced)):
        (shown,) = made([found]).invoices
        assert words.headline(shown).startswith("Invoice 500 of 2026-05-01, Acme Dental, Acme managed")
        assert (shown.made, shown.verdict) == ("created", "not compared, deleted in ConnectWise")


def test_a_later_error_of_an_invoice_takes_the_place_of_an_earlier_one() -> None:
    first = told("rejected", moment(13), compared(), code="G28")
    second = told("rejected", moment(14), compared(), code="G13", command=True)
    states = {one.code: one.state for one in made([row(first, second)]).troubles}
    assert states == {"G28": "healed", "G13": "open"}


def test_credit_memos_are_listed_apart() -> None:
    memo = compared(502, **(NO_CONTRACT | {"invoice_type": "CreditMemo", "cw_total": Decimal("-40.00")}))
    found = made([row(told("skipped", comparison=memo, invoice=502))])
    assert found.invoices == ()
    assert [one.cw_total for one in found.credit_memos] == [Decimal("-40.00")]


def test_ended_contracts_are_listed_only_when_asked_for() -> None:
    days = [row(told(comparison=compared(terminated=date(2026, 5, 31))))]
    assert made(days).ended is None
    ended = made(days, terminations=True).ended
    assert ended is not None
    assert [(one.contract, one.terminated) for one in ended] == [("CW-500-01", date(2026, 5, 31))]
    assert made([row(told(comparison=compared()))], terminations=True).ended == ()


@pytest.mark.parametrize(("end", "listed"), [(date(2026, 5, 31), True), (date(2026, 6, 1), False)])
def test_a_contract_that_runs_on_has_not_ended(end: date, listed: bool) -> None:
    found = made([row(told(comparison=compared(terminated=end)))], terminations=True)
    assert found.ended is not None
    assert bool(found.ended) is listed


def test_an_error_says_what_happened_what_to_do_and_since_when() -> None:
    refused = told(
        "rejected", moment(13), compared(**NO_CONTRACT), code=KNOWN, text="Acme Dental is not mapped"
    )
    found = made([row(refused, lettered(moment(13), KNOWN, first=moment(2, day=27)))])
    (trouble,) = found.troubles
    assert (trouble.invoice, trouble.company, trouble.agreement) == ("500", "Acme Dental", "Acme managed")
    assert (trouble.text, trouble.mend) == ("Acme Dental is not mapped", CATALOGUE[KNOWN].mend)
    assert f"{trouble.since:%Y-%m-%d %H:%M}" == "2026-05-26 22:00"
    assert (trouble.state, trouble.tone) == ("open", Tone.BAD)


def test_an_error_without_any_comparison_is_called_as_the_record_is() -> None:
    (trouble,) = made([row(told("rejected", code="G9"))]).troubles
    assert trouble.invoice == "invoice 500 Acme Dental"


def test_a_healed_error_is_listed_as_healed() -> None:
    found = made([row(told("rejected", moment(9), code="G1"), told("applied", moment(10), compared()))])
    assert [trouble.state for trouble in found.troubles] == ["healed"]
    assert found.standing == 0


def test_what_stood_before_is_listed_until_it_heals_or_somebody_ignores_it() -> None:
    old = row(told("rejected", moment(9, day=20), code="G1"), day=date(2026, 5, 20))
    assert [trouble.code for trouble in made([], [old], {old.record: OPEN}).troubles] == ["G1"]
    for case in ({}, {old.record: CaseNow(False, False)}, {old.record: CaseNow(True, True)}):
        assert made([], [old], case).troubles == ()


def test_several_days_are_one_report() -> None:
    days = rows(
        told("rejected", moment(14, day=27), code="G1"),
        told("applied", moment(14, day=28), compared(made="created")),
        told("skipped", moment(14, day=29), compared(made="unchanged", billed="91001")),
    )
    first = date(2026, 5, 27)
    found = made(all_of(days, first, MAY), first=first)
    (shown,) = found.invoices
    assert (shown.made, shown.billing) == ("created", "billed as 91001")
    assert [(one.code, one.state) for one in found.troubles] == [("G1", "healed")]
    (only,) = made(all_of(days, first, first), first=first, last=first).troubles
    assert only.state == "open"


def test_an_older_success_of_another_day_does_not_heal_a_newer_change() -> None:
    days = rows(
        told("rejected", moment(14, day=28), code="G1", sequence=9),
        told("applied", moment(14, day=29), compared(), sequence=8),
    )
    (trouble,) = made(days, first=date(2026, 5, 28)).troubles
    assert trouble.state == "open"


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "not billed yet"),
        ({"bill": False}, "kept out of the billing queue"),
        ({"bill": False, "billed": "91001"}, "billed as 91001"),
        (NO_CONTRACT, ""),
    ],
)
def test_whether_it_is_billed_is_said(more: dict[str, Any], wanted: str) -> None:
    (shown,) = made([row(told("rejected", comparison=compared(**more), code="G16"))]).invoices
    assert shown.billing == wanted


def test_a_line_on_one_side_only_is_red_unless_it_is_at_zero() -> None:
    assert line_tone(line("A", "1.00", None)) is Tone.BAD
    assert line_tone(line("A", None, "1.00")) is Tone.BAD
    assert line_tone(line("SERVICE", None, "0.00")) is Tone.PLAIN
    assert line_tone(line("A", "1.00", "1.00")) is Tone.PLAIN


def test_an_empty_day_says_so() -> None:
    found = made([])
    assert found.empty
    assert words.summary(found) == "Nothing was synced and no error was met on 2026-05-29."


@pytest.mark.parametrize(
    ("amount", "wanted"),
    [
        ("1234.5", "1,234.50"),
        ("-0.01", "-0.01"),
        ("0", "0.00"),
        ("8.333333", "8.333333"),
        ("1E+3", "1,000.00"),
    ],
)
def test_amounts_are_written_to_the_cent_or_exactly(amount: str, wanted: str) -> None:
    assert words.money(Decimal(amount)) == wanted


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_no_amount_is_rounded_away(amount: Decimal) -> None:
    assert Decimal(words.money(amount).replace(",", "")) == amount
    assert Decimal(words.quantity(amount).replace(",", "")) == amount
