"""ConnectWise's companies and sites changed: e-automate is master, so nothing travels back (spec/customers.md 5.1).

Companies are remembered to match by. Sites are not: they are read company by company when a location is worked on.
"""

from collections.abc import Mapping, Sequence

from services.customer_sync.customers.fields import fold
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.locations.matching import name_key
from services.customer_sync.pairs.subjects import number_of
from shared.bus.delivery import Delivery
from shared.events.change import Change
from shared.events.records import Company, Reference, Site
from shared.sync.agent import Applied, decode_record
from shared.sync.decision import Apply, Checks, Decision, Skip

REMEMBERED = "remembered to match and compare by; e-automate is master, nothing travels back"
NOTED = "e-automate is master, nothing travels back; locations that wait for such a site are looked at again"


class CompanyHandler:
    """A ConnectWise company changed."""

    def __init__(self, store: CustomerStore) -> None:
        """Wire the index."""
        self._store = store

    def read(self, delivery: Delivery) -> Company:
        """The company's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Company(id=number_of(delivery), identifier="")
        company: Company = decode_record(Company, delivery)
        return company

    async def gather(self, changes: Sequence[Change[Company]]) -> Mapping[str, None]:
        """Nothing is needed."""
        return {change.envelope.subject: None for change in changes}

    def decide(self, change: Change[Company], gathered: None) -> Decision[None]:  # noqa: ARG002
        """To be remembered; customers that wait for its numbers are woken."""
        checks = Checks()
        checks.note("Company ID", change.record.identifier)
        numbers = dict.fromkeys(
            fold(text) for text in (change.record.identifier, change.record.accountNumber or "")
        )
        return Apply(None, checks.made, [f"number:{number}" for number in numbers if number])

    async def apply(self, change: Change[Company], plan: None) -> Applied:  # noqa: ARG002
        """Take it into the index, which refuses older content; companies of a batch are written together."""
        if change.envelope.action == "deleted":
            await self._store.forget_company(change.record.id)
        else:
            await self._store.see(change.record, change.envelope.sequence)
        return Applied(REMEMBERED, result="skipped")

    def label(self, change: Change[Company]) -> str:
        """``company 19 Acme Dental``."""
        return f"company {change.record.id} {change.record.name}".strip()


class SiteHandler:
    """A ConnectWise site changed."""

    def read(self, delivery: Delivery) -> Site:
        """The site's snapshot; of a deleted one all that is known for sure is which it was."""
        if delivery.envelope.action == "deleted":
            return Site(id=number_of(delivery), name="", company=Reference(id=0))
        site: Site = decode_record(Site, delivery)
        return site

    async def gather(self, changes: Sequence[Change[Site]]) -> Mapping[str, None]:
        """Nothing is needed."""
        return {change.envelope.subject: None for change in changes}

    def decide(self, change: Change[Site], gathered: None) -> Decision[None]:  # noqa: ARG002
        """Nothing to do; locations that wait for a site of its name are woken."""
        checks = Checks()
        site = change.record
        checks.note("name", site.name or "deleted")
        wakes = [name_key(site.company.id, site.name)] if site.name else []
        return Skip(NOTED, checks.made, wakes=wakes)

    async def apply(self, change: Change[Site], plan: None) -> Applied:  # noqa: ARG002
        """Never asked: nothing is decided to be applied."""
        return Applied(NOTED, result="skipped")

    def label(self, change: Change[Site]) -> str:
        """``site 3310 Main``."""
        return f"site {change.record.id} {change.record.name}".strip()
