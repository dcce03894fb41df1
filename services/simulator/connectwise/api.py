"""The API proper: from a path to the entity and from a verb to what is done. Synchronous, hence atomic."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.simulator.connectwise.audit import TYPES
from services.simulator.connectwise.entities import ENTITIES
from services.simulator.connectwise.entities.company import merge
from services.simulator.connectwise.errors import ApiError, no_endpoint, not_found
from services.simulator.connectwise.fields import Entity, Mount
from services.simulator.connectwise.front import href_base
from services.simulator.connectwise.lists import Listing, link_header, page_size, positive, render
from services.simulator.connectwise.state import Key, State
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.wire import Request, Response, answer
from services.simulator.connectwise.write import Author

_TOKEN_SECONDS = 4 * 3600
_MERGE = "company/companies/{}/merge"


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated API call."""

    state: State
    request: Request
    member: str
    generation: str
    as_of: float | None = None

    def author(self) -> Author:
        """Who writes."""
        return Author(self.member)


@dataclass(frozen=True, slots=True)
class Place:
    """What a path shape stands for: an entity through one of its mounts, and which of its resources."""

    entity: Entity
    mount: Mount
    kind: str


def _places() -> dict[str, Place]:
    # By path shape, numbers written as {}. A concrete path (…/info) wins over nothing, as shapes never
    # overlap.
    found: dict[str, Place] = {}
    for entity in ENTITIES:
        for mount in entity.mounts:
            path = mount.path.lower()
            found[path] = Place(entity, mount, "list")
            found[f"{path}/count"] = Place(entity, mount, "count")
            found[f"{path}/{{}}"] = Place(entity, mount, "one")
            found[f"{path}/{{}}/usages"] = Place(entity, mount, "usages")
    return found


_PLACES = _places()


def shape(parts: tuple[str, ...]) -> str:
    """A path with its numbers written as {}."""
    return "/".join("{}" if part.isdigit() else part for part in parts)


def handle(call: Call, parts: tuple[str, ...]) -> Response:
    """Answer one call. Raises ApiError for everything that is refused."""
    form = shape(parts)
    numbers = [int(part) for part in parts if part.isdigit()]
    place = _PLACES.get(form)
    if place is None:
        special = _SPECIAL.get(form)
        if special is not None:
            if form != _MERGE and call.request.method != "GET":
                raise _not_allowed(call.request.method)
            return special(call, numbers)
        if parts[:2] == ("system", "members") and len(parts) == 4 and parts[3] == "tokens":
            return _token(call, parts[2])
        raise no_endpoint()
    if place.entity.since > call.generation:
        raise no_endpoint()
    parent = _parent(call, place, numbers)
    if place.kind in ("list", "count"):
        return _many(call, place, parent)
    row = call.state.store.get(place.entity.key, numbers[-1])
    if row is None or (parent is not None and row.data.get(parent[0]) != parent[1]):
        raise not_found(place.entity.noun, numbers[-1])
    return _usages(call, place.entity, row) if place.kind == "usages" else _one(call, place.entity, row)


def _parent(call: Call, place: Place, numbers: list[int]) -> tuple[str, int] | None:
    name = place.mount.parent_field
    if not name:
        return None
    above = call.state.store.entities[place.entity.by_name[name].target]
    if call.state.store.get(above.key, numbers[0]) is None:
        raise not_found(above.noun, numbers[0])
    return name, numbers[0]


def _many(call: Call, place: Place, parent: tuple[str, int] | None) -> Response:
    entity, request = place.entity, call.request
    method = request.method
    if method == "POST" and place.kind == "list":
        _allow(entity, method)
        writer = call.state.writer(call.author(), call.generation)
        row = writer.create(entity, request.json(), {parent[0]: parent[1]} if parent else None)
        return _shown(call, entity, row, 201)
    if method != "GET":
        raise _not_allowed(method)
    listing = Listing(entity, request.params(), call.generation, parent, call.as_of)
    if place.kind == "count":
        return answer(200, {"count": call.state.lister.count(listing)})
    base = href_base(call.state, request)
    forward = entity.forward_only and request.headers.get("pagination-type", "").lower() == "forward-only"
    page = call.state.lister.page(listing, call.state.serializer(base, call.generation), forward=forward)
    response = Response(200, page.body.encode())
    if page.links:
        path = place.mount.path.replace("{}", str(parent[1] if parent else ""))
        response.headers.append(("link", link_header(base, path, listing.query, page.links)))
    return response


