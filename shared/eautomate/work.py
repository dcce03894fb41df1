"""What effects inside a transaction are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import CursorResult, Executable

from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables


class Execute(Protocol):
    """Runs a statement of the transaction to its end, whatever is cancelled meanwhile."""

    async def __call__(
        self, statement: Executable, parameters: Sequence[Mapping[str, Any]] | None = None
    ) -> CursorResult[Any]:
        """The result, fetched; of several parameters the statement is run once for each."""
        ...


class Executes(Protocol):
    """What a statement is given to: a connection, or the work of a transaction."""

    async def execute(self, statement: Executable) -> CursorResult[Any]:
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
