"""The vocabulary of the entity tables: what a field, a reference and an entity are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from services.simulator.connectwise.rules import Rules

Record: TypeAlias = dict[str, Any]
"""A stored record: field name -> value. A reference is the target's id, custom fields are id -> value."""


class Kind(Enum):
    """How a value is read, stored, compared and written."""

    INT = auto()
    DECIMAL = auto()
    STR = auto()
    TEXT = auto()
    BOOL = auto()
    DATETIME = auto()
    ENUM = auto()
    REF = auto()
    REFS = auto()
    STRINGS = auto()
    INTS = auto()
    OBJECTS = auto()
    CUSTOM = auto()
    ANY = auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One property of an entity.

    `since` is the model generation that brought it. `max_2022` replaces `max` in the older generation.
    `default` fills the field on create; `first` on a reference takes the target's row with `defaultFlag`.
    `derive` computes a read-only value from the rest of the record.
    `hidden` is never shown nor filtered by; `unlisted` is left out of lists that do not ask for it by name.
    `places` are the most decimals of an amount that are shown. `by_people` is a read-only field that the
    product's own screens and jobs may set, and so do people here.
    `within` is the reference of the record that a target looked up by its name shares with it: a status is
    looked up on the board of the ticket.
    """

    name: str
    kind: Kind
    max: int | None = None
    required: bool = False
    read_only: bool = False
    write_only: bool = False
    default: Any = None
    target: str = ""
    members: tuple[str, ...] = ()
    since: str = ""
    max_2022: int | None = None
    low: int | None = None
    high: int | None = None
    indexed: bool = False
    filterable: bool = True
    items: tuple["Field", ...] = ()
    hidden: bool = False
    unlisted: bool = False
    places: int = 2
    by_people: bool = False
    within: str = ""
    derive: Callable[[Record], Any] | None = None

    def limit(self, generation: str) -> int | None:
        """The longest text allowed in this generation, if there is a limit."""
        return self.max_2022 if self.max_2022 is not None and generation < "2025.1" else self.max


@dataclass(frozen=True, slots=True)
class Shown:
    """One member of a reference object: its JSON name, its kind and how the target's record gives it.

    `since` is the model generation that brought it.
    """

    name: str
    kind: Kind
    get: Callable[[Record], Any]
    since: str = ""


def shown(name: str, source: str = "", kind: Kind = Kind.STR, since: str = "") -> Shown:
    """A reference member taken from a field of the target."""
    key = source or name
    return Shown(name, kind, lambda record: record.get(key), since)


NAMED = (shown("name"),)
IDENTIFIED = (shown("identifier"), shown("name"))


@dataclass(frozen=True, slots=True)
class Mount:
    """Where an entity is served.

    A `{}` in the path is the parent's id and `parent_field` the reference to it; `parent` is the entity that
    serves the parent, where that is not the one the reference names.
    """

    path: str
    parent_field: str = ""
    parent: str = ""


@dataclass(frozen=True)
class Entity:
    """One kind of record: a table of fields and the few ways in which kinds differ.

    `reference` is what references to it show, `href` the first half of the href's name in them.
    `links` are the related lists of `_info`.
    `custom_pod` is the screen whose custom fields it carries, by number and by name.
    `view_of` serves the records of another entity with fewer fields.
    `shown_by_others` marks records that appear inside those of other entities.
    `guard` is the module function of security roles that governs it; without one everybody may.
    `located_by` is the reference that says where a record lies, `mine` the one to the member it belongs to.
    `light` serves `…/info` with ids and names; `search` takes a filter by POST.
    `frozen` is served for reading only, though the product writes it too.
    `counted` serves `…/count`. `releases` are the kinds of records that let go of it when it is deleted.
    `listed` says which records of its table it lists, `opened` which it serves one by one; all without.
    """

    key: str
    noun: str
    mounts: tuple[Mount, ...]
    fields: tuple[Field, ...]
    resource: str = ""
    methods: frozenset[str] = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
    reference: tuple[Shown, ...] = NAMED
    href: str = ""
    stamps: tuple[str, ...] = ("lastUpdated", "updatedBy")
    links: tuple[tuple[str, str], ...] = ()
    custom_pod: tuple[int, str] | None = None
    forward_only: bool = True
    soft_delete: bool = False
    audit: str = ""
    view_of: str = ""
    rules: "Rules | None" = None
    first_id: int = 1
    shown_by_others: bool = False
    since: str = ""
    guard: str = ""
    located_by: str = ""
    mine: str = ""
    light: bool = False
    search: bool = False
    frozen: bool = False
    counted: bool = True
    releases: frozenset[str] = frozenset()
    listed: Callable[[Record], bool] | None = None
    opened: Callable[[Record], bool] | None = None

    def opens(self, record: Record) -> bool:
        """Whether it serves this record of its table one by one."""
        return self.opened is None or self.opened(record)

    @property
    def table(self) -> str:
        """Name of the table that holds the records (a view shares its source's)."""
        return self.view_of or self.key

    @property
    def singular(self) -> str:
        """The resource name in error lines."""
        return self.resource or self.key

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Fields by exact JSON name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def by_folded(self) -> Mapping[str, Field]:
        """Fields by lower-case name, as conditions look them up."""
        return {field.name.lower(): field for field in self.fields}

    def offers(self, field: Field, generation: str) -> bool:
        """Whether the field exists in a model generation."""
        return not field.since or generation >= field.since


STAMP_KEYS = {
    "lastUpdated": ("_lastUpdated", Kind.DATETIME),
    "updatedBy": ("_updatedBy", Kind.STR),
    "dateEntered": ("_dateEntered", Kind.DATETIME),
    "enteredBy": ("_enteredBy", Kind.STR),
}
"""`_info` members: where a record keeps them and their kind. Conditions name them without a prefix."""

ALL_STAMPS = ("lastUpdated", "updatedBy", "dateEntered", "enteredBy")
READ_ONLY = frozenset({"GET"})


def number(name: str, **more: Any) -> Field:
    """A 32-bit integer."""
    return Field(name, Kind.INT, **more)


def text(name: str, max: int | None = None, **more: Any) -> Field:  # noqa: A002 -- the table reads best so
    """A one-line string."""
    return Field(name, Kind.STR, max=max, **more)


def flag(name: str, *, default: bool | None = False, **more: Any) -> Field:
    """A boolean; a flag not sent is false."""
    return Field(name, Kind.BOOL, default=default, **more)


def money(name: str, **more: Any) -> Field:
    """A decimal, shown with two decimals."""
    return Field(name, Kind.DECIMAL, **more)


def moment(name: str, **more: Any) -> Field:
    """A date and time in UTC, whole seconds."""
    return Field(name, Kind.DATETIME, **more)


def ref(name: str, target: str, **more: Any) -> Field:
    """A reference to one record of another entity."""
    return Field(name, Kind.REF, target=target, **more)


def one_of(name: str, *members: str, **more: Any) -> Field:
    """An enumeration; matched without regard to case on write."""
    return Field(name, Kind.ENUM, members=members, **more)


def key() -> Field:
    """The server-given id."""
    return Field("id", Kind.INT, read_only=True)
