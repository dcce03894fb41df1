"""A worker that dies, and answers that get lost."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest

from shared.eautomate.transaction import Transaction
from tests.contract.agreement_sync.world import World

BOOKING = (
    "clone_contract",
    "update_contract",
    "create_item",
    "add_line",
    "note_lines",
    "note_period",
    "rename_invoice",
)


class Killed(BaseException):
    """kill -9."""


def kill_at(world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Die once, right before or right after a step's effect; tells whether it came to that."""
    invoices = world.wired["connectwise", "invoice"]
    assert hasattr(invoices, "_writes")
    writes = invoices._writes
    owners: dict[str, Any] = {
        "see": world.store, "claim": world.store, "finish": world.store,
        "transaction": world.port, **dict.fromkeys(BOOKING, Transaction),
        "make": world.mapping, "unlink": world.mapping,
        "set_agreement_field": writes.pushes._writes, "set_invoice_field": writes.pushes._writes,
        "set_status": writes.pushes._writes,
        "intend": world.store.payments, "created": world.store.payments,
        "add_payment": writes.pushes._payments,
    }  # fmt: skip
    owner = owners[step]
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
def one_commit_unanswered(world: World, landed: bool) -> Iterator[None]:
    """The next COMMIT in e-automate is done, or not, and the connection breaks before its answer."""
    dialect = world.port.engine.sync_engine.dialect
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
