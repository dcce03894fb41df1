"""Every entity the stand-in knows. A new one is a table of fields in a module here, and a line below."""

from services.simulator.connectwise.entities import company, setup, system
from services.simulator.connectwise.fields import Entity

ENTITIES: tuple[Entity, ...] = (*company.ENTITIES, *setup.ENTITIES, *system.ENTITIES)
