"""From ConnectWise's rows to snapshots, and from a walk's time to the next position. Nothing here waits."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.connector.snapshots import Snapshot, malformed, of_record
from shared.connector.store import Known
from shared.connectwise.companies import MalformedRecordError, company, site, without_links
from shared.connectwise.members import member

Row = Mapping[str, Any]


def company_snapshot(row: Row) -> Snapshot:
    """A company; one in the recycle bin is a deletion that still carries its record."""
    try:
        record = company(row)
    except MalformedRecordError:
        return malformed(str(row["id"]), str(row["id"]), without_links(row), stamp=stamp_of(row))
    return of_record(record, stamp=stamp_of(row), deleted=record.deletedFlag)


def site_snapshot(row: Row, company_id: int) -> Snapshot:
    """A site of a company."""
    try:
        record = site(row, company_id)
    except MalformedRecordError:
        return malformed(str(row["id"]), str(company_id), without_links(row), stamp=stamp_of(row))
    return of_record(record, stamp=stamp_of(row))


def member_snapshot(row: Row) -> Snapshot:
    """A member; one that was deactivated is a member all the same."""
    try:
        record = member(row)
    except MalformedRecordError:
        return malformed(str(row["id"]), str(row["id"]), without_links(row), stamp=stamp_of(row))
    return of_record(record, stamp=stamp_of(row))


def stamp_of(row: Row) -> str | None:
    """``_info/lastUpdated``, None when it was not sent. It tells touched from untouched only."""
    info = row.get("_info")
    stamp = info.get("lastUpdated") if isinstance(info, Mapping) else None
    return str(stamp)[:64] if stamp else None


def next_position(start: datetime | None, overlap_seconds: float) -> str | None:
    """Where the next walk begins.

    Args:
        start: the server's time when this walk began, None when it did not say: the position stays.
        overlap_seconds: how much is read again.
    """
    if start is None:
        return None
    return (start - timedelta(seconds=overlap_seconds)).isoformat()


def to_read(seen: Iterable[tuple[str, str | None]], known: Iterable[Known]) -> list[str]:
    """Keys a sweep must read: never published, or with another stamp than remembered.

    Args:
        seen: key and stamp of every record there is.
        known: what is remembered.
    """
    remembered = {record.key: record.stamp for record in known}
    return [key for key, stamp in seen if key not in remembered or remembered[key] != stamp]
