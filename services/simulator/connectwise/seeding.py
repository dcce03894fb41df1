"""Bulk loading of records as they are, without any check, so that old bad data can exist."""

from decimal import Decimal
from typing import Any

from services.simulator.connectwise.business.address import site_address
from services.simulator.connectwise.business.company_types import is_vendor
from services.simulator.connectwise.entities.company import COMPANY, SITE
from services.simulator.connectwise.fields import STAMP_KEYS, Entity, Kind, Record
from services.simulator.connectwise.state import State

_LOADER = "zAdmin"


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
    for field in entity.fields:
        if field.kind is Kind.BOOL and field.default is not None:
            record[field.name] = field.default
        if field.name in given:
            record[field.name] = stored(given[field.name], field.kind)
    for name, value in (given.get("_info") or {}).items():
        if name in STAMP_KEYS:
            record[STAMP_KEYS[name][0]] = value
    ident = state.store.put(entity.key, given.get("id") or None, record, state.clock.now()).id
    if entity is COMPANY:
        _complete(state, ident, record, given.get("site") or {})
    return ident


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


def stored(value: Any, kind: Kind) -> Any:
    """A JSON value as the store keeps it, right or wrong."""
    if kind is Kind.REF:
        return value.get("id") if isinstance(value, dict) else value
    if kind is Kind.REFS:
        return [stored(one, Kind.REF) for one in value or ()]
    if kind is Kind.CUSTOM:
        return {one["id"]: one.get("value") for one in value or () if one.get("value") is not None}
    if kind is Kind.DECIMAL and isinstance(value, int | float):
        return Decimal(str(value))
    return value
