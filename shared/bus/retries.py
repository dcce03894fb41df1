"""Repeating an attempt in place, within a record's and a batch's budget."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import stamina

from shared.bus.delivery import Transient

T = TypeVar("T")

RECORD_SECONDS = 10.0
BATCH_SECONDS = 20.0
ATTEMPT_SECONDS = 60.0


@dataclass(slots=True)
class RetryBudget:
    """How long trouble may be waited out in place; the clock of a batch starts with its first trouble.

    Attributes:
        record_seconds: bound for one record.
        batch_seconds: bound for all records of a batch together.
        attempt_seconds: an attempt that takes longer is stuck, which is trouble too.
    """

    record_seconds: float = RECORD_SECONDS
    batch_seconds: float = BATCH_SECONDS
    attempt_seconds: float = ATTEMPT_SECONDS
    started: float | None = field(default=None, init=False)

    def new_batch(self) -> None:
        """Forget the trouble of the batch before."""
        self.started = None

    def _remaining(self) -> float:
        if self.started is None:
            self.started = time.monotonic()
        return self.batch_seconds - (time.monotonic() - self.started)

    async def run(self, attempt: Callable[[], Awaitable[T]], on_retry: Callable[[], None]) -> T:
        """Run until it succeeds or the budget is spent.

        Raises:
            Transient: the budget is spent, or the other side asks to wait longer than it lasts.
        """
        began = time.monotonic()
        try:
            return await self._once(attempt)
        except Transient as trouble:
            first = trouble
        # What the first attempt waited counts: collaborators repeat by themselves before they give up.
        seconds = min(self.record_seconds - (time.monotonic() - began), self._remaining())
        end = time.monotonic() + seconds
        if seconds <= 0 or (first.retry_after or 0) >= seconds:
            raise first
        await asyncio.sleep(first.retry_after or 0.1)

        def backoff(error: Exception) -> bool | float:
            if not isinstance(error, Transient):
                return False
            on_retry()
            if error.retry_after is None:
                return True
            return error.retry_after if error.retry_after < end - time.monotonic() else False

        on_retry()
        async for again in stamina.retry_context(
            on=backoff, attempts=None, timeout=seconds, wait_initial=0.2, wait_max=3.0, wait_jitter=0.5
        ):
            with again:
                return await self._once(attempt)
        raise first

    async def _once(self, attempt: Callable[[], Awaitable[T]]) -> T:
        try:
            async with asyncio.timeout(self.attempt_seconds) as limit:
                return await attempt()
        except TimeoutError as error:
            if limit.expired():
                raise Transient(f"no answer within {self.attempt_seconds:.0f} s") from error
            raise
