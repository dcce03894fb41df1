"""How likely two records are the same. Pure: plain texts in, a confidence with its reason out.

Only equal numbers, and a filled property, are certain (spec/customers.md 5.5); all else is a suggestion that a
person confirms.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache

from shared.links.records import Ours, Theirs
from shared.text import fold

CLOSE = 0.85
"""Least likeness of two names that are only close."""
COMMON = 300
"""Names that share three letters with more others than this are not looked for by those letters."""
FINALISTS = 8
SHORTEST = 4
PHONE_DIGITS = 7

_FORMS = frozenset({
    "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "corp", "corporation", "co", "company",
    "plc", "gmbh", "pc", "pllc", "the", "and",
})  # fmt: skip
_SILENT = str.maketrans("", "", "'.\u2019")


class Confidence(StrEnum):
    """How sure a suggestion is, the surest first."""

    CERTAIN = "certain"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@lru_cache(maxsize=100_000)
def plain_name(name: str) -> str:
    """A name as it compares: letter case, accents, punctuation and company forms (Inc, LLC ...) do not count.

    A name that is nothing but company forms keeps them.
    """
    letters = "".join(
        character
        for character in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
        if not unicodedata.combining(character)
    )
    words = re.findall(r"\w+", letters.translate(_SILENT))
    return " ".join([word for word in words if word not in _FORMS] or words)


def exact(ours: Ours, theirs: Theirs) -> str:
    """Why two records are certainly the same, empty when they are not: the property, or an equal number."""
    if ours.held:
        return "the property holds its RecID" if ours.held == theirs.key else ""
    number = fold(ours.number)
    return next(
        (f"{what} is the number" for what, text in theirs.numbers if number and fold(text) == number), ""
    )


def same_person(ours: Ours, theirs: Theirs) -> bool:
    """Whether an employee and a member have an e-mail address in common."""
    return bool(fold(ours.email)) and fold(ours.email) in {fold(text) for text in theirs.emails}


def same_place(ours: Ours, theirs: Theirs) -> list[str]:
    """What of city, zip and phone is there on both sides and equal."""
    pairs = {
        "city": (plain_name(ours.city), plain_name(theirs.city)),
        "zip": (_zip(ours.zip), _zip(theirs.zip)),
        "phone": (_phone(ours.phone), _phone(theirs.phone)),
    }
    return [name for name, (one, other) in pairs.items() if one and one == other]


def likeness(one: str, other: str) -> float:
    """Likeness of two plain names, 0 to 1; the order of the two does not matter."""
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


class Names:
    """Finds close names among thousands without comparing each with each."""

    def __init__(self, names: Iterable[str]) -> None:
        """Take in plain names; each counts once."""
        self._names = sorted({name for name in names if len(name) >= SHORTEST})
        self._having: dict[str, list[int]] = defaultdict(list)
        for place, name in enumerate(self._names):
            for part in _parts(name):
                self._having[part].append(place)

    def close(self, name: str) -> list[tuple[float, str]]:
        """Names that are close to a plain name but not equal, the closest first."""
        if len(name) < SHORTEST:
            return []
        shared: Counter[int] = Counter()
        for part in _parts(name):
            places = self._having.get(part, ())
            if len(places) <= COMMON:
                shared.update(places)
        best: Sequence[tuple[int, int]] = sorted(shared.items(), key=lambda found: (-found[1], found[0]))
        near = [
            (likeness(name, self._names[place]), self._names[place])
            for place, _ in best[:FINALISTS]
            if self._names[place] != name
        ]
        return sorted(
            ((how, other) for how, other in near if how >= CLOSE), key=lambda one: (-one[0], one[1])
        )


def _parts(name: str) -> set[str]:
    text = f" {name} "
    return {text[start : start + 3] for start in range(len(text) - 2)}


def _zip(text: str) -> str:
    plain = re.sub(r"\W", "", text.casefold())
    return plain[:5] if plain.isdigit() else plain


def _phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    return digits[-10:] if len(digits) >= PHONE_DIGITS else ""
