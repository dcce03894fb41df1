"""Reading dead letters and sending them again."""

import asyncio
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import ValidationError

from shared.bus.deadletter import send_again
from shared.bus.delivery import REDRIVE
from shared.bus.producer import Message, Producer, PublishError
from shared.config import KafkaSettings
from shared.events import topics
from shared.events.case_events import Redriven

READ_SECONDS = 60.0
METADATA_TRIES = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter.

    Attributes:
        place: ``<partition>:<offset>`` in the dead-letter topic, what people name it by.
        at: when it was written, UTC.
    """

    agent: str
    place: str
    at: datetime
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]

    def header(self, name: str) -> str:
        """Last value of a header as text, empty when it is missing."""
        found = [value for key, value in self.headers if key == name]
        return found[-1].decode(errors="replace") if found else ""

    @property
    def code(self) -> str:
        """Code of the error catalogue."""
        return self.header("tandem-error-code")

    @property
    def trace(self) -> str:
        """The change this is about."""
        return self.header("tandem-trace-key")

    @property
    def record(self) -> str:
        """``<source>:<entity>:<key>``, the change without its sequence; the trace itself where that is unreadable."""
        return self.trace.rpartition(":")[0] if re.fullmatch(r"\w+:\w+:[^:]+:\d+", self.trace) else self.trace


async def read_all(settings: KafkaSettings, topic: str, since: datetime | None = None) -> list[Any]:
    """Every message of a topic up to its end as it is now, oldest first; ``since`` a moment, if given."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap_servers,
        group_id=None,
        enable_auto_commit=False,
        # A fresh assignment takes its place by this, whatever is sought in the same moment.
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=8 * 1024 * 1024,
    )
    try:
        await consumer.start()
        parts = [TopicPartition(topic, number) for number in sorted(await _parts(consumer, topic))]
        if not parts:
            return []
        consumer.assign(parts)
        ends = await consumer.end_offsets(parts)
        await consumer.seek_to_beginning(*parts)
        if since is not None:
            moment = int(since.timestamp() * 1000)
            begins = await consumer.offsets_for_times(dict.fromkeys(parts, moment))
            for part in parts:
                # None: nothing is as young as that.
                consumer.seek(part, begins[part].offset if begins.get(part) is not None else ends[part])
        found: list[Any] = []
        limit = time.monotonic() + READ_SECONDS
        while time.monotonic() < limit:
            behind = [part for part in parts if await consumer.position(part) < ends[part]]
            if not behind:
                break
            for messages in (await consumer.getmany(*behind, timeout_ms=500)).values():
                found.extend(
                    message
                    for message in messages
                    if message.offset < ends[TopicPartition(topic, message.partition)]
                )
        else:
            raise PublishError(f"{topic} could not be read to its end within {READ_SECONDS:.0f} s")
        return sorted(found, key=lambda message: (message.timestamp, message.partition, message.offset))
    finally:
        await consumer.stop()


async def _parts(consumer: Any, topic: str) -> set[int]:
    """Partitions by the broker's own word: a client's kept metadata may not have the topic yet."""
    for _ in range(METADATA_TRIES):
        cluster = await consumer._client.fetch_all_metadata()
        found = cluster.partitions_for_topic(topic)
        if found:
            return set(found)
        await asyncio.sleep(0.2)
    return set()


async def read_letters(settings: KafkaSettings, agent: str) -> list[Letter]:
    """All dead letters of an agent, oldest first."""
    return [
        Letter(
            agent=agent,
            place=f"{message.partition}:{message.offset}",
            at=datetime.fromtimestamp(message.timestamp / 1000, UTC),
            key=message.key,
            value=message.value,
            headers=tuple(message.headers),
        )
        for message in await read_all(settings, topics.dead_letters(settings.topic_prefix, agent))
    ]


def newest(letters: Iterable[Letter]) -> list[Letter]:
    """The newest letter of each change, in the order given: oldest first."""
    found: dict[tuple[str, str], Letter] = {}
    for letter in letters:
        found.pop((letter.agent, letter.trace), None)
        found[letter.agent, letter.trace] = letter
    return list(found.values())


async def read_redriven(settings: KafkaSettings) -> set[tuple[str, str]]:
    """(agent, place) of letters sent again before."""
    found = set()
    for message in await read_all(settings, topics.case_events(settings.topic_prefix)):
        try:
            event = Redriven.model_validate_json(message.value or b"")
        except ValidationError:
            continue  # another kind of event
        if event.event == "redriven":
            found.add((event.agent, event.place))
    return found


async def redrive(settings: KafkaSettings, letters: Iterable[Letter], by: str, why: str) -> int:
    """Send letters to their agent's redo topic, key and value as they came; noted first, with who and why."""
    producer = await Producer(settings, "tandem-dlq").start()
    sent = 0
    try:
        for letter in letters:
            note = Redriven(
                agent=letter.agent,
                place=letter.place,
                trace=letter.trace,
                by=by,
                why=why,
                at=datetime.now(UTC),
            )
            await producer.send([note.message(settings.topic_prefix)])
            await producer.send([_again(settings, letter)])
            sent += 1
    finally:
        await producer.stop()
    return sent


def _again(settings: KafkaSettings, letter: Letter) -> Message:
    topic = topics.redo(settings.topic_prefix, letter.agent)
    return send_again(topic, letter.key, letter.value, letter.headers, REDRIVE)
