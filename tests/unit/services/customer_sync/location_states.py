"""Every state of the world that a location may meet, from a seed; see ``states``."""

import random
from dataclasses import dataclass, replace

from services.customer_sync.customers.gathered import AppliedState, Intent
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.locations.matching import SITE_PROPERTY
from services.customer_sync.pairs.selection import SYNC_SWITCH
from services.customer_sync.settings import CustomerSyncSettings, SyncType
from shared.events.change import Change
from shared.events.envelope import Envelope
from shared.events.records import Company, Customer, Reference, Site
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from tests.unit.services.customer_sync.states import AT, HELD, Draw

PARENT, LOCATION = 6, 7
COMPANY = 19
IDS = (1, 2, 3)
"""RecIDs of sites; few, so that they meet."""
NAMES = ("South", "south ", "South (1001-02)", "1001-02", "Main", "North", "x" * 60, "S" * 41, "é")
STATES = (
    Reference(id=1, name="Ohio", identifier="OH"),
    Reference(id=2, name="Washington", identifier="WA"),
    Reference(id=3, name="Western Australia", identifier="WA"),
)
SUPPRESSIBLE = ("name", "address", "city", "state", "zip", "phone", "fax")


@dataclass(frozen=True)
class LocationCase:
    """A change of a location, what was looked up for it, and the settings."""

    change: Change[Customer]
    state: LocationGathered
    settings: CustomerSyncSettings


def site_link(left: int, right: int) -> Link:
    return Link(
        kind=LinkKind.LOCATION_SITE,
        left=str(left),
        right=str(right),
        how=How.BY_HAND,
        by="ann",
        why="because",
        made_at=AT,
        revision=1,
    )


def parent_link(right: int = COMPANY) -> Link:
    return site_link(PARENT, right).model_copy(update={"kind": LinkKind.CUSTOMER_COMPANY})


def location_case(seed: int) -> LocationCase:
    """The state of a seed."""
    return _LocationDraw(random.Random(seed)).location_case()  # noqa: S311 - repeatable cases, not secrets


class _LocationDraw(Draw):
    def location(self) -> Customer:
        properties = {
            SITE_PROPERTY: self.usually("", *HELD),
            SYNC_SWITCH: self.usually("", "Yes", "No", " no "),
        }
        return self.customer().model_copy(
            update={
                "customer_id": LOCATION,
                "number": self.one("1001-02", "1001-02", " 1001-02", "South", "9" * 45),
                "name": self.one("South", "South", "south ", *NAMES, ""),
                "state": self.one("", "oh", "Ohio", "WA", "Atlantis"),
                "parent_id": self.usually(PARENT, None, LOCATION),
                "storable_properties": self.usually((SITE_PROPERTY,), ()),
                "properties": {name: value for name, value in properties.items() if value},
            }
        )

    def site(self, ident: int, name: str) -> Site:
        return Site(
            id=ident,
            name=name,
            company=Reference(id=COMPANY),
            addressLine1=self.one(None, self.text()),
            city=self.one(None, self.text()),
            stateReference=self.one(None, *STATES),
            phoneNumber=self.one(None, self.text()),
            primaryAddressFlag=self.usually(False, True),
            inactiveFlag=self.usually(False, True),
        )

    def sites(self) -> dict[int, Site]:
        found: dict[int, Site] = {}
        if self._source.random() < 0.35:
            crowded = {1: "South", 2: "South (1001-02)", 3: "North"}
            return {
                ident: self.site(ident, name).model_copy(update={"inactiveFlag": ident < 3})
                for ident, name in crowded.items()
            }
        for ident in IDS:
            name = self.one(*NAMES)[:50].strip()
            if self._source.random() < 0.6 and name.casefold() not in {
                one.name.casefold() for one in found.values()
            }:
                found[ident] = self.site(ident, name)
        return found

    def located(self, record: Customer) -> LocationGathered:
        sites = self.sites()
        taken = {ident: site_link(99, ident) for ident in IDS if self._source.random() < 0.15}
        own = self.one(None, None, None, *(ident for ident in (*IDS, 77) if ident not in taken))
        company = Company(id=COMPANY, identifier="ACME", deletedFlag=self.usually(False, True))
        applied = AppliedState(
            self._source.randrange(10),
            self._source.randrange(10),
            self._source.randrange(3),
            self.one(None, "Standard", "Other"),
            self.one(None, 1, 77),
            self.one(None, COMPANY, 20),
        )
        target = self.one(None, None, "1", "3")
        intent = Intent(self._source.randrange(3), self.one(*NAMES), 0.0, target, self.one(COMPANY, 20))
        parent = self.customer().model_copy(update={"customer_id": PARENT, "parent_id": None})
        namesake = self.location().model_copy(update={"customer_id": 8})
        return LocationGathered(
            fresh=self.usually(True, False),
            applied=self.one(None, applied),
            live=self.usually(record, self.location(), None),
            link=None if own is None else site_link(LOCATION, own),
            generation=self._source.randrange(3),
            ever_linked=own is not None or self.usually(False, True),
            separated=frozenset(self.some(*(ident for ident in (*IDS, 78) if ident != own)))
            if self.usually(False, True)
            else frozenset(),
            intent=self.usually(None, intent),
            taken=taken,
            sequence=self._source.randrange(10),
            parent=self.usually(parent, None),
            parent_link=self.usually(parent_link(), None),
            parent_is_coming=self.usually(False, True),
            company=self.usually(company, None),
            sites=sites,
            namesakes=self.usually((), (namesake,)),
            states=STATES,
        )

    def location_case(self) -> LocationCase:
        action = self.usually("changed", "deleted")
        envelope = Envelope("eautomate", "customer", str(LOCATION), 1 + self._source.randrange(9), AT, action)
        record = self.location()
        change = Change(envelope, record, self.one(None, "redrive", "command"))
        state = self.located(record)
        if state.parent_link is None:
            state = replace(state, company=None, sites={})
        settings = CustomerSyncSettings(
            sync_type=self.usually(SyncType.INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS, *SyncType),
            company_type="Client",
            customer_types=self.usually([], ["MSP"]),
            suppressed_fields=list(self.some(*SUPPRESSIBLE)),
        )
        return LocationCase(change, state, settings)
