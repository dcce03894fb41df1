"""What is looked up before a customer is decided on: plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.customer_sync.dealer_fields import Setup
from shared.events.records import Company, Customer
from shared.links.models import Link


@dataclass(frozen=True, slots=True)
class AppliedState:
    """What was done last for a customer."""

    sequence: int
    claimed: int
    generation: int
    configuration: str | None
    company_id: int | None


@dataclass(frozen=True, slots=True)
class Intent:
    """A company that was about to be created.

    Attributes:
        reference: the Company ID that was sent.
        attempted_at: epoch seconds.
        target: the created company's RecID, None while the answer is unknown.
    """

    generation: int
    reference: str
    attempted_at: float
    target: str | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything ``decide`` may look at beside the change.

    Attributes:
        live: the customer's row as it is now, None when it is gone (or was not looked up: ``fresh`` is False).
        fresh: the change is newer than what was applied, or somebody asked for a redo.
        link: the link that holds.
        separated: companies a person separated this customer from.
        companies: companies by RecID that may matter, as ConnectWise answered just now.
        by_identifier: RecIDs of companies whose Company ID is the number, deleted ones left out.
        by_account: the same for Account ID.
        taken: links of other customers, by the company's RecID.
        identifier_owner: a company that has the Company ID an insert would use, deleted ones included.
        type_id: RecID of the configured company type, None when ConnectWise has no such type.
        territory_ids: RecIDs of ConnectWise territories by folded name; read only where an insert needs them.
        territory_filter: territories that take part, empty: all (variable W).
        setup: what is set up for the on-hold code and the sales rep.
    """

    fresh: bool
    applied: AppliedState | None = None
    live: Customer | None = None
    link: Link | None = None
    generation: int = 0
    ever_linked: bool = False
    separated: frozenset[int] = frozenset()
    intent: Intent | None = None
    companies: Mapping[int, Company] = field(default_factory=dict)
    by_identifier: tuple[int, ...] = ()
    by_account: tuple[int, ...] = ()
    taken: Mapping[int, Link] = field(default_factory=dict)
    identifier_owner: Company | None = None
    type_id: int | None = None
    territory_ids: Mapping[str, int] = field(default_factory=dict)
    setup: Setup = field(default_factory=Setup)
    territory_filter: tuple[str, ...] = ()
    sequence: int = 0
    """The sequence to write under: the change's own, or for a redo the highest applied before."""
