"""What ID747 does about customers: head offices become companies, their locations sites."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.customer_sync.customers.gather import Gatherer
from services.customer_sync.customers.gathered import Gathered
from services.customer_sync.customers.rules import CustomerPlan, decide
from services.customer_sync.customers.writes import CustomerWrites
from services.customer_sync.locations.gather import LocationGatherer
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.locations.rules import LocationPlan, LookAgain, decide_location
from services.customer_sync.locations.writes import LocationWrites
from services.customer_sync.settings import CustomerSyncSettings
from shared.bus.delivery import Delivery
from shared.events.change import Change
from shared.events.records import Customer
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import number_of
from shared.sync.decision import Decision

AnyGathered = Gathered | LocationGathered
AnyPlan = CustomerPlan | LocationPlan | LookAgain


@dataclass(frozen=True, slots=True)
class HeadOffices:
    """Reading and writing of customers that are companies."""

    gatherer: Gatherer
    writes: CustomerWrites


@dataclass(frozen=True, slots=True)
class Locations:
    """Reading and writing of customers that are sites."""

    gatherer: LocationGatherer
    writes: LocationWrites


class CustomerHandler:
    """An e-automate customer changed."""

    def __init__(self, offices: HeadOffices, locations: Locations, settings: CustomerSyncSettings) -> None:
        """Wire reading, rules and writing."""
        self.offices = offices
        self.locations = locations
        self._settings = settings

    def read(self, delivery: Delivery) -> Customer:
        """The customer's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Customer(customer_id=number_of(delivery), number="", name="")
        customer: Customer = decode_record(Customer, delivery)
        return customer

    async def gather(self, changes: Sequence[Change[Customer]]) -> Mapping[str, AnyGathered]:
        """See ``Gatherer`` and ``LocationGatherer``; a deleted record does not say which it was, its link does."""
        offices = [change for change in changes if not change.record.is_location]
        gone = [change for change in offices if change.envelope.action == "deleted"]
        locations = [change for change in changes if change.record.is_location]
        coming = {change.record.customer_id for change in offices} if locations else set()
        of_offices, of_locations, of_gone = await asyncio.gather(
            self.offices.gatherer.gather(offices),
            self._of_locations(locations, coming),
            self._of_locations(gone),
        )
        linked = {subject: gathered for subject, gathered in of_gone.items() if gathered.link is not None}
        return {**of_offices, **of_locations, **linked}

    def decide(self, change: Change[Customer], gathered: AnyGathered) -> Decision[AnyPlan]:
        """See ``customers.rules.decide`` and ``locations.rules.decide_location``."""
        if isinstance(gathered, LocationGathered):
            return decide_location(change, gathered, self._settings)
        return decide(change, gathered, self._settings)

    async def apply(self, change: Change[Customer], plan: AnyPlan) -> Applied:  # noqa: ARG002
        """See ``Steps.carry_out``."""
        if isinstance(plan, CustomerPlan):
            return await self.offices.writes.carry_out(plan)
        return await self.locations.writes.apply(plan)

    def label(self, change: Change[Customer]) -> str:
        """``customer 1001 Acme Dental``, ``location 1001-02 Acme Dental South``."""
        customer = change.record
        if not customer.number:
            return f"customer with id {change.envelope.subject}"
        kind = "location" if customer.is_location else "customer"
        return f"{kind} {customer.number} {customer.name}".strip()

    async def _of_locations(
        self, changes: Sequence[Change[Customer]], coming: Collection[int] = ()
    ) -> dict[str, LocationGathered]:
        return await self.locations.gatherer.gather(changes, coming) if changes else {}
