from typing import Any

import pytest

from shared.bus.gate import Gate


class Stream:
    def __init__(self) -> None:
        self.acked: list[Any] = []

    async def ack(self, event: Any) -> bool:
        self.acked.append(event)
        return True


@pytest.fixture
def stream() -> Stream:
    return Stream()


async def test_only_what_is_finished_passes_and_only_once(stream: Stream) -> None:
    gate, done, open_one = Gate(), object(), object()
    gate.guard(stream)
    gate.finish([done])
    assert await stream.ack(done) is True
    assert await stream.ack(done) is False
    assert await stream.ack(open_one) is False
    assert stream.acked == [done]


async def test_once_shut_nothing_passes_whether_finished_before_or_after(stream: Stream) -> None:
    gate, before, after = Gate(), object(), object()
    gate.guard(stream)
    gate.finish([before])
    gate.shut()
    gate.finish([after])
    assert gate.is_shut
    assert await stream.ack(before) is False
    assert await stream.ack(after) is False
    assert stream.acked == []


async def test_an_event_that_takes_the_place_of_a_finished_one_in_memory_does_not_pass(
    stream: Stream,
) -> None:
    gate = Gate()
    gate.guard(stream)
    for _ in range(200):
        gate.finish([Stream()])  # dropped at once: its id is free for the next object
        assert await stream.ack(Stream()) is False
