"""A worker process for the fault tests: the wrapper with a processor that keeps a ledger in SQLite.

What it is told lies in a folder of files, so that a test can change it while it runs:
``delay`` (seconds a record takes), ``stuck`` (a subject that never ends), ``crash`` (crash the app from a side task).
"""

import asyncio
import contextlib
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shared.bus.delivery import Delivery, Processor, Transient, Verdict
from shared.bus.producer import Message
from shared.bus.retries import RetryBudget
from shared.bus.worker import Worker
from shared.config import KafkaSettings
from shared.events import topics
from shared.telemetry import configure_logging

SCHEMA = """
CREATE TABLE IF NOT EXISTS effect (subject TEXT PRIMARY KEY, sequence INTEGER NOT NULL, times INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS flight (worker TEXT, subject TEXT, sequence INTEGER, ended INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS history (place INTEGER PRIMARY KEY, subject TEXT, sequence INTEGER);
"""


class LedgerProcessor(Processor):
    """Keeps the highest sequence of each subject; notes what is in flight."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        self.name = name
        self.database = sqlite3.connect(folder / "ledger.db", timeout=30, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=OFF")
        self.database.executescript(SCHEMA)

    def told(self, name: str) -> str:
        with contextlib.suppress(OSError):
            return (self.folder / name).read_text().strip()
        return ""

    def readable(self, delivery: Delivery) -> bool:
        return True

    async def prepare(self, deliveries: Sequence[Delivery]) -> Any:
        return None

    async def process(self, delivery: Delivery, prepared: Any) -> Verdict:
        subject, sequence = delivery.envelope.subject, delivery.envelope.sequence
        self.database.execute("INSERT INTO flight VALUES (?, ?, ?, 0)", (self.name, subject, sequence))
        await asyncio.sleep(float(self.told("delay") or "0.01"))
        if self.told("stuck") == subject:
            await asyncio.Event().wait()
        if self.told("down"):
            raise Transient("the other side is down")
        if b"reject" in (delivery.value or b""):
            self.ended(subject, sequence)
            raise ValueError("asked to fail")
        result = self.effect(subject, sequence)
        self.ended(subject, sequence)
        outcome = Message(self.told("outcomes"), delivery.key, subject.encode())
        return Verdict(result, [outcome])

    def effect(self, subject: str, sequence: int) -> str:
        self.database.execute("BEGIN IMMEDIATE")
        row = self.database.execute("SELECT sequence FROM effect WHERE subject = ?", (subject,)).fetchone()
        result = "applied"
        if row is None:
            self.database.execute("INSERT INTO effect(subject, sequence) VALUES (?, ?)", (subject, sequence))
        elif int(row[0]) < sequence:
            self.database.execute(
                "UPDATE effect SET sequence = ?, times = times + 1 WHERE subject = ?", (sequence, subject)
            )
        else:
            result = "superseded"
        if result == "applied":
            self.database.execute("INSERT INTO history(subject, sequence) VALUES (?, ?)", (subject, sequence))
        self.database.execute("COMMIT")
        return result

    def ended(self, subject: str, sequence: int) -> None:
        self.database.execute(
            "UPDATE flight SET ended = 1 WHERE worker = ? AND subject = ? AND sequence = ?",
            (self.name, subject, sequence),
        )


async def main(folder: Path, bootstrap: str, prefix: str, name: str) -> int:
    settings = KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=prefix)
    processor = LedgerProcessor(folder, name)
    agent = "customer_sync"
    worker = Worker(
        agent,
        [topics.change(prefix, "eautomate", "customer"), topics.redo(prefix, agent)],
        processor,
        settings,
        batch_size=50,
        budget=RetryBudget(record_seconds=1.0, batch_seconds=2.0, attempt_seconds=3.0),
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def saboteur() -> None:
        while True:
            await asyncio.sleep(0.05)
            if processor.told("crash") == name:
                (folder / "crash").unlink()
                await worker.app.crash(RuntimeError("a side task failed"))
            health = f"{worker.live().ok} {worker.ready().ok} {worker.live().reason}"
            (folder / f"health.{name}").write_text(health)

    side = asyncio.create_task(saboteur())
    try:
        await worker.run(stop)
    except Exception as error:
        sys.stderr.write(f"ended: {error!r}\n")
        return 70
    finally:
        side.cancel()
    return 0


if __name__ == "__main__":
    configure_logging()
    sys.exit(asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:5])))
