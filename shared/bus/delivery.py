"""What the wrapper hands to a processor, and what the processor answers."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from shared.bus.producer import Message
from shared.events.envelope import Envelope

REDO_HEADER = "tandem-redo"
REDRIVES_HEADER = "tandem-redrives"
WAKE, REDRIVE = "wake", "redrive"
"""Contents of ``tandem-redo`` of a dead letter that is sent again: by itself, or by a person."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it came, with its envelope.

    Attributes:
        time: the broker's timestamp, UTC.
        redo: content of the ``tandem-redo`` header (``redrive``, ``replay``, ``link`` ...), None from a
            source.
    """

    topic: str
    partition: int
    offset: int
    time: datetime
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    envelope: Envelope
    redo: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a message goes to the dead letters.

    Attributes:
        code: of the error catalogue.
        text: what happened, for people; never a secret, never a payload.
        exception: name of what was raised, for tools.
        blocked_on: what would heal it, e.g. ``link:customer-company:1001``; empty when nobody knows.
        at: when it was decided, UTC, the same as in the outcome that tells it; None: just now.
    """

    code: str
    text: str
    exception: str = ""
    blocked_on: Sequence[str] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one message.

    Attributes:
        result: ``applied``, ``skipped``, ``superseded``, ``waiting`` or ``rejected``.
        messages: what to send before the message counts as finished (outcomes, redos).
        fault: set when the message also goes to the dead letters.
        sent: awaited once all of it is with the broker; after a crash, never.
    """

    result: str
    messages: Sequence[Message] = field(default=())
    fault: Fault | None = None
    sent: Callable[[], Awaitable[None]] | None = None


class Transient(Exception):  # noqa: N818 - a state of the world, not an error of the record
    """Trouble that goes away by itself: the attempt is repeated, in the end the agent pauses.

    Never the reason for a dead letter.
    """

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        """Say what is in the way.

        Args:
            text: for people.
            retry_after: seconds the other side asked to wait, if it did.
        """
        super().__init__(text)
        self.retry_after = retry_after


class Processor(Protocol):
    """What an agent does with messages. Both calls may be repeated; effects must be idempotent."""

    def readable(self, delivery: Delivery) -> bool:
        """Whether the message holds the record its envelope says."""

    async def prepare(self, deliveries: Sequence[Delivery]) -> Any:
        """Look up in one go what the batch needs; the answer is handed to ``process``.

        Raises:
            Transient: repeated for the whole batch, then the agent pauses.
        """

    async def process(self, delivery: Delivery, prepared: Any) -> Verdict:
        """Decide and write for one message; messages of one key come one after the other.

        Raises:
            Transient: repeated for this record, then the agent pauses.
            Exception: anything else is an uncatalogued error and becomes a dead letter.
        """
