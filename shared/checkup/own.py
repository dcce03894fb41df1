"""The connection test of Tandem's own parts: broker, topics, store, mapping."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from sqlalchemy import literal, make_url, select
from sqlalchemy.exc import DBAPIError

from shared.checkup.finding import Finding, Level
from shared.config import KafkaSettings, MappingClientSettings, StoreSettings
from shared.events.topics import all_topics
from shared.links.client import MappingClient
from shared.links.errors import MappingUnavailable
from shared.links.kinds import LinkKind
from shared.store.engine import open_store, reading

BROKER, STORE, MAPPING = "broker", "store", "mapping"
Note = Callable[[str], None]


async def check_broker(settings: KafkaSettings, note: Note) -> AsyncIterator[Finding]:
    """Whether the broker answers and has every topic."""
    note("broker")
    servers = settings.bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    try:
        await admin.start()
        existing = set(await admin.list_topics())
    except (KafkaError, OSError) as error:
        fix = "correct kafka.bootstrap_servers, or start the broker"
        yield Finding(BROKER, servers, Level.FAULT, f"does not answer: {error}", fix, "A4")
        return
    finally:
        await admin.close()
    yield Finding(BROKER, servers, Level.OK, "answers")
    wanted = [topic.name for topic in all_topics(settings.topic_prefix, settings.partitions)]
    missing = [name for name in wanted if name not in existing]
    if missing:
        told = f"{len(missing)} of {len(wanted)} are missing: {', '.join(missing[:5])}{' ...' if missing[5:] else ''}"
        yield Finding(BROKER, "topics", Level.FAULT, told, "tandem topics apply")
    else:
        yield Finding(
            BROKER, "topics", Level.OK, f"all {len(wanted)} under the prefix {settings.topic_prefix}"
        )


async def check_store(settings: StoreSettings, service: str, note: Note) -> AsyncIterator[Finding]:
    """Whether Tandem's own database answers; a file that is not there yet is not made."""
    note("store")
    url = make_url(settings.url.get_secret_value().replace("{service}", service))
    if url.get_backend_name() == "sqlite" and not _there(str(url.database)):
        yield Finding(STORE, service, Level.WARNING, f"{url.database} is not made yet", "tandem db upgrade")
        return
    engine = open_store(settings, service)
    try:
        async with reading(engine) as connection:
            await connection.execute(select(literal(1)))
        yield Finding(STORE, service, Level.OK, "answers")
    except (DBAPIError, OSError) as error:
        reason = error.orig if isinstance(error, DBAPIError) else error
        yield Finding(STORE, service, Level.FAULT, f"does not answer: {reason}", "correct store.url", "A4")
    finally:
        await engine.dispose()


def _there(file: str) -> bool:
    return Path(file).is_file()


async def check_mapping(settings: MappingClientSettings, note: Note) -> AsyncIterator[Finding]:
    """Whether mapping answers; before the first start it cannot."""
    note("mapping")
    client = MappingClient(settings.url, attempts=1)
    try:
        await client.find(LinkKind.CUSTOMER_COMPANY, lefts=["1"])
        yield Finding(MAPPING, settings.url, Level.OK, "answers")
    except MappingUnavailable as error:
        fix = "start it: tandem run mapping (or all); or correct mapping.url"
        yield Finding(MAPPING, settings.url, Level.WARNING, f"does not answer: {error}", fix)
    finally:
        await client.close()
