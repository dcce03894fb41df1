"""A ticket's JSON, its time and notes, put together. Nothing here waits.

Only the fields named here are asked for: what is not one of them neither travels nor causes a change.
``internalNotes`` is never one of them, and what is internal analysis stays in ConnectWise (spec/tickets.md 8.7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.connectwise.companies import STAMP, made
from shared.connectwise.conditions import compare, equals, every
from shared.connectwise.invoices import bare, ref_id
from shared.events.tickets import Ticket

TIME_ENTRIES = "/time/entries"

TICKET_FIELDS = (
    "id", "summary", "recordType", "board/id", "board/name", "status/id", "status/name", "company/id",
    "company/identifier", "company/name", "site/id", "site/name", "siteName", "contact/id", "contact/name",
    "contactName", "contactPhoneNumber", "contactEmailAddress", "type/id", "type/name", "subType/id",
    "subType/name", "item/id", "item/name", "owner/id", "owner/identifier", "owner/name", "priority/id",
    "priority/name", "agreement/id", "agreement/name", "agreement/type", "externalXRef", "poNumber",
    "closedFlag", "closedDate", "actualHours", "customFields", STAMP, "_info/dateEntered",
)  # fmt: skip
TIME_FIELDS = (
    "id", "chargeToId", "chargeToType", "member/id", "member/identifier", "member/name", "workType/id",
    "workType/name", "workRole/id", "workRole/name", "agreement/id", "agreement/name", "agreement/type",
    "timeStart", "timeEnd", "hoursDeduct", "actualHours", "billableOption", "hoursBilled", "invoiceHours",
    "hourlyRate", "agreementHours", "agreementAmount", "extendedInvoiceAmount", "notes",
    "addToDetailDescriptionFlag", "addToInternalAnalysisFlag", "addToResolutionFlag", "invoice/id",
    "invoice/identifier", "invoice/billingType", "status", STAMP,
)  # fmt: skip
NOTE_FIELDS = (
    "id", "text", "detailDescriptionFlag", "internalAnalysisFlag", "resolutionFlag", "internalFlag",
    "dateCreated",
)  # fmt: skip

ON_TICKETS = every(
    compare("chargeToType", "!=", "ChargeCode"),
    compare("chargeToType", "!=", "Activity"),
)
"""Time of tickets: live data knows a third kind, ``ProjectIssue``, which a filter need not know by name."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TicketList:
    """One of the two lists tickets stand in; a ticket of one is 404 in the other (reference entities 6.9).

    Attributes:
        name: for people.
        sort: one letter, for what is remembered.
        path: of the list.
        fields: names asked for.
        own: condition without which the list may show tickets of the other.
    """

    name: str
    sort: str
    path: str
    fields: tuple[str, ...]
    own: str = ""


SERVICE = TicketList(
    "service tickets", "s", "/service/tickets", TICKET_FIELDS, equals("recordType", "ServiceTicket")
)
PROJECT = TicketList(
    "project tickets",
    "p",
    "/project/tickets",
    (*TICKET_FIELDS, "isIssueFlag", "project/id", "project/name", "phase/id", "phase/name"),
)
BOTH = (SERVICE, PROJECT)


@dataclass(frozen=True, slots=True)
class TicketParts:
    """What is known about the tickets of a page, as JSON.

    Attributes:
        time: entries by ticket.
        notes: by ticket, where they were asked for.
        territories: name of the territory by company.
    """

    time: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    notes: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    territories: Mapping[int, str] = field(default_factory=dict)


def ticket(row: Any) -> Ticket:
    """A ticket from its joined JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type; the text names it.
    """
    return made(Ticket, row)


def joined(row: Row, parts: TicketParts, where: TicketList = SERVICE) -> Row:
    """The JSON of a ticket with its parts in it; ``ticket`` makes the record of it.

    Args:
        row: the ticket itself.
        parts: of the page it belongs to; what is missing there stays out.
        where: the list it stands in.
    """
    key = int(row["id"])
    whole = _filled(row)
    if where is PROJECT:
        # Project tickets say it by a flag (reference entities 6.10).
        whole["recordType"] = "ProjectIssue" if whole.pop("isIssueFlag", False) is True else "ProjectTicket"
    company = ref_id(row, "company")
    if company is not None and company in parts.territories:
        whole["companyTerritory"] = parts.territories[company]
    info = row.get("_info")
    if isinstance(info, Mapping) and info.get("dateEntered"):
        whole["dateEntered"] = info["dateEntered"]
    whole["time"] = [shown_entry(entry) for entry in by_start(parts.time.get(key, ()))]
    whole["notes"] = shown_notes(parts.notes.get(key, ()))
    return whole


def by_start(entries: Iterable[Row]) -> list[Row]:
    """Time entries by their start, then RecID."""
    return sorted(entries, key=lambda entry: (str(entry.get("timeStart") or ""), int(entry["id"])))


def shown_entry(entry: Row) -> Row:
    """A time entry as it travels: the notes of one that is internal analysis only stay behind."""
    whole = _filled(entry)
    shown = (whole.get("addToDetailDescriptionFlag"), whole.get("addToResolutionFlag"))
    if whole.get("addToInternalAnalysisFlag") is True and True not in shown:
        whole.pop("notes", None)
    return whole


def shown_notes(notes: Iterable[Row]) -> list[Row]:
    """Descriptions and resolutions by RecID; whatever is marked internal stays behind."""
    return sorted(
        (
            _filled(note)
            for note in notes
            if True in (note.get("detailDescriptionFlag"), note.get("resolutionFlag"))
            and True not in (note.get("internalAnalysisFlag"), note.get("internalFlag"))
        ),
        key=lambda note: int(note["id"]),
    )


def ticket_of(entry: Mapping[str, Any]) -> int | None:
    """RecID of the ticket a time entry is charged to, None for other charges."""
    key = entry.get("chargeToId")
    if not isinstance(key, int) or entry.get("chargeToType") in ("ChargeCode", "Activity", None):
        return None
    return key


def _filled(row: Row) -> Row:
    """The row without ``_info`` and empty texts: an empty date is none, and empty and absent are the same."""
    return {name: value for name, value in bare(row).items() if value is not None and value != ""}
