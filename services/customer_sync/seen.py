"""ConnectWise's companies and sites changed: e-automate is master, so nothing travels back (spec/customers.md 5.1).

Companies are remembered to match by. Sites are not: they are read company by company when a location is worked on.
Who is linked to one that is gone is looked at again, so that it is told at once (C8) and not with its next change.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.customer_sync.asking import SETTLE, command
from services.customer_sync.customers.fields import fold
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.locations.matching import name_key
from shared.bus.delivery import Delivery
from shared.bus.producer import Message
from shared.events.change import Change
from shared.events.records import Company, Reference, Site
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

    def look_again(self, link: Link, what: str) -> Message:
        """The command that has the linked record decided anew."""
        why = f"{what} {link.right} is gone from ConnectWise"
        return command(
            self._redo_topic, link.left, SETTLE, why=why, kind=self._kind, key=link.order_key or link.left
        )


class CompanyHandler:
    """A ConnectWise company changed."""

    def __init__(self, store: CustomerStore, mapping: MappingClient, redo_topic: str) -> None:
        """Wire the index, and who tells which customer a company is."""
        self._store = store
        self._linked = _LinkedOnes(mapping, LinkKind.CUSTOMER_COMPANY, redo_topic)

    def read(self, delivery: Delivery) -> Company:
        """The company's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Company(id=number_of(delivery), identifier="")
        company: Company = decode_record(Company, delivery)
        return company

    async def gather(self, changes: Sequence[Change[Company]]) -> Mapping[str, Link | None]:
        """The link of a company that is gone."""
        links = await self._linked.of_gone(changes)
        return {change.envelope.subject: links.get(change.envelope.subject) for change in changes}

    def decide(self, change: Change[Company], gathered: Link | None) -> Decision[Link | None]:
        """To be remembered; customers that wait for its numbers are woken."""
        checks = Checks()
        checks.note("Company ID", change.record.identifier)
        numbers = dict.fromkeys(
            fold(text) for text in (change.record.identifier, change.record.accountNumber or "")
        )
        return Apply(gathered, checks.made, [f"number:{number}" for number in numbers if number])

    async def apply(self, change: Change[Company], plan: Link | None) -> Applied:
        """Take it into the index, which refuses older content; companies of a batch are written together."""
        if change.envelope.action != "deleted":
            await self._store.see(change.record, change.envelope.sequence)
            return Applied(REMEMBERED, result="skipped")
        await self._store.forget_company(change.record.id)
        if plan is None:
            return Applied(GONE, result="skipped")
        return Applied(LOOKED_AT, result="skipped", messages=(self._linked.look_again(plan, "company"),))

    def label(self, change: Change[Company]) -> str:
        """``company 19 Acme Dental``."""
        return f"company {change.record.id} {change.record.name}".strip()


class SiteHandler:
    """A ConnectWise site changed."""

    def __init__(self, mapping: MappingClient, redo_topic: str) -> None:
        """Wire who tells which location a site is."""
        self._linked = _LinkedOnes(mapping, LinkKind.LOCATION_SITE, redo_topic)

    def read(self, delivery: Delivery) -> Site:
        """The site's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Site(id=number_of(delivery), name="", company=Reference(id=0))
        site: Site = decode_record(Site, delivery)
        return site

    async def gather(self, changes: Sequence[Change[Site]]) -> Mapping[str, Link | None]:
        """The link of a site that is gone."""
        links = await self._linked.of_gone(changes)
        return {change.envelope.subject: links.get(change.envelope.subject) for change in changes}

    def decide(self, change: Change[Site], gathered: Link | None) -> Decision[Link]:
        """Nothing to do but to look at who is linked to one that is gone; who waits for its name is woken."""
        checks = Checks()
        site = change.record
        checks.note("name", site.name or "deleted")
        if gathered is not None:
            return Apply(gathered, checks.made)
        wakes = [name_key(site.company.id, site.name)] if site.name else []
        return Skip(NOTED, checks.made, wakes=wakes)

    async def apply(self, change: Change[Site], plan: Link) -> Applied:  # noqa: ARG002
        """Have the location of a site that is gone looked at again."""
        return Applied(LOOKED_AT, result="skipped", messages=(self._linked.look_again(plan, "site"),))

    def label(self, change: Change[Site]) -> str:
        """``site 3310 Main``."""
        return f"site {change.record.id} {change.record.name}".strip()
