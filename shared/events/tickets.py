"""ConnectWise's tickets as they travel: the ticket with its time entries, notes and whatever explains it.

Field names are as on the wire (reference connectwise-entities 6.9 to 6.11, 6.14). Moments are UTC, money and
hours Decimal. Internal notes and internal analysis never travel (spec/tickets.md 8.7).
"""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.events.records import CustomField, Record, Reference


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class AgreementReference(Reference):
    """The agreement that covers a ticket or a time entry."""

    type: str | None = None
    """Name of the agreement's type."""


class InvoiceReference(Reference):
    """The invoice that bills a time entry."""

    billingType: str | None = None  # noqa: N815 - the wire's own name


class TimeEntry(_Part):
    """A time entry of a ticket; its internal notes are not asked for."""

    id: int
    member: Reference | None = None
    workType: Reference | None = None  # noqa: N815
    workRole: Reference | None = None  # noqa: N815
    agreement: AgreementReference | None = None
    timeStart: datetime  # noqa: N815
    timeEnd: datetime | None = None  # noqa: N815
    hoursDeduct: Decimal | None = None  # noqa: N815
    actualHours: Decimal | None = None  # noqa: N815
    """End - start - deduction."""
    billableOption: str | None = None  # noqa: N815
    """``Billable``, ``DoNotBill``, ``NoCharge`` or ``NoDefault``."""
    hoursBilled: Decimal | None = None  # noqa: N815
    """After the work type's rounding and minimum."""
    invoiceHours: Decimal | None = None  # noqa: N815
    """On the invoice, after what the agreement covers."""
    hourlyRate: Decimal | None = None  # noqa: N815
    agreementHours: Decimal | None = None  # noqa: N815
    """Covered by the agreement."""
    agreementAmount: Decimal | None = None  # noqa: N815
    extendedInvoiceAmount: Decimal | None = None  # noqa: N815
    """Absent before generation 2025.1."""
    notes: str | None = None
    addToInternalAnalysisFlag: bool = False  # noqa: N815
    """An entry whose notes are internal: the connector leaves them out."""
    invoice: InvoiceReference | None = None
    status: str | None = None
    chargeToId: int | None = None  # noqa: N815
    """RecID of the ticket."""
    chargeToType: str | None = None  # noqa: N815


class TicketNote(_Part):
    """A note of a ticket: description or resolution, never internal analysis."""

    id: int
    text: str = ""
    detailDescriptionFlag: bool = False  # noqa: N815
    resolutionFlag: bool = False  # noqa: N815
    dateCreated: datetime | None = None  # noqa: N815


class Ticket(Record):
    """A ConnectWise ticket, service or project, with its time."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "connectwise"
    ENTITY: ClassVar[str] = "ticket"

    id: int
    summary: str = ""
    recordType: str | None = None  # noqa: N815
    """``ServiceTicket``, ``ProjectTicket`` or ``ProjectIssue``."""
    board: Reference | None = None
    status: Reference | None = None
    company: Reference | None = None
    companyTerritory: str | None = None  # noqa: N815
    """Territory of the company; put in by the connector."""
    site: Reference | None = None
    siteName: str | None = None  # noqa: N815
    contact: Reference | None = None
    contactName: str | None = None  # noqa: N815
    contactPhoneNumber: str | None = None  # noqa: N815
    contactEmailAddress: str | None = None  # noqa: N815
    type: Reference | None = None
    subType: Reference | None = None  # noqa: N815
    item: Reference | None = None
    owner: Reference | None = None
    priority: Reference | None = None
    agreement: AgreementReference | None = None
    project: Reference | None = None
    phase: Reference | None = None
    externalXRef: str | None = None  # noqa: N815
    poNumber: str | None = None  # noqa: N815
    closedFlag: bool = False  # noqa: N815
    closedDate: datetime | None = None  # noqa: N815
    dateEntered: datetime | None = None  # noqa: N815
    """From ``_info``; put in by the connector."""
    actualHours: Decimal | None = None  # noqa: N815
    customFields: tuple[CustomField, ...] = ()  # noqa: N815
    time: tuple[TimeEntry, ...] = ()
    """All its time entries, by start, then RecID."""
    notes: tuple[TicketNote, ...] = ()
    """By RecID."""

    @property
    def subject(self) -> str:
        """The ticket's RecID, which is the ticket number people use."""
        return str(self.id)
