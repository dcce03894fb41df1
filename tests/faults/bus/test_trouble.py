"""What else can happen to a batch: nothing lost, nothing stopped that need not stop."""

import asyncio
import signal

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.bus.producer import Message
from shared.events import topics
from shared.events.topics import CHANGE_MAX_BYTES
from tests.faults.bus.bench import Bench

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(300)]


async def test_a_crashing_side_task_loses_nothing(bench: Bench) -> None:
    bench.tell("delay", "0.02")
    for name in ("a", "b"):
        bench.spawn(name)
    await bench.send(600)
    await bench.until_in_flight("a")
    bench.tell("crash", "a")
    await bench.until(
        lambda: bench.workers["a"].poll() is not None, 40, "the crash is fatal for that process"
    )
    assert bench.workers["a"].returncode == 70
    bench.tell("delay", "0")
    await bench.until(lambda: not bench.missing(), 60, "every newest sequence in effect")
    assert bench.went_backwards() == []


async def test_a_dead_letter_that_cannot_be_written_stops_the_worker_and_is_not_lost(bench: Bench) -> None:
    dlq = topics.dead_letters(bench.settings.topic_prefix, "customer_sync")
    await _set_max_bytes(bench, dlq, 60)
    bench.spawn("a")
    await bench.send(100)
    await bench.producer.send([bench.message("refused", 1_000_000, b'"reject"')])
    await bench.until(lambda: bench.workers["a"].poll() is not None, 60, "the worker stops by itself")
    assert bench.workers["a"].returncode == 70
    await _set_max_bytes(bench, dlq, topics.PRODUCER_MAX_BYTES)
    bench.spawn("b")
    await bench.send(100)
    (letter,) = await bench.dead_letters(1, seconds=40)
    assert letter.value == b'"reject"'
    await bench.until(lambda: not bench.missing(), 60, "every newest sequence in effect")


async def test_a_worker_joins_and_leaves_in_mid_batch(bench: Bench) -> None:
    bench.tell("delay", "0.05")
    bench.spawn("a")
    await bench.send(3000)
    await bench.until_in_flight("a")
    bench.spawn("b")
    await bench.until_in_flight("b")
    await bench.until_in_flight("a")
    bench.signal("b", signal.SIGTERM)
    bench.tell("delay", "0")
    await bench.until(lambda: not bench.missing(), 60, "every newest sequence in effect")
    assert bench.went_backwards() == []


async def test_a_stuck_record_is_a_declared_pause_and_does_not_hold_up_a_stop(bench: Bench) -> None:
    bench.tell("stuck", "7")
    bench.spawn("a")
    await bench.send(400)
    await bench.until(lambda: "paused" in bench.health("a"), 60, "a declared pause")
    assert bench.health("a").startswith("True False")
    await bench.until(
        lambda: bench.in_flight("a") > 0 and "paused" not in bench.health("a"), 60, "another try"
    )
    assert bench.signal("a", signal.SIGTERM) < 15
    bench.forget("stuck")
    bench.spawn("b")
    await bench.until(lambda: not bench.missing(), 60, "every newest sequence in effect")
    rows = bench.query("SELECT count(*), max(times) FROM effect")
    assert rows == [(400, 1)]


async def test_the_other_side_down_is_a_pause_and_never_a_dead_letter(bench: Bench) -> None:
    bench.tell("down", "yes")
    bench.spawn("a")
    await bench.send(200)
    await bench.until(lambda: "paused" in bench.health("a"), 60, "a declared pause")
    bench.forget("down")
    await bench.until(lambda: not bench.missing(), 60, "every newest sequence in effect")
    with pytest.raises(AssertionError, match="0 dead letters"):
        await bench.dead_letters(1, seconds=3)


async def test_bad_messages_become_dead_letters_with_identical_bytes_and_the_next_goes_on(
    bench: Bench,
) -> None:
    good = bench.message("1", 5)
    headers = dict(good.headers)
    bad = {
        "no headers": Message(bench.topic, b"1", b"{}"),
        "no key": Message(bench.topic, None, b"{}", good.headers),
        "version": Message(bench.topic, b"1", b"{}", [*(headers | {"ce_specversion": b"2.0"}).items()]),
        "sequence": Message(bench.topic, b"1", b"\xff\xfe", [*(headers | {"ce_sequence": b"x"}).items()]),
        "null": Message(bench.topic, b"1", None, []),
        "oversized": Message(bench.topic, b"1", b"x" * (CHANGE_MAX_BYTES + 1000), good.headers),
        "error": bench.message("refused", 9, b'{"a": "reject"}'),
    }
    bench.spawn("a")
    await bench.producer.send(list(bad.values()))
    await bench.send(50)
    letters = await bench.dead_letters(len(bad), seconds=60)
    assert sorted(letter.value or b"" for letter in letters) == sorted(bad[name].value or b"" for name in bad)
    for letter in letters:
        reason = dict(letter.headers)
        assert reason["kafka_dlt-original-topic"].decode() == bench.topic
        assert reason["tandem-error-code"] in {b"E1", b"E2", b"X1"}
        assert reason["kafka_dlt-exception-message"]
    texts = sorted(dict(letter.headers)["kafka_dlt-exception-message"].decode() for letter in letters)
    assert any("ce_specversion is '2.0'" in text for text in texts)
    assert any("no key" in text for text in texts)
    await bench.until(lambda: not bench.missing(), 60, "every newest sequence in effect")
    await asyncio.sleep(0)


async def _set_max_bytes(bench: Bench, topic: str, size: int) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.settings.bootstrap_servers)
    await admin.start()
    try:
        await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, {"max.message.bytes": str(size)})]
        )
    finally:
        await admin.close()
