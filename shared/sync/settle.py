"""Due work: records whose creation got no answer are looked at again."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from shared.bus.producer import Message, Producer, PublishError
from shared.sync.intents import DueIntent

log = structlog.get_logger(__name__)

EVERY_SECONDS = 1.0


async def settle(
    due: Callable[[float, float], Awaitable[Sequence[DueIntent]]],
    producer: Producer,
    command: Callable[[DueIntent], Message],
    again: float,
    stop: asyncio.Event,
) -> None:
    """Send what is due to the agent's own redo topic until told to stop; sending twice is harmless.

    Args:
        due: given now (epoch seconds) and ``again``: what is to be looked at.
        command: the message that has it looked at.
        again: seconds before the same comes again.
    """
    trouble = None
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_SECONDS)
        try:
            await producer.send([command(one) for one in await due(time.time(), again)])
            trouble = None
        except PublishError as error:
            # They are due again later; nothing is lost.
            if str(error) != trouble:
                log.warning("due work could not be sent", error=str(error))
            trouble = str(error)
        except SQLAlchemyError as error:
            log.warning("due work could not be read", error=str(error))
