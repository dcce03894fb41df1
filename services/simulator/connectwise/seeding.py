"""Bulk loading of records as they are, without any check, so that old bad data can exist."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from services.simulator.connectwise import seeding_billing, seeding_service
from services.simulator.connectwise.business.address import site_address
from services.simulator.connectwise.business.company_types import is_vendor
from services.simulator.connectwise.coerce import Coercer
from services.simulator.connectwise.entities.company import COMPANY, SITE
from services.simulator.connectwise.entities.contact import CONTACT
from services.simulator.connectwise.fields import STAMP_KEYS, Entity, Field, Kind, Record
from services.simulator.connectwise.state import State
from services.simulator.connectwise.write import Author

_LOADER = "zAdmin"
_WHOLE = {
    **dict.fromkeys(seeding_billing.KINDS, (seeding_billing.fill, seeding_billing.follow)),
    **dict.fromkeys(seeding_service.KINDS, (seeding_service.fill, seeding_service.follow)),
}


def load(state: State, entity: Entity, given: Record) -> int:
    """Store one record given as JSON; returns its id.

    Ids and `_info` stamps are kept where given. A company gets its primary site and type associations along
    with it, as no company of the product is without them.
    """
    stamp = state.clock.stamp()
    record: Record = {
        "_lastUpdated": stamp,
        "_updatedBy": _LOADER,
        "_dateEntered": stamp,
        "_enteredBy": _LOADER,
    }
    fill, follow = _WHOLE.get(entity.key, (None, None))
    if fill is not None:
        record.update(state.writer(Author(_LOADER)).defaults(entity))
    for field in sorted(entity.fields, key=lambda one: bool(one.within)):
        if field.kind is Kind.BOOL and field.default is not None:
            record[field.name] = field.default
        if field.name in given:
            record[field.name] = _stored(state, entity, field, given[field.name], record)
            _remember(state, entity, field, given[field.name])
    for name, value in (given.get("_info") or {}).items():
        if name in STAMP_KEYS:
            record[STAMP_KEYS[name][0]] = value
    if fill is not None:
        fill(state, entity, record, frozenset(given))
    row = state.store.put(entity.key, given.get("id") or None, record, state.clock.now())
    if entity is COMPANY:
        _complete(state, row.id, record, given.get("site") or {})
    elif entity is CONTACT:
        _spread(state, row.id, record)
    elif follow is not None:
        follow(state, entity, row)
    return row.id


def _stored(state: State, entity: Entity, field: Field, value: Any, beside: Record) -> Any:
    # A reference without an id is looked up by its name, as in any other body.
    if field.kind is Kind.REF and isinstance(value, dict) and value and "id" not in value:
        return Coercer(state.store).reference(entity, field, value, beside)
    return stored(value, field.kind, field.items)


def _remember(state: State, entity: Entity, field: Field, value: Any) -> None:
    # What a recorded payload refers to is there too, at least by its names.
    if field.kind is Kind.CUSTOM and entity.custom_pod is not None:
        for one in value or ():
            _define(state, entity.custom_pod[0], one)
    if field.kind is Kind.OBJECTS:
        for one in value or ():
            for item in field.items:
                _remember(state, entity, item, one.get(item.name))
    if field.kind is Kind.REFS:
        for one in value or ():
            _remember(state, entity, replace(field, kind=Kind.REF), one)
    if field.kind is not Kind.REF or not isinstance(value, dict) or not isinstance(value.get("id"), int):
        return
    target = state.store.entities[field.target]
    setup = bool(target.guard == "Table Setup" or not target.guard)
    if not setup or target.view_of or state.store.get(target.key, value["id"]) is not None:
        return
    names = {one: value[one] for one in target.by_name if one in value and one != "id"}
    described = {"description": value["name"]} if "name" in value and "name" not in target.by_name else {}
    state.store.put(target.key, value["id"], {**described, **names}, state.clock.now())


def _define(state: State, pod: int, value: Record) -> None:
    ident = value["id"]
    if state.store.get("userDefinedField", ident) is not None:
        return
    definition = {
        "podId": pod,
        "caption": value.get("caption"),
        "fieldTypeIdentifier": value.get("type") or "Text",
        "entryTypeIdentifier": value.get("entryMethod") or "EntryField",
        "numberDecimals": value.get("numberOfDecimals") or 0,
        "sequenceNumber": value.get("rowNum") or 1,
        "connectWiseID": value.get("connectWiseId"),
    }
    state.store.put("userDefinedField", ident, definition, state.clock.now())


def _spread(state: State, ident: int, record: Record) -> None:
    # A contact's communications and types are rows of their own besides.
    store, now = state.store, state.clock.now()
    for item in record.get("communicationItems") or ():
        store.put("communication", item.get("id"), {**item, "contact": ident}, now)
    for kind in record.get("types") or ():
        store.put("contactTypeAssociation", None, {"contact": ident, "type": kind}, now)


def _complete(state: State, ident: int, record: Record, site: dict[str, Any]) -> None:
    store, now = state.store, state.clock.now()
    if store.get("site", record.get("site")) is None:
        first: Record = {
            **site_address(store, record),
            "id": record.get("site"),
            "name": site.get("name") or "Main",
            "company": ident,
            "primaryAddressFlag": True,
        }
        record = {**record, "site": load(state, SITE, first)}
    types = record.get("types") or []
    shown = {"types": types, "isVendorFlag": is_vendor(store, types)}
    bill_to = record.get("billToCompany") or ident
    store.put("company", ident, {**record, **shown, "billToCompany": bill_to}, now)
    for kind in types:
        store.put("companyTypeAssociation", None, {"company": ident, "type": kind}, now)


def stored(value: Any, kind: Kind, items: tuple[Field, ...] = ()) -> Any:
    """A JSON value as the store keeps it, right or wrong."""
    if kind is Kind.REF:
        return value.get("id") if isinstance(value, dict) else value
    if kind is Kind.REFS:
        return [stored(one, Kind.REF) for one in value or ()]
    if kind is Kind.OBJECTS and items:
        kinds = {item.name: item.kind for item in items}
        return [
            {name: stored(one[name], kinds[name]) for name in kinds if name in one} for one in value or ()
        ]
    if kind is Kind.CUSTOM:
        return {one["id"]: one.get("value") for one in value or () if one.get("value") is not None}
    if kind is Kind.DECIMAL and isinstance(value, int | float):
        return Decimal(str(value))
    return value
