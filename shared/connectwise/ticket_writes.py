"""What Tandem writes on tickets: new ones, and notes. Nothing of a ticket that is there is changed.

A ticket carries the reference of what it was made for (``externalXRef``), so that one whose answer was lost can
be looked up before it is made again (design 5). Lists may be behind: absence counts only after a while.
"""

from dataclasses import dataclass
from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError, shaped
from shared.connectwise.conditions import equals
from shared.connectwise.invoices import bare
from shared.connectwise.paging import walk
from shared.connectwise.service_setup import Placement
from shared.connectwise.ticket_rows import NOTE_FIELDS, SERVICE, TicketParts, joined, shown_notes, ticket
from shared.connectwise.tickets import Tickets
from shared.events.tickets import Ticket, TicketNote

SUMMARY_CHARACTERS = 100
REFERENCE_CHARACTERS = 100
PO_CHARACTERS = 50


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A service ticket to be created.

    Attributes:
        summary: at most 100 characters; ``summary_of`` cuts.
        company: RecID.
        reference: what it can be found by again, at most 100 characters.
        place: board, status and type that belong together.
        description: its first note.
        priority, source: names, blank leaves them to the board.
        site, contact, agreement: RecIDs.
        contact_name, contact_phone, contact_email: of somebody who is no contact there.
        po_number: at most 50 characters.
    """

    summary: str
    company: int
    reference: str
    place: Placement
    description: str = ""
    priority: str = ""
    source: str = ""
    site: int | None = None
    contact: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    agreement: int | None = None
    po_number: str = ""

    def body(self) -> dict[str, Any]:
        """As it is sent; what is not known is left out, and the server fills it.

        Raises:
            ValueError: a text is longer than its field, or summary or reference is missing.
        """
        for name, text, most in (
            ("summary", self.summary, SUMMARY_CHARACTERS),
            ("reference", self.reference, REFERENCE_CHARACTERS),
            ("po_number", self.po_number, PO_CHARACTERS),
        ):
            if len(text) > most:
                raise ValueError(f"the {name} of a ticket has at most {most} characters: {text!r}")
        if not self.summary.strip() or not self.reference.strip():
            raise ValueError("a ticket needs a summary and a reference")
        texts = {
            "summary": self.summary,
            "externalXRef": self.reference,
            "initialDescription": self.description,
            "contactName": self.contact_name,
            "contactPhoneNumber": self.contact_phone,
            "contactEmailAddress": self.contact_email,
            "poNumber": self.po_number,
        }
        keys = {
            "company": self.company,
            "board": self.place.board,
            "status": self.place.status,
            "type": self.place.type,
            "site": self.site,
            "contact": self.contact,
            "agreement": self.agreement,
        }
        names = {"priority": self.priority, "source": self.source}
        return (
            {name: text for name, text in texts.items() if text}
            | {name: {"id": key} for name, key in keys.items() if key is not None}
            | {name: {"name": text} for name, text in names.items() if text}
        )


class TicketWrites:
    """Creates service tickets and adds notes to them."""

    def __init__(self, client: ConnectWise) -> None:
        """Nothing is kept."""
        self._client = client
        self._tickets = Tickets(client, (SERVICE,))

    async def create(self, new: NewTicket) -> Ticket:
        """Create a ticket; repeated only when it surely did not arrive.

        Returns:
            The ticket as the server made it, without time and notes.

        Raises:
            ValueError: as ``NewTicket.body``.
            UnknownOutcomeError: sent, and the answer was lost: ``find`` it before sending again.
            RefusedError: the answer's lines say which field.
            TransientError, UnauthorizedError: as ``ConnectWise.post``.
        """
        return _made(await self._client.post(SERVICE.path, new.body()))

    async def find(self, reference: str) -> list[Ticket]:
        """Service tickets that carry a reference, by RecID, without time and notes.

        By list, which may be behind: what was created a moment ago may be absent.

        Raises:
            UnquotableError: no condition can hold the reference.
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
        """
        condition = equals("externalXRef", reference)
        return [_made(row) async for page in self._tickets.listed(SERVICE, condition) for row in page.rows]

    async def look(self, reference: str, _within: int | None = None) -> Ticket | None:
        """The first ticket that carries a reference, as ``shared.sync.creating`` asks; None when none is shown.

        Raises:
            As ``find``.
        """
        return next(iter(await self.find(reference)), None)

    async def notes_of(self, ticket_id: int) -> list[TicketNote]:
        """Descriptions and resolutions of a service ticket by RecID; internal ones stay out.

        Raises:
            NotFoundError: no such service ticket.
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
        """
        pages = walk(self._client, f"{SERVICE.path}/{ticket_id}/notes", fields=NOTE_FIELDS)
        rows = [row async for page in pages for row in page.rows]
        return [shaped(TicketNote, row, "note") for row in shown_notes(rows)]

    async def add_note(self, ticket_id: int, text: str, *, resolution: bool = False) -> TicketNote:
        """Add a note that customers may see; repeated only when it surely did not arrive.

        Args:
            ticket_id: RecID of a service ticket.
            text: of the note.
            resolution: whether it is the resolution; else it belongs to the description.

        Raises:
            UnknownOutcomeError: sent, and the answer was lost: look at ``notes_of`` before sending again.
            NotFoundError: no such service ticket.
            RefusedError: the answer's lines say why.
            MalformedRecordError: the answer is no note.
        """
        body = {
            "text": text,
            "detailDescriptionFlag": not resolution,
            "resolutionFlag": resolution,
            "internalAnalysisFlag": False,
        }
        row = await self._client.post(f"{SERVICE.path}/{ticket_id}/notes", body)
        return shaped(TicketNote, bare(row), "note")


def summary_of(text: str) -> str:
    """A text as a summary holds it: one line, cut to 100 characters."""
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY_CHARACTERS else line[: SUMMARY_CHARACTERS - 1].rstrip() + "…"


def _made(row: Any) -> Ticket:
    if not isinstance(row, dict) or "id" not in row:
        raise MalformedRecordError("a ticket as ConnectWise sent it is no record")
    return ticket(joined(row, TicketParts()))
