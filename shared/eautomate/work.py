"""How effects run their statements inside a transaction."""

from typing import Any, Protocol

from sqlalchemy import CursorResult, Executable


class Execute(Protocol):
    """Runs a statement of the transaction to its end, whatever is cancelled meanwhile."""

    async def __call__(self, statement: Executable) -> CursorResult[Any]:
        """The result, fetched."""
        ...
