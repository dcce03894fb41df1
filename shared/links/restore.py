"""Taking back what the sync wrote into a wrong record (spec/customers.md 5.5, "Wrong link").

What stood there before is told by outcomes, at least once and before it is known whether a write arrived. Only fields
that still hold what Tandem wrote are put back: a person's later edit stays.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import COMPANIES, Companies
from shared.connectwise.patch import confirm, operations
from shared.events.records import Reference
from shared.links.kinds import LinkKind
from shared.links.records import Theirs
from shared.sync.outcome import Outcome, Writes
from shared.text import fold

REFERENCES = ("status", "stateReference")
CONNECTWISE = "ConnectWise"


class Back(StrEnum):
    """What becomes of a field."""

    RESTORE = "restore"
    DONE = "as before"
    EDITED = "edited since"
    UNKNOWN = "cannot be set"


@dataclass(frozen=True, slots=True)
class Image:
    """Of a field: what stood there first, and what was to be written since, newest last."""

    before: str
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldBack:
    """One field: what stood there, what Tandem wrote, what stands there now."""

    name: str
    before: str
    written: str
    now: str
    what: Back


def images(outcomes: Iterable[Outcome], record: str, since: datetime, until: datetime) -> dict[str, Image]:
    """By field: what was overwritten while a link held, whenever and however often it is told.

    Args:
        outcomes: of the left record, oldest first.
        record: ``connectwise/company/19``.
        since, until: of the link, UTC.
    """
    told = [one for outcome in outcomes for one in _told(outcome, record) if since <= one[0] <= until]
    found: dict[str, Image] = {}
    for _, writes in sorted(told, key=lambda one: one[0]):
        for write in writes:
            for name, (before, written) in write.items():
                known = found.get(name, Image(before, ()))
                earlier = (one for one in known.written if one != written)
                found[name] = Image(known.before, (*earlier, written))
    return found


def _told(outcome: Outcome, record: str) -> Iterable[tuple[datetime, Writes]]:
    for effect in outcome.effects:
        if effect.record == record and effect.system == CONNECTWISE:
            yield outcome.at, (effect.values,)
    for one in outcome.overwritten:
        if one.record == record:
            yield one.at, one.writes


def plan(overwritten: Mapping[str, Image], row: Mapping[str, Any]) -> list[FieldBack]:
    """What becomes of each field of a record as it is now.

    Args:
        row: the record as ConnectWise sends it.
    """
    return [_back(name, image, row) for name, image in sorted(overwritten.items())]


def _back(name: str, image: Image, row: Mapping[str, Any]) -> FieldBack:
    now = _now(row, name, (image.before, *image.written))
    # The last one may have been refused, or never have arrived: then an earlier one stands there.
    stands = next((one for one in image.written if _same(now, one)), None)
    written = stands if stands is not None else image.written[-1]
    what = Back.EDITED if stands is None else Back.RESTORE
    return FieldBack(name, image.before, written, now, Back.DONE if _same(now, image.before) else what)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())


def _now(row: Mapping[str, Any], name: str, told: Sequence[str]) -> str:
    """What stands there now; a reference by the one of its words that outcomes told it by."""
    if name in REFERENCES:
        words = [str(word) for key in ("name", "identifier") if (word := (row.get(name) or {}).get(key))]
        return next((text for text in told if text in words), words[0] if words else "")
    custom = _custom(row, name)
    value = row.get(name) if custom is None else custom.get("value")
    return "" if value is None else str(value)


def _custom(row: Mapping[str, Any], caption: str) -> Mapping[str, Any] | None:
    if caption in row:
        return None
    entries: Sequence[Mapping[str, Any]] = row.get("customFields") or ()
    return next((entry for entry in entries if fold(str(entry.get("caption", ""))) == fold(caption)), None)


class Restorer:
    """Reads a company or site as it is, and puts fields back."""

    def __init__(self, client: ConnectWise, kind: LinkKind, theirs: Theirs) -> None:
        """Of a record; its own system decides what may be written."""
        self._client = client
        self._companies = Companies(client)
        own = f"{COMPANIES}/{theirs.key}"
        self._path = (
            f"{COMPANIES}/{theirs.owner}/sites/{theirs.key}" if kind is LinkKind.LOCATION_SITE else own
        )

    async def planned(self, overwritten: Mapping[str, Image]) -> list[FieldBack]:
        """``plan`` for the record as it is now; nothing is asked when nothing was overwritten.

        Raises:
            ConnectWiseError: as ``ConnectWise.get``.
        """
        return plan(overwritten, await self._client.get(self._path)) if overwritten else []

    async def put_back(self, fields: Sequence[FieldBack]) -> list[FieldBack]:
        """Write the fields that are to be restored, in one PATCH; a repeat finds them as before.

        Returns:
            All fields, with what became of them.

        Raises:
            RefusedError, IgnoredPatchError: ConnectWise said no; nothing was changed, or not all.
        """
        row = await self._client.get(self._path)
        plain: dict[str, Any] = {}
        custom: dict[int, Any] = {}
        unknown: set[str] = set()
        # Looked at once more: between the question and its answer a person may have typed.
        current = plan({one.name: Image(one.before, (one.written,)) for one in fields}, row)
        for one in current:
            if one.what is not Back.RESTORE:
                continue
            entry = _custom(row, one.name)
            if one.name in REFERENCES and one.before:
                reference = await self._reference(one.name, one.before)
                if reference is None:
                    unknown.add(one.name)
                else:
                    plain[one.name] = {"id": reference.id, "name": reference.name}
            elif entry is not None:
                custom[int(entry["id"])] = one.before or None
            else:
                plain[one.name] = one.before or None
        wanted = operations(plain, custom or None)
        if wanted:
            confirm(await self._client.patch(self._path, wanted), wanted)
        return [
            FieldBack(one.name, one.before, one.written, one.now, Back.UNKNOWN)
            if one.name in unknown
            else one
            for one in current
        ]

    async def _reference(self, name: str, before: str) -> Reference | None:
        lookups: dict[str, Callable[[], Awaitable[tuple[Reference, ...]]]] = {
            "status": self._companies.company_statuses,
            "stateReference": self._companies.states,
        }
        wanted = fold(before)
        found = [
            known
            for known in await lookups[name]()
            if wanted in {fold(known.name or ""), fold(known.identifier or "")}
        ]
        # Several countries may have a state of that name; then nobody can say which it was.
        return found[0] if len(found) == 1 else None
