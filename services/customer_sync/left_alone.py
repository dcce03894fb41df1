"""Customers and locations that were left alone: not selected, so they are no case and nothing wakes them.

Linking goes on for them all the same (spec/customers.md 5.4): once a company carries a customer's number, or a site
a location's name, they are looked at again.
"""

from collections.abc import Collection, Mapping, Sequence

from services.customer_sync.customers.matching import COMPANY, PROPERTY
from services.customer_sync.locations.fields import key
from services.customer_sync.locations.matching import SITE, SITE_PROPERTY, wanted_names
from services.customer_sync.pairs.pairing import Words
from services.customer_sync.pairs.selection import deselected, never_inserted
from services.customer_sync.settings import CustomerSyncSettings
from shared.eautomate.port import EAutomate
from shared.events.records import Company, Customer, Site
from shared.links.client import MappingClient
from shared.sync.decision import Checks
from shared.text import fold


class LeftAlone:
    """Finds them by what changed in ConnectWise; who waits with an error is woken by that, and not found here."""

    def __init__(
        self,
        eautomate: EAutomate,
        mapping: MappingClient,
        settings: CustomerSyncSettings,
        territory_filter: Sequence[str] = (),
    ) -> None:
        """Wire who is asked.

        Args:
            territory_filter: ConnectWise territories that take part, empty: all.
        """
        self._eautomate = eautomate
        self._mapping = mapping
        self._settings = settings
        self._by_territory = bool(territory_filter)

    async def of_companies(self, companies: Sequence[Company]) -> dict[int, list[Customer]]:
        """Customers without a link that carry a company's number, by the company's RecID."""
        numbers = {company.id: numbers_of(company) for company in companies if not company.deletedFlag}
        rows = await self._eautomate.customers_by_numbers({one for some in numbers.values() for one in some})
        # A company of a territory that takes no part leaves its customer alone until it is of another.
        alone = {
            fold(row.number): row
            for row in rows.values()
            if not row.is_location
            and _is_free(row, PROPERTY)
            and (self._by_territory or self._unselected(row))
        }
        linked = await self._linked(COMPANY, alone.values())
        return {
            ident: [
                alone[number] for number in some if number in alone and alone[number].subject not in linked
            ]
            for ident, some in numbers.items()
        }

    async def of_sites(self, sites: Sequence[Site]) -> dict[int, list[Customer]]:
        """Locations without a link that carry a site's name, by the site's RecID."""
        named = [one for one in sites if not one.primaryAddressFlag and not one.inactiveFlag]
        if not named:
            return {}
        owners = await self._mapping.find(COMPANY.kind, rights=sorted({str(one.company.id) for one in named}))
        offices = {int(right): int(link.left) for right, link in owners.rights.items()}
        beside = await self._eautomate.locations_of(offices.values()) if offices else {}
        alone = {
            office: [
                row
                for row in rows
                if _is_free(row, SITE_PROPERTY)
                and (self._uncovered() or row.head_office or self._unselected(row))
            ]
            for office, rows in beside.items()
        }
        linked = await self._linked(SITE, [row for rows in alone.values() for row in rows])
        return {
            site.id: [
                row
                for row in alone.get(offices.get(site.company.id, 0), ())
                if key(site.name) in wanted_names(row) and row.subject not in linked
            ]
            for site in named
        }

    def _unselected(self, row: Customer) -> bool:
        checks = Checks()
        return (deselected(row, self._settings, checks) or never_inserted(row, checks)) is not None

    def _uncovered(self) -> bool:
        """Whether locations without a site are left alone by the sync type."""
        return self._settings.sync_type.updates and not self._settings.sync_type.locations

    async def _linked(self, words: Words, rows: Collection[Customer]) -> set[str]:
        lefts = sorted(row.subject for row in rows)
        found = (await self._mapping.find(words.kind, lefts=lefts)).lefts if lefts else {}
        return {left for left, known in found.items() if known.link is not None}


def numbers_of(company: Company) -> list[str]:
    """The numbers a company carries, as they compare: its Company ID and its Account ID."""
    texts: Mapping[str, None] = dict.fromkeys(
        fold(text) for text in (company.identifier, company.accountNumber or "")
    )
    return [text for text in texts if text]


def _is_free(row: Customer, name: str) -> bool:
    """Whether an active record names nothing in ConnectWise by its property."""
    return row.active and not row.properties.get(name, "").strip()
