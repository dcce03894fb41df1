"""The connection test: every system the chosen services talk to, one after another."""

from collections.abc import AsyncIterator, Callable, Collection
from importlib.metadata import entry_points

from shared.checkup.connectwise import Connection, check_connectwise
from shared.checkup.eautomate import check_eautomate
from shared.checkup.finding import Finding
from shared.checkup.own import check_broker, check_mapping, check_store
from shared.checkup.wanted import Kind, Wanted, wants_of
from shared.config import (
    ConnectWiseSettings,
    EAutomateSettings,
    KafkaSettings,
    MappingClientSettings,
    StoreSettings,
    load,
)
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from shared.processes import PROCESSES, ProcessesSettings, chosen

RETRY_SECONDS = 3.0

Checkup = Callable[[Callable[[str], None]], AsyncIterator[Finding]]
"""What a service looks at beside the systems themselves, by entry point ``tandem.checkups``; it only reads."""


async def check_connections(services: Collection[str], note: Callable[[str], None]) -> AsyncIterator[Finding]:
    """Every finding, as it comes; only reads.

    Args:
        services: whose systems are asked.
        note: told what is being asked.

    Raises:
        pydantic.ValidationError, ValueError: settings are wrong; ``check_settings`` comes first.
    """
    talking = [known for known in PROCESSES if known.service in services]
    async for finding in check_broker(load("kafka", KafkaSettings), note):
        yield finding
    store = load("store", StoreSettings)
    for service in sorted(services):
        async for finding in check_store(store, service, note):
            yield finding
    async for finding in check_mapping(load("mapping", MappingClientSettings), note):
        yield finding
    wants = wants_of(services)
    named = [one for asked in wants.values() for one in asked.named]
    areas = {area for known in talking if known.eautomate for area in known.areas}
    if areas:
        async for finding in check_eautomate(load("eautomate", EAutomateSettings), named, note, areas):
            yield finding
    if any(known.connectwise for known in talking):
        settings = load("connectwise", ConnectWiseSettings)
        named += [
            Wanted(Kind.TERRITORY, name, "connectwise.territory_filter") for name in settings.territory_filter
        ]
        enabled = chosen(load("processes", ProcessesSettings))
        writing = {
            known.number for known in talking if known.service in wants and wants[known.service].writes
        }
        test = Connection(settings, enabled, writing, named, note)
        pace = Limiter("config check", settings.requests_per_minute, settings.concurrency)
        async with ConnectWise(
            settings, "config check", pace, retry_seconds=RETRY_SECONDS, read_only=True
        ) as client:
            async for finding in check_connectwise(client, test):
                yield finding
    for point in sorted(entry_points(group="tandem.checkups"), key=lambda one: one.name):
        if point.name in services:
            check: Checkup = point.load()
            async for finding in check(note):
                yield finding
