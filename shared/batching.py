"""Gathers single requests that come at about the same time into one."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Batcher(Generic[Request, Answer]):
    """Waits a few milliseconds after a first request and sends what has come by then together.

    One list is under way at a time: while the other side is slow, the next list grows instead of the number of
    lists.

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
        self._full = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, request: Request) -> Answer:
        """Send ``request`` with its neighbours and return its own answer.

        Raises:
            Exception: whatever ``send`` raised, to every request of that batch.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if len(self._waiting) >= self._most:
            self._full.set()
        if self._task is None:
            # A task of its own: the request that began the batch may be cancelled, its neighbours must not be.
            self._task = asyncio.create_task(self._run())
        return await answer

    async def close(self) -> None:
        """Wait for the batches under way."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while self._waiting:
                if len(self._waiting) < self._most:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._full.wait(), self._window)
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                self._full.clear()
                await self._flush(batch)
        finally:
            self._task = None

    async def _flush(self, batch: Sequence[tuple[Request, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._send([request for request, _ in batch])
        except BaseException as error:
            for _, future in batch:
                if not future.done():
                    future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
