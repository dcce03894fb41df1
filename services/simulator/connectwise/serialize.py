"""Records to JSON, as recorded: nulls omitted, money with two decimals, references expanded with hrefs.

Each record's JSON is kept with its version, so a page of a thousand is a join of ready strings.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from services.simulator.connectwise.fields import STAMP_KEYS, Entity, Field, Kind, Record
from services.simulator.connectwise.settings import NEWEST
from services.simulator.connectwise.store import Row, Store

Encoder = Callable[[Any], str]
Projection = Mapping[str, "Projection | None"]
"""Requested properties: name -> None for the whole value, or the parts wanted of it."""

_CONSTANTS = {None: "null", True: "true", False: "false"}


def encode(value: Any) -> str:
    """Any JSON value; decimals keep two places, which the standard encoder cannot do."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{encode_basestring(key)}:{encode(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(encode(one) for one in value) + "]"
    return json.dumps(value)


def amount(value: Decimal, places: int) -> str:
    """An amount with as many decimals as it needs: two at least, `places` at most."""
    whole, _, digits = f"{value:.{places}f}".partition(".")
    return f"{whole}.{digits[:2]}{digits[2:].rstrip('0')}"


class Serializer:
    """Renders records for one host (in hrefs) and one model generation."""

    def __init__(self, store: Store, base: str, generation: str) -> None:
        self._store = store
        self._base = base
        self._generation = generation
        self._references: dict[tuple[str, str, int], str] = {}
        self._epoch = store.epoch
        self._plans: dict[str, list[tuple[str, Field]]] = {}
        self._definitions: dict[int, list[Row]] = {}

    def whole(self, entity: Entity, row: Row, *, listed: bool = False) -> str:
        """The record as GET shows it without `fields`; lists leave some properties out."""
        self._refresh()
        if row.epoch != self._store.epoch:
            row.cache.clear()
            row.epoch = self._store.epoch
        short = listed and any(field.unlisted for field in entity.fields)
        key = (entity.key, self._base, self._generation + ("-" if short else ""))
        cached = row.cache.get(key)
        if cached is None:
            parts = [
                prefix + text
                for prefix, field in self._plan(entity)
                if not (short and field.unlisted)
                and (text := self._field(field, entity, row.data)) is not None
            ]
            parts.append('"_info":' + encode(self.info(entity, row)))
            cached = row.cache[key] = "{" + ",".join(parts) + "}"
        return cached

    def projected(self, entity: Entity, row: Row, wanted: Projection) -> str:
        """The record reduced to the properties asked for; unknown ones are dropped silently (documented)."""
        self._refresh()
        parts: list[str] = []
        for name, inner in wanted.items():
            if name == "_info":
                parts.append('"_info":' + self._info_part(entity, row, inner))
                continue
            field = entity.by_folded.get(name)
            if (
                field is None
                or field.write_only
                or field.hidden
                or not entity.offers(field, self._generation)
            ):
                continue
            text = self._field(field, entity, row.data)
            if text is None:
                continue
            if inner is not None:
                reduced = _reduce(json.loads(text, parse_float=Decimal), inner)
                if reduced is None:
                    continue
                text = encode(reduced)
            parts.append(f"{encode_basestring(field.name)}:{text}")
        return "{" + ",".join(parts) + "}"

    def info(self, entity: Entity, row: Row) -> dict[str, Any]:
        """The `_info` member: stamps and links to related lists (their conditions unescaped, as recorded)."""
        shown = {
            name: row.data[STAMP_KEYS[name][0]] for name in entity.stamps if row.data.get(STAMP_KEYS[name][0])
        }
        for name, path in entity.links:
            shown[name] = self._base + path.replace("{}", str(row.id))
        return shown

    def _info_part(self, entity: Entity, row: Row, inner: Projection | None) -> str:
        if inner is not None and all(name in _FOLDED_STAMPS for name in inner):
            keys = [_FOLDED_STAMPS[name] for name in inner]
            picked = {key: row.data[STAMP_KEYS[key][0]] for key in keys if row.data.get(STAMP_KEYS[key][0])}
            return encode(picked)
        info = self.info(entity, row)
        return encode(info if inner is None else _reduce(info, inner))

    def _refresh(self) -> None:
        if self._epoch != self._store.epoch:
            self._references.clear()
            self._definitions.clear()
            self._epoch = self._store.epoch

    def _plan(self, entity: Entity) -> list[tuple[str, Field]]:
        plan = self._plans.get(entity.key)
        if plan is None:
            plan = [
                (encode_basestring(field.name) + ":", field)
                for field in entity.fields
                if not (field.write_only or field.hidden) and entity.offers(field, self._generation)
            ]
            self._plans[entity.key] = plan
        return plan

    def _field(self, field: Field, entity: Entity, record: Record) -> str | None:
        if field.kind is Kind.CUSTOM:
            return encode(self.custom_fields(entity, record))
        value = record.get(field.name) if field.derive is None else field.derive(record)
        if value is None:
            return None
        if field.kind is Kind.REF:
            return self._reference(field.target, value)
        if field.kind is Kind.REFS:
            return "[" + ",".join(self._reference(field.target, ident) for ident in value) + "]"
        if field.kind is Kind.OBJECTS:
            return encode([self._object(field, one) for one in value])
        if isinstance(value, Decimal):
            return amount(value, field.places)
        return encode(value)

    def _object(self, field: Field, value: Record) -> Record:
        known = {item.name: item for item in field.items}
        return {
            name: json.loads(self._reference(known[name].target, part), parse_float=Decimal)
            if name in known and known[name].kind is Kind.REF
            else part
            for name, part in value.items()
            if part is not None
        }

    def _reference(self, target: str, ident: int) -> str:
        key = (target, self._base, ident)
        text = self._references.get(key)
        if text is None:
            text = encode(self.reference(target, ident))
            self._references[key] = text
        return text

    def reference(self, target: str, ident: int) -> dict[str, Any]:
        """A reference object: id, the target's naming members, and the href in the doubled-slash form."""
        entity = self._store.entities[target]
        row = self._store.get(target, ident)
        shown: dict[str, Any] = {"id": ident}
        if row is None:
            return shown  # dangling: its target was deleted behind the reference's back
        for part in entity.reference:
            value = part.get(row.data) if part.since <= self._generation else None
            if value is not None:
                shown[part.name] = value
        if entity.href:
            shown["_info"] = {f"{entity.href}_href": self._base + self.path_of(entity, row)}
        return shown

    @staticmethod
    def path_of(entity: Entity, row: Row) -> str:
        """Where a record is served, relative to the API base."""
        mount = entity.mounts[0]
        path = (
            mount.path.replace("{}", str(row.data.get(mount.parent_field)))
            if mount.parent_field
            else mount.path
        )
        return f"{path}/{row.id}"

    def _definition_rows(self, pod: int) -> list[Row]:
        rows = self._definitions.get(pod)
        if rows is None:
            table = self._store.table("userDefinedField")
            rows = self._definitions[pod] = [row for row in table.after(0) if row.data.get("podId") == pod]
        return rows

    def custom_fields(self, entity: Entity, record: Record) -> list[dict[str, Any]]:
        """The custom field objects of a record: one per definition on its screen, also when empty.

        An empty one has no `value` in the 2022 model and a null one in the 2025 model (recorded).
        """
        if entity.custom_pod is None:
            return []
        values = record.get("customFields") or {}
        return [
            custom_field(row, values.get(row.id), entity.custom_pod[1], self._generation)
            for row in self._definition_rows(entity.custom_pod[0])
        ]


