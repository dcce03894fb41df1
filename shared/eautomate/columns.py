"""How a column of the product is declared: its documented name is its key, the profile's is its name."""

from collections.abc import Iterable
from datetime import date, tzinfo
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Boolean, Column, Integer, String
from sqlalchemy.sql.elements import quoted_name

from shared.eautomate.areas import Area
from shared.eautomate.types import LocalDateTime, LocalDay, Money, Rate, RowVersion, char, varchar

C = TypeVar("C", bound=Column[Any])


def key(name: str, identity: bool = False) -> Column[int]:
    """``int`` primary key; ``identity`` when the server hands it out on our INSERT."""
    return Column(_name(name), Integer, primary_key=True, autoincrement="auto" if identity else False)


def whole(name: str, nullable: bool = True) -> Column[int]:
    """``int``."""
    return Column(_name(name), Integer, nullable=nullable)


def words(name: str, width: int, nullable: bool = False) -> Column[str]:
    """``varchar(width)``."""
    return Column(_name(name), varchar(width), nullable=nullable)


def bit(name: str) -> Column[bool]:
    """``bit NOT NULL``."""
    return Column(_name(name), Boolean, nullable=False)


def moment(name: str, zone: tzinfo, nullable: bool = False) -> Column[Any]:
    """``datetime`` that is a point in time."""
    return Column(_name(name), LocalDateTime(zone), nullable=nullable)


def day(name: str, nullable: bool = True) -> Column[date]:
    """``datetime`` that only means a day."""
    return Column(_name(name), LocalDay(), nullable=nullable)


def money(name: str, nullable: bool = False) -> Column[Decimal]:
    """``money``."""
    return Column(_name(name), Money(), nullable=nullable)


def rate(name: str, nullable: bool = False) -> Column[Decimal]:
    """``decimal(18,6)``."""
    return Column(_name(name), Rate(), nullable=nullable)


def texts(name: str) -> Column[str]:
    """``varchar`` as wide as the database says: its width differs by release, or is ``max``."""
    return Column(_name(name), String().with_variant(String(collation="NOCASE"), "sqlite"), nullable=False)


def letters(name: str, width: int) -> Column[str]:
    """``char(width)``: a code; it comes back padded with blanks."""
    return Column(_name(name), char(width), nullable=False)


def user(name: str, nullable: bool = False) -> Column[str]:
    """``char(8)``: a user id."""
    return Column(_name(name), char(8), nullable=nullable)


def row_version() -> Column[bytes]:
    """``timestamp``."""
    return Column(quoted_name("timestamp", True), RowVersion, nullable=False)


def saved(zone: tzinfo) -> list[Column[Any]]:
    """What moves when a row is saved."""
    return [user("UpdatorID"), moment("LastUpdate", zone), row_version()]


def made(zone: tzinfo) -> list[Column[Any]]:
    """Who made a row and when."""
    return [user("CreatorID"), moment("CreateDate", zone)]


def code(name: str) -> list[Column[Any]]:
    """A code table whose key is called after its code."""
    return [key(f"{name}ID"), *named_code(name)]


def named_code(name: str) -> list[Column[Any]]:
    """A code table without its key."""
    return [words(name, 15), words("Description", 50), bit("Active")]


def only(areas: Area | tuple[Area, ...], columns: Iterable[C]) -> list[C]:
    """Columns not all areas use of a table."""
    return _marked(columns, "areas", frozenset({areas} if isinstance(areas, str) else areas))


def optional(columns: Iterable[C]) -> list[C]:
    """Columns that may be missing: nobody has seen for sure whether the product has them."""
    return _marked(columns, "optional", True)


def is_optional(column: Column[Any]) -> bool:
    """Whether the column may be missing."""
    return bool(column.info.get("optional"))


def is_as_wide_as_found(column: Column[Any]) -> bool:
    """Whether the database says how wide the text is."""
    return isinstance(column.type, String) and column.type.length is None


def _marked(columns: Iterable[C], mark: str, value: object) -> list[C]:
    marked = list(columns)
    for column in marked:
        column.info[mark] = value
    return marked


def _name(name: str) -> quoted_name:
    return quoted_name(name, None)
