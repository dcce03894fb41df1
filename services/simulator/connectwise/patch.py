"""PATCH: an array of operations, with the quirks integrators met."""

from decimal import Decimal
from typing import Any, NamedTuple

from services.simulator.connectwise.coerce import Coercer
from services.simulator.connectwise.errors import ApiError, FieldProblem, Item
from services.simulator.connectwise.fields import Entity, Field, Kind, Record
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.store import Store

_ARRAYS = frozenset({Kind.REFS, Kind.STRINGS, Kind.INTS, Kind.OBJECTS})


class Operation(NamedTuple):
    """One entry of a PATCH body; the path is split, without a leading slash."""

    op: str
    path: list[str]
    value: Any


def operations(body: Any) -> list[Operation]:
    """Check the shape of a PATCH body; gives its operations.

    Raises 400 for a bare object (the JSON reader's wording), an unknown op or a missing path.
    """
    if not isinstance(body, list):
        message = (
            "Cannot deserialize the current JSON object because the type requires a JSON array "
            "(e.g. [1,2,3]) to deserialize correctly."
        )
        raise ApiError(400, "ConnectWiseApi", message)
    found: list[Operation] = []
    for entry in body:
        operation = entry.get("op") if isinstance(entry, dict) else None
        if not isinstance(operation, str) or operation.lower() not in ("add", "replace", "remove"):
            raise ApiError(400, "InvalidObject", f"Invalid patch operation '{operation}'.")
        path = entry.get("path")
        if not isinstance(path, str) or not path.strip("/ "):
            raise ApiError(400, "InvalidObject", "A patch operation needs a path.")
        value = None if operation.lower() == "remove" else entry.get("value")
        found.append(Operation(operation.lower(), path.strip().lstrip("/").split("/"), value))
    return found


class Patcher:
    """Applies operations to a copy of a record."""

    def __init__(self, store: Store, coercer: Coercer, knobs: Knobs, *, people: bool = False) -> None:
        self._store = store
        self._coercer = coercer
        self._knobs = knobs
        self._people = people

    def apply(self, entity: Entity, record: Record, entries: list[Operation], generation: str) -> None:
        """Change the record in place. Raises FieldProblem and ApiError as the coercion does.

        A path that names nothing (also by its case) changes nothing and is no error (reported).
        """
        for entry in entries:
            field = entity.by_name.get(entry.path[0])
            if field is None or field.derive is not None or not entity.offers(field, generation):
                continue
            if not field.read_only or (field.by_people and self._people):
                self._one(entity, field, record, entry)

    def _one(self, entity: Entity, field: Field, record: Record, entry: Operation) -> None:
        rest = entry.path[1:]
        if field.kind is Kind.CUSTOM:
            self._custom(entity, record, rest, entry.value)
        elif not rest:
            record[field.name] = self._coercer.value(entity, field, entry.value, record)
        elif field.kind is Kind.REF:
            # Warned against in the guide: 200 without effect. One connector reports it works, hence the knob.
            if self._knobs.reference_subpath_patch and rest in (["id"], ["identifier"], ["name"]):
                record[field.name] = self._coercer.reference(entity, field, {rest[0]: entry.value}, record)
        elif field.kind in _ARRAYS:
            self._element(entity, field, record, entry)

    def _element(self, entity: Entity, field: Field, record: Record, entry: Operation) -> None:
        operation, rest, value = entry.op, entry.path[1:], entry.value
        members = list(record.get(field.name) or ())
        index = len(members) if rest[0] == "-" else _index(entity, field, rest[0])
        if operation == "remove" and len(rest) == 1:
            if index < len(members):
                del members[index]
        elif len(rest) == 1:
            one = self._coercer.value(entity, field, [value])[0]
            if operation == "add" or index >= len(members):
                members.insert(min(index, len(members)), one)
            else:
                members[index] = one
        elif field.kind is Kind.OBJECTS and index < len(members):
            item = next((item for item in field.items if item.name == rest[1]), None)
            if item is not None and not item.read_only:
                members[index] = {**members[index], item.name: self._coercer.value(entity, item, value)}
        record[field.name] = members

    def _custom(self, entity: Entity, record: Record, rest: list[str], value: Any) -> None:
        stored = record.get("customFields") or {}
        if not rest:
            record["customFields"] = self._coercer.custom(entity, value if value is not None else [], stored)
            return
        index = _index(entity, Field("customFields", Kind.CUSTOM), rest[0])
        pod = entity.custom_pod[0] if entity.custom_pod else None
        shown = [
            row.id for row in self._store.table("userDefinedField").after(0) if row.data.get("podId") == pod
        ]
        if index >= len(shown):
            return
        if rest[1:] == ["value"]:
            value = {"value": value}
        elif len(rest) > 1 or not isinstance(value, dict):
            return
        entry = [{"id": shown[index], "value": value.get("value")}]
        record["customFields"] = self._coercer.custom(entity, entry, stored)


def _index(entity: Entity, field: Field, text: str) -> int:
    if not text.isdigit():
        raise FieldProblem(
            Item("InvalidField", f"'{text}' is not an index of {field.name}.", entity.singular, field.name)
        )
    return int(Decimal(text))
