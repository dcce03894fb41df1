"""Writing the property values of customers and employees.

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
from shared.eautomate.owners import Owner
from shared.eautomate.rows import hex_version
from shared.eautomate.tables import Tables
from shared.eautomate.values import storable, text
from shared.eautomate.work import Execute


class PropertyWrites:
    """Effects on the property values of one kind of record inside one transaction."""

    def __init__(self, execute: Execute, tables: Tables, owner: Owner, user: str, now: datetime) -> None:
        self._execute = execute
        self._tables = tables
        self._owner = owner
        self._user = user
        self._now = now
        self._saved: dict[int, str] = {}
        """Rowversion each record had before this transaction saved it."""

    async def set(self, key: int, name: str, value: str, expected_row_version: str | None) -> bool:
        """Store a value; whether there was anything to write.

        Raises:
            RowChanged: the record is gone or its rowversion is not the expected one.
            PropertyNotStorable: the configuration does not hold the property.
            NotStorable, ValueTooLong: the column cannot hold the value.
        """
        wanted = storable(self._owner.properties.c.TextVal, value)
        parent = await self._parent(key, expected_row_version)
        row = await self._property(key, name)
        if row is not None:
            if text(row.TextVal) == text(wanted):
                return False
            await self._execute(self._update(key, row.ShAttributeID).values(TextVal=wanted))
        else:
            await self._insert(parent, key, name, wanted)
        await self._save(key, parent)
        return True

    async def clear(self, key: int, name: str, expected_row_version: str | None) -> bool:
        """Empty a value, the row stays; whether there was anything to write.

        Raises:
            RowChanged: the record is gone or its rowversion is not the expected one.
        """
        parent = await self._parent(key, expected_row_version)
        row = await self._property(key, name)
        if row is None or (not text(row.TextVal) and row.IDVal is None):
            return False
        await self._execute(self._update(key, row.ShAttributeID).values(TextVal=None, IDVal=None))
        await self._save(key, parent)
        return True

    async def _parent(self, key: int, expected: str | None) -> Row[Any]:
        row = (await self._execute(parent_row(self._owner, key))).one_or_none()
        if row is None:
            raise RowChanged(f"{self._owner.kind} {key} is gone from {self._owner.table.name}")
        seen = self._saved.get(key, hex_version(row.timestamp))
        if expected is not None and seen != expected:
            raise RowChanged(f"{self._owner.kind} {key} was saved since: rowversion {seen}, not {expected}")
        return row

    async def _property(self, key: int, name: str) -> Row[Any] | None:
        rows = (await self._execute(property_row(self._tables, self._owner, key, name))).all()
        return rows[0] if rows else None

    def _update(self, key: int, attribute_id: int) -> Update:
        own = self._owner.properties
        return own.update().where(own.c[self._owner.key] == key, own.c.ShAttributeID == attribute_id)

    async def _insert(self, parent: Row[Any], key: int, name: str, value: str) -> None:
        held = held_attribute(self._tables, parent.ShTrackingConfigID, name)
        attribute = (
            (await self._execute(held)).one_or_none() if parent.ShTrackingConfigID is not None else None
        )
        if attribute is None:
            number = text(parent.number)
            why = "has no configuration" if parent.ShTrackingConfigID is None else "has one without it"
            raise PropertyNotStorable(
                f"{self._owner.kind} {number} cannot hold {name}: it {why};"
                " assign a custom-property configuration with this property to it"
            )
        own = self._owner.properties
        row = {
            self._owner.key: key,
            "ShAttributeID": attribute.ShAttributeID,
            "TextVal": value,
            "Required": attribute.Required,
            "CreatorID": self._user,
            "CreateDate": self._now,
        }
        await self._execute(own.insert().values(row))

    async def _save(self, key: int, parent: Row[Any]) -> None:
        if key in self._saved:
            return
        own = self._owner.table
        await self._execute(
            own.update()
            .where(own.c[self._owner.key] == key, own.c.timestamp == parent.timestamp)
            .values(UpdatorID=self._user, LastUpdate=self._now)
        )
        self._saved[key] = hex_version(parent.timestamp)


def parent_row(owner: Owner, key: int) -> Select[Any]:
    """The record's number, rowversion and configuration, locked to the end of the transaction."""
    own = owner.table
    return (
        select(own.c[owner.number].label("number"), own.c.ShTrackingConfigID, own.c.timestamp)
        .where(own.c[owner.key] == key)
        .with_hint(own, LOCKED, "mssql")
    )


def property_row(tables: Tables, owner: Owner, key: int, name: str) -> Select[Any]:
    """The record's row for a property, or the gap where it would be, locked alike."""
    own, attributes = owner.properties, tables.attributes
    return (
        select(own.c.ShAttributeID, own.c.TextVal, own.c.IDVal)
        .join_from(own, attributes, attributes.c.ShAttributeID == own.c.ShAttributeID)
        .where(own.c[owner.key] == key, attributes.c.AttributeName == name)
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
