"""Writing customers' property values.

A value sits in a table without a stamp of its own. So the parent row is saved along with it, as the client
does on OK: who and when are stamped, and the server moves its rowversion. That makes the write visible to all
readers by rowversion, and is the guard: the row is locked and must carry the rowversion that was read.
Row counts are not used: under NOCOUNT the driver does not know them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Update, select

from shared.eautomate.errors import PropertyNotStorable, RowChanged
from shared.eautomate.ledger import LOCKED
from shared.eautomate.rows import hex_version
from shared.eautomate.tables import Tables
from shared.eautomate.values import storable, text
from shared.eautomate.work import Execute


class CustomerWrites:
    """Effects on customers inside one transaction."""

    def __init__(self, execute: Execute, tables: Tables, user: str, now: datetime) -> None:
        self._execute = execute
        self._tables = tables
        self._user = user
        self._now = now
        self._saved: dict[int, str] = {}
        """Rowversion each customer had before this transaction saved it."""

    async def set_property(
        self, customer_id: int, name: str, value: str, expected_row_version: str | None
    ) -> bool:
        """Store a value; whether there was anything to write.

        Raises:
            RowChanged: the customer is gone or its rowversion is not the expected one.
            PropertyNotStorable: the configuration does not hold the property.
            NotStorable, ValueTooLong: the column cannot hold the value.
        """
        wanted = storable(self._tables.customer_properties.c.TextVal, value)
        parent = await self._parent(customer_id, expected_row_version)
        row = await self._property(customer_id, name)
        if row is not None:
            if text(row.TextVal) == text(wanted):
                return False
            await self._execute(self._update(customer_id, row.ShAttributeID).values(TextVal=wanted))
        else:
            await self._insert(parent, customer_id, name, wanted)
        await self._save(customer_id, parent)
        return True

    async def clear_property(self, customer_id: int, name: str, expected_row_version: str | None) -> bool:
        """Empty a value, the row stays; whether there was anything to write.

        Raises:
            RowChanged: the customer is gone or its rowversion is not the expected one.
        """
        parent = await self._parent(customer_id, expected_row_version)
        row = await self._property(customer_id, name)
        if row is None or (not text(row.TextVal) and row.IDVal is None):
            return False
        await self._execute(self._update(customer_id, row.ShAttributeID).values(TextVal=None, IDVal=None))
        await self._save(customer_id, parent)
        return True

    async def _parent(self, customer_id: int, expected: str | None) -> Row[Any]:
        row = (await self._execute(parent_row(self._tables, customer_id))).one_or_none()
        if row is None:
            raise RowChanged(f"customer {customer_id} is gone from {self._tables.customers.name}")
        seen = self._saved.get(customer_id, hex_version(row.timestamp))
        if expected is not None and seen != expected:
            raise RowChanged(f"customer {customer_id} was saved since: rowversion {seen}, not {expected}")
        return row

    async def _property(self, customer_id: int, name: str) -> Row[Any] | None:
        rows = (await self._execute(property_row(self._tables, customer_id, name))).all()
        return rows[0] if rows else None

    def _update(self, customer_id: int, attribute_id: int) -> Update:
        own = self._tables.customer_properties
        return own.update().where(own.c.CustomerID == customer_id, own.c.ShAttributeID == attribute_id)

    async def _insert(self, parent: Row[Any], customer_id: int, name: str, value: str) -> None:
        held = held_attribute(self._tables, parent.ShTrackingConfigID, name)
        attribute = (
            (await self._execute(held)).one_or_none() if parent.ShTrackingConfigID is not None else None
        )
        if attribute is None:
            number = text(parent.CustomerNumber)
            why = "has no configuration" if parent.ShTrackingConfigID is None else "has one without it"
            raise PropertyNotStorable(
                f"customer {number} cannot hold {name}: it {why};"
                " assign a custom-property configuration with this property to it"
            )
        own = self._tables.customer_properties
        row = {
            "CustomerID": customer_id,
            "ShAttributeID": attribute.ShAttributeID,
            "TextVal": value,
            "Required": attribute.Required,
            "CreatorID": self._user,
            "CreateDate": self._now,
        }
        await self._execute(own.insert().values(row))

    async def _save(self, customer_id: int, parent: Row[Any]) -> None:
        if customer_id in self._saved:
            return
        own = self._tables.customers
        await self._execute(
            own.update()
            .where(own.c.CustomerID == customer_id, own.c.timestamp == parent.timestamp)
            .values(UpdatorID=self._user, LastUpdate=self._now)
        )
        self._saved[customer_id] = hex_version(parent.timestamp)


def parent_row(tables: Tables, customer_id: int) -> Select[Any]:
    """The customer's rowversion and configuration, locked to the end of the transaction."""
    own = tables.customers
    return (
        select(own.c.CustomerNumber, own.c.ShTrackingConfigID, own.c.timestamp)
        .where(own.c.CustomerID == customer_id)
        .with_hint(own, LOCKED, "mssql")
    )


def property_row(tables: Tables, customer_id: int, name: str) -> Select[Any]:
    """The customer's row for a property, or the gap where it would be, locked alike."""
    own, attributes = tables.customer_properties, tables.attributes
    return (
        select(own.c.ShAttributeID, own.c.TextVal, own.c.IDVal)
        .join_from(own, attributes, attributes.c.ShAttributeID == own.c.ShAttributeID)
        .where(own.c.CustomerID == customer_id, attributes.c.AttributeName == name)
        .with_hint(own, LOCKED, "mssql")
    )


def held_attribute(tables: Tables, configuration_id: int | None, name: str) -> Select[Any]:
    """A property of a configuration."""
    own, attributes = tables.configuration_attributes, tables.attributes
    return (
        select(own.c.ShAttributeID, own.c.Required)
        .join_from(own, attributes, attributes.c.ShAttributeID == own.c.ShAttributeID)
        .where(own.c.ShTrackingConfigID == configuration_id, attributes.c.AttributeName == name)
    )
