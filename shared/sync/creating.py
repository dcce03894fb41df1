"""Creating a record in ConnectWise once, although answers get lost and lists may be stale (design 5).

An intent is written down first. When the answer is lost the record is looked for; absence counts only after the
time to settle has passed, and only when seen twice.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from shared.bus.delivery import Fault
from shared.connectwise.errors import (
    NotFoundError,
    RefusedError,
    TransientError,
    UnauthorizedError,
    UnknownOutcomeError,
)
from shared.sync.intents import Intent, Intents, R
from shared.sync.trouble import Refused, Stale

LOOK_AGAIN_SECONDS = 1.0

Look = Callable[[str, int | None], Awaitable[R | None]]
"""Finds a record by its reference (and the record it is in); lists may be stale."""


class Unsettled(Exception):  # noqa: N818 - a state of the world
    """Whether the record was created is unknown; it is looked at again later."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """Whom a record is created for.

    Attributes:
        subject: its key, e.g. of the customer or invoice.
        name: for people, e.g. ``customer 1001``.
        order_key: what it stays in order with.
        blocked_on: what a refusal waits for, in the words of ``blocked_on``.
    """

    subject: str
    name: str
    order_key: str | None = None
    blocked_on: Sequence[str] = ()


class Creator(Generic[R]):
    """Creates one kind of record.

    Args:
        what: what is created, for people: ``company``.
        code: of the error catalogue, for what ConnectWise refuses.
        settle_lookup: seconds after a lost answer before absence counts.
        clock: gives epoch seconds.
    """

    def __init__(
        self, store: Intents[R], what: str, code: str, settle_lookup: float, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._what = what
        self._code = code
        self._settle_lookup = settle_lookup
        self._clock = clock

    async def create(
        self,
        wanting: Wanting,
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
            Refused: ConnectWise said no.
            Stale: somebody else is creating it.
        """
        target = await self._settled(wanting, intent, look) if intent is not None else None
        if target is None:
            now = self._clock()
            before = intent.attempted_at if intent is not None else None
            if not await self._store.intend(
                wanting.subject,
                generation,
                reference,
                now,
                now + self._settle_lookup,
                before,
                within,
                wanting.order_key,
            ):
                raise Stale(f"a {self._what} is being created for {wanting.name} already")
            try:
                target = await post()
            except RefusedError as error:
                await self._store.forget_intent(wanting.subject, generation)
                raise Refused(self._refusal(wanting, error)) from error
            except (TransientError, UnauthorizedError, NotFoundError):
                # It surely did not arrive: there is nothing to look for either.
                await self._store.forget_intent(wanting.subject, generation)
                raise
            except UnknownOutcomeError as error:
                target = await look(reference, within)
                if target is None:
                    raise self._unsettled(wanting) from error
        await self._store.created(wanting.subject, generation, target)
        return target

    async def _settled(self, wanting: Wanting, intent: Intent, look: Look[R]) -> R | None:
        """What became of an earlier attempt.

        Raises:
            Unsettled: it is too early to tell.
        """
        target = await look(intent.reference, intent.within)
        if target is not None:
            return target
        if self._clock() < intent.attempted_at + self._settle_lookup:
            raise self._unsettled(wanting)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return await look(intent.reference, intent.within)

    def _unsettled(self, wanting: Wanting) -> Unsettled:
        return Unsettled(
            f"ConnectWise's answer to creating a {self._what} for {wanting.name} was lost; it is "
            f"looked for again within {self._settle_lookup:.0f} s before anything is repeated"
        )

    def _refusal(self, wanting: Wanting, error: Exception) -> Fault:
        return Fault(
            self._code,
            f"no {self._what} can be created for {wanting.name}: {error}",
            type(error).__name__,
            tuple(wanting.blocked_on),
        )
