"""What is looked up before a customer is decided on: plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.customer_sync.customers.dealer_fields import Setup
from services.customer_sync.pairs.known import AppliedState, Known
from shared.events.records import Company
from shared.links.models import Link
from shared.sync.intents import Intent

__all__ = ["AppliedState", "Gathered", "Intent"]


@dataclass(frozen=True, slots=True)
class Gathered(Known):
    """Everything ``decide`` may look at beside the change of a head office.

    Attributes:
        companies: companies by RecID that may matter, as ConnectWise answered just now.
        by_identifier: RecIDs of companies whose Company ID is the number, deleted ones left out.
        by_account: the same for Account ID.
        identifier_owner: a company that has the Company ID an insert would use, deleted ones included.
        type_id: RecID of the configured company type, None when ConnectWise has no such type.
        territory_ids: RecIDs of ConnectWise territories by folded name; read only where an insert needs them.
        territory_filter: territories that take part, empty: all (variable W).
        setup: what is set up for the on-hold code and the sales rep.
        site_link: a link to a site, left from when it was a location.
    """

    companies: Mapping[int, Company] = field(default_factory=dict)
    by_identifier: tuple[int, ...] = ()
    by_account: tuple[int, ...] = ()
    identifier_owner: Company | None = None
    type_id: int | None = None
    territory_ids: Mapping[str, int] = field(default_factory=dict)
    setup: Setup = field(default_factory=Setup)
    territory_filter: tuple[str, ...] = ()
    site_link: Link | None = None

    @property
    def rights(self) -> Collection[int]:
        """Companies that exist, deleted ones included: they are told apart by the rules."""
        return self.companies.keys()
