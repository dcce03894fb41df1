"""Checks of a whole record.

The real server makes all of them on every write, so old bad data blocks new edits.
"""

from dataclasses import replace

from services.simulator.connectwise.clock import is_real, is_strict
from services.simulator.connectwise.errors import Item, broken_value
from services.simulator.connectwise.fields import Entity, Field, Kind, Record
from services.simulator.connectwise.store import Store


def problems(store: Store, entity: Entity, record: Record, generation: str) -> list[Item]:
    """What is wrong with a record, as lines of `errors[]`.

    Raises the 500 of a stored date that is none (reported).
    """
    found: list[Item] = []
    for field in entity.fields:
        if field.read_only or field.derive is not None or not entity.offers(field, generation):
            continue
        item = _problem(entity, field, record, generation)
        if item is not None:
            found.append(item)
        elif field.kind is Kind.OBJECTS:
            found.extend(_members(entity, field, record, generation))
    return found + _custom(store, entity, record)


def missing(entity: Entity, name: str) -> Item:
    """The line for a required property that is not there (recorded wording)."""
    return Item("MissingRequiredField", f"The {name} field is required.", entity.singular, name)


def _problem(entity: Entity, field: Field, record: Record, generation: str) -> Item | None:
    value = record.get(field.name)
    if value is None or (isinstance(value, str) and not value.strip()):
        return missing(entity, field.name) if field.required else None
    if field.kind is Kind.DATETIME and not (is_strict(str(value)) and is_real(str(value))):
        raise broken_value("String was not recognized as a valid DateTime.")
    longest = field.limit(generation)
    if longest is not None and isinstance(value, str) and len(value) > longest:
        message = f"The field {field.name} must be a string with a maximum length of {longest}."
        return Item("InvalidField", message, entity.singular, field.name)
    if field.low is not None and field.high is not None and not field.low <= value <= field.high:
        message = f"The field {field.name} must be between {field.low} and {field.high}."
        return Item("OutOfRange", message, entity.singular, field.name)
    if field.kind is Kind.ENUM and value not in field.members:
        return Item("InvalidField", f"The field {field.name} is invalid.", entity.singular, field.name)
    return None


def _members(entity: Entity, field: Field, record: Record, generation: str) -> list[Item]:
    found: list[Item] = []
    for one in record.get(field.name) or ():
        items = (_problem(entity, part, one, generation) for part in field.items)
        found.extend(replace(item, field=f"{field.name}/{item.field}") for item in items if item is not None)
    return found


def _custom(store: Store, entity: Entity, record: Record) -> list[Item]:
    # A required field must be filled, and by one of its options where it has some (recorded).
    if entity.custom_pod is None:
        return []
    values = record.get("customFields") or {}
    found: list[Item] = []
    for row in store.table("userDefinedField").rows.values():
        if not row.data.get("requiredFlag") or row.data.get("podId") != entity.custom_pod[0]:
            continue
        value, options = values.get(row.id), [one.get("optionValue") for one in row.data.get("options") or ()]
        if value in (None, ""):
            text = f"The {row.data['caption']} field is required."
            found.append(Item("MissingRequiredField", text, entity.singular, "customFields"))
        elif options and value not in options:
            text = f"The field {row.data['caption']} is invalid."
            found.append(Item("InvalidField", text, entity.singular, "customFields"))
    return found
