"""Commands: what people, mapping and Tandem itself want done about an agreement invoice, as they travel."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from shared.bus.producer import Message
from shared.events.agreements import Invoice
from shared.sync.commands import command_message
from shared.sync.intents import DueIntent

AGENT, PROCESS = "agreement_sync", "ID964"

LOOK, REPROCESS, RELEASE = "look", "reprocess", "release"
"""Tandem looks at an invoice again; a person asks for it; a person lets a red contract be billed as it is."""
AGREEMENT = "agreement"
"""What commands about an agreement's link are addressed to."""


class Command(BaseModel):
    """What somebody wants done about an invoice.

    Attributes:
        number: of the invoice, where whoever asks knows it: for people only.
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    by: str = ""
    why: str = ""
    number: str = ""


class LinkCommand(Command):
    """A person linked or unlinked an agreement; mapping says so.

    Attributes:
        right: ``ContractID``.
        generation: how often a link of the agreement has been ended.
        previous_right: the contract it was linked to before, when it was re-pointed.
    """

    right: str = ""
    previous_right: str | None = None
    generation: int = 0


def command(
    redo_topic: str, invoice_id: int, action: str, *, key: str, by: str = "", why: str = "", number: str = ""
) -> Message:
    """A command about one ConnectWise invoice.

    Args:
        key: what the invoice stays in order with: ``Invoice.order_key``, the RecID of its agreement.
        number: of the invoice, for people.
    """
    body = Command(by=by, why=why, number=number)
    return command_message(redo_topic, Invoice.ENTITY, str(invoice_id), action, body, key)


def settling(redo_topic: str) -> Callable[[DueIntent], Message]:
    """Makes the command that has a payment looked at whose answer was lost."""

    def look(due: DueIntent) -> Message:
        key = due.order_key or f"invoice-{due.subject}"
        return command(
            redo_topic, int(due.subject), LOOK, key=key, why="what became of a payment is looked at"
        )

    return look
