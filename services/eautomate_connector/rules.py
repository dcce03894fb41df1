"""From customers to snapshots, and whether the database went back in time. Nothing here waits."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from shared.connector.snapshots import Snapshot, of_record
from shared.eautomate.rows import CustomerProperties
from shared.events.records import Customer


def customer_snapshot(customer: Customer) -> Snapshot:
    """A customer; its stamp is the digest of what changes without moving the rowversion."""
    stamp = _digest(customer.configuration, customer.storable_properties, customer.properties)
    return of_record(customer, stamp=stamp)


def property_stamp(properties: CustomerProperties) -> str:
    """The same digest from a pass over property values alone."""
    return _digest(properties.configuration, properties.storable, properties.values)


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


def _digest(configuration: str | None, storable: Sequence[str], values: Mapping[str, str]) -> str:
    content: list[Any] = [configuration, list(storable), sorted(values.items())]
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=16).hexdigest()
