"""Commands: what people, mapping and Tandem itself want done about a record, as they travel to the redo topic."""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from shared.bus.producer import Message
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.sync.commands import command_message
from shared.sync.intents import DueIntent

SETTLE, PUSH = "settle", "push"
"""Tandem looks again by itself; a person asks for it. What mapping tells is in ``shared.sync.commands``."""


class Command(BaseModel):
    """What somebody wants done about a customer or location."""

    model_config = ConfigDict(extra="allow", frozen=True)

    kind: str = LinkKind.CUSTOMER_COMPANY.value
    right: str = ""
    by: str = ""
    why: str = ""
    generation: int = 0


def command(
    redo_topic: str,
    customer: str,
    action: str,
    by: str = "",
    why: str = "",
    *,
    kind: LinkKind = LinkKind.CUSTOMER_COMPANY,
    key: str | None = None,
    entity: str = Customer.ENTITY,
) -> Message:
    """A command about one customer, location or employee, keyed as its own changes are.

    Args:
        key: what a location stays in order with: its head office; None: itself.
    """
    body = Command(kind=kind.value, by=by, why=why)
    return command_message(redo_topic, entity, customer, action, body, key)


def settling(redo_topic: str) -> Callable[[DueIntent], Message]:
    """Makes the command that has an unknown creation looked at again."""
    return lambda due: command(redo_topic, due.subject, SETTLE, key=due.order_key)
