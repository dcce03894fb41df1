"""Column types that differ between SQL Server and the stand-in's SQLite (reference eautomate.md 9)."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, ClassVar

from sqlalchemy import BINARY, BLOB, CHAR, DECIMAL, DateTime, LargeBinary, Numeric, String, cast
from sqlalchemy.dialects import mssql
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

BINARY8 = BINARY(8).with_variant(BLOB(), "sqlite")


def varchar(width: int) -> String:
    """``varchar(width)``: bound as varchar, never nvarchar; SQLite compares it without regard to case."""
    return String(width).with_variant(String(width, collation="NOCASE"), "sqlite")


def char(width: int) -> String:
    """``char(width)``: comes back padded with blanks."""
    return CHAR(width).with_variant(CHAR(width, collation="NOCASE"), "sqlite")


class RowVersion(TypeDecorator[bytes]):
    """``rowversion``: 8 bytes, big-endian; parameters are cast to ``binary(8)``."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The server's own type there, BLOB elsewhere."""
        if dialect.name == "mssql":
            return dialect.type_descriptor(mssql.ROWVERSION())  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(BLOB())

    def bind_expression(self, bindparam: BindParameter[bytes]) -> ColumnElement[bytes]:
        """``CAST(? AS binary(8))``."""
        return cast(bindparam, BINARY8)


class as_datetime(GenericFunction[datetime]):  # noqa: N801 - reads as SQL
    """``CAST(? AS datetime)`` on SQL Server: drivers send datetime2, which never equals a datetime."""

    type = DateTime()
    inherit_cache = True


class as_amount(GenericFunction[Decimal]):  # noqa: N801 - reads as SQL
    """``CAST(? AS money)`` on SQL Server: in a copied row no column says how many places a parameter has."""

    inherit_cache = True


@compiles(as_amount, "mssql")
def _cast_amount(element: as_amount, compiler: SQLCompiler, **kw: Any) -> str:
    (bound,) = element.clauses.clauses
    kind: Any = bound.type
    return f"CAST({compiler.process(bound, **kw)} AS {kind.declared})"


@compiles(as_amount)
@compiles(as_datetime)
def _as_is(element: as_datetime | as_amount, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses.clauses[0], **kw)


@compiles(as_datetime, "mssql")
def _cast_datetime(element: as_datetime, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.clauses.clauses[0], **kw)} AS DATETIME)"


class LocalDateTime(TypeDecorator[datetime]):
    """``datetime`` in the server's zone: aware in Python, ticks of 1/300 s in the column.

    In the hour that occurs twice the stored value is ambiguous; it reads as the first of the two.
    """

    impl = DateTime
    cache_ok = True

    def __init__(self, zone: tzinfo = UTC) -> None:
        super().__init__()
        self.zone = zone

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The server's ``datetime`` there, not ``datetime2``."""
        return dialect.type_descriptor(mssql.DATETIME() if dialect.name == "mssql" else DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware to the zone's wall clock.

        Raises:
            ValueError: the value carries no zone.
        """
        return None if value is None else self.stored(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Wall clock to aware."""
        return None if value is None else value.replace(tzinfo=self.zone)

    def stored(self, value: datetime) -> datetime:
        """The moment as it is read back after it was stored: in the zone, on a tick.

        Raises:
            ValueError: the value carries no zone.
        """
        if value.tzinfo is None:
            raise ValueError("a datetime for e-automate must carry its zone")
        return to_ticks(value.astimezone(self.zone).replace(tzinfo=None)).replace(tzinfo=self.zone)

    def bind_expression(self, bindparam: BindParameter[datetime]) -> ColumnElement[datetime]:
        """``CAST(? AS datetime)`` on SQL Server."""
        return as_datetime(bindparam)


class highest(GenericFunction[Any]):  # noqa: N801 - reads as SQL
    """The highest rowversion: SQL Server's ``MAX`` takes none, but a number."""

    inherit_cache = True


@compiles(highest)
def _max(element: highest, compiler: SQLCompiler, **kw: Any) -> str:
    return f"max({compiler.process(element.clauses.clauses[0], **kw)})"


@compiles(highest, "mssql")
def _max_number(element: highest, compiler: SQLCompiler, **kw: Any) -> str:
    return f"MAX(CAST({compiler.process(element.clauses.clauses[0], **kw)} AS BIGINT))"


class LocalDay(TypeDecorator[date]):
    """``datetime`` that only means a day, the dealer's own: ``date`` in Python, midnight in the column."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The server's ``datetime`` there, not ``datetime2``."""
        return dialect.type_descriptor(mssql.DATETIME() if dialect.name == "mssql" else DateTime())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Midnight of the day."""
        return None if value is None else datetime.combine(value, time())

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """The day, whatever the time."""
        return None if value is None else value.date()

    def bind_expression(self, bindparam: BindParameter[date]) -> ColumnElement[Any]:
        """``CAST(? AS datetime)`` on SQL Server."""
        return as_datetime(bindparam)


def to_ticks(value: datetime) -> datetime:
    """Round to SQL Server's 1/300 s, shown as .000, .003 and .007."""
    ticks = (value.microsecond * 300 + 500_000) // 1_000_000
    whole = value.replace(microsecond=0)
    return whole + timedelta(milliseconds=(ticks * 10 + 1) // 3)


class _SqliteAmount(UserDefinedType[Any]):
    cache_ok = True

    def __init__(self, declared: str) -> None:
        self.declared = declared

    def get_col_spec(self, **_kw: Any) -> str:
        return self.declared


class _Amount(TypeDecorator[Decimal]):
    """Decimal with a fixed number of places, half up; never a float in Python's hands."""

    impl = Numeric
    cache_ok = True
    places: ClassVar[int]
    """Behind the point."""
    digits: ClassVar[int]
    """Before the point."""
    declared: ClassVar[str]

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Decimal with its places, or its text for SQLite."""
        if value is None:
            return None
        amount = self.rounded(value)
        return str(amount) if dialect.name == "sqlite" else amount

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Whatever the driver gave, as Decimal with its places."""
        return None if value is None else self.rounded(Decimal(str(value)))

    def bind_expression(self, bindparam: BindParameter[Decimal]) -> ColumnElement[Any]:
        """``CAST(? AS money)`` on SQL Server."""
        return as_amount(bindparam)

    @classmethod
    def rounded(cls, value: Decimal) -> Decimal:
        """With its places, half up."""
        return value.quantize(Decimal(1).scaleb(-cls.places), rounding=ROUND_HALF_UP)


class Money(_Amount):
    """``money``: four places."""

    cache_ok = True
    places = 4
    digits = 14
    declared = "MONEY"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The server's ``money`` there."""
        return dialect.type_descriptor(
            mssql.MONEY() if dialect.name == "mssql" else _SqliteAmount(self.declared)
        )


class Rate(_Amount):
    """``decimal(18,6)``: quantities and rates, six places."""

    cache_ok = True
    places = 6
    digits = 12
    declared = "DECIMAL(18, 6)"

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The server's ``decimal(18,6)`` there."""
        return dialect.type_descriptor(
            DECIMAL(18, 6) if dialect.name == "mssql" else _SqliteAmount(self.declared)
        )


Amount = Money | Rate


def to_money(value: Decimal) -> Decimal:
    """Four places, half up."""
    return Money.rounded(value)
