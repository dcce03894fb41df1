"""The control plane under `/_sim`, for tests and demonstrations. It has no counterpart in the product."""

import re
from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from typing import Any

from services.simulator.connectwise import human
from services.simulator.connectwise.business.agreement import age
from services.simulator.connectwise.errors import ApiError, FieldProblem, invalid
from services.simulator.connectwise.fields import Entity
from services.simulator.connectwise.front import ALIAS
from services.simulator.connectwise.raising import by_person, run
from services.simulator.connectwise.seeding import load
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.state import Key, State
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.wire import Request, Response, answer, refusal

_SETTINGS = ("generation", "mode", "codebase", "href_host", "server_time_zone")


def handle(state: State, request: Request) -> Response:
    """Answer a control call; mistakes in it are 400 or 404 with a JSON body."""
    parts = [part for part in request.path.split("/") if part][1:]
    try:
        if parts[:1] == ["human"]:
            return _human(state, request, parts[1:])
        action = _ACTIONS.get((request.method, parts[0] if len(parts) == 1 else ""))
        if action is None:
            raise ApiError(404, "NoSuchControl", f"{request.method} {request.path} is not a control.")
        return action(state, request)
    except ApiError as error:
        return refusal(error)
    except FieldProblem as problem:
        return refusal(invalid(problem.item.resource, [problem.item]))
    except (TypeError, ValueError, AttributeError, LookupError, re.error) as error:
        return refusal(ApiError(400, "BadControl", f"The call cannot be understood: {error}"))


def _body(request: Request) -> dict[str, Any]:
    value = request.json() if request.body.strip() else {}
    if not isinstance(value, dict):
        raise ApiError(400, "BadControl", "A JSON object is expected.")
    return value


def _add_faults(state: State, request: Request) -> Response:
    given = request.json()
    if isinstance(given, dict):
        given = given.get("rules", [given])
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ApiError(400, "BadRule", "A list of rules is expected.")
    state.faults.add([{name: _plain(value) for name, value in one.items()} for one in given])
    return _faults(state, request)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _faults(state: State, _request: Request) -> Response:
    return answer(200, [rule.body() for rule in state.faults.rules])


def _clear_faults(state: State, _request: Request) -> Response:
    state.faults.clear()
    return Response(204)


def _requests(state: State, request: Request) -> Response:
    params = request.params()
    method, path = params.get("method", "").upper(), re.compile(params.get("path", ""), re.IGNORECASE)
    found = [
        entry
        for entry in state.requests
        if (not method or entry["method"] in method.split(",")) and path.search(entry["path"])
    ]
    return answer(200, found)


def _clear_requests(state: State, _request: Request) -> Response:
    state.requests.clear()
    state.stats.clear()
    return Response(204)


def _stats(state: State, _request: Request) -> Response:
    return answer(200, {f"{method} {path}": count for (method, path), count in sorted(state.stats.items())})


def _reset(state: State, request: Request) -> Response:
    state.reset(_body(request).get("seed_companies"))
    return Response(204)


def _seed(state: State, request: Request) -> Response:
    """Load records of any entity as they are, without checks, so that bad old data can exist."""
    ids: dict[str, list[int]] = {}
    for name, rows in _body(request).items():
        entity = human.entity_of(state, name)
        ids[entity.key] = [load(state, entity, row) for row in rows]
    return answer(201, ids)


def _human(state: State, request: Request, parts: list[str]) -> Response:
    """`human/{entity}` creates, `human/{entity}/{id}` edits, `…/delete|purge|restore|merge` do what they say."""
    if request.method != "POST" or not 1 <= len(parts) <= 3 or (len(parts) > 1 and not parts[1].isdigit()):
        text = "POST human/{entity}[/{id}[/delete|purge|restore|merge]] is expected."
        raise ApiError(404, "NoSuchControl", text)
    entity, body = human.entity_of(state, parts[0]), _body(request)
    if len(parts) == 1:
        return _render(state, request, entity, human.create(state, entity, body), 201)
    if len(parts) == 2:
        return _render(state, request, entity, human.edit(state, entity, int(parts[1]), body))
    left = human.act(state, entity, int(parts[1]), parts[2], body)
    return Response(204) if left is None else _render(state, request, entity, left)


