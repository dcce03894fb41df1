"""Drives worker processes and looks at their ledger."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aiokafka import AIOKafkaConsumer, ConsumerRecord

from shared.bus.producer import Message, Producer
from shared.bus.topics import apply_topics
from shared.config import KafkaSettings
from shared.events import topics
from shared.events.envelope import Envelope

SUBJECTS = 400


class Bench:
    """One topic, one ledger, any number of worker processes."""

    def __init__(self, folder: Path, bootstrap: str, prefix: str) -> None:
        self.folder = folder
        self.settings = KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=prefix)
        self.topic = topics.change(prefix, "eautomate", "customer")
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.sent: dict[str, int] = {}
        self.producer = Producer(self.settings, "bench")
        self._sequence = 0

    async def start(self) -> "Bench":
        await apply_topics(self.settings)
        await self.producer.start()
        self.tell("outcomes", topics.outcomes(self.settings.topic_prefix))
        return self

    async def stop(self) -> None:
        for name in list(self.workers):
            self.signal(name, signal.SIGKILL)
        await self.producer.stop()

    def tell(self, name: str, text: str) -> None:
        waiting = self.folder / f"{name}.new"
        waiting.write_text(text)
        waiting.rename(self.folder / name)

    def forget(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def spawn(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.workers[name] = subprocess.Popen(
            [
                sys.executable, "-m", "tests.faults.bus.worker", str(self.folder),
                self.settings.bootstrap_servers, self.settings.topic_prefix, name,
            ],
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip

    def signal(self, name: str, number: int, seconds: float = 30) -> float:
        """Send a signal and wait for the end; returns how long it took."""
        process = self.workers.pop(name)
        began = time.monotonic()
        if process.poll() is None:
            os.kill(process.pid, number)
        process.wait(seconds)
        return time.monotonic() - began

    async def send(self, count: int, value: bytes = b"{}") -> None:
        messages = []
        for _ in range(count):
            self._sequence += 1
            subject = str(self._sequence % SUBJECTS)
            self.sent[subject] = self._sequence
            messages.append(self.message(subject, self._sequence, value))
        await self.producer.send(messages)

    def message(self, subject: str, sequence: int, value: bytes = b"{}") -> Message:
        envelope = Envelope("eautomate", "customer", subject, sequence, datetime.now(UTC))
        return Message(self.topic, subject.encode(), value, envelope.headers())

    def query(self, sql: str, *parameters: object) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / "ledger.db", timeout=30) as database:
            try:
                return database.execute(sql, parameters).fetchall()
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise

    def in_flight(self, name: str) -> int:
        rows = self.query("SELECT count(*) FROM flight WHERE worker = ? AND ended = 0", name)
        return int(str(rows[0][0])) if rows else 0

    def effects(self) -> dict[str, int]:
        return {
            str(subject): int(str(sequence))
            for subject, sequence in self.query("SELECT subject, sequence FROM effect")
        }

    def missing(self) -> dict[str, tuple[int, int | None]]:
        """Subjects whose newest sequence has no effect: (sent, stored)."""
        stored = self.effects()
        return {
            subject: (sequence, stored.get(subject))
            for subject, sequence in self.sent.items()
            if stored.get(subject) != sequence
        }

    def went_backwards(self) -> list[tuple[object, ...]]:
        """Applied changes that came after a newer one of the same subject."""
        return self.query(
            "SELECT later.subject, earlier.sequence, later.sequence FROM history AS earlier JOIN history AS later "
            "ON later.subject = earlier.subject AND later.place > earlier.place AND later.sequence <= earlier.sequence"
        )

    async def dead_letters(self, at_least: int, seconds: float = 30) -> list[ConsumerRecord]:
        """All dead letters once there are so many."""
        consumer = AIOKafkaConsumer(
            topics.dead_letters(self.settings.topic_prefix, "customer_sync"),
            bootstrap_servers=self.settings.bootstrap_servers,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=8 * 1024 * 1024,
        )
        await consumer.start()
        found: list[ConsumerRecord] = []
        end = time.monotonic() + seconds
        try:
            while len(found) < at_least:
                if time.monotonic() > end:
                    raise AssertionError(f"{len(found)} dead letters, wanted {at_least}")
                for records in (await consumer.getmany(timeout_ms=200)).values():
                    found.extend(records)
        finally:
            await consumer.stop()
        return found

    def health(self, name: str) -> str:
        """``<live> <ready> <reason>`` as the worker last said."""
        path = self.folder / f"health.{name}"
        return path.read_text() if path.exists() else ""

    async def until_in_flight(self, name: str, seconds: float = 60) -> None:
        """Wait until a worker has records in the air; more are sent when the others have taken them all."""
        end = time.monotonic() + seconds
        sent = time.monotonic()
        while self.in_flight(name) == 0:
            if time.monotonic() > end:
                raise AssertionError(f"worker {name} has no record in flight within {seconds} s")
            if time.monotonic() - sent > 1 and not self.missing():
                await self.send(300)
                sent = time.monotonic()
            await asyncio.sleep(0.02)

    async def until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(
                    f"{what}: not within {seconds} s; missing {dict(list(self.missing().items())[:5])}"
                )
            await asyncio.sleep(0.02)
