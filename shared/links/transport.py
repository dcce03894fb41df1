"""One HTTP request to mapping, with its errors told apart and transient ones repeated."""

from typing import Any

import httpx
import stamina
from pydantic import BaseModel, ValidationError

from shared.links.errors import MappingRefusedError, MappingUnavailable
from shared.links.models import Problem
from shared.tls import tls

_TOO_MANY = 429
_SERVER_FAULT = 500
_CLIENT_FAULT = 400


class Transport:
    """Keeps the connections to one mapping service.

    Args:
        base_url: where mapping listens.
        client: for tests; by default one of its own.
        attempts: tries of one request, the first included.
        patience: seconds after which no further try is made; an agent may wait 10 s over one record.
    """

    def __init__(
        self,
        base_url: str,
        client: httpx.AsyncClient | None = None,
        attempts: int = 4,
        patience: float = 8.0,
        timeout: float = 5.0,
    ) -> None:
        self._client = client or httpx.AsyncClient(
            base_url=base_url.rstrip("/"), timeout=timeout, verify=tls()
        )
        self._attempts = attempts
        self._patience = patience

    async def send(
        self,
        method: str,
        path: str,
        body: BaseModel | None = None,
        params: dict[str, Any] | None = None,
    ) -> bytes:
        """Send one request and return the body of its good answer.

        Repeating is safe: every command of mapping is.

        Raises:
            MappingUnavailable: no connection, time-out, 429 or 5xx, after all tries.
            MappingRefusedError: any other refusal.
        """
        content = None if body is None else body.model_dump_json()
        async for attempt in stamina.retry_context(
            on=MappingUnavailable,
            attempts=self._attempts,
            timeout=self._patience,
            wait_initial=0.1,
            wait_max=2.0,
        ):
            with attempt:
                return await self._once(method, path, content, params)
        raise MappingUnavailable("no try was made")  # pragma: no cover - the loop returns or raises

    async def _once(
        self, method: str, path: str, content: str | None, params: dict[str, Any] | None
    ) -> bytes:
        headers = {"content-type": "application/json"} if content is not None else {}
        try:
            answer = await self._client.request(method, path, content=content, params=params, headers=headers)
        except httpx.TransportError as error:
            raise MappingUnavailable(f"mapping does not answer: {type(error).__name__}: {error}") from error
        if answer.status_code == _TOO_MANY or answer.status_code >= _SERVER_FAULT:
            raise MappingUnavailable(f"mapping answered {answer.status_code}: {answer.text[:200]}")
        if answer.status_code >= _CLIENT_FAULT:
            raise _refusal(answer)
        return answer.content

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _refusal(answer: httpx.Response) -> MappingRefusedError:
    try:
        problem = Problem.model_validate_json(answer.content)
    except ValidationError:
        text = answer.text[:200]
        return MappingRefusedError(
            "not_mapping", f"{answer.url} is no mapping service: {answer.status_code} {text}"
        )
    return MappingRefusedError(problem.code, problem.message, problem.in_the_way)
