"""Making a link as an agent does: a race is decided anew, a refusal is a case."""

from collections.abc import Sequence

from shared.bus.delivery import Fault
from shared.links.client import MappingClient
from shared.links.errors import MappingRefusedError
from shared.links.models import Link, MakeLink
from shared.sync.trouble import Refused, Stale


async def make_link(
    mapping: MappingClient, request: MakeLink, code: str, what: str, blocked_on: Sequence[str]
) -> Link:
    """Make the link; the same link again is fine.

    Args:
        code: of the error catalogue, for what mapping will not have.
        what: what is linked to what, for people: ``customer 1001 ... to company 19``.

    Raises:
        Stale: left or right was linked or separated since it was read.
        Refused: mapping will not have it.
    """
    try:
        return await mapping.make(request)
    except MappingRefusedError as error:
        if error.code in {"stale", "separated", "taken"}:
            raise Stale(str(error)) from error
        raise Refused(Fault(code, f"{what}: {error}", type(error).__name__, tuple(blocked_on))) from error


def one_line(text: str) -> str:
    """A text as mapping takes it: one line without control characters."""
    return "".join(character if character.isprintable() else " " for character in text).strip()
