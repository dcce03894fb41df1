"""The API proper: from a path to the entity and from a verb to what is done. Synchronous, hence atomic."""

from dataclasses import dataclass
from typing import Any

from services.simulator.connectwise.call import Call, allow
from services.simulator.connectwise.entities import ENTITIES
from services.simulator.connectwise.errors import ApiError, no_endpoint, not_found
from services.simulator.connectwise.extras import EXTRAS, token
from services.simulator.connectwise.fields import Entity, Mount
from services.simulator.connectwise.front import link_base
from services.simulator.connectwise.lists import Listing, link_header
from services.simulator.connectwise.rights import VERBS
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.wire import Response, answer


@dataclass(frozen=True, slots=True)
class Place:
    """What a path shape stands for: an entity through one of its mounts, and which of its resources."""

    entity: Entity
    mount: Mount
    kind: str


def _places() -> dict[str, Place]:
    # By path shape, numbers written as {}.
    found: dict[str, Place] = {}
    for entity in ENTITIES:
        for mount in entity.mounts:
            path = mount.path.lower()
            found[path] = Place(entity, mount, "list")
            if entity.counted:
                found[f"{path}/count"] = Place(entity, mount, "count")
            if entity.search:
                found[f"{path}/search"] = Place(entity, mount, "search")
            if path.endswith("/info") and entity.view_of:
                found[f"{path.removesuffix('/info')}/{{}}/info"] = Place(entity, mount, "one")
                continue
            found[f"{path}/{{}}"] = Place(entity, mount, "one")
            found[f"{path}/{{}}/usages"] = Place(entity, mount, "usages")
            found[f"{path}/{{}}/usages/list"] = Place(entity, mount, "usages")
    return found


_PLACES = _places()


def shape(parts: tuple[str, ...]) -> str:
    """A path with its numbers written as {}."""
    return "/".join("{}" if part.isdigit() else part for part in parts)


def handle(call: Call, parts: tuple[str, ...]) -> Response:
    """Answer one call. Raises ApiError for everything that is refused."""
    form = shape(parts)
    numbers = [int(part) for part in parts if part.isdigit()]
    extra = EXTRAS.get(form)
    if extra is not None:
        return extra(call, numbers)
    place = _PLACES.get(form)
    if place is None:
        if parts[:2] == ("system", "members") and len(parts) == 4 and parts[3] == "tokens":
            return token(call, parts[2])
        raise no_endpoint()
    if place.entity.since > call.generation:
        raise no_endpoint()
    _permit(call, place)
    parent = _parent(call, place, numbers)
    if place.kind in ("list", "count", "search"):
        return _many(call, place, parent)
    row = call.state.store.get(place.entity.key, numbers[-1])
    if (
        row is None
        or not place.entity.opens(row.data)
        or (parent is not None and row.data.get(parent[0]) != parent[1])
        or _hidden(call, place, row)
    ):
        raise not_found(place.entity.noun, numbers[-1])
    return _usages(call, place.entity, row) if place.kind == "usages" else _one(call, place.entity, row)


def _permit(call: Call, place: Place) -> None:
    # Whether the verb is offered, then whether the role allows it.
    entity, method = place.entity, call.request.method
    if place.kind == "list":
        allow(method, *(entity.methods & {"GET", "POST"}))
    elif place.kind == "one":
        allow(method, *(entity.methods - {"POST"}))
    else:
        allow(method, "POST" if place.kind == "search" else "GET")
    verb = VERBS[method] if place.kind in ("list", "one") else "inquire"
    quiet = call.state.knobs.denied_lists_are_empty and verb == "inquire" and place.kind != "one"
    if not quiet:
        call.caller().demand(entity.guard, verb)
    if entity.frozen and verb != "inquire":
        text = f"The stand-in serves {entity.mounts[0].path} for reading only."
        raise ApiError(501, "NotSimulated", text)


def _hidden(call: Call, place: Place, row: Row) -> bool:
    sees = call.caller().view(place.entity)
    return sees is not None and not sees(row.data)


def _parent(call: Call, place: Place, numbers: list[int]) -> tuple[str, int] | None:
    name = place.mount.parent_field
    if not name:
        return None
    above = call.state.store.entities[place.mount.parent or place.entity.by_name[name].target]
    row = call.state.store.get(above.key, numbers[0])
    if row is None or not above.opens(row.data) or _hidden(call, Place(above, above.mounts[0], "one"), row):
        raise not_found(above.noun, numbers[0])
    return name, numbers[0]


def _many(call: Call, place: Place, parent: tuple[str, int] | None) -> Response:
    entity, request = place.entity, call.request
    if request.method == "POST" and place.kind == "list":
        writer = call.writer()
        row = writer.create(entity, request.json(), {parent[0]: parent[1]} if parent else None)
        call.wrote(writer)
        return call.shown(entity, row, 201)
    query = {**request.params(), **_searched(call, place)}
    listing = Listing(
        entity, query, call.generation, parent, call.as_of, call.caller().view(entity), call.drift
    )
    if place.kind == "count":
        return answer(200, {"count": call.state.lister.count(listing)})
    forward = entity.forward_only and request.headers.get("pagination-type", "").lower() == "forward-only"
    page = call.state.lister.page(listing, call.serializer(), forward=forward)
    response = Response(200, page.body.encode())
    if page.links:
        path = place.mount.path.replace("{}", str(parent[1] if parent else ""))
        response.headers.append(
            ("link", link_header(link_base(request) + path, request.params(), page.links))
        )
    return response


def _searched(call: Call, place: Place) -> dict[str, str]:
    # A search by POST carries its filters in the body, its paging in the address.
    if place.kind != "search":
        return {}
    body: Any = call.request.json() if call.request.body.strip() else {}
    if not isinstance(body, dict):
        raise ApiError(400, "InvalidObject", "A search needs a JSON object.")
    names = ("conditions", "childConditions", "customFieldConditions", "orderBy")
    return {name.lower(): str(body[name]) for name in names if body.get(name)}


def _one(call: Call, entity: Entity, row: Row) -> Response:
    method = call.request.method
    if method == "GET":
        return call.shown(entity, row)
    call.caller().demand(entity.guard, VERBS[method], row, entity)
    writer = call.writer()
    if method == "DELETE":
        writer.delete(entity, row)
        call.wrote(writer)
        return Response(204)
    change = writer.replace if method == "PUT" else writer.patch
    new = change(entity, row, call.request.json())
    call.wrote(writer)
    return call.shown(entity, new)


def _usages(call: Call, entity: Entity, row: Row) -> Response:
    users = call.writer().users(entity, row)
    return answer(
        200, [{"id": ident, "type": user.noun, "typeKey": user.key, "count": 1} for user, ident in users]
    )
