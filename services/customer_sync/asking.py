"""Commands: what people, mapping and Tandem itself want done about a record, as they travel to the redo topic."""

import time
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from shared.bus.delivery import REDO_HEADER
from shared.bus.producer import Message
from shared.events.envelope import Envelope
from shared.events.records import Customer
from shared.links.kinds import LinkKind

LINKED, UNLINKED, SETTLE, PUSH = "linked", "unlinked", "settle", "push"
"""A person made or ended a link; Tandem looks again by itself; a person asks for it."""


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
    envelope = Envelope("tandem", entity, customer, time.time_ns() // 1_000_000, datetime.now(UTC), action)
    body = Command(kind=kind.value, by=by, why=why).model_dump_json().encode()
    headers = [*envelope.headers(), (REDO_HEADER, action.encode())]
    return Message(redo_topic, (key or customer).encode(), body, headers)
