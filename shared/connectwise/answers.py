"""From an HTTP answer to a value or the right error."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from shared.connectwise.errors import (
    ConnectWiseError,
    FieldError,
    NotFoundError,
    RefusedError,
    TransientError,
    UnauthorizedError,
)
from shared.connectwise.numbers import loads

SHOWN_CHARACTERS = 200
DEFAULT_RETRY_AFTER = 30.0


class EndpointMissingError(ConnectWiseError):
    """404 that names no record. Also how cloud hosts answer wrong keys and an outdated codebase."""


def parse(response: httpx.Response, hide: "Secrets") -> Any:
    """The JSON of a successful answer, None for one without content.

    Raises:
        ConnectWiseError: the kind that fits the answer.
    """
    if not response.is_success:
        raise failure(response, hide)
    if response.status_code == 204 or not response.content:
        return None
    if not is_json(response):
        raise TransientError(
            f"an answer that is no JSON: {_start(response, hide)}", status=response.status_code
        )
    try:
        return loads(response.content)
    except ValueError as error:
        shown = _start(response, hide)
        raise TransientError(f"an answer with broken JSON: {shown}", status=response.status_code) from error


def failure(response: httpx.Response, hide: "Secrets") -> ConnectWiseError:
    """The error an unsuccessful answer stands for."""
    status = response.status_code
    code, message, errors = _body(response, hide)
    text = f"{status} {code}: {message}" if code else f"{status}: {message}"
    if status == 429:
        return TransientError(text, status=status, retry_after=retry_after(response))
    if status >= 500 or status == 408 or 300 <= status < 400:
        return TransientError(text, status=status, retry_after=_stated(response))
    if status in (401, 403):
        return UnauthorizedError(text, status=status)
    if status == 404:
        return (
            NotFoundError(text, status=status)
            if code == "NotFound"
            else EndpointMissingError(text, status=status)
        )
    return RefusedError(text, status=status, code=code, errors=errors)


def retry_after(response: httpx.Response) -> float:
    """Seconds a 429 asks to wait; 30 when it does not say."""
    stated = _stated(response)
    return DEFAULT_RETRY_AFTER if stated is None else stated


def server_time(response: httpx.Response) -> datetime | None:
    """The ``Date`` header, UTC, whole seconds; None when it is missing or malformed."""
    try:
        time = parsedate_to_datetime(response.headers["date"])
    except (KeyError, ValueError, TypeError):
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def is_json(response: httpx.Response) -> bool:
    """Whether the answer says it is JSON, in the plain or the vendor's media type."""
    kind = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


class Secrets:
    """Takes keys out of texts before anybody sees them."""

    def __init__(self, *values: str) -> None:
        """Name the texts that must not be seen; empty ones are ignored."""
        self._values = sorted({value for value in values if value}, key=len, reverse=True)

    def hide(self, text: str) -> str:
        """The text with each secret replaced."""
        for value in self._values:
            text = text.replace(value, "***")
        return text


def _stated(response: httpx.Response) -> float | None:
    text = str(response.headers.get("retry-after", "")).strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        due = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    now = server_time(response) or datetime.now(UTC)
    if due.tzinfo is None:
        due = due.replace(tzinfo=UTC)
    return max(0.0, (due - now).total_seconds())


def _body(response: httpx.Response, hide: Secrets) -> tuple[str, str, tuple[FieldError, ...]]:
    body: Any = None
    if is_json(response):
        try:
            body = loads(response.content)
        except ValueError:
            body = None
    if not isinstance(body, dict):
        return "", _start(response, hide), ()
    # A proxy's failures say "error" where the product says "code".
    code = str(body.get("code") or body.get("error") or "")
    lines = body.get("errors")
    errors = (
        tuple(_line(line, hide) for line in lines if isinstance(line, dict))
        if isinstance(lines, list)
        else ()
    )
    message = hide.hide(str(body.get("message") or ""))
    listed = "; ".join(f"{line.field or line.code}: {line.message}" for line in errors[:5])
    return code, f"{message} ({listed})" if listed else message, errors


def _line(line: dict[str, Any], hide: Secrets) -> FieldError:
    return FieldError(
        code=str(line.get("code") or ""),
        message=hide.hide(str(line.get("message") or "")),
        field=str(line.get("field") or ""),
    )


def _start(response: httpx.Response, hide: Secrets) -> str:
    text = response.content[: SHOWN_CHARACTERS * 8].decode(errors="replace")
    return " ".join(hide.hide(text).split())[:SHOWN_CHARACTERS]
