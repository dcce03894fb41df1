"""Requests and answers on the ASGI wire, without a framework: benchmarks must not measure the stand-in."""

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from services.simulator.connectwise.errors import ApiError

Headers: TypeAlias = dict[str, str]
JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Request:
    """One request, read to its end."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes
    client: tuple[str, int] | None = None

    def params(self) -> dict[str, str]:
        """Query parameters by lower-case name; the last one wins."""
        return {name.lower(): value for name, value in parse_qsl(self.query, keep_blank_values=True)}

    def json(self) -> Any:
        """The body as JSON, numbers with a fraction as Decimal. Raises the 400 of an unreadable body."""
        try:
            return json.loads(self.body, parse_float=Decimal)
        except (ValueError, RecursionError):
            raise ApiError(400, "InvalidObject", "The request body is not valid JSON.") from None


@dataclass(slots=True)
class Response:
    """One answer.

    `cut` closes the connection: `before` the first byte, or `middle` after half of the body.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: list[tuple[str, str]] = field(default_factory=list)
    cut: str = ""


def answer(status: int, value: Any) -> Response:
    """A JSON answer made of plain values."""
    return Response(status, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())


def refusal(error: ApiError) -> Response:
    """The answer of an ApiError."""
    return answer(error.status, error.body())
