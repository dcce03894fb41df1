"""Conditions compiled against an entity: a fast test of a record, and the ids an index can offer.

Comparisons follow SQL Server as far as seen: text without regard to case and trailing blanks, and a null
value satisfies nothing but `= null` (inferred).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Protocol

from services.simulator.connectwise.conditions import Comparison, Group, Literal, Node
from services.simulator.connectwise.errors import ApiError, bad_condition
from services.simulator.connectwise.fields import STAMP_KEYS, Entity, Field, Kind, Record
from services.simulator.connectwise.store import Store, fold

Getter = Callable[[Any], Any]
Test = Callable[[Any], bool]
_UNFILTERABLE = frozenset({Kind.REFS, Kind.STRINGS, Kind.INTS, Kind.OBJECTS, Kind.CUSTOM})


@dataclass(frozen=True, slots=True)
class Name:
    """What a path in a condition stands for: where the value is, its kind, and the index that knows it."""

    get: Getter
    kind: Kind
    members: tuple[str, ...] = ()
    index: str = ""


class Scope(Protocol):
    """Gives names their meaning."""

    def resolve(self, path: str) -> Name:
        """The meaning of a path. Raises the 400 `ApiFindCondition` for a name that may not be used here."""


def unknown(path: str) -> ApiError:
    """The recorded wording for a name the server does not know or may not filter by."""
    return bad_condition(f"{path} is not a recognized name.")


class RecordScope:
    """Names of an entity: its fields, members of its references, and the `_info` members without prefix."""

    def __init__(self, store: Store, entity: Entity, generation: str) -> None:
        self._store = store
        self._entity = entity
        self._generation = generation

    def resolve(self, path: str) -> Name:
        """See `Scope`. Deeper paths than one step into a reference are refused (none was seen working)."""
        first, *rest = path.split("/")
        if not rest:
            stamp = next((key for key in STAMP_KEYS if key.lower() == first.lower()), None)
            if stamp is not None and stamp in self._entity.stamps:
                stored, kind = STAMP_KEYS[stamp]
                return Name(_at(stored), kind)
        field = self._entity.by_folded.get(first.lower())
        if field is None or not self._usable(field):
            raise unknown(path)
        if field.derive is not None and not (rest and field.kind is Kind.REF):
            return Name(field.derive, field.kind)
        if field.kind is not Kind.REF:
            if rest:
                raise unknown(path)
            index = field.name if field.indexed or field.name == "id" else ""
            return Name(_at(field.name), field.kind, field.members, index)
        if not rest:
            return Name(_at(field.name), Kind.REF)
        if len(rest) > 1:
            raise unknown(path)
        return into_reference(self._store, field, rest[0], path, field.derive or _at(field.name))

    def _usable(self, field: Field) -> bool:
        return (
            field.filterable
            and not (field.write_only or field.hidden)
            and field.kind not in _UNFILTERABLE
            and self._entity.offers(field, self._generation)
        )


def into_reference(store: Store, field: Field, member: str, path: str, get: Getter) -> Name:
    """The meaning of `reference/member`, the reference's id being given by `get`."""
    if member.lower() == "id":
        return Name(get, Kind.INT, index=field.name if field.indexed else "")
    target = store.entities[field.target]
    part = next((part for part in target.reference if part.name.lower() == member.lower()), None)
    if part is None:
        raise unknown(path)
    rows = store.table(field.target).rows

    def value(record: Any) -> Any:
        row = rows.get(get(record))
        return part.get(row.data) if row is not None else None

    return Name(value, part.kind)


