"""A hundred times the customers must cost a hundred times as much, no more: 100,000 against 1,000."""

import asyncio
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from services.simulator.demo.dealer import customers as everybody_of
from services.simulator.eautomate.seed import Shares, seed
from services.simulator.stage import Stage
from shared.config import KafkaSettings
from shared.events import topics
from tests.bench.result import Result

SMALL, LARGE = 1_000, 100_000
REPEATS = 5
LINEAR = 1.1
PASSES = 3
REST_SECONDS = 6.0
LOOK_SECONDS = 1.0
"""Each look asks both processes for all their figures, which is work for them too."""
MOVING = ("tandem_published_total", "tandem_changes_total", "tandem_writes_total", "tandem_lag_records")
CHUNK = 5_000
SPEED = 0.01
"""Seconds of a bare loop on the machine whose seconds are told."""
LOOP = 200_000
"""Turns of the bare loop that runs beside each mapping: about 10 ms."""
SERVICES = (
    ("mapping", "error_reporting"),
    ("customer_sync",),
    ("eautomate_connector", "connectwise_connector"),
)
"""A process each, started in this order: all is ready to work when the first customer is read."""
PROCESSES = tuple("-".join(services) for services in SERVICES)
SETTINGS = {
    "TANDEM_CONNECTWISE_CONNECTOR__SITES": "false",
    "TANDEM_CONNECTWISE_CONNECTOR__OVERLAP_SECONDS": "1",
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "update customers",
    "TANDEM_CUSTOMER_SYNC__COMPANY_TYPE": "",
    "TANDEM_CUSTOMER_SYNC__SUPPRESSED_FIELDS": "name,address,city,state,zip,fax,website",
    "TANDEM_LOG_LEVEL": "WARNING",
    # Contracts, invoices, tickets and calls are other processes' work.
    "TANDEM_PROCESSES__ENABLED": "ID747",
}
ONCE: dict[str, Any] = {
    "TANDEM_EAUTOMATE_CONNECTOR__POLL_SECONDS": "3600",
    "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "3600",
}
"""While everything is mapped for the first time: else the large dealer's echoes were measured, the small one's not."""
OFTEN: dict[str, Any] = {
    "TANDEM_EAUTOMATE_CONNECTOR__POLL_SECONDS": "1",
    "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "1",
}


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds, for one size.

    Attributes:
        mapping: from the first record read to the last outcome: every customer is linked and holds its RecID.
        loop: of the processor, for one bare loop, the mean of those that ran meanwhile: how fast the machine was.
        unchanged: of one pass of both connectors in which nothing changed.
        change: from one saved phone number to the company that has it.
    """

    customers: int
    mapping: float
    loop: float
    unchanged: float
    change: float


def measure(kafka: str, prefix: str, small: int = SMALL, large: int = LARGE) -> list[Result]:
    """Cost per 1,000 customers of the large dealer divided by the small one's.

    The small one is measured several times before the large and as often after, and the mean is taken: alone, one
    run of some seconds differs from the next by a third, and half an hour later the machine is another one. So the
    first mapping, which takes a quarter of an hour of the large one, is told in bare loops that ran beside it.
    """
    before = [_told(kafka, f"{prefix}-{small}-{place}", small) for place in range(REPEATS)]
    many = _told(kafka, f"{prefix}-{large}", large)
    after = [_told(kafka, f"{prefix}-{small}-{REPEATS + place}", small) for place in range(REPEATS)]
    few = _mean(before + after)

    def ratio(name: str, of: Callable[[Costs], float], more: str = "") -> Result:
        thousand = [of(costs) / (costs.customers / 1000) for costs in (few, many)]
        detail = (
            f"{of(few):.2f} s for {few.customers}, {of(many):.2f} s for {many.customers} "
            f"({thousand[0]:.3f} and {thousand[1]:.3f} s per 1,000){more}"
        )
        return Result(f"{name}, {large} / {small} per 1,000", thousand[1] / thousand[0], LINEAR, detail, True)

    by_clock = many.mapping / many.customers / (few.mapping / few.customers)
    more = (
        f"; a bare loop {few.loop * 1000:.2f} and {many.loop * 1000:.2f} ms; without the loop {by_clock:.2f}"
    )
    return [
        ratio("first mapping beside a bare loop", lambda costs: costs.mapping / costs.loop * SPEED, more),
        ratio("unchanged pass", lambda costs: costs.unchanged),
        ratio("one changed record", lambda costs: costs.change),
    ]


def _told(kafka: str, prefix: str, customers: int) -> Costs:
    """The costs of one dealer, said at once: all of them together take most of an hour."""
    costs = _costs(kafka, prefix, customers)
    print(
        f"  {customers} customers: first mapping {costs.mapping:.2f} s (a bare loop {costs.loop * 1000:.2f} ms), "
        f"unchanged pass {costs.unchanged:.3f} s, one change {costs.change:.2f} s",
        file=sys.stderr,
        flush=True,
    )
    return costs


def _mean(runs: Sequence[Costs]) -> Costs:
    def of(figure: Callable[[Costs], float]) -> float:
        return fmean(figure(run) for run in runs)

    return Costs(
        runs[0].customers,
        of(lambda run: run.mapping),
        of(lambda run: run.loop),
        of(lambda run: run.unchanged),
        of(lambda run: run.change),
    )


def _costs(kafka: str, prefix: str, customers: int) -> Costs:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        everybody = Shares(configured=1.0, never=0.0, held=0.0, inactive=0.0, prospects=0.0)
        seed(path / "eautomate.db", customers + 1, 0, shares=everybody)
        rows = [row for row in everybody_of(path / "eautomate.db") if not row.special]
        with Stage(path, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS) as stage:
            for start in range(0, len(rows), CHUNK):
                companies = [
                    {
                        "identifier": row.number,
                        "name": row.name[:50],
                        "addressLine1": "1 Main St",
                        "phoneNumber": row.phone,
                    }
                    for row in rows[start : start + CHUNK]
                ]
                stage.control.post("/seed", json={"company": companies}, timeout=300).raise_for_status()
            mapping, loop = _mapping(stage, len(rows))
            for name in PROCESSES:
                stage.end(name)
            _run(stage, OFTEN)
            unchanged = _unchanged(stage)
            change = min(_change(stage, rows[place].number, place) for place in range(PASSES))
    return Costs(len(rows), mapping, loop, unchanged, change)


def _run(stage: Stage, settings: Mapping[str, Any]) -> None:
    for services in SERVICES:
        stage.run(*services, **settings)


def _metrics(stage: Stage) -> Mapping[str, float]:
    """Of all processes together."""
    found: defaultdict[str, float] = defaultdict(float)
    for process in PROCESSES:
        for name, value in stage.metrics(process).items():
            found[name] += value
    return found


def _counted(stage: Stage, metric: str, **labels: str) -> float:
    return sum(stage.counted(metric, name, **labels) for name in PROCESSES)


def _mapping(stage: Stage, customers: int) -> tuple[float, float]:
    """Seconds from the first record read to the last outcome, and a bare loop's meanwhile."""
    _run(stage, ONCE)
    since = time.monotonic()
    moved: tuple[float, ...] = ()
    loops: list[float] = []
    end = since + 7200
    while time.monotonic() < end:
        seen = _metrics(stage)
        now = tuple(seen[name] for name in MOVING)
        if now != moved:
            since, moved = time.monotonic(), now
            loops.append(_bare_loop())
        elif time.monotonic() - since > REST_SECONDS and not seen["tandem_lag_records"]:
            stored = _counted(stage, "tandem_writes_total", system="e-automate", action="stored")
            if stored >= customers:
                return asyncio.run(_seconds(stage)), fmean(loops)
        time.sleep(LOOK_SECONDS)
    raise TimeoutError(f"{customers} customers were not mapped in two hours")


