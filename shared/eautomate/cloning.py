"""Rows of tables whose columns are only partly known: copied, or filled with what means nothing.

A new contract or item is a copy of its template's row, column by column as the database has them, so that what
this release or this dealer added comes along. The copy is made by the server: no value passes through Python.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Insert,
    Integer,
    MetaData,
    Table,
    bindparam,
    literal_column,
    null,
    select,
)
from sqlalchemy.sql.selectable import NamedFromClause
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.types import NullType

from shared.eautomate.errors import SchemaMismatch
from shared.eautomate.schema_reader import Columns, Found, Shape

_NUMBERS = frozenset({"bit", "int", "money", "smallmoney", "decimal", "float", "real"})
_TEXTS = frozenset({"varchar", "nvarchar", "char", "nchar", "text", "ntext"})


class Copier:
    """Inserts into one table, with its columns as they are found."""

    def __init__(self, table: Table, shape: Shape) -> None:
        self._table = table
        self._found: Columns = shape.of(table) or {}
        self._whole, self._source, self._rows, self._copies = _as_found(table, shape)

    def copy(
        self,
        key: Column[int],
        template: int,
        values: Mapping[str, Any],
        none: Iterable[str] = (),
        zero: Iterable[str] = (),
        empty: Iterable[str] = (),
    ) -> tuple[Insert, dict[str, Any]]:
        """A copy of a row.

        Args:
            key: the table's key; left out unless ``values`` has it, as the server hands it out.
            template: the row that is copied.
            values: what differs, by documented name; all of them are columns there are.
            none, zero, empty: documented names of columns that become NULL, 0 and ``''`` where they exist;
                the same each time.

        Returns:
            The statement, built once for values of the same names, and its parameters.
        """
        nothing = frozenset(name for name, value in values.items() if value is None)
        kind = (key.name, frozenset(values), nothing)
        if kind not in self._copies:
            self._copies[kind] = self._copy(key, set(values) - nothing, nothing | set(none), zero, empty)
        bound = {f"new_{name}": value for name, value in values.items() if value is not None}
        return self._copies[kind], {"template": template, **bound}

    def _copy(
        self,
        key: Column[int],
        values: Iterable[str],
        none: Iterable[str],
        zero: Iterable[str],
        empty: Iterable[str],
    ) -> Insert:
        given: dict[str, ColumnElement[Any]] = {}
        for names, value in ((none, null()), (zero, literal_column("0")), (empty, literal_column("''"))):
            given |= {self._name(name).casefold(): value for name in names}
        given |= {
            self._name(name).casefold(): bindparam(f"new_{name}", type_=self._table.c[name].type)
            for name in values
        }
        source = self._source
        taken = [one for folded, one in self._found.items() if folded in given or not one.generated]
        copied = select(*(given.get(one.name.casefold(), source.c[one.name]) for one in taken)).where(
            source.c[key.name] == bindparam("template", type_=Integer)
        )
        return self._whole.insert().from_select([one.name for one in taken], copied)

    def new(self, values: Mapping[str, Any]) -> tuple[Insert, dict[str, Any]]:
        """A row with these values, by documented name; what else must not be empty is 0 or ``''``.

        Returns:
            The statement, built once for values of the same names, and its parameters.

        Raises:
            SchemaMismatch: a column that must not be empty is neither number nor text.
        """
        given = {self._table.c[name].name: value for name, value in values.items()}
        names = frozenset(given)
        if names not in self._rows:
            known = {name.casefold() for name in given}
            missing = {
                one.name: _nothing(self._table, one)
                for folded, one in self._found.items()
                if folded not in known and not (one.nullable or one.filled)
            }
            self._rows[names] = self._whole.insert().values(missing) if missing else self._whole.insert()
        return self._rows[names], given

    def _name(self, documented: str) -> str:
        return self._table.c[documented].name if documented in self._table.c else documented


_Kind = tuple[str, frozenset[str], frozenset[str]]
_Known = tuple[Table, NamedFromClause, dict[frozenset[str], Insert], dict[_Kind, Insert]]
_AS_FOUND: WeakKeyDictionary[Shape, dict[Table, _Known]] = WeakKeyDictionary()
"""A table is put together once: that takes longer than a row, and statements on it are compiled once then."""


def _as_found(table: Table, shape: Shape) -> _Known:
    """The table, the table again as what is copied from, and the statements that were built."""
    held = _AS_FOUND.setdefault(shape, {})
    if table not in held:
        whole = _put_together(table, shape.of(table) or {})
        held[table] = whole, whole.alias("template"), {}, {}
    return held[table]


def _put_together(table: Table, found: Columns) -> Table:
    known: dict[str, Column[Any]] = {column.name.casefold(): column for column in table.columns}

    def column(one: Found) -> Column[Any]:
        ours = known.get(one.name.casefold())
        kind: TypeEngine[Any] = NullType() if ours is None else ours.type
        key = ours is not None and ours.primary_key
        return Column(
            one.name, kind, primary_key=key, autoincrement=ours.autoincrement if ours is not None else False
        )

    return Table(
        table.name, MetaData(schema=table.schema), *map(column, found.values()), implicit_returning=False
    )


def inserted_key(result: CursorResult[Any]) -> int:
    """The key the server handed out."""
    key = result.inserted_primary_key
    if key is None:
        raise SchemaMismatch("e-automate's database did not tell the key of a new row")
    return int(key[0])


def _nothing(table: Table, column: Found) -> Any:
    if column.kind in _NUMBERS:
        return literal_column("0")
    if column.kind in _TEXTS:
        return literal_column("''")
    raise SchemaMismatch(
        f"{table.name}.{column.name} must not be empty, and Tandem does not know what to put there ({column.kind})"
    )
