"""Records in memory: tables by id with a few indexes, and a short journal for stale reads."""

from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from services.simulator.connectwise.fields import Entity, Kind, Record


class Row:
    """One version of one record.

    Never changed in place: a write puts a new Row, so readers may keep the old one.
    """

    __slots__ = ("cache", "data", "epoch", "id", "kept")

    def __init__(self, ident: int, data: Record) -> None:
        self.id = ident
        self.data = data
        self.cache: dict[tuple[str, str, str], str] = {}
        self.epoch = 0
        self.kept: str | None = None
        """The record as the file of all records has it."""


def fold(value: Any) -> Any:
    """The form in which values are compared: text without its case and trailing blanks (as SQL Server)."""
    return value.casefold().rstrip(" ") if isinstance(value, str) else value


class Table:
    """All records of one entity."""

    def __init__(self, entity: Entity) -> None:
        self.entity = entity
        self.rows: dict[int, Row] = {}
        self.ids: list[int] = []
        self.next_id = entity.first_id
        self._indexes: dict[str, dict[Any, set[int]]] = {
            field.name: {} for field in entity.fields if field.indexed
        }

    def indexed(self, name: str) -> bool:
        """Whether `find` knows this field."""
        return name in self._indexes

    def find(self, name: str, value: Any) -> set[int]:
        """Ids of the records whose indexed field has this value."""
        return self._indexes[name].get(fold(value), set())

    def after(self, ident: int) -> Iterator[Row]:
        """Rows in id order, beginning behind `ident`."""
        for position in range(bisect_right(self.ids, ident), len(self.ids)):
            yield self.rows[self.ids[position]]

    def put(self, row: Row) -> Row | None:
        """Insert or replace; returns the version before."""
        before = self.rows.get(row.id)
        if before is None:
            if not self.ids or row.id > self.ids[-1]:
                self.ids.append(row.id)
            else:
                insort(self.ids, row.id)
            self.next_id = max(self.next_id, row.id + 1)
        self.rows[row.id] = row
        for name, index in self._indexes.items():
            new = fold(row.data.get(name))
            if before is not None:
                old = fold(before.data.get(name))
                if old == new:
                    continue
                index.get(old, set()).discard(row.id)
            index.setdefault(new, set()).add(row.id)
        return before

    def remove(self, ident: int) -> Row | None:
        """Delete for good; returns what was there."""
        before = self.rows.pop(ident, None)
        if before is not None:
            del self.ids[bisect_left(self.ids, ident)]
            for name, index in self._indexes.items():
                index.get(fold(before.data.get(name)), set()).discard(ident)
        return before


class Store:
    """All tables.

    `epoch` rises when something that references show has changed, which spoils rendered records.
    """

    def __init__(self, entities: Iterable[Entity]) -> None:
        self.entities = {entity.key: entity for entity in entities}
        self.tables = {entity.key: Table(entity) for entity in self.entities.values() if not entity.view_of}
        self.epoch = 1
        self.writes = 0
        self.audits: dict[tuple[str, int], list[Record]] = {}
        self._journal: deque[tuple[float, str, int, Row | None]] = deque(maxlen=20_000)

    def table(self, name: str) -> Table:
        """The table of an entity (or of the entity it is a view of)."""
        return self.tables[self.entities[name].table]

    def get(self, name: str, ident: int | None) -> Row | None:
        """One record, or None."""
        return self.table(name).rows.get(ident) if ident is not None else None

    def put(self, name: str, ident: int | None, data: Record, at: float) -> Row:
        """Write a new version; without an id the next one is given."""
        table = self.table(name)
        row = Row(table.next_id if ident is None else ident, data)
        data["id"] = row.id
        before = table.put(row)
        if table.entity.shown_by_others or (
            before is not None
            and any(part.get(before.data) != part.get(data) for part in table.entity.reference)
        ):
            self.epoch += 1
        self._note(at, name, row.id, before)
        return row

    def remove(self, name: str, ident: int, at: float) -> None:
        """Delete for good."""
        before = self.table(name).remove(ident)
        if before is not None:
            self.epoch += 1
            self._note(at, name, ident, before)

    def _note(self, at: float, name: str, ident: int, before: Row | None) -> None:
        self.writes += 1
        self._journal.append((at, self.entities[name].table, ident, before))

    def last(self, name: str, ident: int) -> Row | None:
        """The last version of a record that is gone, as far back as the journal reaches."""
        table = self.entities[name].table
        return next(
            (row for _, written, one, row in reversed(self._journal) if (written, one) == (table, ident)),
            None,
        )

    def before(self, name: str, since: float) -> dict[int, Row | None]:
        """What the records written since a moment looked like before it (None: they did not exist)."""
        table = self.entities[name].table
        older: dict[int, Row | None] = {}
        for at, written, ident, version in reversed(self._journal):
            if at < since:
                break
            if written == table:
                older[ident] = version
        return older

    def users_of(self, name: str, ident: int) -> list[tuple[Entity, int]]:
        """Records that refer to one record: (entity, id) pairs."""
        target = self.entities[name].table
        found: list[tuple[Entity, int]] = []
        for table in self.tables.values():
            for field in table.entity.fields:
                if field.kind not in (Kind.REF, Kind.REFS) or self.entities[field.target].table != target:
                    continue
                ids: Iterable[int]
                if field.kind is Kind.REFS:
                    ids = [row.id for row in table.rows.values() if ident in (row.data.get(field.name) or ())]
                elif field.indexed:
                    ids = table.find(field.name, ident)
                else:
                    ids = [row.id for row in table.rows.values() if row.data.get(field.name) == ident]
                found.extend((table.entity, one) for one in ids)
        return found
