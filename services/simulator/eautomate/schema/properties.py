"""Custom properties: definitions, configurations, values by entity."""

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from services.simulator.eautomate.columns import (
    audit,
    flag,
    identity,
    key,
    number,
    reference,
    stamp,
    table,
    user,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA

ShAttributes = table(
    METADATA,
    "ShAttributes",
    identity("ShAttributeID"),
    words("AttributeName", 64, unique=True),
    number("DataTypeID", 1),
    *audit(),
)

ShAttributeListValues = table(
    METADATA, "ShAttributeListValues", key("ListValueID"), number("ShAttributeID"), words("Value", 255)
)

ShTrackingConfigs = table(
    METADATA,
    "ShTrackingConfigs",
    key("ShTrackingConfigID"),
    words("TrackingConfig", 64),
    words("TrackingGroup", 64),
    flag("Active", True),
)

ShTrackingConfigAttributes = table(
    METADATA,
    "ShTrackingConfigAttributes",
    number("ShTrackingConfigID"),
    number("ShAttributeID"),
    flag("Required"),
    PrimaryKeyConstraint("ShTrackingConfigID", "ShAttributeID"),
)


def _values(entity: str, record: str) -> Table:
    """Values of one entity: neither a last change nor a rowversion is kept."""
    return table(
        METADATA,
        f"{entity}CustomProperties",
        identity(f"{record}CustomPropertyID"),
        number(f"{record}ID"),
        number("ShAttributeID"),
        reference("IDVal"),
        words("TextVal", 1024, nullable=True),
        flag("Required"),
        user("CreatorID"),
        stamp("CreateDate"),
        UniqueConstraint(f"{record}ID", "ShAttributeID"),
    )


ARCustomerCustomProperties = _values("ARCustomer", "Customer")
ShAgentCustomProperties = _values("ShAgent", "Agent")
SCContractCustomProperties = _values("SCContract", "Contract")
ICItemCustomProperties = _values("ICItem", "Item")
SCEquipmentCustomProperties = _values("SCEquipment", "Equipment")
