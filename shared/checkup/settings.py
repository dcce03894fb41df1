"""Everything that can be said about the settings without asking any system; all of it at once."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from importlib.metadata import entry_points
from typing import Any, TypeVar
from zoneinfo import available_timezones

from pydantic import BaseModel, ValidationError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from shared.checkup.finding import SETTINGS, Finding, Level
from shared.checkup.names import known_sections, unknown_names
from shared.checkup.wording import what_it_is, wrong_value
from shared.config import (
    ConnectWiseSettings,
    EAutomateSettings,
    KafkaSettings,
    KeysSettings,
    MappingClientSettings,
    StoreSettings,
    hidden_keys,
    load,
)
from shared.connectwise.limiter import share
from shared.eautomate.engine import check_url
from shared.eautomate.errors import PermanentError, ProfileError
from shared.eautomate.profile import load_profile
from shared.keystore import KeyStoreError
from shared.mode import Mode, shared_with_production
from shared.processes import PROCESSES, ProcessesSettings, check_processes
from shared.sync.settings import AgentSettings

Model = TypeVar("Model", bound=BaseModel)
Loaded = Sequence[tuple[str, BaseModel]]
"""Sections that could be read; two services may read different parts of one."""
_VARIABLES = re.compile(r"(?P<names>TANDEM_\w+(, TANDEM_\w+)*): (?P<text>.*)", re.DOTALL)
KEYS = ("company", "public_key", "private_key", "client_id")
STORES = frozenset({"sqlite+aiosqlite", "postgresql+asyncpg"})


def check_settings(services: Collection[str], unknown: Level = Level.FAULT) -> list[Finding]:
    """Every wrong, missing or unknown setting.

    Args:
        services: those that are to run; what only others need may be missing.
        unknown: how bad a name is that nobody reads.

    Returns:
        Faults and warnings; empty when everything is right.
    """
    found, loaded, unread = _sections(services)
    if unread:
        return found
    found += unknown_names(unknown)
    found += _missing(services, loaded)
    found += _hidden(services, loaded)
    found += _wrong(loaded)
    found += _budget()
    found += _mode(services, loaded)
    found += _lacking(services, loaded)
    processes = _of(loaded, ProcessesSettings)
    if processes is not None:
        found += check_processes(processes)
    return found


def _sections(services: Collection[str]) -> tuple[list[Finding], Loaded, bool]:
    """Faults, what could be read, and whether the file itself is unreadable."""
    found: list[Finding] = []
    loaded: list[tuple[str, BaseModel]] = []
    for section, model in known_sections():
        try:
            loaded.append((section, load(section, model)))
        except ValidationError as error:
            found += _invalid(error, model)
        except KeyStoreError as error:
            if _talking(services, "connectwise"):
                found.append(Finding(SETTINGS, "keys.file", Level.FAULT, str(error)))
        except (ValueError, OSError) as error:
            named = _VARIABLES.match(str(error))
            if named is None or named["names"] == "TANDEM_CONFIG":
                return [_file(str(error))], [], True
            found += [
                Finding(SETTINGS, name, Level.FAULT, named["text"]) for name in named["names"].split(", ")
            ]
    return found, loaded, False


def _file(text: str) -> Finding:
    """The settings file itself is wrong."""
    text = text.removeprefix("TANDEM_CONFIG").lstrip(": ")
    return Finding(SETTINGS, "TANDEM_CONFIG", Level.FAULT, text, "mend the file, or name another")


def _hidden(services: Collection[str], loaded: Loaded) -> Iterator[Finding]:
    """Stored keys that the settings' own go before."""
    connectwise, keys = _of(loaded, ConnectWiseSettings), _of(loaded, KeysSettings)
    if connectwise is None or keys is None or not _talking(services, "connectwise"):
        return
    hidden = hidden_keys(connectwise, keys)
    if hidden is not None:
        fix = "remove the pair from the environment or settings file to use the stored one"
        yield Finding(SETTINGS, "connectwise.public_key", Level.WARNING, hidden, fix)


def _invalid(error: ValidationError, model: type[BaseModel]) -> Iterator[Finding]:
    for fault in error.errors(include_url=False, include_input=False):
        text = wrong_value(fault)
        place = [str(part) for part in fault["loc"] if not str(part).isdigit()]
        if len(place) == 1:
            # A rule over several settings: the one it names first is where to look.
            named = [name for name in model.model_fields if name in text]
            place += sorted(named, key=text.find)[:1]
        field = model.model_fields.get(place[1]) if len(place) > 1 else None
        fix = what_it_is(field.description) if field is not None else ""
        yield Finding(SETTINGS, ".".join(place[:2]), Level.FAULT, text, fix)


def _of(loaded: Loaded, model: type[Model]) -> Model | None:
    return next((section for _, section in loaded if isinstance(section, model)), None)


def _talking(services: Collection[str], system: str) -> list[str]:
    """Labels of the services that talk to a system."""
    return [known.label for known in PROCESSES if known.service in services and getattr(known, system)]


