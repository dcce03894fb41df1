"""Outcomes, letters and deeds as tests write them: time is counted in seconds from a fixed moment."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from services.error_reporting.facts import Letter
from shared.events.case_events import CaseEvent
from shared.sync.decision import Check
from shared.sync.outcome import Outcome

AGENT, RECORD = "customer_sync", "eautomate/customer/7"
BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def outcome(
    result: str,
    seconds: float,
    sequence: int = 5,
    *,
    code: str = "",
    record: str = RECORD,
    command: bool = False,
    again: bool = False,
    redo: str | None = None,
    blocked_on: Sequence[str] = (),
    wakes: Sequence[str] = (),
    label: str = "customer 1001 Acme Dental",
) -> Outcome:
    failed = result in {"waiting", "rejected"}
    return Outcome(
        process="ID747",
        agent=AGENT,
        record=record,
        label="customer with id 7" if command else label,
        sequence=sequence,
        result=result,
        text=f"{code or result} at {seconds}",
        code=code or ("C1" if failed else ""),
        checks=(Check(name="sync type inserts", passed=not failed, seen="mapping only", wanted="insert"),),
        blocked_on=tuple(blocked_on),
        wakes=tuple(wakes),
        redo=redo,
        command=command,
        again=again,
        at=at(seconds),
    )


def letter(
    seconds: float,
    sequence: int = 5,
    *,
    code: str = "C1",
    record: str = RECORD,
    command: bool = False,
    first: float | None = None,
    redrives: int = 0,
    blocked_on: Sequence[str] = (),
    sendable: bool = True,
    value: bytes = b"{}",
) -> Letter:
    return Letter(
        agent=AGENT,
        record=record,
        sequence=sequence,
        command=command,
        at=at(seconds),
        first_failed_at=at(seconds if first is None else first),
        redrives=redrives,
        code=code,
        text=f"{code} at {seconds}",
        blocked_on=tuple(blocked_on),
        sendable=sendable,
        key=b"7",
        value=value,
        headers=(("ce_id", f"eautomate:customer:7:{sequence}".encode()),),
    )


def deed(
    what: Literal["retry", "ignored", "unignored"],
    seconds: float,
    code: str = "C1",
    record: str = RECORD,
    saw: float | None = None,
) -> CaseEvent:
    """What somebody did who saw the record as it was at a moment: just then, unless told otherwise."""
    return CaseEvent(
        event=what,
        agent=AGENT,
        record=record,
        code=code,
        failed_at=at(seconds if saw is None else saw),
        by="jo",
        why="because",
        at=at(seconds),
    )
