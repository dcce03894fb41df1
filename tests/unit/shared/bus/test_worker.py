"""What happens to a batch once it is worked on; the broker itself is met by the tests of faults."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from shared.bus.delivery import Delivery, Transient, Verdict
from shared.bus.producer import Message, TooLargeError
from shared.bus.worker import Worker, _Session
from shared.config import KafkaSettings
from tests.unit.shared.bus.raws import Fake, raw


def event() -> Any:
    one = raw()
    message = SimpleNamespace(
        topic=one.topic, partition=0, offset=1, timestamp=1_700_000_000, key=one.key, value=one.value,
        headers=one.headers, tp=(one.topic, 0),
    )  # fmt: skip
    return SimpleNamespace(message=message)


@pytest.mark.parametrize("arrives", [True, False])
async def test_who_waits_hears_that_an_outcome_was_sent_only_once_the_broker_has_it(
    arrives: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    async def sent() -> None:
        order.append("heard")

    async def process(delivery: Delivery, _prepared: Any) -> Verdict:
        return Verdict("applied", [Message("outcomes", delivery.key, b"done")], sent=sent)

    async def send(messages: Sequence[Message]) -> None:
        order.append(f"sent {len(messages)}")
        if not arrives:
            raise TooLargeError("refused")

    worker = Worker("agent", ["t.eautomate.customer"], Fake(process), KafkaSettings(topic_prefix="t"))
    monkeypatch.setattr(worker._producer, "send", send)
    session = _Session(worker, asyncio.Event())
    monkeypatch.setattr(session._gate, "finish", lambda _events: order.append("finished"))
    if arrives:
        assert await session._finish([event()])
        assert order == ["sent 1", "heard", "finished"]
    else:
        with pytest.raises(Transient):
            await session._finish([event()])
        assert order == ["sent 1"]