def _missing(services: Collection[str], loaded: Loaded) -> Iterator[Finding]:
    asking = ", ".join(_talking(services, "connectwise"))
    connectwise = _of(loaded, ConnectWiseSettings)
    if asking and connectwise is not None:
        if not connectwise.url:
            fix = "e.g. https://api-na.myconnectwise.net, or your own server"
            yield Finding(SETTINGS, "connectwise.url", Level.FAULT, f"is missing; needed by {asking}", fix)
        for name in KEYS:
            value = getattr(connectwise, name)
            if not (value if isinstance(value, str) else value.get_secret_value()):
                text = f"is missing: ConnectWise's API keys are needed by {asking}"
                fix = "enter them: tandem keys set; or set the variable"
                yield Finding(SETTINGS, f"connectwise.{name}", Level.FAULT, text, fix, "A3")
    asking = ", ".join(_talking(services, "eautomate"))
    eautomate = _of(loaded, EAutomateSettings)
    if asking and eautomate is not None and not eautomate.url.get_secret_value():
        fix = "mssql+aioodbc://user:password@host/database?driver=..."
        yield Finding(SETTINGS, "eautomate.url", Level.FAULT, f"is missing; needed by {asking}", fix)


def _wrong(loaded: Loaded) -> Iterator[Finding]:
    """Values that have the right type and still cannot be used."""
    connectwise, eautomate = _of(loaded, ConnectWiseSettings), _of(loaded, EAutomateSettings)
    if connectwise is not None and connectwise.url:
        yield from _address("connectwise.url", connectwise.url, "https://api-na.myconnectwise.net")
    if eautomate is not None:
        if eautomate.url.get_secret_value():
            yield from _told("eautomate.url", lambda: check_url(eautomate))
        if eautomate.time_zone not in available_timezones():
            text = f"{eautomate.time_zone!r} is no time zone"
            yield Finding(SETTINGS, "eautomate.time_zone", Level.FAULT, text, "e.g. America/New_York")
        yield from _told("eautomate.profile", lambda: load_profile(eautomate.profile))
    store = _of(loaded, StoreSettings)
    if store is not None:
        driver = _driver(store.url.get_secret_value())
        if driver not in STORES:
            text = f"names {driver or 'no database'}; Tandem knows {', '.join(sorted(STORES))}"
            yield Finding(SETTINGS, "store.url", Level.FAULT, text)
    mapping = _of(loaded, MappingClientSettings)
    if mapping is not None:
        yield from _address("mapping.url", mapping.url, "http://mapping:8080")
    kafka = _of(loaded, KafkaSettings)
    if kafka is not None:
        for server in kafka.bootstrap_servers.split(","):
            host, _, port = server.strip().rpartition(":")
            if not host or not port.isdigit():
                text = f"{server.strip()!r} is no host:port"
                yield Finding(SETTINGS, "kafka.bootstrap_servers", Level.FAULT, text, "host:port[,host:port]")


def _address(name: str, url: str, example: str) -> Iterator[Finding]:
    if not url.lower().startswith(("http://", "https://")):
        yield Finding(SETTINGS, name, Level.FAULT, "is no http(s) address", f"e.g. {example}")


def _told(name: str, ask: Callable[[], Any]) -> Iterator[Finding]:
    try:
        ask()
    except (ValueError, ProfileError, PermanentError) as error:
        text = str(error).removeprefix(Finding(SETTINGS, name, Level.FAULT, "").variable).lstrip(": ")
        yield Finding(SETTINGS, name, Level.FAULT, text)


def _driver(url: str) -> str:
    try:
        return make_url(url).drivername
    except ArgumentError:
        return ""


def _budget() -> Iterator[Finding]:
    """The services' shares of the request budget; every process compares them, whatever it runs."""
    try:
        share(
            ConnectWiseSettings(),
            {point.name: point.load()() for point in entry_points(group="tandem.budgets")},
        )
    except ValidationError:
        return  # named with its section
    except ValueError as error:
        yield Finding(
            SETTINGS,
            "connectwise.requests_per_minute",
            Level.FAULT,
            str(error),
            "lower the budget_share of one",
        )


def _mode(services: Collection[str], loaded: Loaded) -> Iterator[Finding]:
    kafka, store = _of(loaded, KafkaSettings), _of(loaded, StoreSettings)
    testing = [
        name for name, section in loaded if name in services and getattr(section, "mode", None) is Mode.TEST
    ]
    if testing and kafka is not None and store is not None:
        for name, text, fix in shared_with_production(kafka, store):
            yield Finding(SETTINGS, name, Level.FAULT, f"{text} ({', '.join(testing)})", fix)


def _lacking(services: Collection[str], loaded: Loaded) -> Iterator[Finding]:
    """What an agent can start without and still needs: its records would wait, each with a case of its own."""
    for section, settings in loaded:
        if section in services and isinstance(settings, AgentSettings):
            for name, so in settings.lacking():
                fix = what_it_is(type(settings).model_fields[name].description)
                yield Finding(SETTINGS, f"{section}.{name}", Level.WARNING, f"is blank: {so}", fix)
