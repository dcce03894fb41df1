import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shared.bus.batch import BatchRunner, read
from shared.bus.breaker import TooManyFailures
from shared.bus.deadletter import Raw
from shared.bus.delivery import Delivery, Fault, Transient, Verdict
from shared.bus.producer import Message
from shared.bus.retries import RetryBudget
from shared.events.topics import CHANGE_MAX_BYTES
from tests.unit.shared.bus.raws import Fake, raw

LETTERS = "t.agent.dlq"


def runner(fake: Fake, **budget: float) -> BatchRunner:
    return BatchRunner("agent", "t-agent", LETTERS, fake, 4, RetryBudget(**budget))


def codes(messages: Sequence[Message] | None) -> list[str]:
    assert messages is not None
    return [
        dict(message.headers)["tandem-error-code"].decode()
        for message in messages
        if message.topic == LETTERS
    ]


def told(messages: Sequence[Message] | None) -> list[bytes | None]:
    assert messages is not None
    return [message.value for message in messages if message.topic != LETTERS]


async def test_a_record_that_cannot_be_prepared_becomes_a_letter_and_the_others_go_on() -> None:
    async def prepare(deliveries: Sequence[Delivery]) -> Any:
        if any(delivery.envelope.subject == "2" for delivery in deliveries):
            raise OverflowError("Python int too large")

    fake = Fake(prepare=prepare)
    batch = [raw("1", offset=1), raw("2", offset=2), raw("3", offset=3)]
    for _ in range(2):
        messages = await runner(fake).run(batch)
        assert codes(messages) == ["X1"]
        assert told(messages) == [b"eautomate:customer:1:1", b"eautomate:customer:3:1"]
    assert sorted(fake.processed) == ["1", "1", "3", "3"]


async def test_a_record_prepared_alone_is_prepared_when_its_turn_comes() -> None:
    seen: list[Any] = []

    async def prepare(deliveries: Sequence[Delivery]) -> Any:
        if len(deliveries) > 1:
            raise RuntimeError("not together")
        return deliveries[0].envelope.subject

    async def process(_delivery: Delivery, prepared: Any) -> Verdict:
        seen.append(prepared)
        return Verdict("applied")

    await runner(Fake(process, prepare)).run([raw("1"), raw("2")])
    assert sorted(seen) == ["1", "2"]


async def test_transient_trouble_in_prepare_ends_the_batch_without_a_letter() -> None:
    async def prepare(_deliveries: Sequence[Delivery]) -> Any:
        raise Transient("down", retry_after=99)

    with pytest.raises(Transient):
        await runner(Fake(prepare=prepare)).run([raw("1")])


async def test_a_program_that_fails_at_everything_stops_before_it_drains_the_topic() -> None:
    async def prepare(_deliveries: Sequence[Delivery]) -> Any:
        raise RuntimeError("broken release")

    with pytest.raises(TooManyFailures):
        await runner(Fake(prepare=prepare)).run([raw(str(number)) for number in range(60)])


@pytest.mark.parametrize("mark", ["wake", "redrive"])
async def test_what_is_sent_again_and_fails_again_never_stops_the_agent(mark: str) -> None:
    async def process(_delivery: Delivery, _prepared: Any) -> Verdict:
        raise RuntimeError("as before")

    again = [raw(str(subject), redo=mark, offset=subject) for subject in range(200)]
    messages = await runner(Fake(process=process)).run(again)
    assert codes(messages) == ["X1"] * 200


@pytest.mark.parametrize(
    ("spoiled", "code"),
    [
        (raw(key=None), "E1"),
        (Raw("t", 0, 0, 0, b"7", b"{}", []), "E1"),
        (Raw("t", 0, 0, 0, b"7", b"{}", [("ce_specversion", b"\xff")]), "E1"),
        (Raw("t", 0, 0, 0, b"7", b"{}", [("ce_specversion", None)]), "E1"),  # type: ignore[list-item]
        (raw(value=b"x" * (CHANGE_MAX_BYTES + 1)), "E2"),
    ],
)
async def test_a_message_that_cannot_be_read_becomes_a_letter_and_the_next_goes_on(
    spoiled: Raw, code: str
) -> None:
    messages = await runner(Fake()).run([spoiled, raw("1")])
    assert codes(messages) == [code]
    assert told(messages) == [b"eautomate:customer:1:1"]


def test_a_senseless_time_does_not_matter() -> None:
    for milliseconds in (-1, 10**18, -(10**18)):
        message = raw()
        odd = Raw(message.topic, 0, 0, milliseconds, message.key, message.value, message.headers)
        assert read(odd).envelope.subject == "7"


async def test_the_redo_mark_reaches_the_processor() -> None:
    seen: list[str | None] = []

    async def process(delivery: Delivery, _prepared: Any) -> Verdict:
        seen.append(delivery.redo)
        return Verdict("applied")

    await runner(Fake(process)).run([raw("1"), raw("2", redo="redrive")])
    assert sorted(seen, key=str) == [None, "redrive"]


async def test_a_fault_is_told_and_written_with_the_attempts_it_took() -> None:
    tries: list[int] = []

    async def process(_delivery: Delivery, _prepared: Any) -> Verdict:
        tries.append(1)
        if len(tries) < 3:
            raise Transient("deadlock")
        return Verdict("rejected", [Message("outcomes", None, b"told")], Fault("C4", "several"))

    messages = await runner(Fake(process)).run([raw("1")])
    assert codes(messages) == ["C4"]
    assert told(messages) == [b"told"]
    assert messages is not None
    letter = next(message for message in messages if message.topic == LETTERS)
    assert dict(letter.headers)["tandem-attempts"] == b"3"


async def test_what_was_done_before_a_halt_is_kept_to_be_told_but_no_letters() -> None:
    async def process(delivery: Delivery, _prepared: Any) -> Verdict:
        match delivery.envelope.subject:
            case "1":
                return Verdict("applied", [Message("outcomes", None, b"done")])
            case "2":
                return Verdict("rejected", [Message("outcomes", None, b"refused")], Fault("C4", "several"))
            case _:
                await asyncio.sleep(0.01)
                raise Transient("down", retry_after=99)

    running = runner(Fake(process))
    with pytest.raises(Transient):
        await running.run([raw("1"), raw("2"), raw("3")])
    assert [message.value for message in running.told] == [b"done"]


async def test_a_draining_batch_is_unfinished() -> None:
    running = runner(Fake())

    async def process(_delivery: Delivery, _prepared: Any) -> Verdict:
        running.draining = True
        return Verdict("applied")

    running._processor = Fake(process)
    assert await running.run([raw("1", 1), raw("1", 2, source="tandem")]) is None


async def test_who_is_told_hears_of_the_broker_only_what_was_done_and_a_failure_there_holds_up_nobody() -> (
    None
):
    heard: list[str] = []

    async def process(delivery: Delivery, _prepared: Any) -> Verdict:
        subject = delivery.envelope.subject

        async def sent() -> None:
            heard.append(subject)
            if subject == "1":
                raise OSError("disk full")

        return Verdict("skipped", sent=None if subject == "3" else sent)

    running = runner(Fake(process))
    await running.run([raw("1", offset=1), raw("2", offset=2), raw("3", offset=3)])
    assert heard == [], "nothing is sent yet"
    await running.sent()
    assert sorted(heard) == ["1", "2"]
    await running.run([raw("3", offset=4)])
    await running.sent()
    assert len(heard) == 2, "of the latest batch"
