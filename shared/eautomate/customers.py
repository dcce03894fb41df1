"""Reading customers: snapshots by rowversion window, id, number or scan.

A page takes three statements whatever its size: rows with their codes, property values, configurations.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import statements
from shared.eautomate.properties import NO_CONFIGURATION, Configuration, PropertyReader
from shared.eautomate.rows import Changes, CustomerProperties, Keyset, hex_version
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits, text, text_or_none
from shared.events.records import Customer

PAGE = 500
CHUNK = 1000
"""Ids in one statement; SQL Server takes at most 2,100 parameters."""


class Customers:
    """Reads of ARCustomers."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables
        self._properties = PropertyReader(tables.profile.properties.of_customers())

    async def changed(
        self, low: bytes, high: bytes, after: Keyset | None = None, limit: int = PAGE
    ) -> Changes:
        """A page of customers whose rowversion lies in ``[low, high)``, in rowversion order.

        Args:
            low, high: 8 bytes each, big-endian; ``high`` from ``Clock.window``.
            after: ``next`` of the page before.
        """
        page = statements.changed(self._tables, low, high, after, limit)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(page)).all()
            found = await self._snapshots(connection, rows)
        last = rows[-1] if len(rows) == limit else None
        return Changes(found, Keyset(bytes(last.timestamp), last.CustomerID) if last is not None else None)

    async def by_id(self, ids: Iterable[int]) -> dict[int, Customer]:
        """Snapshots by ``CustomerID``; an id that is gone is absent."""
        wanted = sorted(set(ids))
        found: dict[int, Customer] = {}
        for start in range(0, len(wanted), CHUNK):
            chunk = wanted[start : start + CHUNK]
            for customer in await self._read(statements.by_id(self._tables, chunk)):
                found[customer.customer_id] = customer
        return found

    async def by_number(self, number: str) -> Customer | None:
        """The customer with this number, trimmed, whatever its case; None when there is none."""
        wanted = number.strip()
        if not wanted or not fits(self._tables.customers.c.CustomerNumber, wanted):
            return None
        found = await self._read(statements.by_number(self._tables, wanted))
        return found[0] if found else None

    async def scan(self, after_id: int = 0, limit: int = PAGE) -> list[Customer]:
        """A page of all customers with ``CustomerID > after_id``, by id; empty after the last."""
        return await self._read(statements.scan(self._tables, after_id, limit))

    async def properties(self, page: int = 5000) -> AsyncIterator[list[CustomerProperties]]:
        """Property values and configuration of every customer, in pages by id.

        For the pass that compares in full: edits by foreign SQL move no rowversion.
        """
        async with reading(self._engine) as connection:
            configurations = await self._configurations(connection)
        after = 0
        while True:
            async with reading(self._engine) as connection:
                rows = (await connection.execute(statements.bare_scan(self._tables, after, page))).all()
                if not rows:
                    return
                values = await self._values_between(connection, after, rows[-1].CustomerID)
            found = []
            for row in rows:
                held = configurations.get(row.ShTrackingConfigID, NO_CONFIGURATION)
                own = values.get(row.CustomerID, {})
                version = hex_version(row.timestamp)
                found.append(CustomerProperties(row.CustomerID, held.name, held.storable, own, version))
            yield found
            after = rows[-1].CustomerID

    async def _read(self, statement: Select[Any]) -> list[Customer]:
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statement)).all()
            return await self._snapshots(connection, rows)

    async def _snapshots(self, connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Customer]:
        if not rows:
            return []
        values: dict[int, dict[str, str]] = {}
        owner = self._tables.customer_properties.c.CustomerID
        ids = [row.CustomerID for row in rows]
        for start in range(0, len(ids), CHUNK):
            wanted = statements.customer_values(self._tables).where(owner.in_(ids[start : start + CHUNK]))
            values |= self._properties.values((await connection.execute(wanted)).all())
        configurations = await self._configurations(connection)
        return [
            _customer(
                row,
                values.get(row.CustomerID, {}),
                configurations.get(row.ShTrackingConfigID, NO_CONFIGURATION),
            )
            for row in rows
        ]

    async def _configurations(self, connection: AsyncConnection) -> dict[int, Configuration]:
        rows = (await connection.execute(statements.configurations(self._tables))).all()
        return self._properties.configurations(rows)

    async def _values_between(
        self, connection: AsyncConnection, after: int, last: int
    ) -> dict[int, dict[str, str]]:
        owner = self._tables.customer_properties.c.CustomerID
        wanted = statements.customer_values(self._tables).where(owner > after, owner <= last)
        return self._properties.values((await connection.execute(wanted)).all())


def _customer(row: Row[Any], values: dict[str, str], configuration: Configuration) -> Customer:
    rep = text_or_none(row.PrefFullName) or text_or_none(
        f"{text(row.FirstName)} {text(row.LastName)}".strip()
    )
    return Customer(
        customer_id=row.CustomerID,
        number=text(row.CustomerNumber),
        name=text(row.CustomerName),
        attn=text(row.Attn),
        address=text(row.Address),
        city=text(row.City),
        state=text(row.State),
        zip=text(row.Zip),
        country=text(row.Country),
        phone1=text(row.Phone1),
        fax=text(row.Fax),
        email=text(row.Email),
        website=text(row.WebSite),
        active=bool(row.Active),
        prospect=bool(row.Prospect),
        company_customer=bool(row.CompanyCustomer),
        hold=bool(row.Hold),
        on_hold_code=text_or_none(row.OnHoldCode),
        parent_id=row.LocationID,
        bill_to_id=row.BillToID,
        branch=text_or_none(row.BranchNumber),
        customer_type=text_or_none(row.CustomerType),
        territory=text_or_none(row.Territory),
        sales_rep_number=text_or_none(row.AgentNumber),
        sales_rep_name=rep,
        configuration=configuration.name,
        storable_properties=configuration.storable,
        properties=dict(sorted(values.items())),
        row_version=hex_version(row.timestamp),
    )
