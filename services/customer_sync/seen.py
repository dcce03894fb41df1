"""ConnectWise's companies and sites changed: e-automate is master, so nothing travels back (spec/customers.md 5.1).

Companies are remembered to match by. Sites are not: they are read company by company when a location is worked on.
Who is linked to one that is gone is looked at again, so that it is told at once (C8) and not with its next change.
So is who was left alone and may be one that came.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.customer_sync.asking import SETTLE, command
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.left_alone import LeftAlone, numbers_of
from services.customer_sync.locations.matching import name_key
from shared.bus.delivery import Delivery
from shared.bus.producer import Message
from shared.events.change import Change
from shared.events.records import Company, Customer, Reference, Site
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import Link
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import number_of
from shared.sync.decision import Apply, Checks, Decision, Skip

REMEMBERED = "remembered to match and compare by; e-automate is master, nothing travels back"
GONE = "gone from ConnectWise; it matches nothing any more"
LOOKED_AT = "gone from ConnectWise; who is linked to it is looked at again"
NOTED = "e-automate is master, nothing travels back; locations that wait for such a site are looked at again"


@dataclass(frozen=True, slots=True)
class Noticed:
    """Whom a company or site concerns.

    Attributes:
        link: of one that is gone.
        alone: customers or locations without a link that were left alone and may be it.
    """

    link: Link | None = None
    alone: tuple[Customer, ...] = ()

    @property
    def told(self) -> str:
        """What becomes of those left alone, for people."""
        return f"; {', '.join(one.number for one in self.alone)} is looked at again" if self.alone else ""


class _LinkedOnes:
    """Finds who is linked to what is gone."""

    def __init__(self, mapping: MappingClient, kind: LinkKind, redo_topic: str) -> None:
        self._mapping = mapping
        self._kind = kind
        self._redo_topic = redo_topic

    async def of_gone(self, changes: Sequence[Change[Any]]) -> dict[str, Link]:
        """Links by the RecID of those that are gone; one request a batch, none when all are there."""
        gone = [change.envelope.subject for change in changes if change.envelope.action == "deleted"]
        if not gone:
            return {}
        found = await self._mapping.find(self._kind, rights=gone)
        return dict(found.rights)

    def look_at(self, noticed: Noticed, what: str) -> tuple[Message, ...]:
        """The commands that have everybody concerned decided anew.

        Args:
            what: changed, for people.
        """
        gone = () if noticed.link is None else (self._look_again(noticed.link, what),)
        asked = (
            command(
                self._redo_topic, one.subject, SETTLE, why=f"{what} came", kind=self._kind, key=one.order_key
            )
            for one in noticed.alone
        )
        return (*gone, *asked)

    def _look_again(self, link: Link, what: str) -> Message:
        why = f"{what} is gone from ConnectWise"
        return command(
            self._redo_topic, link.left, SETTLE, why=why, kind=self._kind, key=link.order_key or link.left
        )


class CompanyHandler:
    """A ConnectWise company changed."""

    def __init__(
        self, store: CustomerStore, mapping: MappingClient, left: LeftAlone, redo_topic: str
    ) -> None:
        """Wire the index, and who tells which customer a company is or may be."""
        self._store = store
        self._left = left
        self._linked = _LinkedOnes(mapping, LinkKind.CUSTOMER_COMPANY, redo_topic)

    def read(self, delivery: Delivery) -> Company:
        """The company's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Company(id=number_of(delivery), identifier="")
        company: Company = decode_record(Company, delivery)
        return company

    async def gather(self, changes: Sequence[Change[Company]]) -> Mapping[str, Noticed]:
        """The link of a company that is gone, and who may be one that is there."""
        there = [change.record for change in changes if change.envelope.action != "deleted"]
        links, alone = await asyncio.gather(self._linked.of_gone(changes), self._left.of_companies(there))
        return _noticed(changes, links, alone)

    def decide(self, change: Change[Company], gathered: Noticed) -> Decision[Noticed]:
        """To be remembered; customers that wait for its numbers are woken."""
        checks = Checks()
        checks.note("Company ID", change.record.identifier)
        return Apply(gathered, checks.made, [f"number:{number}" for number in numbers_of(change.record)])

    async def apply(self, change: Change[Company], plan: Noticed) -> Applied:
        """Take it into the index, which refuses older content; companies of a batch are written together."""
        messages = self._linked.look_at(plan, f"company {change.record.id}")
        if change.envelope.action != "deleted":
            await self._store.see(change.record, change.envelope.sequence)
            return Applied(REMEMBERED + plan.told, result="skipped", messages=messages)
        await self._store.forget_company(change.record.id)
        return Applied(GONE if plan.link is None else LOOKED_AT, result="skipped", messages=messages)

    def label(self, change: Change[Company]) -> str:
        """``company 19 Acme Dental``."""
        return f"company {change.record.id} {change.record.name}".strip()


class SiteHandler:
    """A ConnectWise site changed."""

    def __init__(self, mapping: MappingClient, left: LeftAlone, redo_topic: str) -> None:
        """Wire who tells which location a site is or may be."""
        self._left = left
        self._linked = _LinkedOnes(mapping, LinkKind.LOCATION_SITE, redo_topic)

    def read(self, delivery: Delivery) -> Site:
        """The site's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Site(id=number_of(delivery), name="", company=Reference(id=0))
        site: Site = decode_record(Site, delivery)
        return site

    async def gather(self, changes: Sequence[Change[Site]]) -> Mapping[str, Noticed]:
        """The link of a site that is gone, and who may be one that is there."""
        there = [change.record for change in changes if change.envelope.action != "deleted"]
        links, alone = await asyncio.gather(self._linked.of_gone(changes), self._left.of_sites(there))
        return _noticed(changes, links, alone)

    def decide(self, change: Change[Site], gathered: Noticed) -> Decision[Noticed]:
        """Nothing to do but to look at those it concerns; who waits for its name is woken."""
        checks = Checks()
        site = change.record
        checks.note("name", site.name or "deleted")
        wakes = [name_key(site.company.id, site.name)] if site.name else []
        if gathered == Noticed():
            return Skip(NOTED, checks.made, wakes=wakes)
        return Apply(gathered, checks.made, wakes)

    async def apply(self, change: Change[Site], plan: Noticed) -> Applied:
        """Have the location of a site that is gone looked at again, or one that the site may be."""
        messages = self._linked.look_at(plan, f"site {change.record.id}")
        text = NOTED + plan.told if plan.link is None else LOOKED_AT
        return Applied(text, result="skipped", messages=messages)

    def label(self, change: Change[Site]) -> str:
        """``site 3310 Main``."""
        return f"site {change.record.id} {change.record.name}".strip()


def _noticed(
    changes: Sequence[Change[Any]], links: Mapping[str, Link], alone: Mapping[int, Sequence[Customer]]
) -> dict[str, Noticed]:
    return {
        change.envelope.subject: Noticed(
            links.get(change.envelope.subject), tuple(alone.get(change.record.id, ()))
        )
        for change in changes
    }
