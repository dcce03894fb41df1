import asyncio

import pytest

from shared.eautomate.errors import TransientError, UnknownOutcome
from tests.contract.eautomate.conftest import Database
from tests.contract.killing import one_commit_unanswered


@pytest.mark.parametrize("landed", [True, False])
async def test_the_ledger_tells_whether_a_commit_without_an_answer_landed(
    database: Database, landed: bool
) -> None:
    with one_commit_unanswered(database.port, landed), pytest.raises(UnknownOutcome) as caught:
        async with database.port.transaction("ID964", "agreement/5", 1) as tx:
            await tx.created("contract", "100")

    assert await database.port.landed(caught.value) is landed
    assert bool(await database.port.created_rows("ID964", ["agreement/5"])) is landed


async def test_an_earlier_application_of_the_same_change_is_not_mistaken_for_it(database: Database) -> None:
    async with database.port.transaction("ID964", "agreement/5", 1):
        pass
    # The database's clock ticks every 3.33 ms; no change is applied twice within one.
    await asyncio.sleep(0.02)
    with one_commit_unanswered(database.port, landed=False), pytest.raises(UnknownOutcome) as caught:
        async with database.port.transaction("ID964", "agreement/5", 1):
            pass

    assert not await database.port.landed(caught.value)


async def test_a_connection_lost_before_commit_is_transient(database: Database) -> None:
    with pytest.raises(TransientError):
        async with database.port.transaction("ID964", "agreement/5", 1):
            raise ConnectionResetError("connection reset by peer")

    assert await database.port.applied_rows("ID964", ["agreement/5"]) == {}
