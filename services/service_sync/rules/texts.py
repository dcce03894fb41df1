"""Texts of a call, cut and cleaned for e-automate (spec/tickets.md 8.5, open question 31). Pure."""

from datetime import tzinfo

from services.service_sync.rules.asked import name_of
from services.service_sync.rules.gathered import Invoiced
from shared.eautomate.values import CODE_PAGE
from shared.events.tickets import Ticket, TimeEntry

CALLER_MOST = 255
PO_MOST = 15
DESCRIPTION_MOST = 2048
"""Some releases hold less; the port cuts to what the column holds."""
NOTE_MOST = 1024
_ELLIPSIS = "..."


def clean(text: str | None) -> str:
    """What code page 1252 cannot hold becomes a question mark; line ends become the client's."""
    plain = (text or "").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    return plain.encode(CODE_PAGE, "replace").decode(CODE_PAGE)


def cut(text: str, most: int) -> str:
    """At most so many characters; what is cut ends in three dots."""
    return text if len(text) <= most else text[: most - len(_ELLIPSIS)].rstrip() + _ELLIPSIS


def one_line(text: str | None) -> str:
    """As ``clean``, on one line."""
    return " ".join(clean(text).split())


def description(ticket: Ticket, invoice: Invoiced | None = None) -> str:
    """``Ticket 60211: Core switch replacement``: people search all calls for the number.

    Of time that an invoice brings over: ``Ticket 60211 (invoice 18550, 2 of 3): ...`` (open question 24).
    """
    of = f" ({of_invoice(invoice)})" if invoice is not None else ""
    return cut(f"Ticket {ticket.id}{of}: {one_line(ticket.summary)}", DESCRIPTION_MOST)


def of_invoice(invoice: Invoiced) -> str:
    """``invoice 18550, 2 of 3``."""
    return ", ".join(part for part in (f"invoice {one_line(invoice.number)}", invoice.place) if part)


def caller(ticket: Ticket) -> str:
    """``Priya Raman, 3292250111, priya@northgatedental.example``."""
    name = ticket.contactName or name_of(ticket.contact)
    parts = (one_line(part) for part in (name, ticket.contactPhoneNumber, ticket.contactEmailAddress))
    return cut(", ".join(part for part in parts if part), CALLER_MOST)


def notes(ticket: Ticket, zone: tzinfo) -> str:
    """Description, resolution and what was noted with the time; internal notes are not among them."""
    parts = [
        clean(note.text) for note in ticket.notes if note.detailDescriptionFlag and not note.resolutionFlag
    ]
    parts += [f"Resolution: {clean(note.text)}" for note in ticket.notes if note.resolutionFlag]
    parts += [entry_note(entry, zone) for entry in ticket.time if (entry.notes or "").strip()]
    return "\n\n".join(part for part in parts if part)


def entry_note(entry: TimeEntry, zone: tzinfo) -> str:
    """``2026-05-04 09:00 Marta Kova: Replaced core switch.``, in the dealer's time."""
    start = entry.timeStart.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return f"{start} {one_line(name_of(entry.member))}: {clean(entry.notes)}"
