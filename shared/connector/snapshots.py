"""A record as a connector is about to publish it."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.events.records import Record

CHANGED = "changed"
DELETED = "deleted"
OVERSIZED = "oversized"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read.

    Attributes:
        key: the record's own key, as text.
        order_key: what must stay in order.
        digest: of the content; the same digest is not published again.
        body: makes the value; asked only when it is published.
        stamp: the source's mark of this state, None when it has none.
    """

    key: str
    order_key: str
    digest: str
    body: Callable[[], bytes]
    schema: int = 1
    action: str = CHANGED
    stamp: str | None = None

    @property
    def deleted(self) -> bool:
        """Whether the record is gone."""
        return self.action == DELETED


def of_record(record: Record, *, stamp: str | None = None, deleted: bool = False) -> Snapshot:
    """A snapshot of a record that has its model's shape.

    Args:
        record: as read.
        stamp: the source's mark.
        deleted: whether the source keeps it as a deleted record; the body is the record all the same.
    """
    return Snapshot(
        key=record.subject,
        order_key=record.order_key,
        digest=record.content_hash(),
        body=record.value,
        schema=record.SCHEMA,
        action=DELETED if deleted else CHANGED,
        stamp=stamp,
    )


def malformed(key: str, order_key: str, row: Mapping[str, Any], *, stamp: str | None = None) -> Snapshot:
    """A record without its model's shape. It travels as it is, so that its reader makes a dead letter."""
    value = json.dumps(row, default=str, sort_keys=True).encode()
    digest = hashlib.sha256(b"malformed:" + value).hexdigest()
    return Snapshot(key=key, order_key=order_key, digest=digest, body=lambda: value, stamp=stamp)


def gone(entity: str, key: str, order_key: str) -> Snapshot:
    """A record that vanished: all that is known is which one it was."""
    value = json.dumps({"entity": entity, "key": key, "deleted": True}).encode()
    digest = hashlib.sha256(b"gone:" + value).hexdigest()
    return Snapshot(key=key, order_key=order_key, digest=digest, body=lambda: value, action=DELETED)
