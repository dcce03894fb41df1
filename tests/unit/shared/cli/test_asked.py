from datetime import UTC, datetime

import pytest

from shared.bus.producer import Message
from shared.cli.asked import Asked, answers, end, refusals
from shared.events.envelope import Envelope
from shared.sync.outcome import Outcome

AT = datetime(2026, 1, 1, tzinfo=UTC)
MESSAGE = Message("t.redo", b"7", b"{}", Envelope("tandem", "customer", "7", 500, AT, "push").headers())
ACME = Asked("eautomate/customer/7", "1001 Acme", MESSAGE)


def outcome(sequence: int, redo: str | None = "push", key: int = 7, **more: str) -> Outcome:
    told = {"result": "applied", "text": "in step", **more}
    return Outcome(
        process="ID747", agent="customer_sync", record=f"eautomate/customer/{key}", label="x", sequence=sequence,
        redo=redo, at=AT, **told,
    )  # fmt: skip


def test_only_the_outcome_of_this_command_or_a_later_one_answers_it() -> None:
    earlier, of_a_change, of_another = outcome(499), outcome(600, redo=None), outcome(500, key=8)
    assert answers([ACME], [earlier, of_a_change, of_another, outcome(500, redo="settle")]) == {}
    assert answers([ACME], [earlier, outcome(500, text="mine")])[ACME.record].text == "mine"
    assert answers([ACME], [outcome(501)])[ACME.record].sequence == 501


def test_what_was_refused_is_told_by_the_name_people_know_and_its_code() -> None:
    for result, words in (("rejected", "refused"), ("waiting", "waits")):
        told = {ACME.record: outcome(500, result=result, code="C8")}
        assert refusals([ACME], told) == f"{words} (C8): 1001 Acme"
    assert refusals([ACME], {ACME.record: outcome(500)}) == ""


def test_what_does_not_come_back_is_said_only_to_who_waited(capsys: pytest.CaptureFixture[str]) -> None:
    end("the push", "customer_sync", [ACME], {}, wait=0)
    with pytest.raises(SystemExit):
        end("the push", "customer_sync", [ACME], {}, wait=2)
    assert "within 2 s for 1001 Acme; the push stays asked for" in capsys.readouterr().err