def _one(call: Call, entity: Entity, row: Row) -> Response:
    method = call.request.method
    if method == "POST":
        raise _not_allowed(method)
    _allow(entity, method)
    if method == "GET":
        return _shown(call, entity, row)
    writer = call.state.writer(call.author(), call.generation)
    if method == "DELETE":
        writer.delete(entity, row)
        return Response(204)
    if method == "PUT":
        return _shown(call, entity, writer.replace(entity, row, call.request.json()))
    return _shown(call, entity, writer.patch(entity, row, call.request.json()))


def _shown(call: Call, entity: Entity, row: Row, status: int = 200) -> Response:
    serializer = call.state.serializer(href_base(call.state, call.request), call.generation)
    # Writes answer with the full object whatever the query says.
    query = call.request.params() if call.request.method == "GET" and call.request.query else {}
    return Response(status, render(entity, serializer, query, row).encode())


def _allow(entity: Entity, method: str) -> None:
    if method not in entity.methods:
        raise _not_allowed(method)


def _not_allowed(method: str) -> ApiError:
    return ApiError(
        405, "MethodNotAllowed", f"The requested resource does not support http method '{method}'."
    )


def _usages(call: Call, entity: Entity, row: Row) -> Response:
    if call.request.method != "GET":
        raise _not_allowed(call.request.method)
    users = call.state.store.users_of(entity.key, row.id)
    return answer(
        200, [{"id": ident, "type": user.noun, "typeKey": user.key, "count": 1} for user, ident in users]
    )


def _system_info(call: Call, _numbers: list[int]) -> Response:
    cloud = call.state.settings.mode == "cloud"
    return answer(
        200,
        {
            "version": f"v{call.state.settings.generation}",
            "isCloud": cloud,
            "serverTimeZone": call.state.settings.server_time_zone,
            "licenseBits": [{"name": "API", "activeFlag": True}],
            **({"cloudRegion": "NA"} if cloud else {}),
        },
    )


def _audit_rows(call: Call) -> list[dict[str, Any]]:
    params = call.request.params()
    wanted = next((one for one in TYPES if one.lower() == params.get("type", "").lower()), None)
    if wanted is None:
        raise ApiError(400, "InvalidObject", "type is required.")
    ident = params.get("id", "")
    if not ident.isdigit():
        raise ApiError(400, "InvalidObject", "id or deviceIdentifier is required.")
    return call.state.store.audits.get((wanted, int(ident)), [])


def _audit(call: Call, _numbers: list[int]) -> Response:
    # Offset paging only: the trail ignores the forward-only header (reported).
    rows, params = _audit_rows(call), call.request.params()
    size = page_size(params)
    start = (positive(params, "page", 1) - 1) * size
    return answer(200, rows[start : start + size])


def _audit_count(call: Call, _numbers: list[int]) -> Response:
    return answer(200, {"count": len(_audit_rows(call))})


def _merge(call: Call, numbers: list[int]) -> Response:
    if call.request.method != "POST":
        raise _not_allowed(call.request.method)
    body = call.request.json()
    source = call.state.store.get("company", numbers[0])
    if source is None:
        raise not_found("Company", numbers[0])
    if not isinstance(body, dict) or not isinstance(body.get("toCompanyId"), int):
        raise ApiError(400, "InvalidObject", "toCompanyId is required.")
    merge(call.state.writer(call.author(), call.generation), source, body["toCompanyId"], body)
    return answer(200, {"success": True, "message": "The companies have been merged."})


def _token(call: Call, identifier: str) -> Response:
    """Keys with which records show a human in `updatedBy`; valid for four hours (documented)."""
    if call.request.method != "POST":
        raise _not_allowed(call.request.method)
    store = call.state.store
    found = store.table("member").find("identifier", identifier)
    if not found:
        raise not_found("Member", identifier)
    member = store.table("member").rows[min(found)].data["identifier"]
    public, private = secrets.token_hex(8), secrets.token_hex(8)
    expires = call.state.clock.now() + _TOKEN_SECONDS
    call.state.keys[public] = Key(str(member), private, expires)
    return answer(
        200,
        {"publicKey": public, "privateKey": private, "expiration": call.state.clock.stamp(_TOKEN_SECONDS)},
    )


_SPECIAL: dict[str, Callable[[Call, list[int]], Response]] = {
    "system/info": _system_info,
    "system/audittrail": _audit,
    "system/audittrail/count": _audit_count,
    _MERGE: _merge,
}
