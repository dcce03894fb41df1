"""One authenticated API call, and the answers every part of the API gives."""

from dataclasses import dataclass

from services.simulator.connectwise.errors import ApiError
from services.simulator.connectwise.fields import Entity
from services.simulator.connectwise.front import href_base, origin
from services.simulator.connectwise.lists import render
from services.simulator.connectwise.rights import Caller
from services.simulator.connectwise.serialize import Serializer
from services.simulator.connectwise.state import State
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.wire import Request, Response
from services.simulator.connectwise.write import Author, Writer


@dataclass(frozen=True, slots=True)
class Call:
    """What a call is about: the state it meets, who makes it, and with which model.

    `as_of` is the moment of a stale view, `drift` how many rows have moved since the page before.
    """

    state: State
    request: Request
    member: str
    generation: str
    as_of: float | None = None
    drift: int = 0

    def author(self) -> Author:
        """Who writes."""
        return Author(self.member, origin=origin(self.state, self.request))

    def caller(self) -> Caller:
        """Whose rights count."""
        return Caller(self.state.store, self.state.knobs, self.member)

    def writer(self) -> Writer:
        """The write engine of this call."""
        return self.state.writer(self.author(), self.generation)

    def serializer(self) -> Serializer:
        """The renderer for the host that was called."""
        return self.state.serializer(href_base(self.state, self.request), self.generation)

    def wrote(self, writer: Writer) -> None:
        """Tell the callbacks what a writer has done."""
        self.state.callbacks.publish(writer.changes, writer.author.member)

    def shown(self, entity: Entity, row: Row, status: int = 200) -> Response:
        """A record as the answer. Writes answer with the full object whatever the query says."""
        query = self.request.params() if self.request.method == "GET" and self.request.query else {}
        return Response(status, render(entity, self.serializer(), query, row).encode())


def allow(method: str, *allowed: str) -> None:
    """Raise the 405 of a verb that is not offered."""
    if method not in allowed:
        message = f"The requested resource does not support http method '{method}'."
        raise ApiError(405, "MethodNotAllowed", message)
