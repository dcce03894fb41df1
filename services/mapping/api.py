"""The HTTP interface of the mapping service. Every command is safe to repeat after a lost answer."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping import queries
from services.mapping.writes import LinkWriter, RefusedError
from shared.links.kinds import LinkKind
from shared.links.models import (
    Find,
    Found,
    History,
    How,
    Key,
    Link,
    LinkPage,
    Made,
    MadeBatch,
    MadeStatus,
    MakeBatch,
    MakeLink,
    Person,
    Problem,
    Repoint,
    Unlink,
    Unlinked,
)
from shared.store.engine import reading

PAGE_MOST = 1000

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class NotReadyError(Exception):
    """The service has not opened its store yet, or has closed it."""


class Republished(BaseModel):
    """How many messages were put into the outbox."""

    messages: int


class PlainErrors(APIRoute):
    """Answers every error as ``{code, message, ...}`` in plain language.

    A route class and not an exception handler: the routes join an application that belongs to the process.
    """

    def get_route_handler(self) -> _Handler:
        """The route's handler, wrapped."""
        handler = super().get_route_handler()

        async def plain(request: Request) -> Response:
            try:
                return await handler(request)
            except RefusedError as error:
                return _answer(_STATUS[error.problem.code], error.problem)
            except RequestValidationError as error:
                return _answer(422, Problem(code="invalid", message=_faults(error)))
            except NotReadyError:
                return _answer(503, Problem(code="not_ready", message="the mapping service is starting"))
            except (DBAPIError, PoolTimeoutError, OSError) as error:
                kind = type(getattr(error, "orig", None) or error).__name__
                message = f"the mapping service cannot reach its database ({kind}); try again"
                return _answer(503, Problem(code="store_unavailable", message=message))

        return plain


_STATUS = {"not_linked": 404, "changed": 409, "taken": 409, "separated": 409, "stale": 409}


def _answer(status: int, body: BaseModel) -> JSONResponse:
    return JSONResponse(status_code=status, content=body.model_dump(mode="json"))


def _faults(error: RequestValidationError) -> str:
    faults = []
    for fault in error.errors()[:3]:
        where = ".".join(str(part) for part in fault["loc"] if part != "body")
        text = str(fault["msg"]).removeprefix("Value error, ")
        faults.append(f"{where}: {text}" if where else text)
    return "; ".join(faults)


class Backend:
    """What the routes work on while the service runs; routes exist before the store does."""

    def __init__(self) -> None:
        self._parts: tuple[AsyncEngine, LinkWriter] | None = None

    def open(self, engine: AsyncEngine, writer: LinkWriter) -> None:
        """Begin to answer."""
        self._parts = (engine, writer)

    def close(self) -> None:
        """Answer "not ready" from now on."""
        self._parts = None

    @property
    def is_open(self) -> bool:
        """Whether requests are answered."""
        return self._parts is not None

    @property
    def engine(self) -> AsyncEngine:
        """The store, for reading.

        Raises:
            NotReadyError: not open.
        """
        return self._open()[0]

    @property
    def writer(self) -> LinkWriter:
        """The writer.

        Raises:
            NotReadyError: not open.
        """
        return self._open()[1]

    def _open(self) -> tuple[AsyncEngine, LinkWriter]:
        if self._parts is None:
            raise NotReadyError
        return self._parts


def router(backend: Backend) -> APIRouter:
    """All routes, answering from ``backend``."""
    conflict: dict[int | str, dict[str, Any]] = {409: {"model": Problem}, 422: {"model": Problem}}
    missing: dict[int | str, dict[str, Any]] = {404: {"model": Problem}}
    routes = APIRouter(prefix="/links", tags=["links"], route_class=PlainErrors)

    @routes.post("", status_code=201, responses=conflict | {200: {"model": Link}})
    async def make(request: MakeLink, response: Response) -> Link:
        """Make a link; 200 with the existing one when it holds already, 409 naming what is in the way."""
        (made,) = await backend.writer.make([request])
        return _linked(made, response)

    @routes.post("/batch", responses={422: {"model": Problem}})
    async def make_batch(request: MakeBatch) -> MadeBatch:
        """Make several links in one transaction; refused items do not hold up the others."""
        return MadeBatch(results=await backend.writer.make(request.items))

    @routes.post("/find", responses={422: {"model": Problem}})
    async def find(request: Find) -> Found:
        """Look up lefts and rights of one kind, with what is known about lefts that are not linked."""
        async with reading(backend.engine) as connection:
            known = await queries.known(connection, request.kind, request.lefts, request.rights)
        rights = {right: known.by_right.get((request.kind, right)) for right in request.rights}
        return Found(
            lefts={left: known.about(request.kind, left) for left in request.lefts},
            rights={right: link for right, link in rights.items() if link is not None},
        )

    @routes.post("/unlink", responses=conflict | missing)
    async def unlink(request: Unlink) -> Unlinked:
        """End a link; by hand, the owner is told and the pair is remembered as separated."""
        return await backend.writer.unlink(request)

    @routes.post("/repoint", responses=conflict | missing)
    async def repoint(request: Repoint, response: Response) -> Link:
        """Move a link to another right record, by hand."""
        return _linked(await backend.writer.repoint(request), response)

    @routes.post("/republish")
    async def republish() -> Republished:
        """Send the newest state of every link again, for a topic that was lost or made anew."""
        return Republished(messages=await backend.writer.republish())

    @routes.get("")
    async def page(
        kind: LinkKind | None = None,
        left: Key | None = None,
        right: Key | None = None,
        how: How | None = None,
        by: Person | None = None,
        after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
        limit: Annotated[int, Query(ge=1, le=PAGE_MOST)] = 100,
    ) -> LinkPage:
        """Links that hold, by rising revision; ``next`` of the answer is ``after`` of the next page."""
        wanted = {"kind": kind, "left_key": left, "right_key": right, "how": how, "made_by": by}
        filters = {name: str(value) for name, value in wanted.items() if value is not None}
        async with reading(backend.engine) as connection:
            links = await queries.page(connection, filters, after, limit)
        return LinkPage(links=list(links), next=links[-1].revision if len(links) == limit else None)

    @routes.get("/{kind}/{left:path}", responses=missing)
    async def show(kind: LinkKind, left: Key) -> History:
        """One left record: the link that holds and all ended ones, newest first."""
        async with reading(backend.engine) as connection:
            known = await queries.known(connection, kind, [left], [])
        link, ended = known.by_left.get((kind, left)), known.ended.get((kind, left), [])
        if link is None and not ended:
            raise RefusedError(Problem(code="not_linked", message=f"{kind} {left} was never linked"))
        generation = known.generation(kind, left)
        return History(kind=kind, left=left, link=link, generation=generation, ended=ended)

    return routes


def _linked(made: Made, response: Response) -> Link:
    if made.link is None:
        raise RefusedError(Problem(code=made.status.value, message=made.message, in_the_way=made.in_the_way))
    response.status_code = 201 if made.status is MadeStatus.MADE else 200
    return made.link