def _render(state: State, request: Request, entity: Entity, row: Row, status: int = 200) -> Response:
    base = f"http://{request.headers.get('host', 'localhost')}/{ALIAS}/apis/3.0//"
    text = state.serializer(base, state.settings.generation).whole(entity, row)
    return Response(status, text.encode())


def _clock(state: State, request: Request) -> Response:
    body = _body(request)
    clock = state.clock
    if body.get("reset"):
        clock.reset()
    try:
        if "set" in body:
            clock.set(str(body["set"]), freeze=bool(body.get("freeze")))
        elif "freeze" in body:
            clock.freeze(frozen=bool(body["freeze"]))
        if "advance" in body:
            clock.advance(float(body["advance"]))
    except ValueError as error:
        raise ApiError(400, "BadControl", str(error)) from error
    age(state.store, clock.stamp(), clock.now())
    return _time(state, request)


def _time(state: State, _request: Request) -> Response:
    return answer(200, {"now": state.clock.stamp(), "seconds": state.clock.now()})


def _set_knobs(state: State, request: Request) -> Response:
    body = _body(request)
    known = {field.name for field in fields(Knobs)}
    unknown = set(body) - known - set(_SETTINGS)
    if unknown:
        raise ApiError(400, "BadControl", f"unknown: {', '.join(sorted(unknown))}")
    for name, value in body.items():
        if name in known:
            plain = (
                {verb.upper(): float(one) for verb, one in value.items()}
                if name == "latency"
                else _plain(value)
            )
            setattr(state.knobs, name, plain)
        else:
            setattr(state.settings, name, value)
    return _knobs(state, request)


def _knobs(state: State, _request: Request) -> Response:
    shown = {field.name: getattr(state.knobs, field.name) for field in fields(Knobs)}
    return answer(200, {**shown, **{name: getattr(state.settings, name) for name in _SETTINGS}})


def _add_key(state: State, request: Request) -> Response:
    body = _body(request)
    try:
        state.keys[body["publicKey"]] = Key(body["member"], body["privateKey"])
    except KeyError as error:
        raise ApiError(400, "BadControl", f"{error} is missing") from error
    return Response(204)


def _role(state: State, request: Request) -> Response:
    return answer(200, human.restrict(state, _body(request)))


def _bulk(state: State, request: Request) -> Response:
    return answer(200, {"ids": human.bulk(state, _body(request))})


def _invoice(state: State, request: Request) -> Response:
    """Billing: `agreement`, `ticket`, `project` or `phase` for one invoice, `through` for all agreements due."""
    body = _body(request)
    writer = human.writer_of(state, body)
    if body.get("through"):
        ids = run(writer, str(body["through"]))
        human.tell(state, writer, body)
        return answer(201, {"ids": ids})
    invoice = by_person(writer, body)
    human.tell(state, writer, body)
    return _render(state, request, state.store.entities["invoice"], invoice, 201)


def _callbacks(state: State, _request: Request) -> Response:
    waiting = [delivery.shown() for delivery in state.callbacks.waiting]
    return answer(200, {"waiting": waiting, "done": [delivery.shown() for delivery in state.callbacks.done]})


def _forget_callbacks(state: State, _request: Request) -> Response:
    state.callbacks.waiting.clear()
    state.callbacks.done.clear()
    return Response(204)


def _health(state: State, _request: Request) -> Response:
    counts = {name: len(table.ids) for name, table in state.store.tables.items() if table.ids}
    return answer(200, {"company": state.settings.company, "records": counts, "writes": state.store.writes})


_ACTIONS: dict[tuple[str, str], Callable[[State, Request], Response]] = {
    ("GET", ""): _health,
    ("POST", "faults"): _add_faults,
    ("GET", "faults"): _faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _clear_requests,
    ("GET", "stats"): _stats,
    ("POST", "reset"): _reset,
    ("POST", "seed"): _seed,
    ("POST", "clock"): _clock,
    ("GET", "clock"): _time,
    ("POST", "knobs"): _set_knobs,
    ("GET", "knobs"): _knobs,
    ("POST", "keys"): _add_key,
    ("POST", "role"): _role,
    ("POST", "bulk"): _bulk,
    ("POST", "invoice"): _invoice,
    ("GET", "callbacks"): _callbacks,
    ("DELETE", "callbacks"): _forget_callbacks,
}
