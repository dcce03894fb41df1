"""A record's state as a row: what is derived from it, and what of waking stays as it was. Pure."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.error_reporting import rules
from services.error_reporting.facts import Letter
from services.error_reporting.state import RecordState
from services.error_reporting.tables import LABEL_MOST, RECORD_MOST, TRIGGER_MOST

NUMBER_CHARACTERS = 8
Key = tuple[str, str]


def key_of(agent: str, record: str) -> Key:
    """The primary key; what no column holds is cut."""
    return clean(agent)[:60], clean(record)[:RECORD_MOST]


def clean(text: str) -> str:
    """Without NUL, which PostgreSQL does not store."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


def trigger_key(trigger: str) -> str:
    """A trigger as the tables hold it."""
    return clean(trigger)[:TRIGGER_MOST]


def number_of(key: Key) -> str:
    """The number people call a case by: the same after every rebuild, in whatever order it is told."""
    digest = hashlib.sha256("\n".join(key).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:NUMBER_CHARACTERS]


def row_of(
    key: Key, state: RecordState, before: Mapping[str, Any] | None, answered: bool, due: datetime
) -> dict[str, Any]:
    """The row of a state.

    Args:
        before: the row as it was.
        answered: a wake was answered, and nothing came of it.
        due: when to try again what failed anew.
    """
    open_ = rules.standing(state)
    head = open_[0] if open_ else None
    letter = rules.letter_to_send(state)
    sendable = letter is not None and letter.sendable
    label = (clean(state.label) or key[1])[:LABEL_MOST]
    row = {
        "agent": key[0],
        "record": key[1],
        "number": number_of(key),
        "process": clean(state.process)[:60],
        "label": label,
        "label_key": label.casefold()[:LABEL_MOST],
        "code": clean(head.code)[:20] if head is not None else "",
        "is_open": head is not None,
        "ignored": rules.is_ignored(state),
        "sendable": sendable,
        "automatic": sendable and head is not None and head.code not in rules.UNREADABLE,
        "failed_at": head.at if head is not None else None,
        "first_failed_at": rules.first_failed_at(state),
        "retry_since": letter.first_failed_at if letter is not None else None,
        "asked_at": rules.asked_at(state),
        "body": state.model_dump_json(exclude_defaults=True),
    }
    return row | _waking(row, before, answered, due)


def _waking(
    row: Mapping[str, Any], before: Mapping[str, Any] | None, answered: bool, due: datetime
) -> dict[str, Any]:
    kept = {name: before[name] if before is not None else None for name in WAKING}
    if not row["is_open"]:
        return dict.fromkeys(WAKING) | {"asked_done_at": kept["asked_done_at"]}
    if before is None or before["failed_at"] != row["failed_at"]:
        kept["due_at"] = due
    if answered:
        kept |= {"due_at": due, "woken_for": None}
    return kept


WAKING = ("asked_done_at", "due_at", "woken_for", "woken_at", "woken_by")


def letter_row(key: Key, letter: Letter) -> dict[str, Any]:
    """A letter with its bytes."""
    headers = [
        [clean(name), base64.b64encode(value).decode() if value is not None else None]
        for name, value in letter.headers
    ]
    return {
        "agent": key[0],
        "record": key[1],
        "command": letter.command,
        "key": letter.key,
        "value": letter.value,
        "headers": json.dumps(headers),
    }


def headers_from(text: str) -> Sequence[tuple[str, bytes]]:
    """The headers back from a letter's row."""
    return [(name, base64.b64decode(value)) for name, value in json.loads(text) if value is not None]
