"""How wrong values of settings are told (``shared/checkup/wording.py``)."""

import pytest

from shared.checkup.settings import check_settings
from shared.checkup.wording import what_it_is


@pytest.mark.parametrize(
    ("variable", "given", "text", "fix"),
    [
        ("TANDEM_KAFKA__PARTITIONS", "many", "is no whole number", ""),
        ("TANDEM_CUSTOMER_SYNC__SETTLE_LOOKUP", "soon", "is no number", "seconds after a lost answer"),
        (
            "TANDEM_CUSTOMER_SYNC__SETTLE_LOOKUP",
            "-1",
            "must be greater than 0",
            "seconds after a lost answer",
        ),
        ("TANDEM_AGREEMENT_SYNC__PUSH_PAID", "ja", "is neither Yes nor No", "whether a paid invoice"),
        (
            "TANDEM_AGREEMENT_SYNC__START_DATE",
            "31.12.2025",
            "is no day; write it like 2026-05-31",
            "invoices",
        ),
        (
            "TANDEM_AGREEMENT_SYNC__INVOICE_NUMBER_TARGET",
            "Notes",
            "must be 'PO' or 'Remarks'",
            "where a contract",
        ),
    ],
)
def test_a_wrong_value_is_told_without_the_words_of_a_programmer(
    monkeypatch: pytest.MonkeyPatch, variable: str, given: str, text: str, fix: str
) -> None:
    monkeypatch.setenv(variable, given)
    [finding] = [found for found in check_settings(["customer_sync"]) if found.variable == variable]
    assert finding.text == text
    assert finding.fix.startswith(fix)


def test_a_settings_file_that_is_not_there_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_CONFIG", "nope.yaml")
    [finding] = check_settings(["customer_sync"])
    assert finding.line() == (
        "TANDEM_CONFIG: names nope.yaml, which is not a file (mend the file, or name another)"
    )


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("ID747 variable 8: customer sync type", "ID747 variable 8: customer sync type"),
        ("ID964: whether", "whether"),
        ("new (ID954): days ahead", "days ahead"),
        ("column: the RecID", "column: the RecID"),
        ("newest first: yes", "newest first: yes"),
        (None, ""),
    ],
)
def test_a_description_is_told_without_where_it_comes_from_but_for_the_vendors_number(
    description: str | None, told: str
) -> None:
    assert what_it_is(description) == told
