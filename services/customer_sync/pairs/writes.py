"""Making a link, storing its RecID and letting go of both: the same for customers, locations and employees."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.customer_sync.customers.gather import PROCESS
from services.customer_sync.pairs.known import Left
from services.customer_sync.pairs.pairing import Words
from services.customer_sync.pairs.plans import Plan
from services.customer_sync.pairs.progress import Progress
from shared.bus.delivery import Fault
from shared.eautomate.errors import PropertyNotStorable
from shared.eautomate.port import EAutomate
from shared.events.records import Agent, Customer
from shared.links.client import MappingClient
from shared.links.models import How, MakeLink
from shared.sync.creating import Wanting
from shared.sync.intents import R
from shared.sync.linking import make_link, one_line
from shared.sync.outcome import Effect, written
from shared.sync.trouble import Refused

AGENT = "customer_sync"
TOLD_IN_FULL = 3


class PairWrites:
    """Effects on a link and on the property that holds its RecID.

    Args:
        words: of the kind of link.
        entity: what e-automate's ledger calls the record.
        store: progress of that kind.
    """

    def __init__(
        self,
        words: Words,
        entity: str,
        store: Progress[R],
        mapping: MappingClient,
        eautomate: EAutomate,
    ) -> None:
        self._words = words
        self._store = store
        self._entity = entity
        self._mapping = mapping
        self._eautomate = eautomate

    async def link(
        self, customer: Left, right: int, how: How, why: str, generation: int
    ) -> tuple[Effect, ...]:
        """Make the link; the same link again is fine.

        Args:
            why: kept with the link; characters it cannot take become blanks.

        Raises:
            Stale: left or right was linked or separated since it was read.
            Refused: mapping will not have it.
        """
        words = self._words
        request = MakeLink(
            kind=words.kind,
            left=customer.subject,
            right=str(right),
            how=how,
            by=AGENT,
            why=one_line(why),
            generation=generation,
            order_key=customer.order_key,
        )
        what = f"{words.left} {customer.number} cannot be linked to {words.right} {right}"
        await make_link(self._mapping, request, "C3", what, (words.link(customer.subject),))
        return (effect("Tandem", "linked", f"{words.left} {customer.number} to {words.right} {right}"),)

    async def store(self, customer: Left, right: int, sequence: int, generation: int) -> tuple[Effect, ...]:
        """Store the RecID in the row that was read.

        Raises:
            Refused: the configuration does not hold the property any more.
            Superseded: a later change or generation was applied.
            RowChanged: the row was saved since.
        """
        words = self._words
        try:
            async with self._eautomate.transaction(
                PROCESS, f"{self._entity}/{customer.subject}", sequence, generation
            ) as work:
                store = work.set_agent_property if isinstance(customer, Agent) else work.set_customer_property
                stored = await store(
                    int(customer.subject), words.property, str(right), customer.row_version or None
                )
        except PropertyNotStorable as error:
            raise Refused(
                Fault(
                    "C2",
                    f"{words.left} {customer.number} matches {words.right} {right}, but its RecID cannot be stored: "
                    f"{error}",
                    type(error).__name__,
                    (words.own(customer.subject),),
                )
            ) from error
        return (effect("e-automate", "stored", f"{words.property} = {right}"),) if stored else ()

    async def let_go(
        self, customer: Left | None, subject: str, right: str, sequence: int, generation: int
    ) -> tuple[Effect, ...]:
        """Carry out the end of a link: the property is emptied if it still holds its RecID, a new generation begins.

        Args:
            customer: as read, None when it is gone from e-automate.
            right: RecID of the ended link.

        Raises:
            Superseded, RowChanged: as ``store``.
        """
        effects = () if customer is None else await self._clear(customer, right, sequence, generation)
        await self._store.unlinked(subject, generation)
        return effects

    async def _clear(self, customer: Left, right: str, sequence: int, generation: int) -> tuple[Effect, ...]:
        words = self._words
        if customer.properties.get(words.property, "").strip() != right:
            return ()
        async with self._eautomate.transaction(
            PROCESS, f"{self._entity}/{customer.subject}", sequence, generation
        ) as work:
            clear = work.clear_agent_property if isinstance(customer, Agent) else work.clear_customer_property
            cleared = await clear(int(customer.subject), words.property, customer.row_version or None)
        return (effect("e-automate", "cleared", f"{words.property} of {customer.number}"),) if cleared else ()

    def held_in(self, customer: Left) -> str | None:
        """The configuration under which the RecID is held now, None when it cannot be.

        Remembered only then: else the value cannot be blanked by hand later.
        """
        return customer.configuration if self._words.property in customer.storable_properties else None


def effect(system: str, action: str, target: str, changed: tuple[str, ...] = ()) -> Effect:
    """One thing that was written; it is counted."""
    return written(AGENT, system, action, target, changed)


def wanting(words: Words, customer: Customer) -> Wanting:
    """Whom a record is created for."""
    blocked = (f"record:eautomate:customer:{customer.customer_id}",)
    return Wanting(customer.subject, f"{words.left} {customer.number}", customer.order_key, blocked)


def sentence(plan: Plan[Any], name: str, why: Mapping[How, str], effects: Sequence[Effect]) -> str:
    """What was done, for people.

    Args:
        name: of the record in ConnectWise.
        why: by how the link came about.
    """
    if plan.insert is not None:
        text = f"became {name}"
    elif plan.how is not None:
        text = f"linked to {name}: {why[plan.how]}"
    elif effects:
        text = f"{name} updated" if plan.patch else f"RecID of {name} stored"
    elif plan.held_back:
        text = f"not written to {name}: {plan.held_back}"
    else:
        text = f"in step with {name}, nothing to write"
    if plan.held_back and (plan.how is not None or effects):
        text += f"; not written: {plan.held_back}"
    if plan.patch:
        text += f"; {_told(plan.patch)}"
    if plan.warnings:
        text += f" (warning: {'; '.join(plan.warnings)})"
    return text


def _told(patch: Mapping[str, tuple[str, str]]) -> str:
    """A few fields with their values, many by name only."""
    if len(patch) > TOLD_IN_FULL:
        return f"updated {', '.join(sorted(patch))}"
    return ", ".join(f"{wire}: {now!r} -> {wanted!r}" for wire, (now, wanted) in sorted(patch.items()))
