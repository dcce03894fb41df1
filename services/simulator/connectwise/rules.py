"""What an entity may do beyond its table of fields: hooks that the write engine calls."""

from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


class Rules:
    """The do-nothing rules; entities override what they need. Checks happen before anything is stored."""

    def prepare(self, writer: "Writer", record: Record, body: dict[str, Any], items: list[Item]) -> None:
        """Complete a record about to be created; add lines to `items` to refuse it."""

    def check(self, writer: "Writer", record: Record, before: Row | None, items: list[Item]) -> None:
        """Check a record about to be written; add lines to `items` to refuse it."""

    def update(self, writer: "Writer", record: Record, before: Row, names: set[str], verb: str) -> None:
        """Adjust an update. `names` are the top-level properties sent by PUT or PATCH. May raise ApiError."""

    def written(self, writer: "Writer", row: Row, before: Row | None, body: dict[str, Any]) -> None:
        """Follow up a write in other tables."""

    def removing(self, writer: "Writer", row: Row) -> None:
        """Before a deletion. May raise ApiError to refuse it."""

    def removed(self, writer: "Writer", row: Row) -> None:
        """Follow up a deletion in other tables."""
