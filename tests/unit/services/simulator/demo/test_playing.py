"""How an act says that it came out (``services/simulator/demo/playing.py``)."""

import io

from rich.console import Console

from services.simulator.demo.playing import verdict


def told(wrong: int, late: list[str]) -> tuple[int, str]:
    out = io.StringIO()
    ended = verdict(Console(file=out, width=200), wrong, late, "invoices", "30 invoices, to the cent")
    return ended, out.getvalue()


def test_what_agrees_is_told_as_that() -> None:
    assert told(0, []) == (0, "Both sides agree: 30 invoices, to the cent.\n")


def test_a_slow_machine_is_no_disagreement_and_still_not_well() -> None:
    ended, text = told(0, ["the first sync"])
    assert ended == 1
    assert text == "Both sides agree: 30 invoices, to the cent.\nNot done within 180 s: the first sync.\n"


def test_what_does_not_agree_is_counted() -> None:
    assert told(2, []) == (2, "The two sides do not agree: 2 invoices.\n")
