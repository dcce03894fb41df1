"""Which links are missing, and which record each should go to. Pure.

A ConnectWise record is proposed as certain at most once, and to nobody once it is linked; where two records
want the same one, or one has several to choose from, every row says so and none is certain.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.links.kinds import LinkKind, facts
from shared.links.models import Link
from shared.links.records import Ours, Theirs
from shared.links.scoring import (
    Confidence,
    Names,
    exact,
    plain_name,
    same_person,
    same_place,
)
from shared.text import fold

ORDER = {confidence: place for place, confidence in enumerate(Confidence)}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A link somebody may want.

    Attributes:
        conflict: what stands against it or competes with it, empty when nothing does.
    """

    kind: LinkKind
    ours: Ours
    theirs: Theirs
    confidence: Confidence
    reason: str
    conflict: str = ""


def propose(
    kind: LinkKind,
    ours: Iterable[Ours],
    theirs: Iterable[Theirs],
    links: Iterable[Link],
    companies: Mapping[str, str] | None = None,
) -> list[Proposal]:
    """Proposals for records without a link, the surest first, then by number.

    Args:
        links: those of this kind that hold.
        companies: for locations: RecID of the company each head office is linked to, by the head office's key.
    """
    known = {link.left: link for link in links if link.kind is kind}
    taken = {link.right: link.left for link in known.values()}
    everybody = {record.key: record for record in ours}
    free = [record for record in everybody.values() if record.in_use and record.key not in known]
    usable = [record for record in theirs if not record.unusable]
    found: list[Proposal] = []
    if kind is LinkKind.LOCATION_SITE:
        homes: defaultdict[str, list[Ours]] = defaultdict(list)
        for record in free:
            home = (companies or {}).get(record.parent or "")
            if home:
                homes[home].append(record)
        sites: defaultdict[str, list[Theirs]] = defaultdict(list)
        for site in usable:
            sites[site.owner].append(site)
        for home, locations in homes.items():
            found += Group(kind, locations, sites.get(home, ()), taken, everybody).proposals()
    else:
        found = Group(kind, free, usable, taken, everybody).proposals()
    return sorted(
        found, key=lambda one: (ORDER[one.confidence], one.ours.number, one.ours.key, one.theirs.key)
    )


Row = tuple[Ours, Theirs, str, str]
"""A possible pair, its reason, and what stands against it."""


class Group:
    """Records that may belong together.

    Args:
        taken: left keys by right key, of links that hold.
        everybody: all left records by key, linked ones too.
    """

    def __init__(
        self,
        kind: LinkKind,
        ours: Sequence[Ours],
        theirs: Sequence[Theirs],
        taken: Mapping[str, str],
        everybody: Mapping[str, Ours],
    ) -> None:
        self._kind = kind
        self._ours = sorted(ours, key=lambda record: (record.number, record.key))
        self._theirs = sorted(theirs, key=lambda record: (len(record.key), record.key))
        self._taken = taken
        self._everybody = everybody
        self._found: list[Proposal] = []

    def proposals(self) -> list[Proposal]:
        """Level by level: what a surer level takes is not proposed by the next."""
        self._level(Confidence.CERTAIN, self._by_number())
        for confidence, looking in (
            (Confidence.HIGH, self._likely),
            (Confidence.MEDIUM, self._namesakes),
            (Confidence.LOW, self._close),
        ):
            self._level(confidence, looking())
        return self._found

    def _level(self, confidence: Confidence, rows: Sequence[Row]) -> None:
        wanted: defaultdict[str, list[Ours]] = defaultdict(list)
        choices: defaultdict[str, list[Theirs]] = defaultdict(list)
        for record, other, _, _ in rows:
            wanted[other.key].append(record)
            choices[record.key].append(other)
        names = facts(self._kind)
        for record, other, reason, conflict in rows:
            against = [conflict] if conflict else []
            if len(choices[record.key]) > 1:
                listed = ", ".join(each.key for each in choices[record.key] if each is not other)
                against.append(f"or {names.theirs} {listed}")
            if len(wanted[other.key]) > 1:
                listed = ", ".join(each.number for each in wanted[other.key] if each is not record)
                against.append(f"also proposed for {names.ours} {listed}")
            proposal = Proposal(self._kind, record, other, confidence, reason, "; ".join(against))
            if against and confidence is Confidence.CERTAIN:
                proposal = replace(proposal, confidence=Confidence.HIGH)
            self._found.append(proposal)

    def _open(self) -> tuple[list[Ours], list[Theirs]]:
        """Who is not proposed or linked yet."""
        settled = {one.ours.key for one in self._found}
        given = {one.theirs.key for one in self._found} | set(self._taken)
        return (
            [record for record in self._ours if record.key not in settled],
            [record for record in self._theirs if record.key not in given],
        )

    def _by_number(self) -> list[Row]:
        by_key = {other.key: other for other in self._theirs}
        by_number: defaultdict[str, list[Theirs]] = defaultdict(list)
        for other in self._theirs:
            for number in dict.fromkeys(fold(text) for _, text in other.numbers):
                if number:
                    by_number[number].append(other)
        rows = []
        for record in self._ours:
            if record.held:
                named = by_key.get(record.held)
                candidates = [named] if named is not None else []
            else:
                candidates = by_number.get(fold(record.number), [])
            free = [other for other in candidates if other.key not in self._taken]
            for other in free or candidates:
                holder = self._taken.get(other.key)
                conflict = "" if holder is None else f"is linked to {self._told(holder)}"
                rows.append((record, other, exact(record, other), conflict))
        return rows

    def _told(self, key: str) -> str:
        holder = self._everybody.get(key)
        number = f"{holder.number} " if holder is not None else ""
        return f"{facts(self._kind).ours} {number}(id {key})"

    def _likely(self) -> list[Row]:
        ours, theirs = self._open()
        by_name = _index(theirs, lambda record: [plain_name(record.name)])
        by_mail = _index(theirs, lambda record: [fold(text) for text in record.emails])
        rows = []
        for record in ours:
            reasons: dict[str, tuple[Theirs, str]] = {}
            for other in by_mail.get(fold(record.email), []):
                if same_person(record, other):
                    reasons[other.key] = (other, "same e-mail")
            for other in by_name.get(plain_name(record.name), []):
                if place := same_place(record, other):
                    reasons.setdefault(other.key, (other, f"same name, {', '.join(place)}"))
            rows += [(record, other, reason, "") for other, reason in reasons.values()]
        return rows

    def _namesakes(self) -> list[Row]:
        ours, theirs = self._open()
        by_name = _index(theirs, lambda record: [plain_name(record.name)])
        return [
            (record, other, "same name", "")
            for record in ours
            for other in by_name.get(plain_name(record.name), [])
        ]

    def _close(self) -> list[Row]:
        ours, theirs = self._open()
        by_name = _index(theirs, lambda record: [plain_name(record.name)])
        names = Names(by_name)
        rows = []
        for record in ours:
            for how, name in names.close(plain_name(record.name))[:1]:
                rows += [(record, other, f"similar name ({how:.0%})", "") for other in by_name[name]]
        return rows


def _index(records: Iterable[Theirs], texts: Callable[[Theirs], Iterable[str]]) -> dict[str, list[Theirs]]:
    found: defaultdict[str, list[Theirs]] = defaultdict(list)
    for record in records:
        for text in dict.fromkeys(texts(record)):
            if text:
                found[text].append(record)
    return dict(found)
