"""Messages and processors made by hand."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.bus.deadletter import Raw
from shared.bus.delivery import REDO_HEADER, Delivery, Processor, Verdict
from shared.bus.producer import Message
from shared.events.envelope import Envelope

AT = datetime(2025, 1, 1, tzinfo=UTC)


def raw(
    subject: str = "7",
    sequence: int = 1,
    *,
    source: str = "eautomate",
    redo: str | None = None,
    offset: int = 0,
    key: bytes | None = b"",
    value: bytes | None = b"{}",
) -> Raw:
    headers = Envelope(source, "customer", subject, sequence, AT).headers()
    if redo:
        headers = [*headers, (REDO_HEADER, redo.encode())]
    own = subject.encode() if key == b"" else key
    return Raw("t.eautomate.customer", 0, offset, 1_700_000_000_000, own, value, headers)


async def _done(delivery: Delivery, _prepared: Any) -> Verdict:
    return Verdict("applied", [Message("outcomes", delivery.key, delivery.envelope.id.encode())])


async def _nothing(_deliveries: Sequence[Delivery]) -> Any:
    return None


class Fake(Processor):
    """Notes what it is given; both calls can be replaced."""

    def __init__(
        self,
        process: Callable[[Delivery, Any], Awaitable[Verdict]] = _done,
        prepare: Callable[[Sequence[Delivery]], Awaitable[Any]] = _nothing,
    ) -> None:
        self._process, self._prepare = process, prepare
        self.prepared: list[list[str]] = []
        self.processed: list[str] = []

    def readable(self, delivery: Delivery) -> bool:
        return True

    async def prepare(self, deliveries: Sequence[Delivery]) -> Any:
        self.prepared.append([delivery.envelope.subject for delivery in deliveries])
        return await self._prepare(deliveries)

    async def process(self, delivery: Delivery, prepared: Any) -> Verdict:
        self.processed.append(delivery.envelope.subject)
        return await self._process(delivery, prepared)
