"""What an entity may do beyond its table of fields: hooks that the write engine calls."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


@dataclass(slots=True)
class Write:
    """One write on its way: what it does, to which record, and what is wrong with it so far.

    `before` is the stored version (None on create), `record` the one to be stored, `names` the properties
    sent, `items` the error lines that refuse it, `row` the version stored in the end. No callback tells of a
    `quiet` one.
    """

    writer: "Writer"
    verb: str
    record: Record
    before: Row | None = None
    body: dict[str, Any] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    items: list[Item] = field(default_factory=list)
    row: Row | None = None
    quiet: bool = False

    @property
    def store(self) -> Store:
        """Where the records are."""
        return self.writer.store

    @property
    def own_id(self) -> int:
        """The id of the record written; 0 while it has none."""
        return self.before.id if self.before is not None else 0


class Rules:
    """The do-nothing rules; entities override what they need. Checks happen before anything is stored."""

    def complete(self, store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """Fill what no record is without and `given` does not name; also for records seeded as they are."""

    def prepare(self, write: Write) -> None:
        """Complete a record about to be created; add error lines to refuse it."""

    def update(self, write: Write) -> None:
        """Adjust an update; add error lines to refuse it."""

    def check(self, write: Write) -> None:
        """Check a record about to be written; add error lines to refuse it."""

    def written(self, write: Write, row: Row) -> None:
        """Follow up a write in other tables."""

    def removing(self, writer: "Writer", row: Row) -> Item | None:
        """Before a deletion: the error line that refuses it, if something does."""

    def removed(self, writer: "Writer", row: Row) -> None:
        """Follow up a deletion in other tables."""
