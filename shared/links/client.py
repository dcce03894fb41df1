"""Client of the mapping service, for agents and tools."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from shared.batching import Batcher
from shared.links.errors import MappingRefusedError, MappingUnavailable
from shared.links.kinds import LinkKind
from shared.links.models import (
    BATCH_MOST,
    FIND_MOST,
    Find,
    Found,
    FoundLeft,
    History,
    Link,
    LinkPage,
    Made,
    MadeBatch,
    MakeBatch,
    MakeLink,
    Repoint,
    Unlink,
    Unlinked,
)
from shared.links.transport import Transport

__all__ = ["MappingClient", "MappingRefusedError", "MappingUnavailable"]

Answer = TypeVar("Answer", bound=BaseModel)


class MappingClient:
    """Makes, finds and ends links over HTTP.

    Requests that come within a few milliseconds travel together. Every method raises ``MappingUnavailable``
    when mapping cannot answer after several tries, and ``MappingRefusedError`` when it refuses.

    Args:
        base_url: where mapping listens.
        client: for tests; by default one of its own.
        attempts: tries of one request.
        patience: seconds after which no further try is made.
        window: seconds a request waits for company.
    """

    def __init__(
        self,
        base_url: str,
        client: httpx.AsyncClient | None = None,
        attempts: int = 4,
        patience: float = 8.0,
        window: float = 0.01,
    ) -> None:
        self._transport = Transport(base_url, client, attempts, patience)
        self._makes: Batcher[MakeLink, Made] = Batcher(self._make_all, BATCH_MOST, window)
        self._lefts: dict[LinkKind, Batcher[str, FoundLeft]] = {
            kind: Batcher(self._find_lefts(kind), FIND_MOST, window) for kind in LinkKind
        }
        self._rights: dict[LinkKind, Batcher[str, Link | None]] = {
            kind: Batcher(self._find_rights(kind), FIND_MOST, window) for kind in LinkKind
        }

    async def try_make(self, request: MakeLink) -> Made:
        """Make a link and return what became of the request, refusals included."""
        return await self._makes.ask(request)

    async def make(self, request: MakeLink) -> Link:
        """Make a link; the existing one is returned when left and right are linked already.

        Raises:
            MappingRefusedError: ``taken``, ``separated`` or ``stale``, with the links in the way.
        """
        made = await self.try_make(request)
        if made.link is None:
            raise MappingRefusedError(made.status.value, made.message, made.in_the_way)
        return made.link

    async def find_left(self, kind: LinkKind, left: str) -> FoundLeft:
        """What is known about a left record, linked or not."""
        return await self._lefts[kind].ask(left)

    async def find_right(self, kind: LinkKind, right: str) -> Link | None:
        """The link that holds for a right record."""
        return await self._rights[kind].ask(right)

    async def find(self, kind: LinkKind, lefts: Sequence[str] = (), rights: Sequence[str] = ()) -> Found:
        """Look up many at once, in as many requests as it takes."""
        found = Found(lefts={}, rights={})
        for start in range(0, len(lefts), FIND_MOST):
            part = await self._find(Find(kind=kind, lefts=list(lefts[start : start + FIND_MOST])))
            found.lefts.update(part.lefts)
        for start in range(0, len(rights), FIND_MOST):
            part = await self._find(Find(kind=kind, rights=list(rights[start : start + FIND_MOST])))
            found.rights.update(part.rights)
        return found

    async def unlink(
        self,
        kind: LinkKind,
        left: str,
        *,
        by: str,
        why: str,
        revision: int | None = None,
        by_hand: bool = True,
    ) -> Unlinked:
        """End the link of a left record.

        Args:
            revision: the link that was looked at; without it the one that holds now is ended. Either way the
                request names one link, so that a repeat cannot end a newer one.

        Raises:
            MappingRefusedError: ``not_linked`` or ``changed``.
        """
        if revision is None:
            link = (await self.find_left(kind, left)).link
            revision = None if link is None else link.revision
        request = Unlink(kind=kind, left=left, by=by, why=why, revision=revision, by_hand=by_hand)
        return _read(Unlinked, await self._transport.send("POST", "/links/unlink", request))

    async def repoint(self, request: Repoint) -> Link:
        """Move a link to another right record, by hand.

        Raises:
            MappingRefusedError: ``not_linked`` or ``taken``.
        """
        return _read(Link, await self._transport.send("POST", "/links/repoint", request))

    async def show(self, kind: LinkKind, left: str) -> History:
        """One left record with all its links, ended ones included.

        Raises:
            MappingRefusedError: ``not_linked``: it never had one.
        """
        found = await self._transport.send("GET", f"/links/{kind}/{left}")
        return _read(History, found)

    async def list(self, limit: int | None = None, **filters: str) -> AsyncIterator[Link]:
        """Links that hold, by rising revision.

        Args:
            limit: how many at most; None for all.
            filters: ``kind``, ``left``, ``right``, ``how``, ``by``.
        """
        after: int | None = 0
        remaining = limit
        while after is not None and remaining != 0:
            size = 1000 if remaining is None else min(remaining, 1000)
            params = {**filters, "after": after, "limit": size}
            page = _read(LinkPage, await self._transport.send("GET", "/links", params=params))
            for link in page.links:
                yield link
            remaining = None if remaining is None else remaining - len(page.links)
            after = page.next

    async def close(self) -> None:
        """Wait for what is under way and close the connections."""
        await self._makes.close()
        for kind in LinkKind:
            await self._lefts[kind].close()
            await self._rights[kind].close()
        await self._transport.close()

    async def _make_all(self, requests: Sequence[MakeLink]) -> Sequence[Made]:
        body = MakeBatch(items=[*requests])
        return _read(MadeBatch, await self._transport.send("POST", "/links/batch", body)).results

    async def _find(self, request: Find) -> Found:
        return _read(Found, await self._transport.send("POST", "/links/find", request))

    def _find_lefts(self, kind: LinkKind) -> Callable[[Sequence[str]], Awaitable[Sequence[FoundLeft]]]:
        async def ask(lefts: Sequence[str]) -> Sequence[FoundLeft]:
            found = await self._find(Find(kind=kind, lefts=[*dict.fromkeys(lefts)]))
            return [found.lefts[left] for left in lefts]

        return ask

    def _find_rights(self, kind: LinkKind) -> Callable[[Sequence[str]], Awaitable[Sequence[Link | None]]]:
        async def ask(rights: Sequence[str]) -> Sequence[Link | None]:
            found = await self._find(Find(kind=kind, rights=[*dict.fromkeys(rights)]))
            return [found.rights.get(right) for right in rights]

        return ask


def _read(model: type[Answer], content: bytes) -> Answer:
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        # Something else answers on that port (a proxy's page with status 200).
        raise MappingUnavailable(f"mapping's answer is not a {model.__name__}: {content[:100]!r}") from error
