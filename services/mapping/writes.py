"""The one writer of links: every command is one transaction with its messages, and is safe to repeat."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.mapping import queries, rules
from services.mapping.messages import Outgoing, command, state_of
from services.mapping.tables import ENDED, LINK, OUTBOX, REVISION
from shared.links.models import (
    Ending,
    How,
    Link,
    LinkState,
    Made,
    MadeStatus,
    MakeLink,
    Problem,
    Repoint,
    Unlink,
    Unlinked,
)

Result = TypeVar("Result")

# The lock on the revision row makes a violation all but impossible; one more look settles what is left.
_ATTEMPTS = 3


class RefusedError(Exception):
    """A command was refused; ``problem`` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(slots=True)
class _Pending:
    """What a transaction is about to write."""

    revision: int
    at: datetime
    links: list[Link] = field(default_factory=list)
    messages: list[Outgoing] = field(default_factory=list)

    def next_revision(self) -> int:
        self.revision += 1
        return self.revision


class LinkWriter:
    """Makes and ends links.

    Args:
        engine: the service's store.
        written: called after a commit that left messages in the outbox.
    """

    def __init__(self, engine: AsyncEngine, written: Callable[[], None] = lambda: None) -> None:
        self._engine = engine
        self._written = written

    async def make(self, requests: Sequence[MakeLink]) -> list[Made]:
        """Make links in one transaction; each request is answered by itself, in order.

        A later request of the list sees what an earlier one made.
        """

        async def work(connection: AsyncConnection, pending: _Pending) -> list[Made]:
            known = await _known_for(connection, requests)
            answers = []
            for request in requests:
                answer = rules.refuse_make(request, known[request.kind])
                if answer is None:
                    generation = known[request.kind].generation(request.kind, request.left)
                    link = _new_link(request, pending, generation)
                    known[request.kind].add(link)
                    answer = Made(status=MadeStatus.MADE, link=link)
                answers.append(answer)
            return answers

        return await self._transaction(work)

    async def unlink(self, request: Unlink) -> Unlinked:
        """End a link; a repeat is answered with the link as it was ended.

        Raises:
            RefusedError: ``not_linked`` or ``changed``.
        """

        async def work(connection: AsyncConnection, pending: _Pending) -> Unlinked:
            known = await queries.known(connection, request.kind, [request.left], [])
            side = (request.kind, request.left)
            link = _accepted(rules.decide_unlink(request, known.by_left.get(side), known.ended.get(side, [])))
            if not link.active:
                return Unlinked(link=link, changed=False)
            ended = await _end(connection, pending, link, request.by, request.why, by_hand=request.by_hand)
            pending.messages.append(state_of(ended))
            if request.by_hand:
                pending.messages.append(command(ended, pending.at))
            return Unlinked(link=ended, changed=True)

        return await self._transaction(work)

    async def repoint(self, request: Repoint) -> Made:
        """Move a link to another right record; the pair it held is remembered as separated.

        Raises:
            RefusedError: ``not_linked`` or ``taken``.
        """

        async def work(connection: AsyncConnection, pending: _Pending) -> Made:
            known = await queries.known(connection, request.kind, [request.left], [request.right])
            mine = known.by_left.get((request.kind, request.left))
            theirs = known.by_right.get((request.kind, request.right))
            link = _accepted(rules.decide_repoint(request, mine, theirs))
            if link.right == request.right:
                return Made(status=MadeStatus.EXISTING, link=link)
            ended = await _end(connection, pending, link, request.by, request.why, by_hand=True)
            pending.messages.append(state_of(ended))
            wanted = MakeLink(
                kind=request.kind,
                left=request.left,
                right=request.right,
                how=How.BY_HAND,
                by=request.by,
                why=request.why,
                order_key=link.order_key,
            )
            moved = _new_link(wanted, pending, ended.generation, previous_right=link.right)
            return Made(status=MadeStatus.MADE, link=moved)

        return await self._transaction(work)

    async def republish(self) -> int:
        """Put the newest state of everything into the outbox again, for a topic that was lost.

        Returns:
            How many messages will be sent.
        """

        async def work(connection: AsyncConnection, pending: _Pending) -> int:
            pending.messages.extend(state_of(link) for link in await queries.newest_states(connection))
            return len(pending.messages)

        return await self._transaction(work)

    async def _transaction(self, work: Callable[[AsyncConnection, _Pending], Awaitable[Result]]) -> Result:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self._engine.begin() as connection:
                    before = await _lock(connection)
                    pending = _Pending(revision=before, at=datetime.now(UTC))
                    result = await work(connection, pending)
                    await _save(connection, pending, before)
            except IntegrityError:
                if attempt == _ATTEMPTS:
                    raise
                continue
            if pending.messages:
                self._written()
            return result
        raise RuntimeError("no attempt was made")  # pragma: no cover - the loop returns or raises


