"""A bounded pool in which messages of one key are worked on one after the other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def run_keyed(
    items: Iterable[T],
    key: Callable[[T], Hashable],
    work: Callable[[T], Awaitable[None]],
    size: int,
    halted: Callable[[], bool],
) -> None:
    """Work on all items, at most ``size`` keys at once, each key in the order given.

    Nothing new is begun once ``halted`` says so; what runs is finished. An exception of ``work`` cancels the
    others and leaves.
    """
    groups: dict[Hashable, deque[T]] = {}
    for item in items:
        groups.setdefault(key(item), deque()).append(item)
    waiting = deque(groups.values())

    async def worker() -> None:
        while waiting and not halted():
            group = waiting.popleft()
            while group and not halted():
                await work(group.popleft())

    async with asyncio.TaskGroup() as tasks:
        for _ in range(min(size, len(waiting))):
            tasks.create_task(worker())
