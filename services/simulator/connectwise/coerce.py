"""JSON values of a body to stored values, as lenient and as strict as the real server is known to be."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from services.simulator.connectwise.clock import is_real, is_strict
from services.simulator.connectwise.errors import FieldProblem, Item, broken_value
from services.simulator.connectwise.fields import Entity, Field, Kind
from services.simulator.connectwise.store import Row, Store, fold

_BLANKED = str.maketrans({"\n": " ", "\r": " ", "\b": " ", "\f": " "})


class Coercer:
    """Reads values against a store, because references are looked up and custom fields have definitions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def value(self, entity: Entity, field: Field, raw: Any, beside: Mapping[str, Any] | None = None) -> Any:
        """The stored form of one property; `beside` is the record around it, for names looked up `within`.

        Raises FieldProblem for a wrong value, and the 500 of some wrong types (reported).
        """
        if raw is None:
            return None
        reader = _READERS.get(field.kind)
        if reader is not None:
            return reader(entity, field, raw)
        if field.kind is Kind.REF:
            return self.reference(entity, field, raw, beside)
        if field.kind is Kind.REFS:
            if not isinstance(raw, list):
                raise _problem(entity, field, "must be an array")
            return [self.reference(entity, field, one) for one in raw]
        if field.kind is Kind.OBJECTS:
            if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
                raise _problem(entity, field, "must be an array of objects")
            return [self._object(entity, field, one) for one in raw]
        raise _problem(entity, field, "cannot be written")

    def _object(self, entity: Entity, field: Field, raw: Mapping[str, Any]) -> dict[str, Any]:
        return {
            item.name: self.value(entity, item, raw[item.name]) for item in field.items if item.name in raw
        }

    def reference(
        self, entity: Entity, field: Field, raw: Any, beside: Mapping[str, Any] | None = None
    ) -> int:
        """The target's id. `id` wins over `identifier`, that over `name`. Raises FieldProblem `NotFound`."""
        if not isinstance(raw, dict):
            raise _problem(entity, field, "must be an object with an id, an identifier or a name")
        target = self._store.entities[field.target]
        ident = raw.get("id")
        if ident is not None and ident != 0:
            number = _int(entity, field, ident)
            if self._store.get(field.target, number) is None:
                raise self._missing(entity, field, target, "id", number)
            return number
        for name in ("identifier", "name"):
            wanted = raw.get(name)
            if isinstance(wanted, str) and wanted.strip():
                return self._by_name(entity, field, target, (name, wanted), beside)
        raise self._missing(entity, field, target, "id", ident if ident is not None else "")

    def _among(self, field: Field, beside: Mapping[str, Any] | None) -> list[Row]:
        # The records among which a name is looked up.
        table = self._store.table(field.target)
        shared = beside.get(field.within) if beside is not None else None
        if shared is None:
            return list(table.rows.values())
        if table.indexed(field.within):
            return [table.rows[ident] for ident in sorted(table.find(field.within, shared))]
        return [row for row in table.rows.values() if row.data.get(field.within) == shared]

    def _by_name(
        self,
        entity: Entity,
        field: Field,
        target: Entity,
        key: tuple[str, str],
        beside: Mapping[str, Any] | None,
    ) -> int:
        name, wanted = key
        part = next((part for part in target.reference if part.name == name), None)
        if part is None:
            raise self._missing(entity, field, target, name, wanted)
        folded = fold(wanted)
        table = self._store.table(field.target)
        if table.indexed(name) and not field.within:
            found = sorted(table.find(name, wanted))
        else:
            among = self._among(field, beside)
            found = [row.id for row in among if fold(part.get(row.data)) == folded]
        if len(found) != 1:
            raise self._missing(entity, field, target, name, wanted)
        return found[0]

    @staticmethod
    def _missing(entity: Entity, field: Field, target: Entity, name: str, value: object) -> FieldProblem:
        message = f"{target.singular} {value} not found"
        return FieldProblem(Item("NotFound", message, entity.singular, f"{field.name}/{name}"))

    def custom(self, entity: Entity, raw: Any, stored: Mapping[int, Any]) -> dict[int, Any]:
        """Custom field values after a write: merged by id, a null clears, an omitted one stays (recorded).

        An entry without an id is passed over, for the caption alone is not a key (documented).
        """
        if not isinstance(raw, list):
            raise FieldProblem(
                Item("InvalidField", "customFields must be an array", entity.singular, "customFields")
            )
        merged = dict(stored)
        for entry in raw:
            ident = entry.get("id") if isinstance(entry, dict) else None
            if isinstance(ident, str) and ident.isdigit():
                ident = int(ident)
            if not isinstance(ident, int) or "value" not in entry:
                continue
            merged[ident] = self._custom_value(entity, ident, entry["value"])
        return {ident: value for ident, value in merged.items() if value is not None}

    def _custom_value(self, entity: Entity, ident: int, raw: Any) -> Any:
        row = self._store.get("userDefinedField", ident)
        if row is None or entity.custom_pod is None or row.data.get("podId") != entity.custom_pod[0]:
            raise FieldProblem(
                Item("NotFound", f"customField {ident} not found", entity.singular, "customFields/id")
            )
        if raw is None or raw == "":
            return None
        field = Field("customFields", _CUSTOM_KINDS.get(str(row.data.get("fieldTypeIdentifier")), Kind.STR))
        value = self.value(entity, field, raw)
        if row.data.get("entryTypeIdentifier") in ("List", "Option"):
            options = {
                fold(str(one.get("optionValue"))): one.get("optionValue") for one in row.data["options"] or ()
            }
            if fold(str(value)) not in options:
                raise _problem(entity, field, f"has no option '{value}'")
            value = options[fold(str(value))]
        return value


