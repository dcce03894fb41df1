"""Liveness by progress: a partition with work on it must move.

A consumer can keep its heartbeat and yet never fetch a partition again after a rebalance; only the distance
between finished and end offsets tells.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

STALL_SECONDS = 90.0


class Progress:
    """What is finished and what lies ahead, per partition."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, stall_seconds: float = STALL_SECONDS
    ) -> None:
        """Nothing assigned yet; ``clock`` gives seconds."""
        self._clock = clock
        self._stall = stall_seconds
        self._finished: dict[Any, int] = {}
        self._moved: dict[Any, float] = {}
        self._ends: dict[Any, int] = {}
        self._observed = clock()

    def finish(self, partition: Any, offset: int) -> None:
        """The message at this offset is done with."""
        self._finished[partition] = max(offset + 1, self._finished.get(partition, 0))
        self._moved[partition] = self._clock()

    def observe(self, ends: Mapping[Any, int], positions: Mapping[Any, int]) -> None:
        """Take note of the end offsets of what is assigned now, and of what lies before the work.

        Args:
            ends: by partition.
            positions: the first offset that may still have to be done: committed before, or the oldest that
                retention left.
        """
        now = self._observed = self._clock()
        for gone in set(self._moved) - set(ends):
            self._moved.pop(gone, None)
            self._finished.pop(gone, None)
        self._ends = dict(ends)
        for partition in ends:
            self._finished[partition] = max(self._finished.get(partition, 0), positions.get(partition, 0))
            self._moved.setdefault(partition, now)
            if self._behind(partition) == 0:
                self._moved[partition] = now

    def restart(self) -> None:
        """The consumer is built anew: the clock of every partition starts again."""
        self._finished.clear()
        self._moved.clear()
        self._ends.clear()
        self._observed = self._clock()

    @property
    def silence(self) -> float:
        """Seconds since the broker last told where the partitions end."""
        return self._clock() - self._observed

    @property
    def lag(self) -> int:
        """Messages not finished on all assigned partitions."""
        return sum(self._behind(partition) for partition in self._ends)

    @property
    def assigned(self) -> int:
        """How many partitions this worker has."""
        return len(self._ends)

    def stalled(self, seconds: float | None = None) -> str | None:
        """The partition that has work and has not moved for too long, in words; None when all is well.

        Args:
            seconds: how long is too long, if not as usual.
        """
        now = self._clock()
        patience = self._stall if seconds is None else seconds
        for partition in self._ends:
            waited = now - self._moved.get(partition, now)
            if self._behind(partition) > 0 and waited > patience:
                return (
                    f"{partition}: {self._behind(partition)} messages ahead, none finished for {waited:.0f} s"
                )
        return None

    def _behind(self, partition: Any) -> int:
        return max(0, self._ends.get(partition, 0) - self._finished.get(partition, 0))
