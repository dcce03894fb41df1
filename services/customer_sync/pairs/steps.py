"""The steps by which a customer becomes a company, and a location a site; each may be repeated after a crash."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from services.customer_sync.pairs.pairing import Words
from services.customer_sync.pairs.plans import Plan
from services.customer_sync.pairs.progress import Progress
from services.customer_sync.pairs.writes import PairWrites, effect, sentence
from shared.bus.delivery import Fault
from shared.connectwise.errors import IgnoredPatchError, NotFoundError, RefusedError
from shared.eautomate.errors import Superseded
from shared.links.models import How
from shared.sync.agent import Applied
from shared.sync.creating import Unsettled
from shared.sync.intents import R
from shared.sync.outcome import Effect, Overwritten
from shared.sync.trouble import Refused, Stale

P = TypeVar("P", bound=Plan[Any])


class Steps(ABC, Generic[P, R]):
    """Carries out the plans of one kind.

    Args:
        words: of the kind of link.
        store: progress of that kind.
        pair: effects on the link and the property.
        clock: gives epoch seconds.
    """

    def __init__(
        self, words: Words, store: Progress[R], pair: PairWrites, clock: Callable[[], float]
    ) -> None:
        self._words = words
        self._store = store
        self.pair = pair
        self._clock = clock

    @abstractmethod
    async def create(self, plan: P, effects: list[Effect]) -> R:
        """Create the record, or find the one an earlier attempt created; as ``Creator.create``."""

    @abstractmethod
    async def patch(self, plan: P, target: R) -> R:
        """Write the fields of ``plan.patch``.

        Raises:
            ConnectWiseError: as ``ConnectWise.patch``.
        """

    @abstractmethod
    def named(self, plan: P, target: R) -> str:
        """The record in ConnectWise, for people."""

    @abstractmethod
    def why(self, number: str) -> Mapping[How, str]:
        """By how a link came about: kept with it, and told."""

    async def carry_out(self, plan: P) -> Applied:
        """Claim, insert, link, store the RecID, patch, remember: in this order, each step only if it is needed.

        What is about to be overwritten is durable with the claim, so that an outcome tells it whatever dies.

        Raises:
            Stale: the row, the link or the record in ConnectWise moved since it was read.
        """
        claimed = await self._store.claim(
            plan.customer.subject, plan.sequence, plan.generation, self._overwritten(plan)
        )
        if claimed is None:
            return Applied("a newer change is being applied", result="superseded")
        effects: list[Effect] = []
        try:
            text = await self._go_on(plan, effects)
        except Refused as refused:
            done = Applied(refused.fault.text, tuple(effects), refused.fault)
        except Unsettled as unsettled:
            done = Applied(str(unsettled), tuple(effects), result="waiting")
        except Superseded:
            done = Applied("a newer change was applied meanwhile", tuple(effects), result="superseded")
        else:
            done = Applied(text, tuple(effects))
        return replace(done, overwritten=claimed.overwritten)

    async def _go_on(self, plan: P, effects: list[Effect]) -> str:
        customer, there = plan.customer, plan.target
        why = self.why(customer.number)
        target = there or await self.create(plan, effects)
        if there is not None and plan.intent is not None and plan.intent.target is None:
            # The record whose answer was lost was found since: nothing is left to look for.
            await self._store.created(customer.subject, plan.generation, there)
        if plan.how is not None:
            effects += await self.pair.link(customer, target.id, plan.how, why[plan.how], plan.generation)
        if plan.store:
            effects += await self.pair.store(customer, target.id, plan.sequence, plan.generation)
        if plan.patch:
            target = await self._patched(plan, target)
            effects.append(
                effect("ConnectWise", "updated", self.named(plan, target), tuple(sorted(plan.patch)))
            )
        held_in = self.pair.held_in(customer)
        await self._store.finish(
            customer.subject, plan.sequence, plan.generation, held_in, target, plan.within
        )
        return sentence(plan, self.named(plan, target), why, effects)

    async def _patched(self, plan: P, target: R) -> R:
        words = self._words
        try:
            return await self.patch(plan, target)
        except NotFoundError as error:
            raise Stale(f"{words.right} {target.id} is gone") from error
        except (RefusedError, IgnoredPatchError) as error:
            what = f"{words.right} {target.id} of {words.left} {plan.customer.number} could not be updated"
            blocked = (words.own(plan.customer.subject), words.record(target.id))
            raise Refused(Fault("C10", f"{what}: {error}", type(error).__name__, blocked)) from error

    def _overwritten(self, plan: P) -> Overwritten | None:
        if plan.target is None or not plan.patch:
            return None
        return Overwritten(
            record=f"connectwise/{self._words.right}/{plan.target.id}",
            generation=plan.generation,
            at=datetime.fromtimestamp(self._clock(), UTC),
            writes=(plan.patch,),
        )
