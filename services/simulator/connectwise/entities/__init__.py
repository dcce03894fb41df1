"""Every entity the stand-in knows. A new one is a table of fields in a module here, and a line below."""

from dataclasses import replace

from services.simulator.connectwise.entities import (
    agreement,
    billing,
    callback,
    catalog,
    company,
    contact,
    invoice,
    product,
    security,
    setup,
    system,
)
from services.simulator.connectwise.entities import transactions as later
from services.simulator.connectwise.fields import READ_ONLY, Entity, Field, Mount, key

_FULL: tuple[Entity, ...] = (
    *(*company.ENTITIES, *contact.ENTITIES, *setup.ENTITIES),
    *(*system.ENTITIES, *security.ENTITIES, *callback.ENTITIES, *billing.ENTITIES, *catalog.ENTITIES),
    *(*agreement.ENTITIES, *invoice.ENTITIES, *product.ENTITIES, *later.ENTITIES),
)


def light(entity: Entity) -> Entity:
    """The `…/info` variant of an entity: ids and names for pick-lists, without a right (inferred)."""
    return Entity(
        key=f"{entity.key}Light",
        noun=entity.noun,
        mounts=(Mount(f"{entity.mounts[0].path}/info"),),
        view_of=entity.key,
        since=entity.since,
        located_by=entity.located_by,
        methods=READ_ONLY,
        fields=(
            key(),
            *(Field(one.name, one.kind, derive=one.get) for one in entity.reference),
            *(replace(entity.by_name[name], hidden=True) for name in (entity.located_by,) if name),
        ),
    )


ENTITIES: tuple[Entity, ...] = (*_FULL, *(light(entity) for entity in _FULL if entity.light))
