"""Somebody else's hand in the database under test: rows put there by plain SQL, and taken away at the end."""

from copy import copy
from datetime import datetime
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.simulator.eautomate import schema
from shared.eautomate.engine import WRITES

CONFIGURATION = "Tandem test"
OTHER_CONFIGURATION = "Tandem test, without"
_KEY = 910_000
_WRITTEN = (
    schema.SCCallLabors,
    schema.SCCallMaterials,
    schema.SCCalls,
    schema.SCContractDetails,
    schema.SCContracts,
    schema.ICItems,
)
"""Tables Tandem makes rows in; a line comes before what it points to."""
_POINTING = {
    schema.SCCallLabors,
    schema.SCCallMaterials,
    schema.SCBillingContracts,
    schema.SCBilling,
    schema.SCContractDetails,
}
"""Tables whose rows may point to those."""


class Hand:
    """Inserts and edits without any of the port's help."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{WRITES: True})
        self.configurations: dict[str, int] = {}
        self._made: list[tuple[Table, dict[str, Any]]] = []
        self._next = _KEY
        self._theirs: dict[Table, set[int]] = {}

    def on(self, engine: AsyncEngine) -> "Hand":
        """The same hand at a copy of its database."""
        other = Hand(engine)
        for name, value in vars(self).items():
            if name not in {"engine", "_writer", "_made"}:
                setattr(other, name, copy(value))
        return other

    async def codes(self) -> None:
        """One row of every code table, two configurations, the properties."""
        self.type_id = await self.keyed(schema.ARCustomerTypes, CustomerType="MSP")
        self.branch_id = await self.keyed(schema.GLBranches, BranchNumber="1", BranchName="Head office")
        self.hold_id = await self.keyed(schema.ShOnHoldCodes, OnHoldCode="CH", Description="Credit hold")
        self.territory_id = await self.keyed(schema.ShTerritories, Territory="NORTH")
        self.rep_id = await self.insert(
            schema.ShAgents, AgentNumber="E1", FirstName="Ana", LastName="Fox", UserID="AFOX"
        )
        await self.insert(schema.ARSalesReps, SalesRepID=self.rep_id)
        self.contract_codes = {
            code: await self.keyed(schema.SCContractCodes, ContractCode=code)
            for code in ("MIT", "CPC", "BKUP")
        }
        held = await self.keyed(schema.ShTrackingConfigs, TrackingConfig=CONFIGURATION)
        bare = await self.keyed(schema.ShTrackingConfigs, TrackingConfig=OTHER_CONFIGURATION)
        self.configurations = {CONFIGURATION: held, OTHER_CONFIGURATION: bare}
        for name in ("ZCJ_CW_CompanyID", "ZCJ_CW_SiteAddressRecID", "ZCJ_SyncToCW", "ZCJ_CW_MemberID"):
            await self.insert(
                schema.ShTrackingConfigAttributes,
                ShTrackingConfigID=held,
                ShAttributeID=await self.attribute(name),
            )

    async def customer(self, number: str, configuration: str | None = CONFIGURATION, **fields: Any) -> int:
        """A customer's id."""
        row = {
            "CustomerNumber": number,
            "CustomerName": f"Name of {number}",
            "BranchID": self.branch_id,
            "ShTrackingConfigID": self.configurations[configuration] if configuration else None,
        }
        return await self.insert(schema.ARCustomers, **(row | fields))

    async def agent(self, number: str, configuration: str | None = CONFIGURATION, **fields: Any) -> int:
        """An employee's id."""
        row = {
            "AgentNumber": number,
            "PrefFullName": f"Name of {number}",
            "ShTrackingConfigID": self.configurations[configuration] if configuration else None,
        }
        return await self.insert(schema.ShAgents, **(row | fields))

    async def contract(self, customer_id: int, code: str, **fields: Any) -> int:
        """A contract's id; it holds from 2020 on."""
        row = {
            "ContractNumber": f"CN{self._next}",
            "CustomerID": customer_id,
            "BillToID": customer_id,
            "ContractCodeID": self.contract_codes[code],
            "StartDate": datetime(2020, 1, 1),  # noqa: DTZ001 - as the column holds it
        }
        return await self.keyed(schema.SCContracts, **(row | fields))

    async def edit(self, customer_id: int, **fields: Any) -> None:
        """A save; without fields, a no-op save."""
        own = schema.ARCustomers
        async with self._writer.connect() as connection:
            saved = update(own).where(own.c.CustomerID == customer_id).values(fields or {"Locks": 0})
            await connection.execute(saved)
            await connection.commit()

    async def attribute(self, name: str) -> int:
        """The property's id, made when it is not there."""
        own = schema.ShAttributes
        async with self.engine.connect() as connection:
            found = await connection.scalar(select(own.c.ShAttributeID).where(own.c.AttributeName == name))
        return found if found is not None else await self.insert(own, AttributeName=name)

    async def property(self, customer_id: int, name: str, value: str | None, **fields: Any) -> None:
        """A property row as the client makes it."""
        own, attribute = schema.ARCustomerCustomProperties, await self.attribute(name)
        row = {"CustomerID": customer_id, "ShAttributeID": attribute, "TextVal": value}
        await self.insert(own, **(row | fields))

    async def edit_property(self, customer_id: int, name: str, value: str | None) -> None:
        """Foreign SQL on ``TextVal``."""
        own, attribute = schema.ARCustomerCustomProperties, await self.attribute(name)
        async with self._writer.connect() as connection:
            await connection.execute(
                update(own)
                .where(own.c.CustomerID == customer_id, own.c.ShAttributeID == attribute)
                .values(TextVal=value)
            )
            await connection.commit()

    async def row(self, table: Table, **where: Any) -> dict[str, Any]:
        """One row as stored."""
        async with self.engine.connect() as connection:
            found = await connection.execute(select(table).filter_by(**where))
            return dict(found.mappings().one())

    async def keyed(self, table: Table, **values: Any) -> int:
        """A row whose key somebody hands out."""
        key = self.next_key()
        return await self.insert(table, **{table.primary_key.columns[0].name: key}, **values)

    def next_key(self) -> int:
        """A number nobody has."""
        self._next += 1
        return self._next

    async def insert(self, table: Table, **values: Any) -> int:
        """A row; the first part of its key."""
        async with self._writer.connect() as connection:
            result = await connection.execute(insert(table).values(values))
            key = result.inserted_primary_key
            await connection.commit()
        names = [column.name for column in table.primary_key]
        self._made.append((table, dict(zip(names, key or (), strict=True))))
        return int(key[0]) if key else 0

    async def remember(self) -> None:
        """Note which of Tandem's rows are somebody else's, before any is made here."""
        self._theirs = {table: await self._tandems(table) for table in _WRITTEN}

    async def _tandems(self, table: Table) -> set[int]:
        """Ids of the rows Tandem made."""
        async with self.engine.connect() as connection:
            [key] = table.primary_key.columns
            wanted = select(key).where(func.rtrim(table.c.CreatorID) == "TANDEM")
            return set((await connection.scalars(wanted)).all())

    async def clean(self) -> None:
        """Take away what was made here, by this hand or by the port, the last first."""
        made = {table: await self._tandems(table) - self._theirs.get(table, set()) for table in _WRITTEN}
        values_of = {
            schema.ARCustomers: schema.ARCustomerCustomProperties,
            schema.ShAgents: schema.ShAgentCustomProperties,
        }
        async with self._writer.connect() as connection:
            for table, keys in reversed(self._made):
                if table in _POINTING:
                    await connection.execute(delete(table).filter_by(**keys))
            for table, ids in made.items():
                [column] = table.primary_key.columns
                await connection.execute(delete(table).where(column.in_(ids)))
            for table, keys in reversed(self._made):
                if table in values_of:
                    await connection.execute(delete(values_of[table]).filter_by(**keys))
                await connection.execute(delete(table).filter_by(**keys))
            await connection.commit()
