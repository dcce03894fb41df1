"""What effects inside a transaction are given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, CursorResult, Executable, Integer, Select, Table, bindparam

from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Key = int | BindParameter[int]
"""A record's key, or its place in a statement that is built once."""
KEY = bindparam("key", type_=Integer)

_BUILT: WeakKeyDictionary[Shape, dict[str, Select[Any]]] = WeakKeyDictionary()
"""Building a statement takes longer than running it, and one that is built once is compiled once."""


class Execute(Protocol):
    """Runs a statement of the transaction to its end, whatever is cancelled meanwhile."""

    async def __call__(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """The result, fetched; of a list of parameters the statement is run once for each."""
        ...


class Executes(Protocol):
    """What a statement is given to: a connection, or the work of a transaction."""

    async def execute(self, statement: Executable, parameters: Parameters = None) -> CursorResult[Any]:
        """The result, fetched."""
        ...


@dataclass(frozen=True)
class Work:
    """One transaction.

    Attributes:
        shape: what the database's tables are really like.
        user: stamped as who wrote.
        now: stamped as when.
    """

    execute: Execute
    tables: Tables
    shape: Shape
    user: str
    now: datetime

    @property
    def saved(self) -> dict[str, Any]:
        """The stamp of a save."""
        return {"UpdatorID": self.user, "LastUpdate": self.now}

    @property
    def made(self) -> dict[str, Any]:
        """The stamp of a new row."""
        return {"CreatorID": self.user, "CreateDate": self.now, **self.saved}

    def there(self, table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, by documented name, whose columns the database has."""
        return {name: value for name, value in values.items() if self.shape.has(table.c[name])}

    async def keyed(self, name: str, build: Callable[[Key], Select[Any]], key: int) -> CursorResult[Any]:
        """Run a statement about one key that is built the first time.

        Args:
            name: of the statement.
            build: makes it.
        """
        built = _BUILT.setdefault(self.shape, {})
        if name not in built:
            built[name] = build(KEY)
        return await self.execute(built[name], {"key": key})
