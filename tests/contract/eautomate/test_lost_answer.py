import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shared.eautomate.errors import TransientError, UnknownOutcome
from tests.contract.eautomate.conftest import Database


@contextmanager
def answer_lost(database: Database, landed: bool) -> Iterator[None]:
    """The next COMMIT is done, or not, and the connection breaks before its answer."""
    dialect = database.port.engine.sync_engine.dialect
    real = dialect.do_commit

    def commit(connection: object) -> None:
        if landed:
            real(connection)  # type: ignore[arg-type]
        raise ConnectionResetError("connection reset by peer")

    dialect.do_commit = commit  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        dialect.do_commit = real  # type: ignore[method-assign]


@pytest.mark.parametrize("landed", [True, False])
async def test_the_ledger_tells_whether_a_commit_without_an_answer_landed(
    database: Database, landed: bool
) -> None:
    with answer_lost(database, landed), pytest.raises(UnknownOutcome) as caught:
        async with database.port.transaction("ID964", "agreement/5", 1) as tx:
            await tx.created("contract", "100")

    assert await database.port.landed(caught.value) is landed
    assert bool(await database.port.created_rows("ID964", ["agreement/5"])) is landed


async def test_an_earlier_application_of_the_same_change_is_not_mistaken_for_it(database: Database) -> None:
    async with database.port.transaction("ID964", "agreement/5", 1):
        pass
    # The database's clock ticks every 3.33 ms; no change is applied twice within one.
    await asyncio.sleep(0.02)
    with answer_lost(database, landed=False), pytest.raises(UnknownOutcome) as caught:
        async with database.port.transaction("ID964", "agreement/5", 1):
            pass

    assert not await database.port.landed(caught.value)


async def test_a_connection_lost_before_commit_is_transient(database: Database) -> None:
    with pytest.raises(TransientError):
        async with database.port.transaction("ID964", "agreement/5", 1):
            raise ConnectionResetError("connection reset by peer")

    assert await database.port.applied_rows("ID964", ["agreement/5"]) == {}
