"""What ``apply`` carries out for one ticket. Pure values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from shared.events.calls import Call
from shared.events.tickets import Ticket
from shared.links.models import How


class Keep(StrEnum):
    """What becomes of the row in Tandem's own table."""

    SETTLE = "settle"
    FORGET = "forget"
    """It is not chosen any more."""
    DROP = "drop"
    """It is gone, so it goes even if it was taken."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A ticket is to be taken once it has settled, or not any more.

    Attributes:
        due: epoch seconds.
    """

    ticket: Ticket
    sequence: int
    keep: Keep
    due: float
    text: str


@dataclass(frozen=True, slots=True)
class Labor:
    """A labour record to make of a time entry.

    Attributes:
        entry_id: RecID of the time entry.
        hours, travel: decimal hours.
        rate: an hour; None leaves it to e-automate.
        override: the amount charged whatever the bill code says; None leaves it to e-automate.
    """

    entry_id: int
    technician_id: int
    technician: str
    activity_code_id: int
    activity_code: str
    begin: datetime
    end: datetime
    hours: Decimal
    notes: str
    rate: Decimal | None = None
    override: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The call's own columns (spec/tickets.md 8.5).

    Attributes:
        customer_id: the customer or location.
        on_hold_code_id: set when the call is made on hold.
        opened, closed: moments.
    """

    customer_id: int
    customer_number: str
    bill_to_id: int
    item_id: int
    contract_id: int | None
    contract_number: str
    bill_code_id: int
    bill_code: str
    call_type_id: int
    call_type: str
    technician_id: int | None
    technician: str
    status: str
    on_hold_code_id: int | None
    opened: datetime
    closed: datetime | None
    caller: str
    po_number: str
    description: str
    notes: str


@dataclass(frozen=True, slots=True)
class CallPlan:
    """One call to make of a ticket, or one to complete that was moved (spec/tickets.md 8.9).

    Attributes:
        sequence, generation: what to write under in the ledger.
        header: of the call to make; None where one is there already.
        call: the call there is: moved by ID912, made by an earlier run, or found by its description.
        labors: to add, in the order of time.
        status: of the moved call afterwards, None leaves it alone.
        how: how the link to make came about, None when it exists.
        ours: of a call that is there: Tandem put the work into it.
        warnings: codes and sentences.
        text: one sentence for people.
    """

    subject: str
    ticket: Ticket
    sequence: int
    generation: int
    header: Header | None = None
    call: Call | None = None
    labors: Sequence[Labor] = ()
    notes: str = ""
    status: str | None = None
    how: How | None = None
    ours: bool = False
    warnings: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def gives_work(self) -> bool:
        """Whether the ticket's work is in the call because of Tandem, now or from a run before."""
        return self.writes_eautomate or self.ours

    @property
    def writes_eautomate(self) -> bool:
        """Whether a transaction in e-automate is needed."""
        return self.header is not None or bool(self.labors) or self.status is not None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that keeps a ticket from becoming a call.

    Attributes:
        labour: it is about a time entry, not about the call's header: the two have mails of their own.
    """

    code: str
    text: str
    blocked_on: tuple[str, ...] = ()
    labour: bool = False


@dataclass(slots=True)
class Found:
    """Collects what is wrong, and what is only worth telling."""

    trouble: list[Trouble] = field(default_factory=list)
    warnings: list[tuple[str, str]] = field(default_factory=list)
