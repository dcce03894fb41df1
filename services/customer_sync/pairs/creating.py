"""Creating a record in ConnectWise once, although answers get lost and lists may be stale (design 5).

An intent is written down first. When the answer is lost the record is looked for; absence counts only after the
time to settle has passed, and only when seen twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic

from services.customer_sync.pairs.known import Intent
from services.customer_sync.pairs.pairing import Words
from services.customer_sync.pairs.progress import Progress, R
from services.customer_sync.pairs.writes import Refused
from shared.bus.delivery import Fault
from shared.connectwise.errors import (
    NotFoundError,
    RefusedError,
    TransientError,
    UnauthorizedError,
    UnknownOutcomeError,
)
from shared.events.records import Customer
from shared.sync.trouble import Stale

LOOK_AGAIN_SECONDS = 1.0

Look = Callable[[str, int | None], Awaitable[R | None]]
"""Finds a record by its reference (and the company it is in); lists may be stale."""


class Unsettled(Exception):  # noqa: N818 - a state of the world
    """Whether the record was created is unknown; it is looked at again later."""


class Creator(Generic[R]):
    """Creates the right side of one kind of link.

    Args:
        settle_lookup: seconds after a lost answer before absence counts.
        clock: gives epoch seconds.
    """

    def __init__(
        self, store: Progress[R], words: Words, settle_lookup: float, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._words = words
        self._settle_lookup = settle_lookup
        self._clock = clock

    async def create(
        self,
        customer: Customer,
        generation: int,
        intent: Intent | None,
        reference: str,
        post: Callable[[], Awaitable[R]],
        look: Look[R],
        within: int | None = None,
    ) -> R:
        """Create the record, or find the one an earlier attempt created.

        Args:
            intent: the earlier attempt.
            reference: what the record can be found by.
            within: of a site: the company it is created in.

        Raises:
            Unsettled: it is too early to tell what became of an attempt.
            Refused: ConnectWise said no, or the number makes none.
            Stale: somebody else is creating it.
        """
        target = await self._settled(customer, intent, look) if intent is not None else None
        if target is None:
            now = self._clock()
            before = intent.attempted_at if intent is not None else None
            if not await self._store.intend(
                customer.subject,
                generation,
                reference,
                now,
                now + self._settle_lookup,
                before,
                within,
                customer.order_key,
            ):
                raise Stale(f"a {self._words.right} is being created for the {self._words.left} already")
            try:
                target = await post()
            except RefusedError as error:
                await self._store.forget_intent(customer.subject, generation)
                raise Refused(self._refusal(customer, error)) from error
            except (TransientError, UnauthorizedError, NotFoundError):
                # It surely did not arrive: there is nothing to look for either.
                await self._store.forget_intent(customer.subject, generation)
                raise
            except UnknownOutcomeError as error:
                target = await look(reference, within)
                if target is None:
                    raise self._unsettled(customer) from error
        await self._store.created(customer.subject, generation, target)
        return target

    async def _settled(self, customer: Customer, intent: Intent, look: Look[R]) -> R | None:
        """What became of an earlier attempt.

        Raises:
            Unsettled: it is too early to tell.
        """
        target = await look(intent.reference, intent.within)
        if target is not None:
            return target
        if self._clock() < intent.attempted_at + self._settle_lookup:
            raise self._unsettled(customer)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return await look(intent.reference, intent.within)

    def _unsettled(self, customer: Customer) -> Unsettled:
        words = self._words
        return Unsettled(
            f"ConnectWise's answer to creating a {words.right} for {words.left} {customer.number} was lost; it is "
            f"looked for again within {self._settle_lookup:.0f} s before anything is repeated"
        )

    def _refusal(self, customer: Customer, error: Exception) -> Fault:
        words = self._words
        return Fault(
            "C5",
            f"no {words.right} can be created for {words.left} {customer.number}: {error}",
            type(error).__name__,
            (f"record:eautomate:customer:{customer.customer_id}",),
        )