def custom_field(definition: Row, value: Any, pod: str, generation: str) -> dict[str, Any]:
    """One custom field object."""
    shown: dict[str, Any] = {
        "id": definition.id,
        "caption": definition.data.get("caption"),
        "type": definition.data.get("fieldTypeIdentifier"),
        "entryMethod": definition.data.get("entryTypeIdentifier"),
        "numberOfDecimals": definition.data.get("numberDecimals") or 0,
    }
    if value is not None or generation >= NEWEST:
        shown["value"] = value
    if generation >= NEWEST:
        shown["connectWiseId"] = definition.data.get("connectWiseID")
        shown["rowNum"] = definition.data.get("sequenceNumber")
        shown["userDefinedFieldRecId"] = definition.id
        shown["podId"] = pod
    return shown


_FOLDED_STAMPS = {name.lower(): name for name in STAMP_KEYS}


def projection(text: str) -> Projection:
    """Read a `fields` parameter: comma list, slash paths. Names are looked up without regard to case."""
    tree: dict[str, Any] = {}
    for path in text.split(","):
        names = [part for part in path.strip().lower().split("/") if part]
        _plant(tree, names)
    return tree


def _plant(tree: dict[str, Any], names: Iterable[str]) -> None:
    names = list(names)
    if not names:
        return
    first, rest = names[0], names[1:]
    if not rest:
        tree[first] = None
    elif tree.get(first, {}) is not None:
        _plant(tree.setdefault(first, {}), rest)


def _reduce(value: Any, wanted: Projection) -> Any:
    if isinstance(value, list):
        return [_reduce(one, wanted) for one in value]
    if not isinstance(value, dict):
        return None
    reduced: dict[str, Any] = {}
    for name, part in value.items():
        if name.lower() not in wanted:
            continue
        inner = wanted[name.lower()]
        if inner is None:
            reduced[name] = part
        elif (deeper := _reduce(part, inner)) is not None:
            reduced[name] = deeper
    return reduced
