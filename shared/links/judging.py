"""What would become of the lines of a spreadsheet, before anything is made. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.links.kinds import EAUTOMATE, LinkKind, facts
from shared.links.models import FoundLeft, Link
from shared.links.records import Ours, Theirs
from shared.links.wishes import Wish, columns_of, excel_made
from shared.text import fold


class Status(StrEnum):
    """What would become of a line."""

    LINK = "would link"
    EXISTS = "exists"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A line with what would become of it.

    Attributes:
        reason: why it is refused, with column and fix; or what is worth knowing about it.
        generation: of the left record as it was judged.
    """

    wish: Wish
    status: Status
    reason: str = ""
    ours: Ours | None = None
    theirs: Theirs | None = None
    generation: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What the lines of one kind are judged by."""

    ours: Sequence[Ours]
    theirs: Sequence[Theirs]
    lefts: Mapping[str, FoundLeft]
    rights: Mapping[str, Link]
    companies: Mapping[str, str]
    """For locations: RecID of the company each head office is linked to."""


def judge(asked: Sequence[Wish], known: Mapping[LinkKind, Known]) -> list[Judged]:
    """Every line with what would become of it, in the order of the file."""
    indexes = {kind: _Index(kind, each) for kind, each in known.items()}
    judged = [
        Judged(wish, Status.REFUSED, wish.fault)
        if wish.fault or wish.kind is None
        else indexes[wish.kind].judge(wish)
        for wish in asked
    ]
    return _without_rivals(judged)


class _Index:
    def __init__(self, kind: LinkKind, known: Known) -> None:
        self._names = facts(kind)
        self._columns = columns_of(kind)
        self._kind = kind
        self._known = known
        self._by_key = {record.key: record for record in known.ours}
        self._by_number: defaultdict[str, list[Ours]] = defaultdict(list)
        for record in known.ours:
            self._by_number[fold(record.number)].append(record)
        self._by_recid = {record.key: record for record in known.theirs}
        self._by_code = {fold(record.code): record for record in known.theirs if record.code}

    def judge(self, wish: Wish) -> Judged:
        """One line by itself."""
        ours = self._ours(wish)
        if isinstance(ours, str):
            return Judged(wish, Status.REFUSED, ours)
        theirs = self._theirs(wish, ours)
        if isinstance(theirs, str):
            return Judged(wish, Status.REFUSED, theirs, ours)
        found = self._known.lefts.get(ours.key) or FoundLeft(left=ours.key)
        judged = Judged(wish, Status.LINK, "", ours, theirs, found.generation)
        if found.link is not None and found.link.right == theirs.key:
            return replace(
                judged,
                status=Status.EXISTS,
                reason=f"since {found.link.made_at:%Y-%m-%d}, by {found.link.by}",
            )
        if found.link is not None:
            return replace(
                judged,
                status=Status.REFUSED,
                reason=f"{self._names.ours} {ours.number} is linked to {self._names.theirs} {found.link.right}; "
                f"`tandem links repoint {self._kind} {ours.number} {self._called(theirs)}` moves it",
            )
        other = self._known.rights.get(theirs.key)
        if other is not None:
            holder = self._by_key.get(other.left)
            number = f"{holder.number} " if holder is not None else ""
            return replace(
                judged,
                status=Status.REFUSED,
                reason=f"{self._names.theirs} {self._called(theirs)} is linked to {self._names.ours} {number}"
                f"(id {other.left}); unlink that first",
            )
        if theirs.key in found.separated:
            return replace(
                judged, status=Status.LINK, reason="separated by hand before; this joins them again"
            )
        return judged

    def _ours(self, wish: Wish) -> Ours | str:
        word, system = self._names.ours, self._names.left_system
        column = self._columns.number[0]
        if wish.key:
            record = self._by_key.get(wish.key)
            if record is None:
                return f"column {self._columns.key[0]}: {system} has no {word} with the id {wish.key}"
            if wish.number and fold(wish.number) != fold(record.number):
                return (
                    f"column {column}: {word} with the id {wish.key} has the number {record.number}, not "
                    f"{wish.number} (spreadsheets drop leading zeros); correct one of the two"
                )
            return record
        found = self._by_number.get(fold(wish.number), [])
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(record.key for record in found)
            return f"column {column}: {wish.number} is there more than once (ids {ids}); add a column {self._columns.key[0]}"
        if excel_made(wish.number):
            return f"column {column}: {wish.number} is what Excel makes of a long number; format it as text"
        bare = fold(wish.number).lstrip("0")
        near = [record.number for record in self._known.ours if fold(record.number).lstrip("0") == bare]
        hint = f"; is it {near[0]}? (spreadsheets drop leading zeros)" if near and bare else ""
        return f"column {column}: {system} has no {word} {wish.number}{hint}"

    def _theirs(self, wish: Wish, ours: Ours) -> Theirs | str:
        word = self._names.theirs
        recid, code = (", ".join(names[:1]) for names in (self._columns.recid, self._columns.code))
        if wish.recid:
            record = self._by_recid.get(wish.recid)
            if record is None:
                return f"column {recid}: {self._missing(wish.recid, ours)}"
            if wish.code and record.code and fold(wish.code) != fold(record.code):
                return f"column {code}: {word} {wish.recid} is {record.code}, not {wish.code}; correct one of the two"
        else:
            record = self._by_code.get(fold(wish.code))
            if record is None:
                return f"column {code}: {self._names.right_system} has no {word} {wish.code}"
        home = self._known.companies.get(ours.parent or "")
        if self._kind is LinkKind.LOCATION_SITE and record.owner != home:
            return f"column {recid}: {self._missing(wish.recid, ours)}"
        if record.unusable:
            return f"{word} {record.told} {record.unusable}"
        return record

    def _called(self, theirs: Theirs) -> str:
        """A right record as commands take it."""
        return theirs.code if self._names.right_system == EAUTOMATE else theirs.key

    def _missing(self, recid: str, ours: Ours) -> str:
        if self._kind is not LinkKind.LOCATION_SITE:
            return f"{self._names.right_system} has no {self._names.theirs} {recid}"
        home = self._known.companies.get(ours.parent or "")
        if home is None:
            return f"the head office of location {ours.number} is not linked to a company; link it first"
        return f"company {home}, which the head office of location {ours.number} is linked to, has no site {recid}"


def _without_rivals(judged: Sequence[Judged]) -> list[Judged]:
    """Lines that want the same record for different partners: none of them is right by itself."""
    lefts: defaultdict[tuple[LinkKind | None, str], dict[str, int]] = defaultdict(dict)
    rights: defaultdict[tuple[LinkKind | None, str], dict[str, int]] = defaultdict(dict)
    for one in judged:
        if one.status is Status.LINK and one.ours is not None and one.theirs is not None:
            lefts[one.wish.kind, one.ours.key].setdefault(one.theirs.key, one.wish.line)
            rights[one.wish.kind, one.theirs.key].setdefault(one.ours.key, one.wish.line)

    def rivals(one: Judged) -> str:
        if one.status is not Status.LINK or one.ours is None or one.theirs is None or one.wish.kind is None:
            return ""
        names = facts(one.wish.kind)
        mine, others = lefts[one.wish.kind, one.ours.key], rights[one.wish.kind, one.theirs.key]
        if len(mine) > 1:
            what = f"{names.ours} {one.ours.number} is wanted for different {names.theirs} records"
            return f"{what} in lines {_lines(mine)}; leave one"
        if len(others) > 1:
            what = f"{names.theirs} {one.theirs.key} is wanted for different {names.ours} records"
            return f"{what} in lines {_lines(others)}; leave one"
        return ""

    return [
        replace(one, status=Status.REFUSED, reason=against) if (against := rivals(one)) else one
        for one in judged
    ]


def _lines(found: Mapping[str, int]) -> str:
    return ", ".join(str(line) for line in sorted(found.values()))
