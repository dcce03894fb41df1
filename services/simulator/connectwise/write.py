"""Creating, changing and deleting records. Everything is checked before anything is stored."""

from dataclasses import dataclass
from typing import Any

from services.simulator.connectwise.audit import note_change, note_creation, note_deletion
from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.coerce import Coercer
from services.simulator.connectwise.errors import ApiError, FieldProblem, Item, broken_value, invalid
from services.simulator.connectwise.fields import Entity, Kind, Record
from services.simulator.connectwise.patch import Patcher, operations
from services.simulator.connectwise.rules import Rules
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.store import Row, Store
from services.simulator.connectwise.validate import problems

_NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: the member's identifier and by which way (the audit trail's source)."""

    member: str
    source: str = "API"


class Writer:
    """The write engine, for one author and one model generation.

    All methods raise ApiError for what the server refuses; then nothing has been stored.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        knobs: Knobs,
        author: Author,
        generation: str,
        *,
        checked: bool = True,
    ) -> None:
        self.store = store
        self.clock = clock
        self.knobs = knobs
        self.author = author
        self.generation = generation
        self._checked = checked
        self.coercer = Coercer(store)
        self._patcher = Patcher(store, self.coercer, knobs)

    def create(self, entity: Entity, body: Any, fixed: Record | None = None) -> Row:
        """POST. `fixed` holds what the path decides (the parent)."""
        sent = _object(body)
        items: list[Item] = []
        record = self._defaults(entity)
        record.update(self._read(entity, sent, {}, items))
        record.update(fixed or {})
        rules = entity.rules or _NO_RULES
        rules.prepare(self, record, sent, items)
        self.verify(entity, record, None, items)
        row = self.insert(entity, record)
        rules.written(self, row, None, sent)
        return self._again(entity, row)

    def replace(self, entity: Entity, row: Row, body: Any) -> Row:
        """PUT: what the body leaves out becomes null, flags false (documented)."""
        sent = _object(body)
        items: list[Item] = []
        record = dict(row.data)
        for field in entity.fields:
            if not field.read_only and field.derive is None:
                record[field.name] = False if field.kind is Kind.BOOL else None
        record.update(self._read(entity, sent, {}, items))
        return self._update(entity, row, record, set(sent), items, verb="PUT")

    def patch(self, entity: Entity, row: Row, body: Any) -> Row:
        """PATCH; the whole record is checked again, not only what changed (recorded)."""
        entries = operations(body)
        record = dict(row.data)
        items: list[Item] = []
        for entry in entries:
            try:
                self._patcher.apply(entity, record, [entry], self.generation)
            except FieldProblem as problem:
                items.append(problem.item)
        return self._update(entity, row, record, {path[0] for _, path, _ in entries}, items, verb="PATCH")

    def delete(self, entity: Entity, row: Row) -> None:
        """DELETE: for good, or into the recycle bin where the entity has one. 400 while in use."""
        rules = entity.rules or _NO_RULES
        rules.removing(self, row)
        users = [
            (user, ident)
            for user, ident in self.store.users_of(entity.key, row.id)
            if not (user.table == entity.table and ident == row.id)
            and not self._inside(user, ident, entity, row)
        ]
        if users and self._checked:
            user, ident = users[0]
            message = (
                f"{entity.noun} {row.id} cannot be deleted because it is used by {user.singular} {ident}."
            )
            raise invalid(entity.singular, [Item("InUse", message, entity.singular, "id")])
        if entity.soft_delete:
            self.bin(entity, row)
            return
        self.store.remove(entity.key, row.id, self.clock.now())
        note_deletion(self.store, entity, row, self.author, self.clock)
        rules.removed(self, row)

    def bin(self, entity: Entity, row: Row) -> Row:
        """Move a record into the recycle bin: it stays readable with `deletedFlag` (reported)."""
        stamp = self.clock.stamp()
        gone = {"deletedFlag": True, "dateDeleted": stamp, "deletedBy": self.author.member}
        return self.store_again(entity, row, {**row.data, **gone})

    def insert(self, entity: Entity, record: Record) -> Row:
        """Store a new, already verified record with its stamps."""
        stamp, member = self.clock.stamp(), self.author.member
        record.update(_lastUpdated=stamp, _updatedBy=member, _dateEntered=stamp, _enteredBy=member)
        row = self.store.put(entity.key, None, record, self.clock.now())
        note_creation(self.store, entity, row, self.author, self.clock)
        return row

    def store_again(self, entity: Entity, row: Row, record: Record, *, touch: bool = True) -> Row:
        """Store a changed record; without `touch` its stamps stay (side effects that do not show)."""
        if touch:
            record.update(_lastUpdated=self.clock.stamp(), _updatedBy=self.author.member)
        new = self.store.put(entity.key, row.id, record, self.clock.now())
        note_change(self.store, entity, row, new, self.author, self.clock)
        return new

    def verify(self, entity: Entity, record: Record, before: Row | None, items: list[Item]) -> None:
        """Raise `InvalidObject` if the record breaks the table of fields, its rules, or `items` has lines already."""
        if not self._checked:
            if items:
                raise invalid(entity.singular, items)
            return
        reported = {item.field.split("/")[0] for item in items}
        items.extend(
            item
            for item in problems(self.store, entity, record, self.generation)
            if item.field not in reported
        )
        (entity.rules or _NO_RULES).check(self, record, before, items)
        if items:
            raise invalid(entity.singular, items)

    def _update(
        self, entity: Entity, row: Row, record: Record, names: set[str], items: list[Item], *, verb: str
    ) -> Row:
        rules = entity.rules or _NO_RULES
        if not items:
            rules.update(self, record, row, names, verb)
        self.verify(entity, record, row, items)
        if record == row.data and not self.knobs.noop_patch_bumps:
            return row
        new = self.store_again(entity, row, record)
        rules.written(self, new, row, {})
        if self.knobs.child_bumps_parent:
            self._bump_parent(entity, new)
        return self._again(entity, new)

    def _bump_parent(self, entity: Entity, row: Row) -> None:
        name = entity.mounts[0].parent_field if entity.mounts else ""
        if name:
            parent = self.store.entities[entity.by_name[name].target]
            above = self.store.get(parent.key, row.data.get(name))
            if above is not None:
                self.store_again(parent, above, dict(above.data))

    def _again(self, entity: Entity, row: Row) -> Row:
        # The rules may have written the record once more.
        return self.store.get(entity.key, row.id) or row

    def _inside(self, user: Entity, ident: int, entity: Entity, row: Row) -> bool:
        # Children go with their parent, or stay with it in the recycle bin: they are no use of it.
        # What is in the bin uses nothing any more.
        child = self.store.get(user.key, ident)
        if child is None or child.data.get("deletedFlag"):
            return True
        name = user.mounts[0].parent_field if user.mounts else ""
        return bool(name) and user.by_name[name].target == entity.key and child.data.get(name) == row.id

    def _defaults(self, entity: Entity) -> Record:
        record: Record = {}
        for field in entity.fields:
            if field.default == "first" and field.kind is Kind.REF:
                rows = self.store.table(field.target).after(0)
                record[field.name] = next((row.id for row in rows if row.data.get("defaultFlag")), None)
            elif field.default is not None:
                record[field.name] = field.default
        return record

    def _read(self, entity: Entity, sent: dict[str, Any], stored: Record, items: list[Item]) -> Record:
        # Unknown and server-owned properties are ignored (documented).
        read: Record = {}
        for field in entity.fields:
            if field.name not in sent or not entity.offers(field, self.generation):
                continue
            try:
                if field.kind is Kind.CUSTOM:
                    read[field.name] = self.coercer.custom(
                        entity, sent[field.name] or [], stored.get(field.name) or {}
                    )
                elif not field.read_only and field.derive is None:
                    value = self.coercer.value(entity, field, sent[field.name])
                    # A null is "not sent" for what has a default.
                    if value is not None or field.default is None:
                        read[field.name] = value
            except FieldProblem as problem:
                items.append(problem.item)
        return read


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise broken_value("Cannot deserialize the body: a JSON object was expected.")
    return body
