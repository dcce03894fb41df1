"""Both systems and Tandem's own store, opened to look and not to write: for `tandem explain` and `tandem preview`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.config import ConnectWiseSettings, EAutomateSettings, MappingClientSettings, StoreSettings, load
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Record
from shared.links.client import MappingClient
from shared.store.engine import open_store
from shared.sync.commands import COMMAND

R = TypeVar("R", bound=Record)


@dataclass(frozen=True, slots=True)
class Desk:
    """What may be asked.

    Attributes:
        connectwise: its client refuses to write.
        engine: of the agent's own tables.
    """

    settings: ConnectWiseSettings
    connectwise: ConnectWise
    engine: AsyncEngine
    eautomate: EAutomate
    mapping: MappingClient


@asynccontextmanager
async def desk(agent: str, service: str, part: float, retry_seconds: float) -> AsyncIterator[Desk]:
    """Open everything for reading, and close it.

    Args:
        agent: whose store is read.
        service: for metrics.
        part: of the request budget; who asks for long leaves most of it to the services.
        retry_seconds: how long a call to ConnectWise may be repeated.

    Raises:
        pydantic.ValidationError, ValueError: settings are wrong.
    """
    settings = load("connectwise", ConnectWiseSettings)
    pace = Limiter(service, settings.requests_per_minute * part, settings.concurrency)
    async with ConnectWise(settings, service, pace, retry_seconds=retry_seconds, read_only=True) as client:
        engine = open_store(load("store", StoreSettings), agent)
        eautomate = EAutomate.open(load("eautomate", EAutomateSettings))
        mapping = MappingClient(load("mapping", MappingClientSettings).url)
        try:
            yield Desk(settings, client, engine, eautomate, mapping)
        finally:
            await mapping.close()
            await eautomate.close()
            await engine.dispose()


def asked(record: R) -> Change[R]:
    """A record somebody asks about: as it is now, under no sequence of its source."""
    envelope = Envelope(record.SOURCE, record.ENTITY, record.subject, 0, datetime.now(UTC))
    return Change(envelope, record, COMMAND)
