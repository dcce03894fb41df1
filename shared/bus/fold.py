"""Folding messages of any kind into a store: no envelope is asked for, nothing is coalesced, nothing is refused."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from shared import telemetry
from shared.bus.deadletter import Raw
from shared.bus.producer import Message
from shared.bus.retries import RetryBudget


class Fold(ABC):
    """Takes messages in. What it cannot read it tells and leaves: the topic keeps it."""

    @abstractmethod
    async def fold(self, raws: Sequence[Raw]) -> None:
        """Take in a whole batch, durably; of each partition in the order of offsets.

        The same messages may come again, in the same order of each partition.

        Raises:
            Transient: repeated, then the worker pauses.
        """


class FoldRunner:
    """Works on batches as ``BatchRunner`` does; nothing is sent."""

    def __init__(self, agent: str, fold: Fold, budget: RetryBudget) -> None:
        """Wire one fold."""
        self._agent = agent
        self._fold = fold
        self._budget = budget
        self.draining = False
        self.told: list[Message] = []

    async def run(self, raws: Sequence[Raw]) -> list[Message] | None:
        """Fold a batch; it is finished once the fold returns.

        Raises:
            Transient: trouble outlasted the budget.
        """
        self._budget.new_batch()
        await self._budget.run(lambda: self._fold.fold(raws), self._retried)
        telemetry.CHANGES.labels(self._agent, "folded").inc(len(raws))
        return []

    async def sent(self) -> None:
        """Nothing was sent."""

    def _retried(self) -> None:
        telemetry.RETRIES.labels(self._agent).inc()
