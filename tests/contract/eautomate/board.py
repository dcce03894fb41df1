"""The dispatch board of the shop: what calls are classed by, a technician, a location, calls made by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from services.simulator.eautomate import schema
from shared.eautomate.call_rows import CallFields, LaborFields
from shared.eautomate.transaction import Transaction
from shared.events.calls import Call
from tests.contract.eautomate.shop import Shop

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)
TEN = datetime(2026, 5, 4, 10, 30, tzinfo=UTC)
_SEQUENCES = count(1)


class Board:
    """What the tests about service calls begin with."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.port = shop.port
        self.hand = shop.hand

    async def open(self) -> "Board":
        """Codes, a technician, and a location somebody else pays for."""
        hand = self.hand
        self.low = await hand.keyed(schema.SCPriorities, Priority="LOW")
        self.remote = await hand.keyed(
            schema.SCActivityCodes, ActivityCode="REMOTE", Description="Remote work"
        )
        self.network = await hand.keyed(
            schema.SCCallTypes,
            CallType="NETWORK",
            Description="Network",
            EstDuration=90,
            PriorityID=self.low,
            ActivityCodeID=self.remote,
        )
        self.waiting = await hand.keyed(
            schema.ShOnHoldCodes, OnHoldCode="WP", Description="Waiting for parts", TypeID=2
        )
        self.technician = await hand.agent("T7", FirstName="Tom", LastName="Reed")
        await hand.insert(schema.SCTechnicians, TechnicianID=self.technician)
        self.location = await hand.customer(
            "AB00-TBS",
            CustomerName="Abel, Tulsa",
            LocationID=self.shop.customer,
            BillToID=self.shop.payer,
            TerritoryID=hand.territory_id,
            Address="7 Pine Rd",
            City="Tulsa",
            State="OK",
            Zip="74102",
            Phone1="918 555 0100",
        )
        return self

    async def call(self, number: str, **fields: Any) -> int:
        """A call's id, put there by hand."""
        row = {
            "CallNumber": number,
            "WorkOrderNumber": number,
            "Date": NINE.replace(tzinfo=None),
            "CustomerID": self.shop.customer,
            "BillToID": self.shop.payer,
            "CallTypeID": self.network,
            "BillCodeID": self.shop.bill_code,
        }
        return await self.hand.insert(schema.SCCalls, **(row | fields))

    async def labor(self, call_id: int, hours: str = "1.5", **fields: Any) -> int:
        """A labour record's id, put there by hand."""
        row = {
            "CallID": call_id,
            "TechnicianID": self.technician,
            "ActivityCodeID": self.remote,
            "ArrivalDate": NINE.replace(tzinfo=None),
            "LaborHours": Decimal(hours),
        }
        return await self.hand.insert(schema.SCCallLabors, **(row | fields))

    async def material(self, call_id: int, quantity: str = "2", **fields: Any) -> int:
        """A material's id, put there by hand."""
        row = {"CallID": call_id, "ItemID": self.shop.item, "Quantity": Decimal(quantity)}
        return await self.hand.insert(schema.SCCallMaterials, **(row | fields))

    async def edit(self, call_id: int, **fields: Any) -> None:
        """Somebody's SQL on a call."""
        await self.shop.edit(schema.SCCalls, call_id, **fields)

    @asynccontextmanager
    async def writing(self, record: str = "ticket/1", generation: int = 0) -> AsyncIterator[Transaction]:
        """A transaction of the service sync, each later than the one before."""
        sequence = next(_SEQUENCES)
        async with self.port.transaction("ID965", record, sequence, generation, area="calls") as work:
            yield work

    async def read(self, call_id: int) -> Call:
        """The call as it is now."""
        return (await self.port.calls_by_id([call_id]))[call_id]

    def header(self, **fields: Any) -> CallFields:
        """The least a new call is given."""
        least: CallFields = {
            "customer_id": self.location,
            "call_type_id": self.network,
            "bill_code_id": self.shop.bill_code,
        }
        return least | fields  # type: ignore[return-value]

    def hours(self, hours: str = "1.5", **fields: Any) -> LaborFields:
        """The least labour is given."""
        least: LaborFields = {
            "technician_id": self.technician,
            "activity_code_id": self.remote,
            "arrived": NINE,
            "departed": TEN,
            "labor_hours": Decimal(hours),
        }
        return least | fields  # type: ignore[return-value]

    async def made(self, **fields: Any) -> int:
        """A call the port made."""
        async with self.writing() as work:
            call_id, _ = await work.create_call(self.header(**fields))
        return call_id
