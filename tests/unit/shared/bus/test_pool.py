import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.bus.pool import run_keyed


@given(items=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 99))), size=st.integers(1, 4))
def test_each_key_keeps_its_order_and_no_more_run_than_fit(items: list[tuple[str, int]], size: int) -> None:
    done: list[tuple[str, int]] = []
    running: list[str] = []
    most = 0

    async def work(item: tuple[str, int]) -> None:
        nonlocal most
        assert item[0] not in running, "one key twice at once"
        running.append(item[0])
        most = max(most, len(running))
        await asyncio.sleep(0)
        running.remove(item[0])
        done.append(item)

    asyncio.run(run_keyed(items, lambda item: item[0], work, size, lambda: False))
    assert most <= size
    for key in "abc":
        assert [item for item in done if item[0] == key] == [item for item in items if item[0] == key]


async def test_after_a_halt_nothing_new_begins_and_what_runs_is_finished() -> None:
    begun: list[int] = []
    done: list[int] = []

    async def work(item: int) -> None:
        begun.append(item)
        await asyncio.sleep(0.01)
        done.append(item)

    await run_keyed(range(10), lambda item: item, work, 2, lambda: len(begun) >= 2)
    assert begun == done == [0, 1]


async def test_an_exception_leaves_and_cancels_the_others() -> None:
    async def work(item: int) -> None:
        if item == 0:
            raise RuntimeError("broken")
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup):
        await run_keyed(range(3), lambda item: item, work, 3, lambda: False)
