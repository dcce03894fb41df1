"""From records to snapshots, and whether the database went back in time. Nothing here waits."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from shared.connector.snapshots import Snapshot, of_record
from shared.eautomate.rows import BESIDE, Beside
from shared.events.records import Record


def snapshot(record: Record) -> Snapshot:
    """A record; its stamp is the digest of what changes without moving the rowversion."""
    stamp = _digest({name: getattr(record, name) for name in BESIDE[record.ENTITY]})
    return of_record(record, stamp=stamp)


def beside_stamp(row: Beside) -> str:
    """The same digest from a pass over what lies beside the rows."""
    return _digest(row.fields)


def went_back(known_identity: str | None, identity: str, position: bytes | None, high: bytes) -> bool:
    """Whether the database is another one than before, or an earlier state of it.

    Args:
        known_identity: of the database read so far, None before the first time.
        identity: of the database as it is now.
        position: rowversion up to which was read, None before the first time.
        high: lowest rowversion that is still in use now.
    """
    if known_identity is not None and known_identity != identity:
        return True
    return position is not None and high < position


def _digest(fields: Mapping[str, Any]) -> str:
    return hashlib.blake2b(json.dumps(fields, sort_keys=True).encode(), digest_size=16).hexdigest()
