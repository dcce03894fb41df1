"""The HTTP client of one service: where the tenant is, who we are, how often we may ask.

URLs are built on the configured host and the codebase the tenant names; hrefs in payloads are never followed.
GET and PATCH are repeated for up to ``retry_seconds``; a POST only when it surely did not arrive.
"""

import asyncio
import base64
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import quote

import httpx
import stamina
import structlog

from shared.config import ConnectWiseSettings
from shared.connectwise.answers import EndpointMissingError, Secrets, parse, server_time
from shared.connectwise.errors import (
    ConnectWiseError,
    NotFoundError,
    TransientError,
    UnauthorizedError,
    UnknownCompanyError,
    UnknownOutcomeError,
)
from shared.connectwise.limiter import Limiter
from shared.connectwise.numbers import dumps
from shared.telemetry import REQUEST_SECONDS, REQUESTS
from shared.tls import tls

REDISCOVER_SECONDS = 60.0
MAX_URL_CHARACTERS = 2000

_CODEBASE = re.compile(r"^[A-Za-z0-9_.-]+$")
# Raised before a byte of the request was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)

Params = Mapping[str, str | int]

log = structlog.get_logger(__name__)


class ReadOnlyClientError(RuntimeError):
    """A write was about to be sent by a client that may only read: a guard before it is missing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer.

    Attributes:
        value: its JSON, None without content.
        headers: as sent, case-insensitive.
        time: the server's ``Date``, UTC, None when it did not say.
    """

    value: Any
    headers: Mapping[str, str] = field(repr=False)
    time: datetime | None = None


