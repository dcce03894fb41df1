"""Every entity the stand-in knows. A new one is a table of fields in a module here, and a line below."""

from dataclasses import replace

from services.simulator.connectwise.entities import (
    agreement,
    billing,
    board,
    callback,
    catalog,
    company,
    contact,
    invoice,
    product,
    project,
    project_ticket,
    security,
    service_setup,
    setup,
    system,
    ticket,
    ticket_children,
    time_entry,
    work,
)
from services.simulator.connectwise.entities import transactions as later
from services.simulator.connectwise.fields import READ_ONLY, Entity, Field, key

_FULL: tuple[Entity, ...] = (
    *(*company.ENTITIES, *contact.ENTITIES, *setup.ENTITIES),
    *(*system.ENTITIES, *security.ENTITIES, *callback.ENTITIES, *billing.ENTITIES, *catalog.ENTITIES),
    *(*agreement.ENTITIES, *invoice.ENTITIES, *product.ENTITIES),
    *(*board.ENTITIES, *service_setup.ENTITIES, *work.ENTITIES),
    *(*ticket.ENTITIES, *project.ENTITIES, *project_ticket.ENTITIES, *time_entry.ENTITIES),
    *(*ticket_children.ENTITIES, *later.ENTITIES),
)


def light(entity: Entity) -> Entity:
    """The `…/info` variant of an entity: ids and names for pick-lists, without a right (inferred)."""
    mount = entity.mounts[0]
    hidden = {name for name in (entity.located_by, mount.parent_field) if name}
    return Entity(
        key=f"{entity.key}Light",
        noun=entity.noun,
        mounts=(replace(mount, path=f"{mount.path}/info"),),
        view_of=entity.table,
        since=entity.since,
        located_by=entity.located_by,
        methods=READ_ONLY,
        listed=entity.listed,
        opened=entity.opened,
        fields=(
            key(),
            *(Field(one.name, one.kind, derive=one.get) for one in entity.reference),
            *(replace(entity.by_name[name], hidden=True) for name in sorted(hidden)),
        ),
    )


ENTITIES: tuple[Entity, ...] = (*_FULL, *(light(entity) for entity in _FULL if entity.light))
