"""Property values and configurations as rows become plain values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from shared.eautomate.values import text

Values = dict[int, dict[str, str]]
"""Property values by record id and property name; what is empty is absent."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """A custom-property configuration: its name and which of our properties it holds, sorted."""

    name: str | None = None
    storable: tuple[str, ...] = ()


NO_CONFIGURATION = Configuration()


class PropertyReader:
    """Turns rows of property statements into values under the profile's spelling of the names."""

    def __init__(self, names: Sequence[str]) -> None:
        self._spelling = {name.casefold(): name for name in names}

    def values(self, rows: Iterable[Sequence[Any]]) -> Values:
        """(owner, attribute name, value) rows by owner."""
        found: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for owner, name, value in rows:
            if stripped := text(value):
                found[owner][self._name(name)] = stripped
        return found

    def configurations(self, rows: Iterable[Sequence[Any]]) -> dict[int, Configuration]:
        """(id, configuration name, attribute name or None) rows by id."""
        names: dict[int, str] = {}
        held: defaultdict[int, set[str]] = defaultdict(set)
        for key, name, attribute in rows:
            names[key] = text(name)
            if attribute is not None:
                held[key].add(self._name(attribute))
        return {key: Configuration(name, tuple(sorted(held[key]))) for key, name in names.items()}

    def _name(self, name: str) -> str:
        return self._spelling[text(name).casefold()]
