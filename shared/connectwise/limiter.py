"""A service's share of the requests a minute, its parallel calls, and the pause the server asks for.

In any 60 seconds no more than the share is sent: a bucket holds a tenth of it and fills with
nine tenths a minute.
A pause (``Retry-After``) holds every service of the process that talks to the same tenant.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from shared.config import ConnectWiseSettings
from shared.connectwise.errors import TransientError
from shared.telemetry import BUDGET_WAIT_SECONDS

Clock = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


class Pause:
    """Until when nobody of this process may call the tenant."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """No pause.

        Args:
            clock: seconds, rising.
        """
        self._clock = clock
        self._until = 0.0

    def hold(self, seconds: float) -> None:
        """Nobody calls for so many seconds; a longer pause that runs already stays."""
        self._until = max(self._until, self._clock() + seconds)

    def remaining(self) -> float:
        """Seconds left, 0 when calls may be made."""
        return max(0.0, self._until - self._clock())


class Limiter:
    """Lets calls through at the pace of a budget."""

    def __init__(
        self,
        service: str,
        per_minute: float,
        concurrency: int,
        *,
        pause: Pause | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """Start with a full bucket.

        Args:
            service: for the metric.
            per_minute: requests a minute, above 0.
            concurrency: calls at the same time, at least 1.
            pause: the tenant's, shared between services; its own when None.
            clock: seconds, rising.
            sleep: how to wait.

        Raises:
            ValueError: a budget or concurrency that lets nothing through.
        """
        if per_minute <= 0 or concurrency < 1:
            raise ValueError(
                f"{service}: {per_minute} requests a minute, {concurrency} at a time lets nothing through"
            )
        self._service = service
        self._size = max(1.0, per_minute / 10)
        self._rate = per_minute * 0.9 / 60
        self._tokens = self._size
        self._filled = clock()
        self._pause = pause or Pause(clock)
        self._clock = clock
        self._sleep = sleep
        self._slots = asyncio.Semaphore(concurrency)

    @asynccontextmanager
    async def slot(self, max_wait: float | None = None) -> AsyncIterator[None]:
        """Room for one request.

        Args:
            max_wait: seconds to wait for the budget or a pause, None for as long as it takes.

        Raises:
            TransientError: the wait would be longer; ``retry_after`` tells how long.
        """
        async with self._slots:
            await self._wait(max_wait)
            yield

    def hold(self, seconds: float) -> None:
        """The server asked everybody to wait so many seconds."""
        self._pause.hold(seconds)

    async def _wait(self, max_wait: float | None) -> None:
        begun = self._clock()
        self._fill()
        self._tokens -= 1
        due = begun + max(0.0, -self._tokens / self._rate)
        try:
            # A pause may begin while we wait for the budget, so both are looked at until neither is left.
            while (left := max(due - self._clock(), self._pause.remaining())) > 0:
                if max_wait is not None and self._clock() - begun + left > max_wait:
                    raise TransientError(
                        f"the request budget of {self._service} is used up for {left:.1f} s", retry_after=left
                    )
                await self._sleep(left)
        except BaseException:
            self._tokens += 1
            raise
        finally:
            BUDGET_WAIT_SECONDS.labels(self._service).inc(max(0.0, self._clock() - begun))

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._size, self._tokens + (now - self._filled) * self._rate)
        self._filled = now


_PAUSES: dict[tuple[str, str], Pause] = {}


def share(settings: ConnectWiseSettings, shares: Mapping[str, float]) -> dict[str, float]:
    """Requests a minute of every service.

    Args:
        settings: with the budget of the deployment.
        shares: part of the budget by service, 0.01 to 1.

    Raises:
        ValueError: a share is no part, or together they are more than the budget; the text names them.
    """
    wrong = [f"{name} {part:g}" for name, part in shares.items() if not 0 < part <= 1]
    if wrong:
        raise ValueError(f"a share of the request budget lies above 0 and up to 1: {', '.join(wrong)}")
    total = sum(shares.values())
    if total > 1 + 1e-9:
        listed = ", ".join(f"{name} {part:g}" for name, part in sorted(shares.items()))
        raise ValueError(f"the shares of the request budget add up to {total:g}, more than 1: {listed}")
    return {name: settings.requests_per_minute * part for name, part in shares.items()}


def limiter(settings: ConnectWiseSettings, service: str, part: float) -> Limiter:
    """The limiter of one service; the pause is shared with the tenant's other services in this process.

    Raises:
        ValueError: the share is no part of the budget.
    """
    per_minute = share(settings, {service: part})[service]
    pause = _PAUSES.setdefault((settings.url, settings.company), Pause())
    return Limiter(service, per_minute, settings.concurrency, pause=pause)
