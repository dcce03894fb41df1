"""Creating, changing and deleting records. Everything is checked before anything is stored."""

from dataclasses import dataclass
from typing import Any

from services.simulator.connectwise.audit import Trail
from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.coerce import Coercer
from services.simulator.connectwise.errors import FieldProblem, broken_value, in_use, invalid
from services.simulator.connectwise.fields import Entity, Kind, Record
from services.simulator.connectwise.patch import Patcher, operations
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.store import Row, Store
from services.simulator.connectwise.validate import problems

_NO_RULES = Rules()


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: the member's identifier, by which way (the audit trail's source), and through which host."""

    member: str
    source: str = "API"
    origin: str = ""


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
        self._trail = Trail(store, clock, author.member, author.source)
        self._patcher = Patcher(store, self.coercer, knobs, people=self.by_people)
        self.changes: dict[tuple[str, int], str] = {}
        """What has been done so far, by entity and id: added, updated or deleted."""

    @property
    def by_people(self) -> bool:
        """Whether a person writes, at the screens of the product."""
        return self.author.source == "Member"

    def kind(self, name: str) -> Entity:
        """The entity of a key."""
        return self.store.entities[name]

    def create(self, entity: Entity, body: Any, fixed: Record | None = None) -> Row:
        """POST. `fixed` holds what the path decides (the parent)."""
        write = self.draft(entity, body, fixed)
        self._verify(entity, write)
        row = self.insert(entity, write.record)
        self._follow(entity, write, row)
        return self._again(entity, row)

    def draft(self, entity: Entity, body: Any, fixed: Record | None = None) -> Write:
        """A creation as far as it goes without a check: the record with all that the server fills in."""
        sent = _object(body)
        write = Write(self, "POST", self.defaults(entity), body=sent, names=frozenset(sent))
        write.record.update(fixed or {})
        write.record.update(self._read(entity, sent, write))
        write.record.update(fixed or {})
        rules = entity.rules or _NO_RULES
        given = frozenset(name for name, value in sent.items() if value is not None)
        rules.complete(self.store, write.record, given, self.clock.stamp())
        rules.prepare(write)
        return write

    def replace(self, entity: Entity, row: Row, body: Any) -> Row:
        """PUT: what the body leaves out becomes null, flags false (documented)."""
        sent = _object(body)
        record = dict(row.data)
        for field in entity.fields:
            if not field.read_only and field.derive is None:
                record[field.name] = False if field.kind is Kind.BOOL else None
        write = Write(self, "PUT", record, row, sent, frozenset(sent))
        record.update(self._read(entity, sent, write))
        return self._update(entity, write, row)

    def patch(self, entity: Entity, row: Row, body: Any) -> Row:
        """PATCH; the whole record is checked again, not only what changed (recorded)."""
        entries = operations(body)
        names = frozenset(path[0] for _, path, _ in entries)
        write = Write(self, "PATCH", dict(row.data), row, names=names)
        for entry in entries:
            try:
                self._patcher.apply(entity, write.record, [entry], self.generation)
            except FieldProblem as problem:
                write.items.append(problem.item)
        return self._update(entity, write, row)

    def delete(self, entity: Entity, row: Row) -> None:
        """DELETE: for good, or into the recycle bin where the entity has one. 400 while in use."""
        rules = entity.rules or _NO_RULES
        refusal = rules.removing(self, row)
        if refusal is not None and self._checked:
            raise invalid(entity.singular, [refusal])
        users = self.users(entity, row)
        if users and self._checked:
            user, ident = users[0]
            message = (
                f"{entity.noun} {row.id} cannot be deleted because it is used by {user.singular} {ident}."
            )
            raise in_use(self.knobs.in_use_status, entity.singular, message)
        if entity.soft_delete:
            self.bin(entity, row)
            return
        self.purge(entity, row)

    def users(self, entity: Entity, row: Row) -> list[tuple[Entity, int]]:
        """What depends on a record: other records that refer to it, without its own children."""
        return [
            (user, ident)
            for user, ident in self.store.users_of(entity.key, row.id)
            if not (user.table == entity.table and ident == row.id)
            and user.key not in entity.releases
            and not self._inside(user, ident, entity, row)
        ]

    def purge(self, entity: Entity, row: Row) -> None:
        """Remove a record for good, also from the recycle bin."""
        self.store.remove(entity.key, row.id, self.clock.now())
        self._trail.deleted(entity, row)
        self._note("deleted", entity, row)
        (entity.rules or _NO_RULES).removed(self, row)
        if self.knobs.child_bumps_parent:
            self._bump_parent(entity, row)

    def bin(self, entity: Entity, row: Row) -> Row:
        """Move a record into the recycle bin: it stays readable with `deletedFlag` (reported)."""
        stamp = self.clock.stamp()
        gone = {"deletedFlag": True, "dateDeleted": stamp, "deletedBy": self.author.member}
        new = self.store_again(entity, row, {**row.data, **gone})
        self._note("deleted", entity, new)
        return new

    def insert(self, entity: Entity, record: Record) -> Row:
        """Store a new, already verified record with its stamps."""
        stamp, member = self.clock.stamp(), self.author.member
        record.update(_lastUpdated=stamp, _updatedBy=member, _dateEntered=stamp, _enteredBy=member)
        row = self.store.put(entity.key, None, record, self.clock.now())
        self._trail.created(entity, row)
        self._note("added", entity, row)
        return row

    def store_again(self, entity: Entity, row: Row, record: Record, *, touch: bool = True) -> Row:
        """Store a changed record; without `touch` its stamps stay (side effects that do not show)."""
        if touch:
            record.update(_lastUpdated=self.clock.stamp(), _updatedBy=self.author.member)
        new = self.store.put(entity.key, row.id, record, self.clock.now())
        self._trail.changed(entity, row, new)
        if touch:
            self._note("updated", entity, new)
        return new

    def _note(self, action: str, entity: Entity, row: Row) -> None:
        # One change a record and write: an addition stays one, a deletion ends all else.
        before = self.changes.get((entity.table, row.id))
        if before is not None and action == "updated":
            action = before
        self.changes[(entity.table, row.id)] = action

    def _verify(self, entity: Entity, write: Write) -> None:
        # Raises InvalidObject with all that is wrong: what could not be read, the table of fields, the rules.
        if self._checked:
            reported = {item.field.split("/")[0] for item in write.items}
            found = problems(self.store, entity, write.record, self.generation)
            write.items.extend(item for item in found if item.field not in reported)
            (entity.rules or _NO_RULES).check(write)
        if write.items:
            raise invalid(entity.singular, write.items)

    def _update(self, entity: Entity, write: Write, row: Row) -> Row:
        rules = entity.rules or _NO_RULES
        rules.update(write)
        self._verify(entity, write)
        if write.record == row.data and not self.knobs.noop_patch_bumps:
            return row
        new = self.store_again(entity, row, write.record)
        self._follow(entity, write, new)
        return self._again(entity, new)

    def _follow(self, entity: Entity, write: Write, row: Row) -> None:
        (entity.rules or _NO_RULES).written(write, row)
        if write.quiet:
            self.changes.pop((entity.table, row.id), None)
        if self.knobs.child_bumps_parent:
            self._bump_parent(entity, row)

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
        if not name or self.store.entities[user.by_name[name].target].table != entity.table:
            return False
        return bool(child.data.get(name) == row.id)

    def defaults(self, entity: Entity) -> Record:
        """What a new record begins with, from the setup of the tenant."""
        record: Record = {}
        for field in entity.fields:
            if field.default == "first" and field.kind is Kind.REF:
                rows = self.store.table(field.target).after(0)
                record[field.name] = next((row.id for row in rows if row.data.get("defaultFlag")), None)
            elif field.default is not None:
                record[field.name] = field.default
        return record

    def _read(self, entity: Entity, sent: dict[str, Any], write: Write) -> Record:
        # Unknown and server-owned properties are ignored (documented). What is looked up within another
        # property comes after that.
        read: Record = {}
        for field in sorted(entity.fields, key=lambda one: bool(one.within)):
            if field.name not in sent or not entity.offers(field, self.generation):
                continue
            try:
                if field.kind is Kind.CUSTOM:
                    read[field.name] = self.coercer.custom(entity, sent[field.name] or [], {})
                elif field.derive is None and (not field.read_only or (field.by_people and self.by_people)):
                    beside = {**write.record, **read} if field.within else None
                    value = self.coercer.value(entity, field, sent[field.name], beside)
                    # A null is "not sent" for what has a default.
                    if value is not None or field.default is None:
                        read[field.name] = value
            except FieldProblem as problem:
                write.items.append(problem.item)
        return read


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise broken_value("Cannot deserialize the body: a JSON object was expected.")
    return body
