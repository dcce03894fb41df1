"""The ASGI application: reads a request, lets faults strike, answers, keeps the log."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from services.simulator.connectwise import control, human
from services.simulator.connectwise.api import handle, shape
from services.simulator.connectwise.call import Call
from services.simulator.connectwise.errors import ApiError, broken_value, no_endpoint
from services.simulator.connectwise.faults import Rule, failure, spoil, too_many
from services.simulator.connectwise.front import (
    Target,
    authenticate,
    bad_credentials,
    callback_key,
    check_codebase,
    company_info,
    content_type,
    generation,
    target,
)
from services.simulator.connectwise.state import State
from services.simulator.connectwise.wire import JSON, Request, Response, refusal

Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Cut: TypeAlias = Callable[[tuple[str, int]], None]

_log = logging.getLogger(__name__)
_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOGGED_BODY = 65_536
_LONGEST_URL = 10_000  # the guide's figure


class App:
    """The stand-in as an ASGI application. `cut` closes the TCP connection of a client address at once."""

    def __init__(self, state: State, cut: Cut) -> None:
        self.state = state
        self._cut = cut

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; other protocols are ignored."""
        if scope["type"] != "http":
            return
        request = await _read(scope, receive)
        if request.path.startswith("/_sim"):
            response = control.handle(self.state, request)
        else:
            response = await self._serve(request)
        await self._reply(request, response, receive, send)

    async def _serve(self, request: Request) -> Response:
        where = target(request.path)
        shown = "/" + "/".join(where.parts) if where is not None else request.path
        entry = self._note(request, shown)
        rules = self.state.faults.struck(request.method, shown)
        await asyncio.sleep(
            self._latency(request.method) + sum(rule.seconds for rule in rules if rule.kind == "slow")
        )
        response = self._limited() or next(
            (found for rule in rules if (found := failure(rule)) is not None), None
        )
        if response is None:
            response = self._work(request, where, entry, rules)
            for rule in rules:
                if rule.late:
                    response = spoil(rule, response)
            self._meanwhile(rules)
            late = sum(rule.seconds for rule in rules if rule.kind == "slow_after")
            if late:
                await asyncio.sleep(late)
        entry["status"] = None if response.cut == "before" else response.status
        if response.cut or rules:
            entry["fault"] = [rule.kind for rule in rules]
        return response

    def _work(
        self, request: Request, where: Target | None, entry: dict[str, Any], rules: list[Rule]
    ) -> Response:
        model = self.state.settings.generation
        try:
            parts = [part for part in request.path.split("/") if part]
            if (
                where is None
                and len(parts) == 3
                and [one.lower() for one in parts[:2]] == ["login", "companyinfo"]
            ):
                return company_info(self.state, parts[2])
            if any(rule.kind == "unauthorized" for rule in rules):
                raise bad_credentials(self.state)
            if where is None and parts[1:] == ["system", "callbackkey", "index.rails"]:
                authenticate(self.state, request)
                return callback_key(self.state, request)
            if where is None:
                raise no_endpoint()
            if len(request.path) + len(request.query) > _LONGEST_URL:
                raise ApiError(414, "ConnectWiseApi", "The request URL is too long.")
            check_codebase(self.state, where.codebase)
            entry["member"] = authenticate(self.state, request)
            model = generation(self.state, request.headers.get("accept", ""))
            drift = sum(rule.rows for rule in rules if rule.kind == "page_drift")
            call = Call(self.state, request, entry["member"], model, self._stale(rules), drift)
            response = handle(call, where.parts)
        except ApiError as error:
            response = refusal(error)
        except Exception:  # noqa: BLE001 -- a fault of the stand-in shows as the 500 it is, and in its log
            _log.exception("the stand-in failed on %s %s", request.method, request.path)
            response = refusal(broken_value("Object reference not set to an instance of an object."))
        if response.content_type == JSON:
            response.content_type = content_type(request, model)
        response.headers.append(("api-current-version", self.state.settings.generation))
        return response

    def _meanwhile(self, rules: list[Rule]) -> None:
        for rule in rules:
            if rule.kind == "upgrade":
                self.state.settings.codebase = rule.codebase
            elif rule.kind == "human":
                with contextlib.suppress(ApiError):  # the record may be gone, or refuse the edit
                    entity = human.entity_of(self.state, str(rule.edit["entity"]))
                    human.edit(self.state, entity, int(rule.edit["id"]), dict(rule.edit))

    def _stale(self, rules: list[Rule]) -> float | None:
        ages = [rule.seconds for rule in rules if rule.kind == "stale_search"]
        return self.state.clock.now() - max(ages) if ages else None

    def _latency(self, method: str) -> float:
        knobs = self.state.knobs
        default = knobs.read_latency if method in _READS else knobs.write_latency
        return knobs.latency.get(method, default)

    def _limited(self) -> Response | None:
        limit = self.state.knobs.rate_limit_per_minute
        if not limit:
            return None
        recent, now = self.state.recent, self.state.clock.now()
        while recent and recent[0] <= now - 60:
            recent.popleft()
        if len(recent) >= limit:
            return too_many(self.state.knobs.retry_after)
        recent.append(now)
        return None

    def _note(self, request: Request, shown: str) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "time": self.state.clock.now(),
            "method": request.method,
            "path": shown,
            "query": request.query,
            "status": None,
            "member": None,
            "bodyBytes": len(request.body),
            "body": request.body[:_LOGGED_BODY].decode("utf-8", "replace"),
        }
        self.state.requests.append(entry)
        self.state.stats[(request.method, shape(tuple(shown.strip("/").split("/"))))] += 1
        return entry

    async def _reply(self, request: Request, response: Response, receive: Receive, send: Send) -> None:
        if response.cut == "before":
            await self._hang_up(request, receive)
            return
        headers = [(b"date", self.state.clock.http_date().encode())]
        if response.status != 204:
            headers.append((b"content-type", response.content_type.encode()))
        headers.append((b"content-length", str(len(response.body)).encode()))
        headers.extend((name.encode(), value.encode()) for name, value in response.headers)
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        if response.cut == "middle":
            half = response.body[: len(response.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            await asyncio.sleep(0.01)  # lets the half reach the wire before the connection goes
            await self._hang_up(request, receive)
            return
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else response.body})

    async def _hang_up(self, request: Request, receive: Receive) -> None:
        if request.client is not None:
            self._cut(request.client)
        # The server must have seen the loss before this returns, or it would answer 500 by itself.
        while (await receive())["type"] != "http.disconnect":
            pass


async def _read(scope: Scope, receive: Receive) -> Request:
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    client = scope.get("client")
    return Request(
        method=scope["method"].upper(),
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"".join(parts),
        client=tuple(client) if client else None,
    )
