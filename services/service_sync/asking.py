"""Commands: what people, mapping and Tandem itself want done about a ticket, as they travel."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from shared.bus.producer import Message
from shared.events.tickets import Ticket
from shared.sync.commands import command_message
from shared.sync.intents import DueIntent

AGENT, PROCESS = "service_sync", "ID965"

TAKE = "take"
"""A ticket has settled: Tandem takes it."""
REFRESH, RE_POINT, IGNORE, RETURN = "refresh", "re-point", "ignore", "return"
"""A person wants a ticket taken anew, made for another customer, left alone, or no longer left alone."""
RESTORE, ACCEPT = "restore", "accept"
"""A person wants ConnectWise's amounts back in a ticket's call, or e-automate's to stay."""


class Command(BaseModel):
    """What somebody wants done about a ticket.

    Attributes:
        customer_id: ``CustomerID`` the ticket is pointed to.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    by: str = ""
    why: str = ""
    customer_id: int | None = None


class LinkCommand(Command):
    """A person linked or unlinked a ticket; mapping says so.

    Attributes:
        right: ``CallID``.
        generation: how often a link of the ticket has been ended.
    """

    right: str = ""
    generation: int = 0


def command(
    redo_topic: str, subject: str, action: str, *, by: str = "", why: str = "", customer_id: int | None = None
) -> Message:
    """A command about one ticket; it stays in order with the ticket's changes.

    Args:
        subject: the ticket's number, with an invoice ``60211@18550``.
    """
    body = Command(by=by, why=why, customer_id=customer_id)
    return command_message(redo_topic, Ticket.ENTITY, subject, action, body, subject.partition("@")[0])


def taking(redo_topic: str) -> Callable[[DueIntent], Message]:
    """Makes the command that has a settled ticket taken."""

    def take(due: DueIntent) -> Message:
        return command(redo_topic, due.subject, TAKE, why="it has settled")

    return take
