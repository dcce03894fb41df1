"""How outcomes, letters and deeds become a case (design, section 7). Pure.

A change's failure is closed by a success of a higher sequence, by a later success of the same, and by a later
success of a command, which decides on the row as it is now. A command's failure is closed by any later success.
What is older than the success that closed it never opens it again; *superseded* neither opens nor closes.
"""

from datetime import datetime
from typing import TypeVar

from services.error_reporting.facts import Letter, record_of
from services.error_reporting.state import (
    NEVER,
    Asked,
    Deed,
    Failure,
    Ignored,
    Last,
    LetterRef,
    RecordState,
    Tries,
)
from shared.events.case_events import CaseEvent, Redriven
from shared.sync.outcome import Outcome

KEPT_TRIES = 50
KEPT_DEEDS = 50
KEPT_CODES = 30
APPLIED, SKIPPED, SUPERSEDED = "applied", "skipped", "superseded"
FAILED = frozenset({"waiting", "rejected"})
UNREADABLE = frozenset({"E1", "E2"})
"""Sending these again by itself would only make one more letter."""

Ranked = TypeVar("Ranked", Failure, LetterRef)


def with_outcome(state: RecordState, outcome: Outcome) -> RecordState:
    """The state with what one outcome tells."""
    rank = (not outcome.command, outcome.at)
    told: dict[str, object] = {"process": max(state.process, outcome.process)}
    if (rank, outcome.label) > (state.label_rank, state.label):
        told |= {"label": outcome.label, "label_rank": rank}
    if outcome.result != SUPERSEDED and not outcome.again:
        told["last"] = _later(state.last, _last(outcome))
    if outcome.result in FAILED:
        failure = Failure(
            sequence=outcome.sequence,
            command=outcome.command,
            at=outcome.at,
            code=outcome.code,
            text=outcome.text,
            result=outcome.result,
            blocked_on=outcome.blocked_on,
            checks=outcome.checks,
        )
        told |= _failed(state, failure)
    elif succeeded(outcome):
        told["done_at"] = max(state.done_at, outcome.at)
        if outcome.command:
            told["command_done_at"] = max(state.command_done_at, outcome.at)
        else:
            told["done"] = max(state.done, (outcome.sequence, outcome.at))
    elif outcome.again and not outcome.command:
        # It was applied once, nobody knows when: that closes what is older, not a later try of the same change.
        told["done"] = max(state.done, (outcome.sequence, NEVER))
    if outcome.result == APPLIED:
        told["applied_at"] = _latest(state.applied_at, outcome.at)
        if any(effect.system == "ConnectWise" for effect in outcome.effects):
            told["pushed_at"] = _latest(state.pushed_at, outcome.at)
    return _tidied(state.model_copy(update=told))


def with_letter(state: RecordState, letter: Letter) -> RecordState:
    """The state with what one dead letter tells."""
    failure = Failure(
        sequence=letter.sequence,
        command=letter.command,
        at=letter.at,
        code=letter.code,
        text=letter.text,
        blocked_on=letter.blocked_on,
    )
    told = _failed(state, failure)
    slot = "command_letter" if letter.command else "change_letter"
    told[slot] = _newer(getattr(state, slot), reference(letter))
    message = f"{'command ' if letter.command else ''}{letter.sequence}"
    tries = Tries(
        at=letter.at,
        sequence=letter.sequence,
        command=letter.command,
        count=letter.redrives + 1,
        first_failed_at=letter.first_failed_at,
    )
    known = state.tries.get(message)
    newest = tries if known is None else max(known, tries, key=lambda one: (one.at, one.count))
    told["tries"] = {**state.tries, message: newest}
    return _tidied(state.model_copy(update=told))


def with_event(state: RecordState, event: CaseEvent | Redriven) -> RecordState:
    """The state with what a person did."""
    deed = Deed(at=event.at, what=event.event, by=event.by, why=event.why)
    deeds = sorted({*state.deeds, deed}, key=lambda one: (one.at, one.what, one.by, one.why))
    told: dict[str, object] = {"deeds": tuple(deeds[-KEPT_DEEDS:])}
    if isinstance(event, CaseEvent):
        if event.event == "retry":
            asked = Asked(failed_at=event.failed_at, at=event.at)
            told["asked"] = max(state.asked or asked, asked, key=lambda one: (one.failed_at, one.at))
        else:
            ignored = Ignored(
                at=event.at,
                on=event.event == "ignored",
                failed_at=event.failed_at,
                code=event.code,
                by=event.by,
                why=event.why,
            )
            told["ignored"] = _later(state.ignored, ignored)
    return state.model_copy(update=told)


def joined(one: RecordState, other: RecordState) -> RecordState:
    """What two states tell about errors together, as if what made both had made one."""
    told: dict[str, object] = {
        name: max(getattr(one, name), getattr(other, name)) for name in ("done", "done_at", "command_done_at")
    }
    for slot in ("change", "command"):
        first, second = getattr(one, slot), getattr(other, slot)
        told[slot] = first if second is None else _newer(first, second)
    return _tidied(one.model_copy(update=told))


def reference(letter: Letter) -> LetterRef:
    """What is remembered of a letter beside its bytes."""
    return LetterRef(
        sequence=letter.sequence,
        command=letter.command,
        at=letter.at,
        first_failed_at=letter.first_failed_at,
        sendable=letter.sendable,
    )


def event_record(event: CaseEvent | Redriven) -> str:
    """The record an event is about."""
    return event.record if isinstance(event, CaseEvent) else record_of(event.trace)


