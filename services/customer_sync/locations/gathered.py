"""What is looked up before a location is decided on: plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from services.customer_sync.pairs.known import Known
from shared.events.records import Company, Customer, Reference, Site
from shared.links.models import Link


@dataclass(frozen=True, slots=True)
class LocationGathered(Known):
    """Everything ``decide`` may look at beside the change of a location.

    Attributes:
        parent: the head office as it is now, None when it is gone.
        parent_link: the head office's link to its company.
        company_link: a link to a company of its own, left from when it was a head office.
        parent_is_coming: the head office has no link, and its own change comes before this one in the batch.
        company: the head office's company, None when it is gone.
        sites: the company's sites by RecID, inactive ones included.
        unread: the batch had too many companies to read the sites of this one with it.
        namesakes: other active locations of the head office that carry the same name and have no site yet.
        states: ConnectWise's states; empty where nothing may be written.
        territory_filter: territories that take part, empty: all (variable W).
    """

    parent: Customer | None = None
    parent_link: Link | None = None
    company_link: Link | None = None
    parent_is_coming: bool = False
    company: Company | None = None
    sites: Mapping[int, Site] = field(default_factory=dict)
    unread: bool = False
    namesakes: tuple[Customer, ...] = ()
    states: tuple[Reference, ...] = ()
    territory_filter: tuple[str, ...] = ()

    @property
    def rights(self) -> Collection[int]:
        """Sites of the company."""
        return self.sites.keys()
