"""Settings: one YAML file (``TANDEM_CONFIG``) and the environment (``TANDEM_<SECTION>__<NAME>``).

A section is a pydantic model; every service declares its own in its ``settings.py``. The environment wins
over the file. Secrets are ``SecretStr`` and come from the environment or from files.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_origin

import yaml
from pydantic import BaseModel, BeforeValidator, Field, SecretStr, create_model
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    YamlConfigSettingsSource,
)

from shared.keystore import KeyStore, KeyStoreError

Section = TypeVar("Section", bound=BaseModel)


class _Sources(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TANDEM_", env_nested_delimiter="__", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = os.environ.get("TANDEM_CONFIG")
        if path is None:
            return (init_settings, env_settings)
        _check_file(Path(path))
        return (init_settings, env_settings, YamlConfigSettingsSource(settings_cls, yaml_file=path))


@cache
def _loader(section: str, model: type[BaseModel]) -> type[_Sources]:
    fields: dict[str, Any] = {section: (model, Field(default_factory=model))}
    return create_model(f"Settings_{section}", __base__=_Sources, **fields)


def load(section: str, model: type[Section]) -> Section:
    """Read one section.

    Raises:
        pydantic.ValidationError: a value is wrong or missing; every one is named with its path.
        FileNotFoundError: ``TANDEM_CONFIG`` names no file.
        ValueError: the file is no YAML of sections, or a list in the environment is no JSON; both are named. Or
            keys are stored and cannot be read.
    """
    path = os.environ.get("TANDEM_CONFIG")
    try:
        loaded: Section = getattr(_loader(section, model)(), section)
    except SettingsError as error:
        names = ", ".join(_unparsable(section, model)) or f"TANDEM_{section.upper()}"
        raise ValueError(f'{names}: a list is written as JSON, e.g. ["one", "two"]') from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else "?"
        # Without the cause: it quotes the file, which may hold keys.
        raise ValueError(f"TANDEM_CONFIG: line {line} of {path} is no YAML: {error.problem}") from None
    if isinstance(loaded, ConnectWiseSettings):
        return loaded.model_copy(update=_stored(loaded))
    return loaded


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(f"TANDEM_CONFIG names {path}, which is not a file")
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if content is not None and not isinstance(content, dict):
        raise ValueError(f"TANDEM_CONFIG: {path} holds a {type(content).__name__}, wanted sections by name")


def _unparsable(section: str, model: type[BaseModel]) -> list[str]:
    given = {name.upper(): value for name, value in os.environ.items()}
    found = []
    for name, field in model.model_fields.items():
        variable = f"TANDEM_{section}__{name}".upper()
        if get_origin(field.annotation) in {list, dict, tuple} and variable in given:
            try:
                json.loads(given[variable])
            except ValueError:
                found.append(variable)
    return found


def _listed(value: Any) -> Any:
    if value is None:
        return []
    if not isinstance(value, str):
        return _quoted(value)
    if value.lstrip().startswith("["):
        return _quoted(json.loads(value))
    return [part.strip() for part in value.split(",") if part.strip()]


def _quoted(value: Any) -> Any:
    """A list of texts; YAML takes 04 for the number 4, which is no branch."""
    given = value if isinstance(value, list) else [value]
    if any(isinstance(one, bool | int | float) for one in given):
        raise ValueError(
            'numbers are written in quotes, e.g. ["04", "12"]: else the file drops leading zeros'
        )
    return value


CommaList = Annotated[list[str], NoDecode, BeforeValidator(_listed)]
"""A list in a variable: comma separated, blank means all (spec/overview.md 3.3); JSON and YAML lists too."""


class KafkaSettings(BaseModel):
    """Where the broker is and how the topics are called."""

    bootstrap_servers: str = "127.0.0.1:9092"
    topic_prefix: str = Field(default="tandem", pattern=r"^[A-Za-z0-9._-]{1,100}$")
    partitions: int = Field(default=4, ge=1, description="partitions of every change and redo topic")
    replication_factor: int = Field(default=1, ge=1)


class ConnectWiseSettings(BaseModel):
    """The ConnectWise tenant and the API member's keys (spec/overview.md 4.1)."""

    url: str = Field(
        default="", description="e.g. https://api-na.myconnectwise.net; the codebase is discovered"
    )
    company: str = ""
    public_key: SecretStr = SecretStr("")
    private_key: SecretStr = SecretStr("")
    client_id: SecretStr = SecretStr("")
    member: str = Field(
        default="", description="identifier of the API member, needed only where ConnectWise has several"
    )
    api_version: str = "2025.1"
    territory_filter: CommaList = Field(
        default=[],
        description="ID747 variable W: territories, of all processes that read ConnectWise; blank = all",
    )
    requests_per_minute: int = Field(default=900, ge=1, description="budget of the whole deployment")
    concurrency: int = Field(default=5, ge=1, description="parallel calls of one service")
    timeout_seconds: float = Field(default=30.0, gt=0)


