"""Handing out ids and numbers of contracts, and numbers of calls (reference eautomate.md 9, "Number series").

How the product does it is not public. Where the profile's table of series exists it is drawn from; else the
highest ``ContractID`` plus one is the id, and the number too; the number of a call is the highest ``CallID`` plus
one behind a prefix. People type numbers by hand: one that is taken is passed over. A series' row, or the highest
id, stays locked to the end of the transaction, so that no two of us draw the same; whether a number is taken is
looked up without a lock, as its column may have no index.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Update, func, or_, select

from shared.eautomate.errors import PermanentError, UniqueViolation
from shared.eautomate.ledger import LOCKED
from shared.eautomate.profile import NumberSeries
from shared.eautomate.tables import Tables
from shared.eautomate.values import storable, text
from shared.eautomate.work import Work

TRIES = 1000
"""Taken numbers in a row that are passed over."""


@dataclass(frozen=True, slots=True)
class ContractNumber:
    """A contract's number: major and revision."""

    major: str
    minor: str

    def __str__(self) -> str:
        return f"{self.major}-{self.minor}"


@dataclass(frozen=True, slots=True)
class _Drawn:
    prefix: str
    number: int
    width: int

    def after(self, prefix: str) -> str:
        """The number behind a prefix, the series' own when there is none."""
        return f"{prefix or self.prefix}{self.number:0{self.width}d}"


class Numbers:
    """Ids and numbers for new contracts and calls."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def contract_id(self) -> int:
        """A ``ContractID`` nobody has."""
        own, series = self._work.tables.contracts.c.ContractID, self._names.contract_id
        if (drawn := await self._draw(series)) is None:
            return await self._highest(own) + 1
        if await self._taken(own, own == drawn.number):
            above = await self._highest(own) + 1
            await self._work.execute(set_series(self._work.tables, series, above + 1))
            return above
        return drawn.number

    async def contract_number(self, contract_id: int, prefix: str, minor: str) -> ContractNumber:
        """A number whose major no contract has.

        Args:
            contract_id: of the new contract; its number where there is no series.
            prefix: what it begins with; the series' own when empty.
            minor: the revision.

        Raises:
            ValueTooLong, NotStorable: the column cannot hold it.
            PermanentError: the series is far behind the numbers in use.
        """
        own = self._work.tables.contracts.c
        storable(own.ContractMinor, minor)
        for tried in range(TRIES):
            drawn = await self._draw(self._names.contract) or _Drawn("", contract_id + tried, 0)
            major = storable(own.ContractMajor, drawn.after(prefix))
            if not await self._taken(own.ContractID, own.ContractMajor == major):
                return ContractNumber(major, minor)
        raise _far_behind("contract", major)

    async def given(self, major: str, minor: str) -> ContractNumber:
        """A number somebody chose.

        Raises:
            ValueTooLong, NotStorable: the column cannot hold it.
            UniqueViolation: there is a contract of this number.
        """
        own = self._work.tables.contracts.c
        number = ContractNumber(storable(own.ContractMajor, major), storable(own.ContractMinor, minor))
        if await self._taken(own.ContractID, own.ContractNumber == str(number)):
            raise UniqueViolation(f"there is another contract {number}")
        return number

    async def call_number(self) -> str:
        """A number neither a call nor a work order has: a new call is a work order of its own, of the same number.

        Raises:
            ValueTooLong, NotStorable: the column cannot hold it.
            PermanentError: the series is far behind the numbers in use.
        """
        own, names = self._work.tables.calls.c, self._names
        for tried in range(TRIES):
            drawn = await self._draw(names.call)
            if drawn is None:
                drawn = _Drawn(names.call_prefix, await self._highest(own.CallID) + 1 + tried, 0)
            number = storable(own.CallNumber, drawn.after(""))
            if not await self._taken(
                own.CallID, or_(own.CallNumber == number, own.WorkOrderNumber == number)
            ):
                return number
        raise _far_behind("call", number)

    @property
    def _names(self) -> NumberSeries:
        return self._work.tables.profile.number_series

    async def _draw(self, series: str) -> _Drawn | None:
        """The next number of a series; None when there is no such series."""
        if self._work.shape.of(self._work.tables.number_series) is None:
            return None
        await self._work.execute(advance_series(self._work.tables, series))
        row = (await self._work.execute(drawn_number(self._work.tables, series))).one_or_none()
        return None if row is None else _Drawn(text(row.Prefix), row.NextNo - 1, row.Width or 0)

    async def _highest(self, key: Column[int]) -> int:
        return int((await self._work.execute(highest_id(key))).scalar_one() or 0)

    async def _taken(self, key: Column[int], which: ColumnElement[bool]) -> bool:
        return (await self._work.execute(taken(key, which))).first() is not None


def _far_behind(what: str, number: str) -> PermanentError:
    return PermanentError(
        f"{TRIES} {what} numbers in a row up to {number} are taken:"
        f" set the {what} number series of e-automate past the numbers in use"
    )


def advance_series(tables: Tables, series: str) -> Update:
    """Take a number: the row stays locked to the end of the transaction."""
    own = tables.number_series
    return own.update().where(own.c.Series == series).values(NextNo=own.c.NextNo + 1)


def set_series(tables: Tables, series: str, next_no: int) -> Update:
    """Set what a series gives next."""
    own = tables.number_series
    return own.update().where(own.c.Series == series).values(NextNo=next_no)


def drawn_number(tables: Tables, series: str) -> Select[Any]:
    """The series after it was advanced."""
    own = tables.number_series.c
    return select(own.Prefix, own.NextNo, own.Width).where(own.Series == series)


def highest_id(key: Column[int]) -> Select[Any]:
    """The highest id there is, and the gap above it, locked."""
    return select(func.max(key)).select_from(key.table).with_hint(key.table, LOCKED, "mssql")


def taken(key: Column[int], which: ColumnElement[bool]) -> Select[Any]:
    """Whether a record of that id or number is there."""
    return select(key).where(which).limit(1)
