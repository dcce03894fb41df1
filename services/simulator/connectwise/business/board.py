"""What the server does with the words of a board: statuses, types, subtypes, items, teams."""

from typing import TYPE_CHECKING

from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.rules import Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

SCOPED = {
    "status": "boardStatus",
    "type": "boardType",
    "subType": "boardSubType",
    "item": "boardItem",
    "team": "boardTeam",
}
"""What of a ticket belongs to its board: the reference and the table it points into."""


class BoardWordRules(VocabularyRules):
    """Names are unique on a board, and each board has at most one default."""

    def __init__(self, key: str) -> None:
        """`key` is the table's."""
        super().__init__(key, within="board")

    def update(self, write: Write) -> None:
        """Associations of a subtype with all types of its board, or with none, are asked for by a flag."""
        _associate(write)

    def prepare(self, write: Write) -> None:
        """See `update`."""
        _associate(write)


class StatusRules(BoardWordRules):
    """A board always has a status for new tickets, an open one."""

    def check(self, write: Write) -> None:
        """The status a board's new tickets get may not be one that closes them (inferred)."""
        super().check(write)
        if write.record.get("defaultFlag") and write.record.get("closedStatus"):
            message = "The default status cannot be a closed status."
            write.items.append(Item("InvalidField", message, "boardStatus", "closedStatus"))

    def removing(self, _writer: "Writer", row: Row) -> Item | None:
        """A board keeps its default status."""
        if not row.data.get("defaultFlag"):
            return None
        message = f"Status {row.data.get('name')} is the default status of its board."
        return Item("InUse", message, "boardStatus", "id")


def words(store: Store, table: str, board: int | None) -> list[Row]:
    """What a board has of statuses, types, teams ..., in their order."""
    rows = store.table(table)
    found = [rows.rows[ident] for ident in rows.find("board", board)] if board is not None else []
    return sorted(found, key=lambda row: (row.data.get("sortOrder") or 0, row.id))


def usual(store: Store, table: str, board: int | None) -> int | None:
    """What a new ticket of a board gets: the default that is in use; for a status else the first."""
    rows = [
        row
        for row in words(store, table, board)
        if not (row.data.get("inactiveFlag") or row.data.get("inactive"))
    ]
    default = next((row.id for row in rows if row.data.get("defaultFlag")), None)
    if default is None and table == "boardStatus" and rows:
        return rows[0].id
    return default


def _associate(write: Write) -> None:
    everything = write.record.pop("addAllTypesFlag", None)
    nothing = write.record.pop("removeAllTypesFlag", None)
    if everything:
        types = words(write.store, "boardType", write.record.get("board"))
        write.record["typeAssociationIds"] = [row.id for row in types]
    elif nothing:
        write.record["typeAssociationIds"] = []
