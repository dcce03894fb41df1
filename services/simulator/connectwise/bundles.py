"""`POST /system/bundles`: several reads in one call, each with a result of its own."""

import json
from decimal import Decimal
from typing import Any

from services.simulator.connectwise.call import Call
from services.simulator.connectwise.errors import ApiError
from services.simulator.connectwise.fields import Entity
from services.simulator.connectwise.lists import Listing
from services.simulator.connectwise.serialize import encode
from services.simulator.connectwise.wire import Response

_FILTERS = ("conditions", "childConditions", "customFieldConditions", "orderBy")


def bundle(call: Call) -> Response:
    """Answer all requests of a bundle; what is wrong with one does not hinder the others."""
    body = call.request.json()
    requests = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(requests, list) or not all(isinstance(one, dict) for one in requests):
        raise ApiError(400, "InvalidObject", "requests must be an array of objects.")
    results = [_result(call, one) for one in requests]
    return Response(200, encode({"results": results}).encode())


def _result(call: Call, wanted: dict[str, Any]) -> dict[str, Any]:
    head = {"sequenceNumber": wanted.get("sequenceNumber"), "resourceType": wanted.get("resourceType")}
    try:
        entities, count = _read(call, wanted)
    except ApiError as error:
        tail = {"success": False, "statusCode": error.status, "error": error.body()}
        return {**head, "entities": [], "count": 0, **tail}
    return {**head, "entities": entities, "count": count, "success": True, "statusCode": 200, "error": None}


def _read(call: Call, wanted: dict[str, Any]) -> tuple[list[Any], int]:
    entity = _entity(call, str(wanted.get("resourceType") or ""))
    call.caller().demand(entity.guard, "inquire")
    asked = _part(wanted, "apiRequest")
    query = {name.lower(): str(value) for name, value in _part(asked, "filters").items() if name in _FILTERS}
    query |= {name.lower(): str(value) for name, value in _part(asked, "page").items()}
    if asked.get("fields"):
        query["fields"] = str(asked["fields"])
    listing = Listing(entity, query, call.generation, visible=call.caller().view(entity))
    page = call.state.lister.page(listing, call.serializer(), forward=False)
    return json.loads(page.body, parse_float=Decimal), call.state.lister.count(listing)


def _part(value: dict[str, Any], name: str) -> dict[str, Any]:
    part = value.get(name) or {}
    if not isinstance(part, dict):
        raise ApiError(400, "InvalidObject", f"{name} must be an object.")
    return part


def _entity(call: Call, name: str) -> Entity:
    for entity in call.state.store.entities.values():
        top = bool(entity.mounts) and not entity.mounts[0].parent_field and not entity.view_of
        if top and entity.key.lower() == name.lower():
            return entity
    raise ApiError(400, "InvalidObject", f"{name} is not a known resource type.")
