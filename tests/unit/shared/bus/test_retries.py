import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from shared.bus.delivery import Transient
from shared.bus.retries import RetryBudget


def failing(times: int, retry_after: float | None = None) -> tuple[list[float], Callable[[], Awaitable[str]]]:
    calls: list[float] = []

    async def attempt() -> str:
        calls.append(time.monotonic())
        if len(calls) <= times:
            raise Transient("down", retry_after)
        return "done"

    return calls, attempt


def ignored() -> None:
    return None


async def test_trouble_that_passes_is_waited_out_and_counted() -> None:
    calls, attempt = failing(2)
    retried: list[int] = []
    assert await RetryBudget().run(attempt, lambda: retried.append(1)) == "done"
    assert len(calls) == 3
    assert len(retried) == 2


async def test_a_wait_longer_than_the_budget_is_given_up_at_once() -> None:
    calls, attempt = failing(9, retry_after=60)
    began = time.monotonic()
    with pytest.raises(Transient):
        await RetryBudget().run(attempt, ignored)
    assert len(calls) == 1
    assert time.monotonic() - began < 1


async def test_a_later_wait_beyond_the_records_end_is_given_up_at_once_too() -> None:
    calls: list[int] = []

    async def attempt() -> None:
        calls.append(1)
        raise Transient("slow down", 0.05 if len(calls) == 1 else 5.0)

    began = time.monotonic()
    with pytest.raises(Transient):
        await RetryBudget(record_seconds=1.0, batch_seconds=30.0).run(attempt, ignored)
    assert len(calls) == 2
    assert time.monotonic() - began < 1


async def test_a_record_has_its_budget() -> None:
    _, attempt = failing(10_000)
    began = time.monotonic()
    with pytest.raises(Transient):
        await RetryBudget(record_seconds=0.5).run(attempt, ignored)
    assert time.monotonic() - began < 1.5


async def test_the_records_of_a_batch_share_one_budget_that_a_new_batch_renews() -> None:
    budget = RetryBudget(record_seconds=5.0, batch_seconds=0.3)
    _, attempt = failing(10_000)
    with pytest.raises(Transient):
        await budget.run(attempt, ignored)
    calls, spent = failing(10_000)
    with pytest.raises(Transient):
        await budget.run(spent, ignored)
    assert len(calls) == 1, "nothing is left"
    budget.new_batch()
    calls, passing = failing(1)
    assert await budget.run(passing, ignored) == "done"


async def test_an_attempt_that_never_ends_is_trouble_and_has_used_up_the_budget() -> None:
    calls: list[int] = []

    async def attempt() -> None:
        calls.append(1)
        await asyncio.Event().wait()

    with pytest.raises(Transient, match="no answer within"):
        await RetryBudget(record_seconds=0.1, attempt_seconds=0.2).run(attempt, ignored)
    assert calls == [1]


async def test_a_timeout_of_the_work_itself_is_not_ours() -> None:
    async def attempt() -> None:
        raise TimeoutError("their own")

    with pytest.raises(TimeoutError, match="their own"):
        await RetryBudget().run(attempt, ignored)


async def test_other_errors_are_not_repeated() -> None:
    calls: list[int] = []

    async def attempt() -> None:
        calls.append(1)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await RetryBudget().run(attempt, ignored)
    assert calls == [1]