def succeeded(outcome: Outcome) -> bool:
    """Whether something came of it that closes a case and that others may wait for."""
    return outcome.result in {APPLIED, SKIPPED} and not outcome.again


def triggers(outcome: Outcome) -> tuple[str, ...]:
    """What an outcome brings about, in the words of ``blocked_on``; a failure brings nothing about."""
    if not succeeded(outcome):
        return ()
    source, _, rest = outcome.record.partition("/")
    entity, _, key = rest.partition("/")
    return (f"record:{source}:{entity}:{key}", *outcome.wakes)


def standing(state: RecordState) -> list[Failure]:
    """The failures nothing has closed, the one to show first."""
    found = [one for one in (state.change, state.command) if one is not None and not _closed(state, one)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def kept_letter(state: RecordState, command: bool) -> LetterRef | None:
    """The letter whose bytes are kept: the newest of a change or of a command, unless a success closed it."""
    letter = state.command_letter if command else state.change_letter
    return None if letter is None or _closed(state, letter) else letter


def letter_to_send(state: RecordState) -> LetterRef | None:
    """The letter whose change is to be tried again; a change's before a command's.

    None when none is there, or when it is older than the failure.
    """
    for failure in (state.change, state.command):
        if failure is not None and not _closed(state, failure):
            letter = kept_letter(state, failure.command)
            return letter if letter is not None and letter.sequence == failure.sequence else None
    return None


def letter_is_closed(state: RecordState, letter: Letter) -> bool:
    """Whether a success has closed what a letter is about."""
    return _closed(state, reference(letter))


def blocked_on(state: RecordState, record: str) -> tuple[str, ...]:
    """What would wake the case: the record itself never does, its own change is worked on anyway."""
    own = f"record:{record.replace('/', ':', 2)}"
    named = (trigger for failure in standing(state) for trigger in failure.blocked_on)
    return tuple(dict.fromkeys(trigger for trigger in named if trigger != own))


def is_ignored(state: RecordState) -> bool:
    """Whether the case is to stay quiet: no success and no other error since somebody asked for it."""
    ignored, open_ = state.ignored, standing(state)
    if ignored is None or not ignored.on or not open_ or state.done_at > ignored.failed_at:
        return False
    others = (at for code, at in state.codes.items() if code != ignored.code)
    return open_[0].code == ignored.code and all(at <= ignored.failed_at for at in others)


def asked_at(state: RecordState) -> datetime | None:
    """When somebody asked to try again what stands; None once it has failed since, which was the answer."""
    open_ = standing(state)
    if state.asked is None or not open_ or open_[0].at > state.asked.failed_at:
        return None
    return state.asked.at


def attempts(state: RecordState) -> int:
    """How often it was tried in vain."""
    return max(1, sum(one.count for one in state.tries.values()))


def first_failed_at(state: RecordState) -> datetime | None:
    """Since when it is in trouble; None when it is not."""
    moments = [failure.at for failure in standing(state)]
    if not moments:
        return None
    return min([*moments, *(one.first_failed_at for one in state.tries.values())])


def _failed(state: RecordState, failure: Failure) -> dict[str, object]:
    slot = "command" if failure.command else "change"
    codes = dict(state.codes)
    if failure.code:
        codes[failure.code] = _latest(codes.get(failure.code), failure.at)
    newest = sorted(codes.items(), key=lambda one: (one[1], one[0]))[-KEPT_CODES:]
    return {slot: _newer(getattr(state, slot), failure), "codes": dict(sorted(newest))}


def _newer(known: Ranked | None, other: Ranked) -> Ranked:
    """The newer one; what two messages tell about one failure is put together."""
    if known is None or known.rank < other.rank:
        return other
    if known.rank > other.rank:
        return known
    if isinstance(known, Failure) and isinstance(other, Failure) and bool(known.result) != bool(other.result):
        # The outcome tells all; a letter has its text cut and its list in one line.
        return known if known.result else other
    fuller = {
        name: max(getattr(known, name), getattr(other, name), key=_size) for name in type(known).model_fields
    }
    return known.model_copy(update=fuller)


def _size(value: object) -> tuple[int, str]:
    return (len(value) if isinstance(value, str | tuple) else 0, str(value))


def _closed(state: RecordState, one: Failure | LetterRef | Tries) -> bool:
    if one.command:
        return state.done_at > one.at
    return state.done > (one.sequence, one.at) or state.command_done_at > one.at


def _tidied(state: RecordState) -> RecordState:
    """Without what a success has closed: of failures their place stays, so that older ones stay closed."""
    told: dict[str, object] = {}
    for slot in ("change", "command"):
        failure: Failure | None = getattr(state, slot)
        if failure is not None and _closed(state, failure):
            told[slot] = Failure(sequence=failure.sequence, command=failure.command, at=failure.at)
    open_ = [(message, one) for message, one in state.tries.items() if not _closed(state, one)]
    open_.sort(key=lambda item: (item[1].command, item[1].sequence))
    told["tries"] = dict(open_[-KEPT_TRIES:])
    return state.model_copy(update=told)


def _last(outcome: Outcome) -> Last:
    return Last(
        at=outcome.at,
        result=outcome.result,
        code=outcome.code,
        text=outcome.text,
        sequence=outcome.sequence,
        redo=outcome.redo,
    )


Dated = TypeVar("Dated", Last, Ignored)


def _later(known: Dated | None, other: Dated) -> Dated:
    return other if known is None else max(known, other, key=lambda one: (one.at, one.model_dump_json()))


def _latest(known: datetime | None, other: datetime) -> datetime:
    return other if known is None else max(known, other)
