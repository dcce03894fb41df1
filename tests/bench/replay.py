"""Replay of unchanged history by one worker: changes a second, writes, and memory over many changes."""

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition

from services.simulator.eautomate.seed import Shares, seed
from services.simulator.stage import Stage
from shared.bus.producer import Message, Producer
from shared.config import EAutomateSettings, KafkaSettings
from shared.eautomate.port import EAutomate
from shared.events import topics
from shared.events.envelope import Envelope
from shared.links.kinds import LinkKind
from tests.bench.result import Result

CUSTOMERS = 10_000
ROUNDS = 10
SEQUENCE = 1 << 32


def measure(kafka: str, prefix: str) -> list[Result]:
    """A replay of 10,000 records that are in step, and nine more for memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        seed(path / "eautomate.db", CUSTOMERS, 0, shares=Shares(1.0, 0.0, 0.0, 0.0, 0.0))
        settings = {"TANDEM_LOG_LEVEL": "WARNING"}
        with Stage(path, bootstrap_servers=kafka, prefix=prefix, settings=settings) as stage:
            _pretend_applied(path / "store" / "customer_sync.db")
            return asyncio.run(_measure(stage))


def _pretend_applied(store: Path) -> None:
    """As if each customer's change had been applied: the replay then finds nothing to do."""
    with closing(sqlite3.connect(store)) as file, file:
        file.executemany(
            "INSERT INTO customer_sync_applied (kind, subject, claimed, sequence, generation) VALUES (?, ?, ?, ?, 0)",
            [
                (kind.value, str(key), SEQUENCE, SEQUENCE)
                for kind in (LinkKind.CUSTOMER_COMPANY, LinkKind.LOCATION_SITE)
                for key in range(1, CUSTOMERS + 1)
            ],
        )


async def _measure(stage: Stage) -> list[Result]:
    kafka = KafkaSettings(bootstrap_servers=stage.bootstrap_servers, topic_prefix=stage.prefix)
    messages = await _history(stage, kafka)
    producer = await Producer(kafka, "bench").start()
    await _send(producer, messages)
    stage.run("customer_sync", wait=False)
    process = psutil.Process(stage.pid("customer_sync"))
    seconds = await _until(kafka, CUSTOMERS)
    writes = stage.writes()
    # The first rounds fill pools and caches; what grows after them would grow for ever.
    memory = []
    for done in range(1, ROUNDS):
        await _send(producer, messages)
        await _until(kafka, CUSTOMERS * (done + 1))
        memory.append(process.memory_info().rss)
    await producer.stop()
    early, late = memory[1], memory[-1]
    return [
        Result("replay, changes a second", CUSTOMERS / seconds, 3000, f"{CUSTOMERS} unchanged in {seconds:.1f} s"),
        Result("replay, writes", writes, 0, f"{writes} writes to ConnectWise", at_most=True),
        Result(
            "memory over 100,000 changes", late / early, 1.1,
            f"{early / 2**20:.0f} MiB after 30,000 changes, {late / 2**20:.0f} MiB after 100,000", at_most=True,
        ),
    ]  # fmt: skip


async def _history(stage: Stage, kafka: KafkaSettings) -> list[Message]:
    port = EAutomate.open(
        EAutomateSettings.model_validate({"url": f"sqlite+aiosqlite:///{stage.eautomate_file}"})
    )
    topic = topics.change(kafka.topic_prefix, "eautomate", "customer")
    messages = []
    try:
        after = 0
        while page := await port.customers_all(after, 1000):
            after = page[-1].customer_id
            for customer in page:
                envelope = Envelope("eautomate", "customer", customer.subject, SEQUENCE, datetime.now(UTC))
                messages.append(
                    Message(topic, customer.order_key.encode(), customer.value(), envelope.headers())
                )
    finally:
        await port.close()
    return messages


async def _send(producer: Producer, messages: list[Message]) -> None:
    for start in range(0, len(messages), 1000):
        await producer.send(messages[start : start + 1000])


async def _until(kafka: KafkaSettings, count: int) -> float:
    """Seconds from the first outcome on the topic that is new to the last of so many."""
    topic = topics.outcomes(kafka.topic_prefix)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=None)
    await consumer.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(kafka.partitions)]
        consumer.assign(parts)
        before = sum((await consumer.end_offsets(parts)).values())
        began: float | None = None
        while True:
            done = sum((await consumer.end_offsets(parts)).values())
            if began is None and done > before:
                began = time.monotonic()
            if done >= count and began is not None:
                return time.monotonic() - began
            await asyncio.sleep(0.02)
    finally:
        await consumer.stop()