class KeysSettings(BaseModel):
    """Where ``tandem keys set`` keeps ConnectWise's keys, and who may set them."""

    file: str = Field(
        default="var/connectwise.keys", min_length=1, description="encrypted, for its owner only"
    )
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="what it is encrypted with; blank = a file beside it, made at first",
    )
    admins: CommaList = Field(
        default=[], description="OS users who may set and see keys; blank = the owner of the file"
    )

    def store(self) -> KeyStore:
        """The store these settings name."""
        return KeyStore(Path(self.file), self.secret.get_secret_value())


def _stored(given: ConnectWiseSettings) -> dict[str, Any]:
    """What is missing and stored; of a pair of keys both come from one place."""
    paired = given.public_key.get_secret_value() or given.private_key.get_secret_value()
    if paired and given.company and given.client_id.get_secret_value():
        return {}
    stored = load("keys", KeysSettings).store().read()
    if stored is None:
        return {}
    pair = {} if paired else {"public_key": stored.public_key, "private_key": stored.private_key}
    client_id = {} if given.client_id.get_secret_value() else {"client_id": stored.client_id}
    return {**pair, **client_id, **({} if given.company else {"company": stored.company})}


def hidden_keys(used: ConnectWiseSettings, keys: KeysSettings) -> str | None:
    """That stored keys are not the ones in use, in words; None when they are, or none can be read."""
    try:
        stored = keys.store().read()
    except (KeyStoreError, OSError):
        return None
    pairs = [(one.public_key, one.private_key) for one in (used, stored) if one is not None]
    if stored is None or pairs[0] == pairs[1]:
        return None
    return f"this pair goes before the keys stored in {keys.file} on {stored.at:%Y-%m-%d %H:%M} UTC, which are not used"


class EAutomateSettings(BaseModel):
    """The dealer's e-automate database."""

    url: SecretStr = Field(
        default=SecretStr(""), description="SQLAlchemy URL: mssql+aioodbc or sqlite+aiosqlite"
    )
    ledger_schema: str = Field(default="tandem", pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")
    user_id: str = Field(
        default="TANDEM", min_length=1, max_length=8, description="stamped as CreatorID, UpdatorID"
    )
    time_zone: str = Field(default="UTC", description="zone of the server's datetime columns")
    query_timeout_seconds: int = Field(default=30, ge=1)
    profile: str | None = Field(default=None, description="YAML file with names that differ in this release")


class StoreSettings(BaseModel):
    """Tandem's own database."""

    url: SecretStr = Field(
        default=SecretStr("sqlite+aiosqlite:///var/{service}.db"),
        description="SQLAlchemy URL; {service} becomes the service's name (one SQLite file a service)",
    )


class MappingClientSettings(BaseModel):
    """Where agents find the mapping service."""

    url: str = "http://127.0.0.1:8080"


class HttpSettings(BaseModel):
    """The process's own HTTP port: health, metrics, and the mapping API where that service runs."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
