"""Due work: companies whose creation got no answer are looked at again."""

import asyncio
import contextlib
import time

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.customer_sync.asking import SETTLE, command
from services.customer_sync.customers.store import CustomerStore
from shared.bus.producer import Producer, PublishError

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