class ChildScope:
    """Names of an array member, as `childConditions` uses them: `types/id`, `communicationItems/value`."""

    def __init__(self, store: Store, entity: Entity, generation: str) -> None:
        self._store = store
        self._entity = entity
        self._generation = generation
        self.array: Field | None = None

    def resolve(self, path: str) -> Name:
        """See `Scope`. Remembers which array the query is about; only one array a query is known to work."""
        first, *rest = path.split("/")
        field = self._entity.by_folded.get(first.lower())
        if (
            field is None
            or field.kind not in (Kind.REFS, Kind.OBJECTS)
            or not rest
            or not self._entity.offers(field, self._generation)
            or (self.array is not None and self.array is not field)
        ):
            raise unknown(path)
        self.array = field
        if field.kind is Kind.REFS:
            if len(rest) > 1:
                raise unknown(path)
            return into_reference(
                self._store, Field(field.name, Kind.REF, target=field.target), rest[0], path, _same
            )
        part = next((item for item in field.items if item.name.lower() == rest[0].lower()), None)
        if part is None:
            raise unknown(path)
        if part.kind is Kind.REF:
            if len(rest) != 2:
                raise unknown(path)
            return into_reference(self._store, part, rest[1], path, _at(part.name))
        if len(rest) > 1:
            raise unknown(path)
        return Name(_at(part.name), part.kind, part.members)


class CustomFieldScope:
    """Names of a custom field: `caption`, `value`, `id` and `type`."""

    _NAMES: dict[str, Kind] = {"id": Kind.INT, "caption": Kind.STR, "value": Kind.ANY, "type": Kind.STR}  # noqa: RUF012

    def resolve(self, path: str) -> Name:
        """See `Scope`."""
        kind = self._NAMES.get(path.lower())
        if kind is None:
            raise unknown(path)
        return Name(_at(path.lower()), kind)


def _at(key: str) -> Getter:
    def get(record: Record) -> Any:
        return record.get(key)

    return get


def _same(value: Any) -> Any:
    return value


def compile_test(node: Node, scope: Scope, *, percent_ignored: bool = False) -> Test:
    """A function that says whether a record satisfies the condition. Raises `ApiFindCondition` errors."""
    if isinstance(node, Group):
        tests = [compile_test(part, scope, percent_ignored=percent_ignored) for part in node.parts]
        if node.joined == "and":
            return lambda record: all(test(record) for test in tests)
        return lambda record: any(test(record) for test in tests)
    name = scope.resolve(node.path)
    return _comparison(node, name, percent_ignored=percent_ignored)


def candidates(node: Node, scope: Scope, store: Store, entity: Entity) -> set[int] | None:
    """Ids among which all matches are, when an index can tell; None when every record must be looked at."""
    if isinstance(node, Group):
        sets = [candidates(part, scope, store, entity) for part in node.parts]
        known = [found for found in sets if found is not None]
        if node.joined == "or":
            return set().union(*known) if len(known) == len(sets) else None
        return set.intersection(*known) if known else None
    if node.negated or node.operator not in ("=", "in"):
        return None
    name = scope.resolve(node.path)
    if not name.index or any(literal.kind == "null" for literal in node.literals):
        return None
    values = [_value(literal, name, node.path) for literal in node.literals]
    if name.index == "id":
        return {int(value) for value in values if value == int(value)}
    table = store.table(entity.key)
    return set().union(*(table.find(name.index, value) for value in values))


def _comparison(node: Comparison, name: Name, *, percent_ignored: bool) -> Test:
    get = name.get
    if node.operator in ("like", "contains"):
        return _text_test(node, name, percent_ignored=percent_ignored)
    if node.operator == "in":
        wanted = {_value(literal, name, node.path) for literal in node.literals if literal.kind != "null"}
        if node.negated:
            return lambda record: (value := get(record)) is not None and fold(value) not in wanted
        return lambda record: fold(get(record)) in wanted
    literal = node.literals[0]
    if literal.kind == "null":
        if node.operator == "=":
            return lambda record: get(record) is None
        if node.operator == "!=":
            return lambda record: get(record) is not None
        raise bad_condition("null can only be compared by = and !=.")
    if name.kind is Kind.REF:
        raise unknown(node.path)
    value = _value(literal, name, node.path)
    if name.kind is Kind.BOOL and node.operator not in ("=", "!="):
        raise bad_condition(f"{node.operator} cannot be applied to {node.path}.")
    return partial(_COMPARE[node.operator], get, value)


