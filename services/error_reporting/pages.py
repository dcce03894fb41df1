"""Cases as people read them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich import box
from rich.table import Table

from services.error_reporting import rules
from services.error_reporting.queries import Case
from services.error_reporting.state import Failure
from services.error_reporting.wakes import ASKED, CLOCK
from shared.errors import CATALOGUE

DEEDS = {
    "retry": "asked to try again",
    "ignored": "ignored",
    "unignored": "listed again",
    "redriven": "letter redriven",
}


def listed(cases: Sequence[Case]) -> Table:
    """A table of cases that fits a narrow window."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("case", "since (UTC)", "tries", "code"):
        table.add_column(heading, no_wrap=True)
    table.add_column("record, and what happened", overflow="fold")
    for case in cases:
        since = rules.first_failed_at(case.known)
        state = "" if case.state == "open" else f" ({case.state})"
        table.add_row(
            case.number,
            f"{since:%m-%d %H:%M}" if since is not None else "",
            str(rules.attempts(case.known)),
            case.code or "-",
            f"{case.label}{state}\n{_head_text(case)}",
        )
    return table


def page(case: Case) -> Table:
    """Everything about one record."""
    known = case.known
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("record", f"{case.label} ({case.key[1]} at {case.key[0]})")
    table.add_row("state", case.state if case.state == "closed" else f"case {case.number}, {case.state}")
    told: dict[tuple[str, str], list[Failure]] = {}
    for failure in rules.standing(known):
        told.setdefault((failure.code, failure.text), []).append(failure)
    for same in told.values():
        failure = same[0]
        entry = CATALOGUE.get(failure.code)
        asked = " (asked for by somebody)" if all(one.command for one in same) else ""
        table.add_row("what happened", f"{failure.text}{asked}")
        if entry is not None:
            table.add_row(entry.code, f"{entry.title}. {entry.meaning}")
            table.add_row("what to do", entry.mend)
        for check in dict.fromkeys(check for one in same for check in one.checks):
            if not check.passed:
                table.add_row("check failed", f"{check.name}: seen {check.seen}, wanted {check.wanted}")
    if case.state != "closed":
        table.add_row("what wakes it", "\n".join(wakes(case)))
    for at, text in history(case):
        table.add_row(f"{at:%Y-%m-%d %H:%M:%S}", text)
    return table


def wakes(case: Case) -> list[str]:
    """What wakes a case, for people, the surest first."""
    told = [f"the record itself, when it changes and {case.process or case.key[0]} can sync it"]
    waits = rules.blocked_on(case.known, case.key[1])
    told += [trigger.replace(":", " ", 1).replace(":", " ") for trigger in waits]
    if case.under_way:
        told.append(f"tried again at {case.woken_at:%H:%M:%S}, not answered yet")
    elif not case.sendable:
        told.append("nothing by itself: no letter of it can be sent again")
    elif not case.automatic:
        told.append("a person: `tandem cases retry`")
    elif case.state == "parked":
        told.append("a person: it is parked, `tandem cases retry` tries it once more")
    elif case.state == "ignored":
        told.append("a person: `tandem cases unignore` or `retry`")
    elif case.due_at is not None:
        told.append(f"the clock: next at {case.due_at:%H:%M:%S} UTC")
    return told


def history(case: Case) -> list[tuple[datetime, str]]:
    """What happened, oldest first."""
    known = case.known
    told = [(deed.at, f"{DEEDS.get(deed.what, deed.what)} by {deed.by}: {deed.why}") for deed in known.deeds]
    first = rules.first_failed_at(known)
    if first is not None:
        told.append((first, "failed first"))
    if known.applied_at is not None:
        told.append((known.applied_at, "applied last"))
    if case.woken_at is not None:
        reason = {ASKED: "somebody asked", CLOCK: "it was time"}.get(case.woken_by or "", case.woken_by)
        told.append((case.woken_at, f"sent to {case.key[0]} again: {reason}"))
    if known.last is not None:
        told.append((known.last.at, f"last: {known.last.result} {known.last.code}".rstrip()))
    return sorted(told)


def facts(case: Case) -> dict[str, Any]:
    """A case for programs: only what topics tell, so that it is the same after a rebuild."""
    first = rules.first_failed_at(case.known)
    return {
        "case": case.number,
        "agent": case.key[0],
        "process": case.process,
        "record": case.key[1],
        "label": case.label,
        "state": case.state,
        "code": case.code,
        "what_happened": _head_text(case),
        "first_failed_at": first.isoformat() if first is not None else None,
        "failed_at": case.failed_at.isoformat() if case.failed_at is not None else None,
        "tries": rules.attempts(case.known),
        "blocked_on": list(rules.blocked_on(case.known, case.key[1])),
    }


def details(case: Case) -> dict[str, Any]:
    """What `show` adds."""
    entry = CATALOGUE.get(case.code)
    known = case.known
    return {
        "meaning": entry.meaning if entry is not None else "",
        "what_to_do": entry.mend if entry is not None else "",
        "checks": [check.model_dump() for failure in rules.standing(known) for check in failure.checks],
        "wakes": wakes(case),
        "history": [{"at": at.isoformat(), "what": text} for at, text in history(case)],
        "woken_by": case.woken_by,
        "applied_at": known.applied_at.isoformat() if known.applied_at is not None else None,
        "pushed_at": known.pushed_at.isoformat() if known.pushed_at is not None else None,
    }


def _head_text(case: Case) -> str:
    open_ = rules.standing(case.known)
    return open_[0].text if open_ else ""
