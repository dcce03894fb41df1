"""How numbers, totals and what was done before are worded."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.agreement_sync.desk.history import History
from services.agreement_sync.desk.pages import rate, totals
from services.agreement_sync.desk.told import coded, past
from shared.sync.comparison import Comparison
from shared.sync.outcome import Outcome


def outcome(hour: int, result: str, text: str, code: str = "") -> Outcome:
    return Outcome(
        process="ID964",
        agent="agreement_sync",
        record="connectwise/invoice/1",
        label="invoice 4711",
        sequence=hour,
        result=result,
        text=text,
        code=code,
        at=datetime(2026, 11, 1, hour, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("value", "told"), [("39.5", "39.50"), ("500", "500.00"), ("8.333333", "8.333333"), ("1250", "1,250.00")]
)
def test_a_rate_has_two_decimals_or_more(value: str, told: str) -> None:
    assert rate(Decimal(value)) == told
    assert rate(None) == ""


def test_a_contract_that_was_not_compared_is_not_said_to_be_missing() -> None:
    held = Comparison(invoice_id=1, invoice="4711", cw_total=Decimal(5))
    assert totals(held) == "ConnectWise 5.00, no contract yet"
    linked = held.model_copy(update={"contract": "CW-1-01", "contract_id": 7})
    assert totals(linked) == "ConnectWise 5.00, not compared with contract CW-1-01"


def test_the_same_several_times_in_a_row_is_one_line() -> None:
    found = History(
        (
            outcome(1, "applied", "written"),
            outcome(2, "skipped", "nothing changes"),
            outcome(3, "skipped", "nothing changes"),
        )
    )
    assert past(found) == [
        "2026-11-01 03:00 UTC: skipped: nothing changes (2 times since 2026-11-01 02:00 UTC)",
        "2026-11-01 01:00 UTC: applied: written",
    ]
    assert coded(outcome(1, "rejected", "", "G10")) == "rejected G10"
