"""Due work: companies whose creation got no answer are looked at again."""

import asyncio
import contextlib
import time
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.customer_sync.commands import SETTLE, Command
from services.customer_sync.customers.gather import KIND
from services.customer_sync.customers.store import CustomerStore
from shared.bus.delivery import REDO_HEADER
from shared.bus.producer import Message, Producer, PublishError
from shared.events.envelope import Envelope
from shared.links.kinds import LinkKind

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0


async def settle(
    store: CustomerStore, producer: Producer, redo_topic: str, again: float, stop: asyncio.Event
) -> None:
    """Send what is due to the agent's own redo topic until told to stop; sending twice is harmless."""
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
        try:
            due = await store.due_intents(time.time(), again)
            await producer.send([command(redo_topic, one.customer, SETTLE, key=one.order_key) for one in due])
        except PublishError as error:
            # They are due again later; nothing is lost.
            log.warning("due work could not be sent", error=str(error))
        except SQLAlchemyError as error:
            log.warning("due work could not be read", error=str(error))


def command(
    redo_topic: str,
    customer: str,
    action: str,
    by: str = "",
    why: str = "",
    *,
    kind: LinkKind = KIND,
    key: str | None = None,
) -> Message:
    """A command about one customer or location, keyed as its own changes are.

    Args:
        key: what a location stays in order with: its head office; None: itself.
    """
    envelope = Envelope(
        "tandem", "customer", customer, time.time_ns() // 1_000_000, datetime.now(UTC), action
    )
    body = Command(kind=kind.value, by=by, why=why).model_dump_json().encode()
    headers = [*envelope.headers(), (REDO_HEADER, action.encode())]
    return Message(redo_topic, (key or customer).encode(), body, headers)
