"""Setup tables: names are unique, and one row is the default."""

from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Entity
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, fold


class VocabularyRules(Rules):
    """A table of words: one of each, and at most one default."""

    def __init__(self, key: str, unique: str = "name", within: str = "") -> None:
        """`unique` is the field of which there is one of each value, `within` the reference it is so under."""
        self._key = key
        self._unique = unique
        self._within = within

    def check(self, write: Write) -> None:
        """No two rows of one name (inferred of all these tables)."""
        wanted = fold(write.record.get(self._unique))
        above = write.record.get(self._within)
        if not wanted:
            return
        for row in write.store.table(self._key).rows.values():
            same = row.id != write.own_id and fold(row.data.get(self._unique)) == wanted
            if same and row.data.get(self._within) == above:
                entity = write.store.entities[self._key]
                message = f"{entity.noun} {self._unique} must be unique."
                write.items.append(Item("ObjectExists", message, entity.singular, self._unique))
                return

    def written(self, write: Write, row: Row) -> None:
        """Take the default flag from the others."""
        entity: Entity = write.store.entities[self._key]
        if not row.data.get("defaultFlag"):
            return
        above = row.data.get(self._within)
        for other in list(write.store.table(self._key).rows.values()):
            same = other.data.get(self._within) == above
            if same and other.id != row.id and other.data.get("defaultFlag"):
                write.writer.store_again(entity, other, {**other.data, "defaultFlag": False})
