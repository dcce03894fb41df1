"""People at the screens of the product: they create, edit, delete, restore, merge, and edit in bulk."""

from typing import Any

from services.simulator.connectwise.business.merge import merge
from services.simulator.connectwise.business.security import role_settings
from services.simulator.connectwise.entities.company import COMPANY
from services.simulator.connectwise.errors import ApiError, not_found
from services.simulator.connectwise.fields import Entity, Kind
from services.simulator.connectwise.lists import Listing
from services.simulator.connectwise.rights import LEVELS, VERBS, module_of, settings_of
from services.simulator.connectwise.seeding import stored
from services.simulator.connectwise.state import State
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.write import Author, Writer

_ABOUT = ("member", "validate", "callbacks")
_STRUCTURE = {"corporate": 1, "location": 2, "sales": 3}


def entity_of(state: State, name: str) -> Entity:
    """An entity by key (`company`) or by path (`company/companies`). Raises 404."""
    for entity in state.store.entities.values():
        paths = [mount.path for mount in entity.mounts]
        if name.lower() == entity.key.lower() or name.lower() in [path.lower() for path in paths]:
            return entity
    raise ApiError(404, "NoSuchEntity", f"There is no entity '{name}'.")


def writer_of(state: State, body: dict[str, Any]) -> Writer:
    """The write engine of the person named, `mkova` by default. Raises 404 for a stranger."""
    member = str(body.get("member") or "mkova")
    if not state.store.table("member").find("identifier", member):
        raise not_found("Member", member)
    return state.writer(Author(member, "Member"), checked=body.get("validate", True))


def create(state: State, entity: Entity, body: dict[str, Any]) -> Row:
    """Create the `record`."""
    writer = writer_of(state, body)
    record = dict(body.get("record") or {})
    name = entity.mounts[0].parent_field
    fixed = {name: stored(record.get(name), Kind.REF)} if name else None
    row = writer.create(entity, record, fixed)
    tell(state, writer, body)
    return row


def edit(state: State, entity: Entity, ident: int, body: dict[str, Any]) -> Row:
    """Make the `changes` (or all that the body has besides). Raises 404."""
    writer, row = writer_of(state, body), _row(state, entity, ident)
    changes = body.get("changes", {key: value for key, value in body.items() if key not in _ABOUT})
    new = writer.patch(entity, row, _entries(changes))
    tell(state, writer, body)
    return new


def act(state: State, entity: Entity, ident: int, what: str, body: dict[str, Any]) -> Row | None:
    """`delete`, `purge` (also from the recycle bin), `restore` or `merge` one record; None when it is gone."""
    writer, row = writer_of(state, body), _row(state, entity, ident)
    left: Row | None = None
    if what == "delete":
        writer.delete(entity, row)
    elif what == "purge":
        writer.purge(entity, row)
    elif what == "restore":
        alive = {"deletedFlag": False, "dateDeleted": None, "deletedBy": None}
        left = writer.store_again(entity, row, {**row.data, **alive})
    elif what == "merge" and entity is COMPANY:
        left = merge(writer, row, int(body.get("into", 0)), body)
    else:
        raise ApiError(404, "NoSuchControl", f"{what} is not something a human does here.")
    tell(state, writer, body)
    return left


def bulk(state: State, body: dict[str, Any]) -> list[int]:
    """Mass maintenance: the same `changes` on all records that satisfy `conditions`, without callbacks."""
    entity = entity_of(state, str(body.get("entity") or ""))
    query = {"conditions": str(body.get("conditions") or "")}
    rows = list(state.lister.matches(Listing(entity, query, state.settings.generation)))
    writer = writer_of(state, body)
    for row in rows:
        writer.patch(entity, row, _entries(body.get("changes") or {}))
    if body.get("callbacks"):
        tell(state, writer, body)
    return [row.id for row in rows]


def restrict(state: State, body: dict[str, Any]) -> dict[str, Any]:
    """Give a member's role other `rights`, and the member another structure `level` and `location`.

    Rights by module function: a level for all verbs, or levels by verb; `*` stands for every function. The
    role is made the member's own first, so that nobody else is touched.
    """
    name = str(body.get("member") or state.settings.member)
    found = state.store.table("member").find("identifier", name)
    if not found:
        raise not_found("Member", name)
    member = state.store.table("member").rows[min(found)]
    changed = dict(member.data)
    if body.get("rights"):
        changed["securityRole"] = _own_role(state, member)
        for function, wanted in dict(body["rights"]).items():
            _set_right(state, changed["securityRole"], function, wanted)
    if "level" in body:
        changed["structureLevel"] = _STRUCTURE[str(body["level"]).lower()]
    if "location" in body:
        changed["securityLocation"] = int(body["location"])
    state.store.put("member", member.id, changed, state.clock.now())
    rows = settings_of(state.store, changed["securityRole"])
    return {
        "member": name,
        "securityRole": changed["securityRole"],
        "structureLevel": changed["structureLevel"],
        "securityLocation": changed["securityLocation"],
        "rights": {
            str(row.data["moduleFunctionName"]): {
                verb: row.data[f"{verb}Level"] for verb in sorted(set(VERBS.values()))
            }
            for row in rows
        },
    }


def _own_role(state: State, member: Row) -> int:
    table = state.store.table("securityRole")
    name = f"{member.data['identifier']} only"
    own = next((row.id for row in table.rows.values() if row.data["name"] == name), None)
    if own is None:
        now = state.clock.now()
        own = state.store.put("securityRole", None, {"name": name, "adminFlag": False}, now).id
        for record in role_settings(own, "All"):
            state.store.put("securityRoleSetting", None, record, now)
    return own


def _set_right(state: State, role: int, function: str, wanted: Any) -> None:
    if function != "*":
        module_of(function)
    levels = wanted if isinstance(wanted, dict) else dict.fromkeys(VERBS.values(), wanted)
    changes = {
        f"{verb}Level": LEVELS[[one.lower() for one in LEVELS].index(str(level).lower())]
        for verb, level in levels.items()
    }
    if not set(levels) <= set(VERBS.values()):
        raise ValueError(f"verbs are {', '.join(sorted(set(VERBS.values())))}")
    for row in settings_of(state.store, role):
        if function in ("*", row.data["moduleFunctionName"]):
            state.store.put("securityRoleSetting", row.id, {**row.data, **changes}, state.clock.now())


def _row(state: State, entity: Entity, ident: int) -> Row:
    row = state.store.get(entity.key, ident)
    if row is None or not entity.opens(row.data):
        raise not_found(entity.noun, ident)
    return row


def _entries(changes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]


def tell(state: State, writer: Writer, body: dict[str, Any]) -> None:
    """Queue the callbacks of what a person has done, unless the `body` says not to."""
    if body.get("callbacks", True):
        state.callbacks.publish(writer.changes, writer.author.member)