def _equal(get: Getter, wanted: Any, record: Any) -> bool:
    return bool(fold(get(record)) == wanted)


def _differs(get: Getter, wanted: Any, record: Any) -> bool:
    value = get(record)
    return value is not None and bool(fold(value) != wanted)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Getter, Any, Any], bool]:
    def test(get: Getter, wanted: Any, record: Any) -> bool:
        value = get(record)
        if value is None:
            return False
        try:
            return compare(fold(value), wanted)
        except TypeError:
            return False  # a stored value of another kind than its field (old bad data)

    return test


_COMPARE: dict[str, Callable[[Getter, Any, Any], bool]] = {
    "=": _equal,
    "!=": _differs,
    "<": _ordered(lambda left, right: bool(left < right)),
    "<=": _ordered(lambda left, right: bool(left <= right)),
    ">": _ordered(lambda left, right: bool(left > right)),
    ">=": _ordered(lambda left, right: bool(left >= right)),
}


def _value(literal: Literal, name: Name, path: str) -> Any:
    # The literal as a value of the field's kind. Quoted numbers and unbracketed dates are errors, as
    # documented.
    kind, value = name.kind, literal.value
    if kind in (Kind.INT, Kind.DECIMAL):
        if literal.kind != "number" or not isinstance(value, Decimal):
            raise bad_condition(f"{literal.text} is not a valid number for {path}.")
        return value if value != int(value) else int(value)
    if kind is Kind.DATETIME:
        if literal.kind != "date":
            raise bad_condition(f"{literal.text} is not a valid date time value for {path}; use [ ].")
        return fold(value)
    if kind is Kind.BOOL:
        if literal.kind != "bool":
            raise bad_condition(f"{literal.text} is not a valid boolean for {path}.")
        return value
    if kind is Kind.ENUM:
        if literal.kind != "string" or str(value).casefold() not in {one.casefold() for one in name.members}:
            raise bad_condition("Enum value supplied was invalid")
        return fold(value)
    if kind is Kind.ANY:
        return value if isinstance(value, bool | Decimal) else fold(value)
    if literal.kind in ("string", "number"):
        return fold(literal.value if literal.kind == "string" else literal.text)
    raise bad_condition(f"{literal.text} is not a valid string for {path}.")


def _text_test(node: Comparison, name: Name, *, percent_ignored: bool) -> Test:
    literal = node.literals[0]
    if literal.kind != "string" or name.kind not in (Kind.STR, Kind.TEXT, Kind.ENUM, Kind.ANY):
        raise bad_condition(f"{node.operator} needs a quoted string and a text field ({node.path}).")
    get, negated, wanted = name.get, node.negated, str(literal.value)
    if node.operator == "contains":
        part = wanted.casefold()
        return lambda record: (
            (value := get(record)) is not None and (part in str(value).casefold()) is not negated
        )
    if percent_ignored and "%" in wanted:
        return lambda _record: True  # reported of one tenant: the filter is silently dropped
    try:
        pattern = re.compile(_like(wanted), re.IGNORECASE | re.DOTALL)
    except re.error:
        return lambda _record: False  # a class like [z-a], which matches nothing in SQL
    return lambda record: (
        (value := get(record)) is not None
        and (pattern.fullmatch(str(value).rstrip(" ")) is not None) is not negated
    )


_CLASS = re.compile(r"\[(\^?)([^\]]+)\]")


def _like(wanted: str) -> str:
    # The pattern language of SQL's LIKE, `*` being another spelling of `%`; `[[]` is a literal bracket.
    parts, position = [], 0
    while position < len(wanted):
        char = wanted[position]
        bracket = _CLASS.match(wanted, position) if char == "[" else None
        if bracket is not None:
            members = bracket.group(2).replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^")
            parts.append(f"[{bracket.group(1)}{members}]")
            position = bracket.end()
            continue
        parts.append(".*" if char in "*%" else "." if char == "_" else re.escape(char))
        position += 1
    return "".join(parts)
