"""A head office with its company, its locations, and the sites they become."""

from typing import Any

from services.customer_sync.locations.matching import SITE, SITE_PROPERTY
from services.customer_sync.settings import SyncType
from shared.events.records import Site
from shared.links.models import How, Link, MakeLink
from tests.contract.customer_sync.world import World

LOCATIONS = SyncType.INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS
UPDATES = SyncType.UPDATE_CUSTOMERS_AND_LOCATIONS


class Places:
    """What a test does with locations, and what it finds afterwards."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.office = 0
        self.company = 0

    async def begin(self, number: str = "1001") -> "Places":
        """A head office that is linked to its company; then sites are inserted and updated."""
        world = self.world
        world.configure(LOCATIONS)
        self.office = await world.hand.customer(number, City="Ghent")
        told = await world.change(self.office, 3)
        assert told.codes == []
        link = await world.link(self.office)
        assert link is not None
        self.company = int(link.right)
        await world.quiet()
        return self

    async def location(self, number: str, office: int | None = None, **fields: Any) -> int:
        """A location's ``CustomerID``."""
        owner = self.office if office is None else office
        given = {"LocationID": owner, "BillToID": owner, "City": "Bruges", **fields}
        return await self.world.hand.customer(number, **given)

    async def make(self, name: str, company: int | None = None, **more: Any) -> Site:
        """Somebody makes a site by hand."""
        return await self.world.companies.create_site(company or self.company, {"name": name, **more})

    async def sites(self, company: int | None = None) -> list[Site]:
        """The company's sites beside its main one."""
        found = await self.world.companies.sites_of_company(company or self.company)
        return [site for site in found if not site.primaryAddressFlag]

    async def link(self, location: int) -> Link | None:
        """The link of a location."""
        known = await self.world.mapping.find(SITE.kind, lefts=[str(location)])
        return known.lefts[str(location)].link

    async def by_hand(self, location: int, site: int) -> Link:
        """Somebody links a location."""
        return await self.world.mapping.make(
            MakeLink(
                kind=SITE.kind,
                left=str(location),
                right=str(site),
                how=How.BY_HAND,
                by="ann",
                why="phone call",
            )
        )

    async def held(self, location: int) -> str:
        """The RecID in the location's property."""
        return (await self.world.row(location)).properties.get(SITE_PROPERTY, "")

    async def ends_with_one_of_everything(self, location: int, sequence: int, name: str) -> Site:
        """One site, one link, the RecID stored, and nothing more to write."""
        world = self.world
        [site] = [site for site in await self.sites() if site.name == name]
        link = await self.link(location)
        assert link is not None
        assert link.right == str(site.id)
        assert link.how is How.BY_HAND or link.order_key == str(self.office)
        assert await self.held(location) == str(site.id)
        row = await world.row(location)
        await world.quiet()
        told = await world.change(location, sequence, redo="replay")
        assert (told.codes, told.outcome.result, told.outcome.effects) == ([], "applied", ())
        assert await world.writes() == []
        assert (await world.row(location)).row_version == row.row_version
        told = await world.change(location, sequence)
        assert (told.outcome.result, told.outcome.text) == ("skipped", "this change was applied before")
        assert await world.store.due_intents(9e12, 60) == []
        return site

    async def until_applied(self, location: int, sequence: int) -> None:
        """What the broker and the due work do: the same change again, then what is due."""
        world = self.world
        told = await world.change(location, sequence)
        if told.outcome.result == "waiting":
            # The time to settle passes before the due work comes.
            later = world.clock() + 300
            world.clock = lambda: later
            told = await world.settle(location)
        assert told.codes == [], told.outcome.text
        assert told.outcome.result in {"applied", "skipped"}
