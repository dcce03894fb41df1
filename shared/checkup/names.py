"""Misspelt settings: a name nobody reads is a mistake that changes what Tandem does, so it is told."""

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from shared.checkup.finding import SETTINGS, Finding, Level
from shared.config import (
    ConnectWiseSettings,
    EAutomateSettings,
    HttpSettings,
    KafkaSettings,
    KeysSettings,
    MappingClientSettings,
    StoreSettings,
)
from shared.processes import ProcessesSettings

PREFIX = "TANDEM_"
# Not of a section: the file itself, logs, and what only stand-ins and tests read.
OTHERS = ("CONFIG", "LOG_LEVEL", "LOG_JSON", "CACHE", "TEST_", "SIMULATOR_")


def known_sections() -> list[tuple[str, type[BaseModel]]]:
    """Every section with its model, those of every installed service last."""
    return [
        ("kafka", KafkaSettings),
        ("connectwise", ConnectWiseSettings),
        ("keys", KeysSettings),
        ("eautomate", EAutomateSettings),
        ("store", StoreSettings),
        ("mapping", MappingClientSettings),
        ("http", HttpSettings),
        ("processes", ProcessesSettings),
        *((point.name, point.load()) for point in entry_points(group="tandem.settings")),
    ]


def known_names() -> dict[str, set[str]]:
    """Settings by section."""
    known: dict[str, set[str]] = {}
    for section, model in known_sections():
        known.setdefault(section, set()).update(model.model_fields)
    return known


def unknown_names(level: Level, environment: Mapping[str, str] = os.environ) -> list[Finding]:
    """Every setting that is given and not known, with the nearest known one.

    Args:
        level: at the start of a process a warning: the same environment may serve a newer release too.
    """
    known = known_names()
    told = [*_variables(environment, known), *_file(environment.get("TANDEM_CONFIG"), known)]
    return [
        Finding(SETTINGS, name, level, text, f"did you mean {near[0]}?" if near else "")
        for name, text, near in told
    ]


Told = tuple[str, str, Sequence[str]]


def _variables(environment: Mapping[str, str], known: Mapping[str, set[str]]) -> Iterable[Told]:
    names = {f"{PREFIX}{section}__{name}".upper() for section, fields in known.items() for name in fields}
    for given in sorted(environment):
        rest = given.upper().removeprefix(PREFIX)
        if given.upper() == rest or rest.startswith(OTHERS) or "__" not in rest:
            continue
        if "__".join(given.upper().split("__")[:2]) not in names:
            yield given, "is no setting of Tandem", _nearest(given.upper(), names)


def _file(path: str | None, known: Mapping[str, set[str]]) -> Iterable[Told]:
    if path is None:
        return
    content: Any = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    for section, values in content.items():
        if section not in known:
            yield str(section), f"is no section ({path})", _nearest(str(section), known)
        elif isinstance(values, dict):
            for name in values:
                if name not in known[section]:
                    yield f"{section}.{name}", f"is no setting ({path})", _nearest(str(name), known[section])


def _nearest(given: str, known: Iterable[str]) -> Sequence[str]:
    return difflib.get_close_matches(given, list(known), n=1)
