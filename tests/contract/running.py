"""One agent in this process: what comes from the broker goes in, what it tells comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.bus.batch import BatchRunner
from shared.bus.deadletter import Raw
from shared.bus.delivery import REDO_HEADER, Processor
from shared.bus.producer import Message
from shared.bus.retries import RetryBudget
from shared.events.envelope import Envelope
from shared.events.records import Record
from shared.sync.outcome import Outcome

OUTCOMES = "t.outcomes"


@dataclass(frozen=True)
class Told:
    """What came out of a batch."""

    outcomes: list[Outcome]
    letters: list[Message]
    commands: list[Message]

    @property
    def outcome(self) -> Outcome:
        [outcome] = self.outcomes
        return outcome

    @property
    def codes(self) -> list[str]:
        return [dict(letter.headers)["tandem-error-code"].decode() for letter in self.letters]


class Running:
    """An agent that can be killed and started anew."""

    runner: BatchRunner

    def __init__(self, agent: str) -> None:
        self.agent = agent
        self.letters, self.redo = f"t.{agent}.dlq", f"t.{agent}.redo"
        self._offset = 0

    def start(self, processor: Processor) -> None:
        """Start the agent anew."""
        budget = RetryBudget(record_seconds=3.0, batch_seconds=5.0)
        self.runner = BatchRunner(self.agent, f"t-{self.agent}", self.letters, processor, 4, budget)

    async def run(self, *raws: Raw, sent: bool = True) -> Told:
        """One batch to its end.

        Args:
            sent: whether what it tells reaches the broker before the worker dies.
        """
        messages = await self.runner.run(raws)
        assert messages is not None
        if sent:
            await self.runner.sent()
        outcomes = [
            Outcome.model_validate_json(message.value or b"")
            for message in messages
            if message.topic == OUTCOMES
        ]
        letters, commands = (
            [one for one in messages if one.topic == topic] for topic in (self.letters, self.redo)
        )
        return Told(outcomes, letters, commands)

    def raw(self, record: Record, sequence: int, redo: str | None = None, action: str = "changed") -> Raw:
        """A record as a change of it comes from the broker."""
        envelope = Envelope(
            record.SOURCE, record.ENTITY, record.subject, sequence, datetime.now(UTC), action, record.SCHEMA
        )
        marks = [(REDO_HEADER, redo.encode())] if redo else []
        topic = f"t.{record.SOURCE}.{record.ENTITY}"
        return self.raw_of(
            Message(topic, record.order_key.encode(), record.value(), [*envelope.headers(), *marks])
        )

    def raw_of(self, message: Message) -> Raw:
        """A message as it comes from the broker."""
        self._offset += 1
        headers: Sequence[tuple[str, bytes]] = message.headers
        return Raw(message.topic, 0, self._offset, 1_700_000_000_000, message.key, message.value, headers)
