"""An invoice's mark: what tells it from its last reading by lists alone. Nothing here waits.

Payments and product rows need not move an invoice's stamp, so the mark holds digests of both beside it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from shared.connectwise.invoices import Row, agreement_of, bare, billed

NONE = "-"
"""Stands for what was not sent."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A state of an invoice.

    Attributes:
        day: of the invoice, ISO, ``-`` when it has none.
        saved: ``_info/lastUpdated``, ``-`` when it was not sent; it tells older from newer, nothing else.
        own: digest of the invoice's own fields.
        lines: digest of its product rows.
    """

    day: str
    saved: str
    own: str
    lines: str

    @property
    def text(self) -> str:
        """As the connector remembers it, at most 64 characters."""
        return f"{self.day} {self.saved} {self.own} {self.lines}"

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """The mark a text stands for, None when it stands for none."""
        parts = (text or "").split(" ")
        return cls(*parts) if len(parts) == 4 else None

    def is_behind(self, other: "Mark | None") -> bool:
        """Whether this is an older state than another, as a list that is behind shows it."""
        return other is not None and older(self.saved, other.saved)


def mark_of(row: Row, lines: Iterable[Row]) -> Mark:
    """The mark of an invoice as listed, with its product rows."""
    rows = [bare(line) for line in billed(lines)]
    return Mark(_text(row.get("date"), 10), saved_of(row), digest_of(bare(row), 8), digest_of(rows, 7))


def moved(row: Row, known: Mark | None) -> bool:
    """Whether an invoice's own fields or stamp are not as remembered; its product rows are not looked at."""
    seen = mark_of(row, ())
    return known is None or (seen.day, seen.saved, seen.own) != (known.day, known.saved, known.own)


def newest(rows: Iterable[Row]) -> list[Row]:
    """Of each agreement the invoices of its latest date; those that name no agreement are left out."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        agreement = agreement_of(row)
        if agreement is None:
            continue
        held = found.setdefault(agreement, [])
        day, latest = _text(row.get("date"), 10), _text(held[0].get("date"), 10) if held else ""
        if day > latest:
            found[agreement] = [row]
        elif day == latest:
            held.append(row)
    return [row for held in found.values() for row in held]


def older(saved: str, other: str) -> bool:
    """Whether one stamp is older than another; one that was not sent tells nothing."""
    return NONE not in (saved, other) and saved < other


def saved_of(row: Row) -> str:
    """``_info/lastUpdated``, ``-`` when it was not sent."""
    info = row.get("_info")
    return _text(info.get("lastUpdated") if isinstance(info, dict) else None, 20)


def _text(value: Any, most: int) -> str:
    return "".join(str(value).split())[:most] if value else NONE


def digest_of(value: Any, size: int) -> str:
    """Digest of JSON, twice as many hex digits as bytes."""
    content = json.dumps(value, sort_keys=True, default=str).encode()
    return hashlib.blake2b(content, digest_size=size).hexdigest()
