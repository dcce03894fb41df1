"""Gathers single requests that come at about the same time into one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Batcher(Generic[Request, Answer]):
    """Waits a few milliseconds after a first request and sends what has come by then together.

    Args:
        send: sends a list and returns the answers in the same order.
        most: requests sent together.
        window: seconds to wait for company.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Request]], Awaitable[Sequence[Answer]]],
        most: int,
        window: float = 0.003,
    ) -> None:
        self._send = send
        self._most = most
        self._window = window
        self._waiting: list[tuple[Request, asyncio.Future[Answer]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, request: Request) -> Answer:
        """Send ``request`` with its neighbours and return its own answer.

        Raises:
            Exception: whatever ``send`` raised, to every request of that batch.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if len(self._waiting) == 1:
            self._start(self._window)
        elif len(self._waiting) >= self._most:
            self._start(0.0)
        return await answer

    def _start(self, delay: float) -> None:
        # A task of its own: the request that began the batch may be cancelled, its neighbours must not be.
        task = asyncio.create_task(self._flush(delay))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
        if self._waiting:
            self._start(self._window)
        if not batch:
            return
        try:
            answers = await self._send([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - handed on to everyone who waits
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def close(self) -> None:
        """Wait for the batches under way."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
