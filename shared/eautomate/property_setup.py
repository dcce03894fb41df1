"""Which of Tandem's custom properties a database has, and which configurations hold them."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import text


async def read_property_setup(engine: AsyncEngine, tables: Tables) -> dict[str, list[str]]:
    """Configurations by property, under the profile's spelling; a property that does not exist is absent."""
    wanted = {name.casefold(): name for name in tables.profile.properties.model_dump().values()}
    attributes, held, own = tables.attributes, tables.configuration_attributes, tables.configurations
    statement = (
        select(attributes.c.AttributeName, own.c.TrackingConfig)
        .select_from(
            attributes.outerjoin(held, held.c.ShAttributeID == attributes.c.ShAttributeID).outerjoin(
                own, own.c.ShTrackingConfigID == held.c.ShTrackingConfigID
            )
        )
        .where(attributes.c.AttributeName.in_(list(wanted.values())))
        .order_by(attributes.c.AttributeName, own.c.TrackingConfig)
    )
    found: dict[str, list[str]] = {}
    async with reading(engine) as connection:
        for name, configuration in (await connection.execute(statement)).all():
            configurations = found.setdefault(wanted[text(name).casefold()], [])
            if configuration is not None:
                configurations.append(text(configuration))
    return found
