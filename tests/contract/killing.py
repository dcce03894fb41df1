"""A worker that dies, and answers that get lost."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from shared.eautomate.port import EAutomate


class Killed(BaseException):
    """kill -9."""


def die_at(owner: Any, step: str, when: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Die once, right before or right after a step's effect; tells whether it came to that."""
    real = getattr(owner, step)
    died: list[bool] = []

    def die(moment: str) -> None:
        if moment == when and not died:
            died.append(True)
            raise Killed

    async def call(*args: Any, **more: Any) -> Any:
        die("before")
        result = await real(*args, **more)
        die("after")
        return result

    @asynccontextmanager
    async def block(*args: Any, **more: Any) -> AsyncIterator[Any]:
        die("before")
        async with real(*args, **more) as work:
            yield work
        die("after")

    monkeypatch.setattr(owner, step, block if step == "transaction" else call)
    return lambda: bool(died)


@contextmanager
def one_commit_unanswered(port: EAutomate, landed: bool) -> Iterator[None]:
    """The next COMMIT in e-automate is done, or not, and the connection breaks before its answer."""
    dialect = port.engine.sync_engine.dialect
    real = dialect.do_commit
    lost: list[bool] = []

    def commit(connection: object) -> None:
        if lost:
            real(connection)  # type: ignore[arg-type]
            return
        lost.append(True)
        if landed:
            real(connection)  # type: ignore[arg-type]
        raise ConnectionResetError("connection reset by peer")

    dialect.do_commit = commit  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        dialect.do_commit = real  # type: ignore[method-assign]
    assert lost