async def _lock(connection: AsyncConnection) -> int:
    """Stand in line with the other writers; what is read afterwards is what they committed."""
    row = await connection.execute(select(REVISION.c.value).where(REVISION.c.id == 1).with_for_update())
    value: int = row.scalar_one()
    return value


async def _known_for(connection: AsyncConnection, requests: Sequence[MakeLink]) -> dict[Any, rules.Known]:
    by_kind = sorted(requests, key=lambda request: request.kind)
    result = {}
    for kind, group in groupby(by_kind, key=lambda request: request.kind):
        same = list(group)
        result[kind] = await queries.known(
            connection, kind, (request.left for request in same), (request.right for request in same)
        )
    return result


def _accepted(decision: Link | Problem) -> Link:
    if isinstance(decision, Problem):
        raise RefusedError(decision)
    return decision


def _new_link(
    request: MakeLink, pending: _Pending, generation: int, previous_right: str | None = None
) -> Link:
    link = Link(
        kind=request.kind,
        left=request.left,
        right=request.right,
        how=request.how,
        by=request.by,
        why=request.why,
        made_at=pending.at,
        revision=pending.next_revision(),
        generation=generation,
        order_key=request.order_key,
    )
    pending.links.append(link)
    pending.messages.append(state_of(link))
    if link.how is How.BY_HAND:
        pending.messages.append(command(link, pending.at, previous_right))
    return link


async def _end(
    connection: AsyncConnection, pending: _Pending, link: Link, by: str, why: str, *, by_hand: bool
) -> Link:
    ending = Ending(by=by, why=why, at=pending.at, by_hand=by_hand, revision=pending.next_revision())
    await connection.execute(delete(LINK).where(LINK.c.revision == link.revision))
    row = _row(link) | {
        "ended_by": by,
        "ended_why": why,
        "ended_at": pending.at,
        "ended_by_hand": by_hand,
        "ended_revision": ending.revision,
    }
    await connection.execute(insert(ENDED).values(row))
    changes = {"state": LinkState.ENDED, "ending": ending, "generation": link.generation + 1}
    return link.model_copy(update=changes)


def _row(link: Link) -> dict[str, Any]:
    return {
        "revision": link.revision,
        "kind": link.kind.value,
        "left_key": link.left,
        "right_key": link.right,
        "how": link.how.value,
        "made_by": link.by,
        "why": link.why,
        "made_at": link.made_at,
        "generation": link.generation,
        "order_key": link.order_key,
    }


async def _save(connection: AsyncConnection, pending: _Pending, before: int) -> None:
    if pending.links:
        await connection.execute(insert(LINK), [_row(link) for link in pending.links])
    if pending.messages:
        rows = [
            {
                "target": message.target,
                "message_key": message.key,
                "value": message.value,
                "headers": message.headers_text(),
                "created_at": pending.at,
            }
            for message in pending.messages
        ]
        await connection.execute(insert(OUTBOX), rows)
    if pending.revision != before:
        await connection.execute(update(REVISION).where(REVISION.c.id == 1).values(value=pending.revision))
