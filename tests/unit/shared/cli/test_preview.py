import pytest

from shared.cli.preview import counted, summary
from shared.preview import IN_STEP, LEFT, Planned


def test_records_with_a_warning_are_counted_within_the_verdicts_above_them() -> None:
    planned = [
        Planned("customer", "1001", "Acme", IN_STEP, warnings=("name cut",)),
        Planned("customer", "1002", "Best", IN_STEP),
    ]
    assert summary(planned) == [("in step", 2), ("of all of these, with a warning", 1)]


def test_one_record_is_not_several() -> None:
    assert (counted(1), counted(2)) == ("1 record", "2 records")


@pytest.mark.parametrize("reason", ["a member carries its number: no", "is a prospect: yes"])
def test_records_left_alone_for_one_reason_share_a_row(reason: str) -> None:
    planned = [Planned("employee", number, "", LEFT, reason=reason, text=number) for number in ("E1", "E2")]
    assert summary(planned) == [("left alone", 2), (f"left alone: {reason}", 2)]
