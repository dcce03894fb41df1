"""What is looked up before a ticket is decided on: plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from enum import StrEnum

from shared.eautomate.call_rows import Period
from shared.eautomate.contract_rows import Item
from shared.eautomate.profile import CallStatuses
from shared.eautomate.rows import Code
from shared.events.calls import Call
from shared.events.contracts import Contract
from shared.events.records import Customer
from shared.events.tickets import Ticket
from shared.links.models import Link


class Stage(StrEnum):
    """How far a ticket has come."""

    CANDIDATE = "candidate"
    """It was chosen and settles."""
    STAGED = "staged"
    """It was taken: what is changed in ConnectWise does not count any more."""
    DONE = "done"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Invoiced:
    """The invoice that brings time over in invoice-only mode.

    Attributes:
        id: RecID.
        number: what people know it by.
        place: which of the ticket's invoices it is, ``2 of 3``; without the whole while time is not invoiced yet.
    """

    id: int
    number: str
    place: str = ""

    def subject(self, ticket_id: int) -> str:
        """What of a ticket this invoice bills."""
        return f"{ticket_id}@{self.id}"


@dataclass(frozen=True, slots=True)
class Staged:
    """A ticket in Tandem's own table.

    Attributes:
        ticket: as seen last while it settles, as taken afterwards.
        due: when it is taken unless it changes, epoch seconds.
        sequence: of ``ticket``.
        generation: counts deliberate redos.
        taken_at: UTC; None while it settles.
        customer_id: a person pointed it to this customer.
        call_number: of its call, empty while it has none.
        by: who ignored it.
        invoice: that brings its time over; None in status mode.
        overridden: its call was given ConnectWise's amounts.
    """

    subject: str
    stage: Stage
    ticket: Ticket
    due: float
    sequence: int
    generation: int = 0
    taken_at: datetime | None = None
    customer_id: int | None = None
    call_number: str = ""
    by: str = ""
    invoice: Invoiced | None = None
    overridden: bool = False


@dataclass(frozen=True, slots=True)
class Technician:
    """An employee as far as calls need him."""

    agent_id: int
    number: str
    name: str
    usable: bool
    """Active, and a technician."""


@dataclass(frozen=True, slots=True)
class Codes:
    """E-automate's code tables, by code, trimmed and casefolded."""

    call_types: Mapping[str, Code] = field(default_factory=dict)
    activity_codes: Mapping[str, Code] = field(default_factory=dict)
    bill_codes: Mapping[str, Code] = field(default_factory=dict)
    hold_codes: Mapping[str, Code] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything ``decide`` may look at beside the ticket.

    Attributes:
        now: UTC.
        zone: of the dealer: e-automate keeps his local time.
        row: the ticket in Tandem's own table, None when it was never chosen.
        parts: what else Tandem's own table has of the ticket: its other invoices, or the ticket in status mode.
        company_id: RecID of the company, for the words of ``blocked_on``.
        customer: the company's customer, or the one a person pointed the ticket to; None when there is none.
        location: the location linked to the ticket's site.
        technicians: by RecID of the member; absent when unlinked.
        numbered: technicians the settings name, by number, trimmed and casefolded.
        item: the standard serviceable item.
        agreement_contract: linked to the ticket's agreement; None when it is unlinked, or gone.
        holding: active contracts of the customer, or of his head office, that hold the item, by id.
        default_contract: the one the settings name.
        link: of the ticket.
        separated: ``CallID`` of calls that people unlinked from it.
        created: ``CallID`` made for this generation, by the ledger.
        updated: whether the linked call has got the ticket's work, by the ledger.
        call: the linked or created call as it is now.
        named: calls of the customer whose description names the ticket, those of other tickets left out.
        statuses: the dealer's codes of call statuses.
        closed_periods: accounting periods in which e-automate takes no labour; empty when it does not tell.
        territory_filter: territories that take part, empty: all (variable W).
    """

    now: datetime
    zone: tzinfo
    row: Staged | None = None
    parts: tuple[Staged, ...] = ()
    company_id: int | None = None
    customer: Customer | None = None
    location: Customer | None = None
    technicians: Mapping[int, Technician] = field(default_factory=dict)
    numbered: Mapping[str, Technician] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)
    item: Item | None = None
    agreement_contract: Contract | None = None
    holding: tuple[Contract, ...] = ()
    default_contract: Contract | None = None
    link: Link | None = None
    separated: frozenset[int] = frozenset()
    created: int | None = None
    updated: bool = False
    call: Call | None = None
    named: tuple[Call, ...] = ()
    statuses: CallStatuses = field(default_factory=CallStatuses)
    closed_periods: tuple[Period, ...] = ()
    territory_filter: tuple[str, ...] = ()
