"""How a tenant sorts its tickets and time: boards with their statuses and types, work types, work roles.

Statuses and types belong to a board: a name alone does not say which one is meant.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import LOOKUP_SECONDS
from shared.connectwise.errors import ConnectWiseError
from shared.connectwise.paging import walk
from shared.text import fold

BOARDS = "/service/boards"
WORK_TYPES = "/time/workTypes"
WORK_ROLES = "/time/workRoles"
AT_ONCE = 4

Row = Mapping[str, Any]


class _Named(Protocol):
    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def inactive(self) -> bool: ...


N = TypeVar("N", bound=_Named)


class PlacementError(ConnectWiseError):
    """A board, or a status or type of it, is not there; the text names it and those there are."""


@dataclass(frozen=True, slots=True)
class Board:
    """A board; ``project``: of project tickets."""

    id: int
    name: str
    inactive: bool = False
    project: bool = False


@dataclass(frozen=True, slots=True)
class BoardStatus:
    """A ticket status of one board.

    Attributes:
        closed: a ticket that carries it is closed.
        takes_time: whether time may be entered on such a ticket.
        default: what new tickets get.
    """

    id: int
    name: str
    board: int
    closed: bool = False
    takes_time: bool = True
    default: bool = False
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class BoardType:
    """A ticket type of one board."""

    id: int
    name: str
    board: int
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """A work type or a work role of time entries."""

    id: int
    name: str
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a ticket is created, as RecIDs; None leaves the choice to the board."""

    board: int
    status: int | None = None
    type: int | None = None


class ServiceSetup:
    """Asked by list, remembered for a few minutes."""

    def __init__(self, client: ConnectWise, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is asked before it is needed.

        Args:
            client: of the service.
            clock: seconds, rising.
        """
        self._client = client
        self._clock = clock
        self._kept: dict[str, tuple[float, list[Row]]] = {}

    async def boards(self) -> list[Board]:
        """Every board, inactive ones and those of projects too.

        Raises:
            As ``ConnectWise.get``.
        """
        rows = await self._rows(BOARDS, ("id", "name", "inactiveFlag", "projectFlag"))
        return [
            Board(int(row["id"]), _name(row), row.get("inactiveFlag") is True, row.get("projectFlag") is True)
            for row in rows
        ]

    async def statuses(self, board: int) -> list[BoardStatus]:
        """Every status of a board, inactive ones too.

        Raises:
            NotFoundError: no such board.
            As ``ConnectWise.get`` otherwise.
        """
        fields = ("id", "name", "closedStatus", "timeEntryNotAllowed", "defaultFlag", "inactive")
        return [
            BoardStatus(
                int(row["id"]),
                _name(row),
                board,
                closed=row.get("closedStatus") is True,
                takes_time=row.get("timeEntryNotAllowed") is not True,
                default=row.get("defaultFlag") is True,
                inactive=row.get("inactive") is True,
            )
            for row in await self._rows(f"{BOARDS}/{board}/statuses", fields)
        ]

    async def types(self, board: int) -> list[BoardType]:
        """Every ticket type of a board, inactive ones too.

        Raises:
            As ``statuses``.
        """
        rows = await self._rows(f"{BOARDS}/{board}/types", ("id", "name", "inactiveFlag"))
        return [BoardType(int(row["id"]), _name(row), board, row.get("inactiveFlag") is True) for row in rows]

    async def statuses_of(self, boards: Iterable[Board]) -> list[BoardStatus]:
        """Statuses of several boards: a request each, there is no list over boards.

        Raises:
            As ``statuses``.
        """
        return await self._over(boards, self.statuses)

    async def types_of(self, boards: Iterable[Board]) -> list[BoardType]:
        """Ticket types of several boards, as ``statuses_of``.

        Raises:
            As ``statuses``.
        """
        return await self._over(boards, self.types)

    async def work_types(self) -> list[Work]:
        """Every work type.

        Raises:
            As ``ConnectWise.get``.
        """
        return await self._work(WORK_TYPES)

    async def work_roles(self) -> list[Work]:
        """Every work role.

        Raises:
            As ``ConnectWise.get``.
        """
        return await self._work(WORK_ROLES)

    async def placement(self, board: str, status: str = "", kind: str = "") -> Placement:
        """The RecIDs of a board and of a status and a type that belong to it.

        Args:
            board: its name, as people type it.
            status: of that board; blank leaves it to the board.
            kind: a ticket type of that board; blank leaves it to the board.

        Raises:
            PlacementError: one of them is not there or inactive; the text names those there are.
            As ``ConnectWise.get`` otherwise.
        """
        service = [one for one in await self.boards() if not one.project]
        found = _named(service, board, "ConnectWise has no service board")
        where = f"board {found.name} has no"
        return Placement(
            found.id,
            _named(await self.statuses(found.id), status, f"{where} status").id if status else None,
            _named(await self.types(found.id), kind, f"{where} ticket type").id if kind else None,
        )

    def forget(self) -> None:
        """Ask again next time."""
        self._kept.clear()

    async def _over(self, boards: Iterable[Board], ask: Callable[[int], Awaitable[Sequence[N]]]) -> list[N]:
        wanted = list(boards)
        found: list[N] = []
        for start in range(0, len(wanted), AT_ONCE):
            group = wanted[start : start + AT_ONCE]
            for held in await asyncio.gather(*(ask(board.id) for board in group)):
                found += held
        return found

    async def _work(self, path: str) -> list[Work]:
        rows = await self._rows(path, ("id", "name", "inactiveFlag"))
        return [Work(int(row["id"]), _name(row), row.get("inactiveFlag") is True) for row in rows]

    async def _rows(self, path: str, fields: Sequence[str]) -> list[Row]:
        at, held = self._kept.get(path, (-LOOKUP_SECONDS, []))
        now = self._clock()
        if now - at >= LOOKUP_SECONDS:
            held = [row async for page in walk(self._client, path, fields=fields) for row in page.rows]
            self._kept[path] = now, held
        return held


def _named(there: Sequence[N], name: str, missing: str) -> N:
    active = [one for one in there if not one.inactive]
    for one in active:
        if fold(one.name) == fold(name):
            return one
    names = ", ".join(sorted(one.name for one in active)) or "none"
    raise PlacementError(f"{missing} {name!r}; it has {names}")


def _name(row: Row) -> str:
    return str(row.get("name") or "")