async def _seconds(stage: Stage) -> float:
    """By Kafka's own clock: looking from outside would be late by a part that matters in a short run only."""
    kafka = KafkaSettings(bootstrap_servers=stage.bootstrap_servers, topic_prefix=stage.prefix)
    read = [
        topics.change(kafka.topic_prefix, source, entity)
        for source, entity in (("eautomate", "customer"), ("connectwise", "company"))
    ]
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap_servers, group_id=None)
    await consumer.start()
    try:
        changes = [TopicPartition(topic, place) for topic in read for place in range(kafka.partitions)]
        outcomes = [
            TopicPartition(topics.outcomes(kafka.topic_prefix), place) for place in range(kafka.partitions)
        ]
        first = await consumer.beginning_offsets(changes)
        last = {part: end - 1 for part, end in (await consumer.end_offsets(outcomes)).items()}
        consumer.assign([*changes, *outcomes])
        times = {part: await _time(consumer, part, offset) for part, offset in {**first, **last}.items()}
    finally:
        await consumer.stop()
    return (max(times[part] for part in outcomes) - min(times[part] for part in changes)) / 1000


async def _time(consumer: AIOKafkaConsumer, part: TopicPartition, offset: int) -> int:
    consumer.seek(part, offset)
    message = await consumer.getone(part)
    return int(message.timestamp)


def _bare_loop() -> float:
    """The processor's seconds for a loop over nothing: they grow as Tandem's do when the machine is slow or shared."""
    begun = time.process_time()
    total = 0
    for turn in range(LOOP):
        total += turn & 7
    return time.process_time() - begun


def _unchanged(stage: Stage) -> float:
    """Mean of some passes after the echo of our own writes has come and gone."""
    _quiet(stage)
    seconds, count = _passes(stage)
    end = time.monotonic() + 900
    while time.monotonic() < end:
        now_seconds, now_count = _passes(stage)
        if now_count >= count + 4 * PASSES:
            return (now_seconds - seconds) / (now_count - count) * 2
        time.sleep(0.2)
    raise TimeoutError("the connectors made no passes")


def _quiet(stage: Stage) -> None:
    """Wait until nothing was published or finished for some passes."""
    seen, since = (-1.0, -1.0), time.monotonic()
    end = time.monotonic() + 1800
    while time.monotonic() < end:
        now = (_counted(stage, "tandem_published_total"), _counted(stage, "tandem_changes_total"))
        if now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > 15:
            return
        time.sleep(0.5)
    raise TimeoutError("there was no end of changes")


def _passes(stage: Stage) -> tuple[float, float]:
    return _counted(stage, "tandem_pass_seconds_sum"), _counted(stage, "tandem_pass_seconds_count")


def _change(stage: Stage, number: str, place: int) -> float:
    phone = f"330-555-{1000 + place}"
    with stage.api() as api:
        params = {"conditions": f'identifier="{number}"', "fields": "id,phoneNumber"}
        began = time.monotonic()
        stage.people.save_customer(number, Phone1=phone)
        while time.monotonic() - began < 300:
            (company,) = api.get("/company/companies", params=params).raise_for_status().json()
            if company.get("phoneNumber") == phone:
                return time.monotonic() - began
            time.sleep(0.05)
    raise TimeoutError(f"the change of customer {number} did not arrive")
