"""How a column is declared: e-automate's conventions in one place (reference eautomate.md 10)."""

from typing import Any

from sqlalchemy import (
    BLOB,
    CHAR,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    FetchedValue,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.sql.functions import GenericFunction

from shared.eautomate.types import Money, Rate, RowVersion, char, varchar

USER = "SYSTEM"
"""Who made a row when nobody says."""


class server_now(GenericFunction[Any]):  # noqa: N801 - reads as SQL
    """The server's clock: local time there, UTC in the stand-in."""

    type = DateTime()
    inherit_cache = True


@compiles(server_now)
def _sqlite_now(_element: server_now, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "(strftime('%Y-%m-%d %H:%M:%f', 'now'))"


@compiles(server_now, "mssql")
def _server_now(_element: server_now, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "getdate()"


def identity(name: str) -> Column[int]:
    """``int identity`` primary key."""
    return Column(name, Integer, primary_key=True)


def key(name: str) -> Column[int]:
    """``int`` primary key that somebody else hands out."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


def number(name: str, default: int = 0) -> Column[int]:
    """``int NOT NULL``."""
    return Column(name, Integer, nullable=False, server_default=text(str(default)))


def small(name: str) -> Column[int]:
    """``smallint NOT NULL``."""
    return Column(name, SmallInteger, nullable=False, server_default=text("0"))


def reference(name: str, target: str | None = None) -> Column[int]:
    """``int NULL``: points to a row of another table; ``target`` where the product has a foreign key."""
    return Column(name, Integer, *([ForeignKey(f"dbo.{target}")] if target else []), nullable=True)


def owner(name: str, target: str) -> Column[int]:
    """``int NOT NULL``: points to the row of another table this one belongs to, by a foreign key."""
    return Column(name, Integer, ForeignKey(f"dbo.{target}"), nullable=False)


def words(name: str, width: int, nullable: bool = False, unique: bool = False) -> Column[str]:
    """``varchar(width)``: NOT NULL with ``''`` as the product does, unless told otherwise."""
    default = None if nullable or unique else text("''")
    return Column(name, varchar(width), nullable=nullable, unique=unique, server_default=default)


def pages(name: str) -> Column[str]:
    """``varchar(max) NOT NULL``: text of any length."""
    any_length = String().with_variant(String(collation="NOCASE"), "sqlite")
    return Column(name, any_length, nullable=False, server_default=text("''"))


def user(name: str, nullable: bool = False) -> Column[str]:
    """``char(8)``: a user id, padded with blanks."""
    default = None if nullable else text(f"'{USER:<8}'")
    return Column(name, char(8), nullable=nullable, server_default=default)


def letters(name: str, width: int) -> Column[str]:
    """``char(width)``: a status or kind, padded with blanks."""
    return Column(name, char(width), nullable=False, server_default=text(f"'{'':<{width}}'"))


def status(name: str, default: str | None = None) -> Column[str]:
    """``char(3)``, padded with blanks; SQLite compares it without them, as the server does."""
    short = CHAR(3).with_variant(CHAR(3, collation="RTRIM"), "sqlite")
    preset = None if default is None else text(f"'{default:<3}'")
    return Column(name, short, nullable=False, server_default=preset)


def flag(name: str, default: bool = False, nullable: bool = False) -> Column[bool]:
    """``bit``: NOT NULL with a default unless told otherwise."""
    preset = None if nullable else text(str(int(default)))
    return Column(name, Boolean, nullable=nullable, server_default=preset)


def money(name: str, nullable: bool = False) -> Column[Any]:
    """``money``: NOT NULL with 0 unless told otherwise."""
    return Column(name, Money, nullable=nullable, server_default=None if nullable else text("0"))


def rate(name: str, nullable: bool = False) -> Column[Any]:
    """``decimal(18,6)``: NOT NULL with 0 unless told otherwise."""
    return Column(name, Rate, nullable=nullable, server_default=None if nullable else text("0"))


def stamp(name: str) -> Column[Any]:
    """``datetime NOT NULL``, the server's clock by default."""
    return Column(name, DateTime, nullable=False, server_default=server_now())


def moment(name: str) -> Column[Any]:
    """``datetime NULL``."""
    return Column(name, DateTime, nullable=True)


def row_version() -> Column[bytes]:
    """``timestamp``: the server's rowversion."""
    return Column(quoted_name("timestamp", True), RowVersion, FetchedValue(), nullable=True)


def audit() -> list[Column[Any]]:
    """Who and when, and the rowversion."""
    return [user("CreatorID"), user("UpdatorID"), stamp("CreateDate"), stamp("LastUpdate"), row_version()]


def code_block() -> list[Column[Any]]:
    """What most code tables carry behind key and code."""
    return [words("Description", 50), flag("Active", True), *audit()]


def table(metadata: MetaData, name: str, *parts: SchemaItem) -> Table:
    """A table with the checks SQLite needs to refuse what SQL Server would refuse."""
    made = Table(name, metadata, *parts, sqlite_autoincrement=any(_is_identity(part) for part in parts))
    for column in made.columns:
        width = getattr(column.type, "length", None)
        if width is not None and not isinstance(column.type, BLOB | RowVersion):
            _sqlite_check(made, f'length("{column.name}") <= {width}', f"{name}_{column.name}_width_{width}")
        if isinstance(column.type, Boolean):
            _sqlite_check(made, f'"{column.name}" IN (0, 1)', f"{name}_{column.name}_bit")
    return made


def _sqlite_check(table: Table, condition: str, name: str) -> None:
    table.append_constraint(CheckConstraint(condition, name=name).ddl_if(dialect="sqlite"))


def _is_identity(part: SchemaItem) -> bool:
    return isinstance(part, Column) and part.primary_key and part.autoincrement == "auto"
