"""What mapping publishes: the state of a link for everybody, and commands for the agent that owns it."""

import json
from dataclasses import dataclass
from datetime import datetime

from shared.events.envelope import CONTENT_TYPE, Envelope, Headers
from shared.links.kinds import facts
from shared.links.models import Link

LINKS = "links"
"""Target of link states; any other target is the name of the agent whose redo topic gets the message."""
REDO_HEADER = "tandem-redo"
REDO_REASON = b"link"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way."""

    target: str
    key: str
    value: str
    headers: Headers

    def headers_text(self) -> str:
        """The headers as the outbox keeps them."""
        return json.dumps([[name, value.decode()] for name, value in self.headers])


def headers_from_text(text: str) -> Headers:
    """The headers back from the outbox."""
    return [(name, value.encode()) for name, value in json.loads(text)]


def state_of(link: Link) -> Outgoing:
    """The link as it is now, for the links topic.

    An ended link is a message too, never a tombstone: readers must learn its generation.
    """
    return Outgoing(
        target=LINKS,
        key=f"{link.kind}:{link.left}",
        value=link.model_dump_json(),
        headers=[("content-type", CONTENT_TYPE)],
    )


def command(link: Link, at: datetime, previous_right: str | None = None) -> Outgoing:
    """Tell the owner that a person made or ended ``link``.

    Args:
        link: active: the owner is to take it over (set the property); ended: to let go of it.
        at: when the person decided.
        previous_right: where the link pointed before, when it was re-pointed.
    """
    known = facts(link.kind)
    ending = link.ending
    envelope = Envelope(
        source="tandem",
        entity=known.entity,
        subject=link.left,
        sequence=link.revision if ending is None else ending.revision,
        time=at,
        action="linked" if ending is None else "unlinked",
    )
    body = {
        "kind": link.kind.value,
        "left": link.left,
        "right": link.right,
        "by": link.by if ending is None else ending.by,
        "why": link.why if ending is None else ending.why,
        "generation": link.generation,
        "previous_right": previous_right,
    }
    return Outgoing(
        target=known.owner,
        key=link.order_key or link.left,
        value=json.dumps(body, ensure_ascii=False),
        headers=[*envelope.headers(), (REDO_HEADER, REDO_REASON)],
    )