class ConnectWise:
    """Talks to one tenant on behalf of one service."""

    def __init__(
        self,
        settings: ConnectWiseSettings,
        service: str,
        limiter: Limiter,
        *,
        retry_seconds: float = 10.0,
        read_only: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is sent before the first call.

        Args:
            settings: address, company and keys.
            service: for metrics and logs.
            limiter: the service's share of the budget.
            retry_seconds: how long a call may repeat and wait for the budget; 0 = one try.
            read_only: a write is an error of the program (test mode, `tandem preview`).
            transport: for tests.

        Raises:
            ValueError: the address is no http(s) URL, or settings are missing; the text names them.
        """
        check_settings(settings)
        self._settings = settings
        self._service = service
        self._limiter = limiter
        self._retry_seconds = retry_seconds
        self._read_only = read_only
        public, private = settings.public_key.get_secret_value(), settings.private_key.get_secret_value()
        token = base64.b64encode(f"{settings.company}+{public}:{private}".encode()).decode()
        client_id = settings.client_id.get_secret_value()
        self._secrets = Secrets(public, private, token, client_id)
        self._headers = {
            "authorization": f"Basic {token}",
            "clientid": client_id,
            "accept": f"application/vnd.connectwise.com+json; version={settings.api_version}",
        }
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(settings.timeout_seconds, connect=min(10.0, settings.timeout_seconds)),
            limits=httpx.Limits(
                max_connections=settings.concurrency, max_keepalive_connections=settings.concurrency
            ),
            follow_redirects=False,
            trust_env=False,
            verify=tls(trust_env=False),
            transport=transport,
        )
        self._base: str | None = None
        self._discovered_at = 0.0
        self._discovering = asyncio.Lock()

    def __repr__(self) -> str:
        """The service and the host; no keys."""
        return f"ConnectWise({self._service!r}, {self._settings.url!r})"

    async def __aenter__(self) -> Self:
        """Ready to call."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the connections."""
        await self.close()

    async def close(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        await self._http.aclose()

    async def get(self, path: str, params: Params | None = None) -> Any:
        """Read one record or a count.

        Args:
            path: below ``apis/3.0``, e.g. ``/company/companies/1204``.
            params: query parameters, plain (they are encoded here).

        Raises:
            TransientError: no usable answer, even after repeating.
            NotFoundError: no such record or endpoint.
            RefusedError: e.g. a condition the server cannot read.
            UnauthorizedError: keys, address, company or rights.
        """
        return (await self.read(path, params)).value

    async def read(
        self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """``get`` with the answer's headers and time."""
        return await self._repeat("GET", path, params=params, headers=headers)

    async def list(
        self,
        path: str,
        *,
        conditions: str = "",
        fields: Sequence[str] = (),
        order_by: str = "",
        child_conditions: str = "",
        page_size: int = 1000,
    ) -> list[dict[str, Any]]:
        """One page of a list, at most 1,000 records; ``paging`` walks further.

        Raises:
            As ``get``.
        """
        params = list_params(conditions, fields, order_by, child_conditions) | {"pageSize": page_size}
        return rows(await self.read(path, params))

    async def post(self, path: str, body: Any) -> Any:
        """Create a record or start an action; repeated only when it surely did not arrive.

        Returns:
            The record as the server made it.

        Raises:
            UnknownOutcomeError: sent, and the answer was lost: look it up before sending again.
            TransientError: not sent, or turned away by 429.
            RefusedError, NotFoundError, UnauthorizedError: as ``get``.
        """
        return (await self._repeat("POST", path, body=body)).value

    async def patch(self, path: str, operations: Sequence[Mapping[str, Any]]) -> Any:
        """Change fields of a record. Repeating it gives the same record, so it is repeated.

        Args:
            path: of the record.
            operations: from ``patch.operations``.

        Returns:
            The record as it is now; compare it with what was asked, some changes are ignored with 200.

        Raises:
            As ``get``.
        """
        return (await self._repeat("PATCH", path, body=list(operations))).value

    async def _repeat(self, method: str, path: str, **request: Any) -> Answer:
        if self._read_only and method != "GET":
            raise ReadOnlyClientError(f"{method} {path}: {self._service} may only read ConnectWise")
        deadline = time.monotonic() + self._retry_seconds

        def again(error: Exception) -> bool | float:
            if not isinstance(error, TransientError):
                return False
            if error.retry_after is None:
                return True
            return error.retry_after if time.monotonic() + error.retry_after < deadline else False

        attempts = None if self._retry_seconds > 0 else 1
        async for attempt in stamina.retry_context(
            on=again,
            attempts=attempts,
            timeout=self._retry_seconds or None,
            wait_initial=0.2,
            wait_max=3.0,
            wait_jitter=0.3,
        ):
            with attempt:
                return await self._once_or_rediscovered(method, path, **request)
        raise TransientError("no attempt was made")  # pragma: no cover - the loop returns or raises

    async def _once_or_rediscovered(self, method: str, path: str, **request: Any) -> Answer:
        base = await self._discovered()
        try:
            return await self._send(method, base + path, **request)
        except EndpointMissingError as first:
            missing = first
            # The release changed its codebase, the keys are wrong, or the endpoint really is not offered.
            fresh = await self._discovered(instead_of=base)
            if fresh != base:
                log.info("ConnectWise moved to another codebase", service=self._service, base=fresh)
                try:
                    return await self._send(method, fresh + path, **request)
                except EndpointMissingError as still:
                    missing = still
            raise await self._why_missing(fresh, missing) from None

    async def _why_missing(self, base: str, missing: EndpointMissingError) -> ConnectWiseError:
        try:
            await self._send("GET", f"{base}/system/info")
        except EndpointMissingError:
            return UnauthorizedError(
                "ConnectWise answers 404 for everything: the keys, the company or the host are wrong",
                status=404,
            )
        return NotFoundError(str(missing), status=404)

    async def _discovered(self, instead_of: str | None = None) -> str:
        async with self._discovering:
            known = self._base
            if known is not None:
                recent = time.monotonic() - self._discovered_at < REDISCOVER_SECONDS
                if instead_of is None or known != instead_of or recent:
                    return known
            self._base = await self._discover()
            self._discovered_at = time.monotonic()
            return self._base

    async def _discover(self) -> str:
        site = self._settings.url.rstrip("/")
        company = self._settings.company
        try:
            answer = await self._send(
                "GET", f"{site}/login/companyinfo/{quote(company, safe='')}", public=True
            )
        except EndpointMissingError as error:
            raise UnauthorizedError(f"{site} is no ConnectWise host: {error}", status=404) from error
        if answer.value is None:
            raise UnknownCompanyError(
                f"ConnectWise knows no company {company!r} (connectwise.company)", status=200
            )
        codebase = str(answer.value.get("Codebase", "")) if isinstance(answer.value, dict) else ""
        name = codebase.strip("/")
        if not _CODEBASE.match(name):
            raise TransientError(f"the company information names no codebase: {codebase[:40]!r}", status=200)
        return f"{site}/{name}/apis/3.0"

    async def _send(
        self,
        method: str,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        public: bool = False,
    ) -> Answer:
        if params:
            query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in params.items())
            url = f"{url}?{query}"
        sent = {"accept": "application/json"} if public else {**self._headers, **(headers or {})}
        content = None
        if body is not None:
            content = dumps(body)
            sent["content-type"] = "application/json"
        async with self._limiter.slot(self._retry_seconds or None):
            response = await self._exchange(method, url, sent, content)
        try:
            return Answer(parse(response, self._secrets), response.headers, server_time(response))
        except TransientError as error:
            if error.status == 429 and error.retry_after is not None:
                self._limiter.hold(error.retry_after)
            elif method == "POST":
                raise UnknownOutcomeError(str(error), status=error.status) from error
            raise

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> httpx.Response:
        begun = time.monotonic()
        status = "none"
        try:
            response = await self._http.request(method, url, headers=headers, content=content)
            status = str(response.status_code)
            return response
        except _NOT_SENT as error:
            raise TransientError(f"ConnectWise cannot be reached: {self._text(error)}") from error
        except httpx.HTTPError as error:
            lost = f"the answer of ConnectWise was lost: {self._text(error)}"
            raise (UnknownOutcomeError(lost) if method == "POST" else TransientError(lost)) from error
        finally:
            REQUESTS.labels(self._service, method, status).inc()
            REQUEST_SECONDS.labels(self._service, method).observe(time.monotonic() - begun)

    def _text(self, error: Exception) -> str:
        return self._secrets.hide(f"{type(error).__name__} {error}".strip())


def list_params(
    conditions: str = "", fields: Sequence[str] = (), order_by: str = "", child_conditions: str = ""
) -> dict[str, str | int]:
    """Query parameters of a list request; empty ones are left out."""
    named = {
        "conditions": conditions,
        "childConditions": child_conditions,
        "fields": ",".join(fields),
        "orderBy": order_by,
    }
    return {name: value for name, value in named.items() if value}


def rows(answer: Answer) -> list[dict[str, Any]]:
    """The records of a list answer.

    Raises:
        TransientError: it is no list of objects.
    """
    if not isinstance(answer.value, list) or not all(isinstance(row, dict) for row in answer.value):
        raise TransientError("a list was asked for and something else came")
    return answer.value


def check_settings(settings: ConnectWiseSettings) -> None:
    """Whether a tenant can be called at all; nothing is sent.

    Raises:
        ValueError: the address is missing or no http(s) URL, or keys are missing; the text names the settings.
    """
    if not settings.url:
        raise ValueError(
            "ConnectWise's address is missing: TANDEM_CONNECTWISE__URL, e.g. https://api-na.myconnectwise.net"
        )
    if not settings.url.lower().startswith(("http://", "https://")):
        raise ValueError("TANDEM_CONNECTWISE__URL is no http(s) address")
    values = {
        "company": settings.company,
        "public_key": settings.public_key.get_secret_value(),
        "private_key": settings.private_key.get_secret_value(),
        "client_id": settings.client_id.get_secret_value(),
    }
    missing = [f"TANDEM_CONNECTWISE__{name.upper()}" for name, value in values.items() if not value]
    if missing:
        raise ValueError(f"ConnectWise's API keys are needed; missing settings: {', '.join(missing)}")