_CUSTOM_KINDS = {
    "Checkbox": Kind.BOOL,
    "Number": Kind.DECIMAL,
    "Currency": Kind.DECIMAL,
    "Percent": Kind.DECIMAL,
    "Date": Kind.DATETIME,
}


def _problem(entity: Entity, field: Field, what: str) -> FieldProblem:
    return FieldProblem(Item("InvalidField", f"The field {field.name} {what}.", entity.singular, field.name))


def _int(_entity: Entity, _field: Field, raw: Any) -> int:
    number = _decimal(_entity, _field, raw)
    if number != int(number) or not -(2**31) <= number < 2**31:
        raise broken_value("Value was either too large or too small for an Int32.")
    return int(number)


def _decimal(_entity: Entity, _field: Field, raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        raise broken_value("Input string was not in a correct format.")
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise broken_value("Input string was not in a correct format.") from None
    if not number.is_finite():
        raise broken_value("Input string was not in a correct format.")
    return number


def _flag(_entity: Entity, _field: Field, raw: Any) -> bool:
    if isinstance(raw, str) and raw.strip().lower() in ("true", "false"):
        return raw.strip().lower() == "true"
    if isinstance(raw, bool | int):
        return bool(raw)
    raise broken_value("String was not recognized as a valid Boolean.")


def _line(entity: Entity, field: Field, raw: Any) -> str:
    # Line breaks in one-line fields degrade to blanks (the vendor's guide).
    return _any_text(entity, field, raw).translate(_BLANKED)


def _any_text(entity: Entity, field: Field, raw: Any) -> str:
    if isinstance(raw, bool):
        return str(raw)
    if isinstance(raw, str | int | float | Decimal):
        return str(raw)
    raise _problem(entity, field, "must be a string")


def _moment(entity: Entity, field: Field, raw: Any) -> str:
    if not isinstance(raw, str) or not is_strict(raw):
        raise FieldProblem(
            Item(
                "UnsupportedFormat",
                f"Unsupported format applied to {field.name}.",
                entity.singular,
                field.name,
            )
        )
    if not is_real(raw):
        raise broken_value("String was not recognized as a valid DateTime.")
    return raw


def _member(entity: Entity, field: Field, raw: Any) -> str:
    found = next((one for one in field.members if isinstance(raw, str) and one.lower() == raw.lower()), None)
    if found is None:
        raise _problem(entity, field, "is not one of " + ", ".join(field.members))
    return found


def _strings(entity: Entity, field: Field, raw: Any) -> list[str]:
    if not isinstance(raw, list):
        raise _problem(entity, field, "must be an array")
    return [_line(entity, field, one) for one in raw]


def _ints(entity: Entity, field: Field, raw: Any) -> list[int]:
    if not isinstance(raw, list):
        raise _problem(entity, field, "must be an array")
    return [_int(entity, field, one) for one in raw]


_READERS = {
    Kind.INT: _int,
    Kind.DECIMAL: _decimal,
    Kind.BOOL: _flag,
    Kind.STR: _line,
    Kind.TEXT: _any_text,
    Kind.DATETIME: _moment,
    Kind.ENUM: _member,
    Kind.STRINGS: _strings,
    Kind.INTS: _ints,
}
