"""What the server does with the notes and tasks of tickets."""

from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

FIRST_NOTES = {
    "initialDescription": "detailDescriptionFlag",
    "initialInternalAnalysis": "internalAnalysisFlag",
    "initialResolution": "resolutionFlag",
}
"""What a new ticket may say at once, and the kind of note it becomes."""
KINDS = tuple(FIRST_NOTES.values())


class NoteRules(Rules):
    """A note has a text and at least one kind; a board may lock it."""

    def complete(self, _store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """When it was written, and whether customers see it; what is loaded without a kind is a description."""
        if record.get("ticket") is None:
            record["ticket"] = record.pop("ticketId", None)
        if "dateCreated" not in given:
            record["dateCreated"] = record.get("_dateEntered") or now
        if "createdBy" not in given:
            record["createdBy"] = record.get("_enteredBy")

    def prepare(self, write: Write) -> None:
        """The author is a member unless a contact is named."""
        record, author = write.record, write.writer.author.member
        record.pop("processNotifications", None)
        record["createdBy"] = author
        if record.get("member") is None and record.get("contact") is None:
            record["member"] = min(write.store.table("member").find("identifier", author), default=None)

    def update(self, write: Write) -> None:
        """Nobody edits the notes of a board that locks them."""
        write.record.pop("processNotifications", None)
        ticket = write.store.get("ticket", write.record.get("ticket"))
        board = write.store.get("board", ticket.data.get("board")) if ticket is not None else None
        if board is not None and board.data.get("discussionsLockedFlag"):
            message = "Notes of this service board are locked and cannot be edited."
            write.items.append(Item("ServiceNote", message, "serviceNote", "text"))

    def check(self, write: Write) -> None:
        """A text, and one of three flags (recorded: a line for each of them)."""
        record = write.record
        if not str(record.get("text") or "").strip():
            message = "The text field is required."
            write.items.append(Item("MissingRequiredField", message, "serviceNote", "text"))
        if not any(record.get(name) for name in KINDS):
            message = (
                "At least one of detailDescriptionFlag, internalAnalysisFlag, resolutionFlag must be true."
            )
            write.items.extend(Item("ServiceNote", message, "serviceNote", name) for name in KINDS)
        side(record)


class TaskRules(Rules):
    """Tasks of a ticket, in their order."""

    def complete(self, store: Store, record: Record, given: frozenset[str], _now: str) -> None:
        """The next place in the list."""
        if record.get("ticket") is None:
            record["ticket"] = record.pop("ticketId", None)
        if "priority" not in given:
            record["priority"] = len(store.table("ticketTask").find("ticket", record.get("ticket"))) + 1


def first_notes(writer: "Writer", ticket: Row, body: dict[str, Any]) -> None:
    """Make notes of what a new ticket says at once."""
    member = min(writer.store.table("member").find("identifier", writer.author.member), default=None)
    board = writer.store.get("board", ticket.data.get("board"))
    issue = board is not None and bool(board.data.get("markFirstNoteIssueFlag"))
    for name, kind in FIRST_NOTES.items():
        if not str(body.get(name) or "").strip():
            continue
        note: Record = {
            "ticket": ticket.id,
            "text": str(body[name]),
            **dict.fromkeys(KINDS, False),
            kind: True,
            "issueFlag": issue,
            "customerUpdatedFlag": False,
            "member": member,
            "dateCreated": writer.clock.stamp(),
            "createdBy": str(body.get("initialDescriptionFrom") or writer.author.member),
        }
        side(note)
        issue = False
        writer.insert(writer.kind("ticketNote"), note)


def side(record: Record) -> None:
    """Set on which side a note is shown: internal analysis alone stays inside."""
    inside = not (record.get("detailDescriptionFlag") or record.get("resolutionFlag"))
    record["internalFlag"], record["externalFlag"] = inside, not inside
