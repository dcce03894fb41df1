"""What a test does with ID747, and what it finds afterwards."""

import json
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.customer_sync.asking import SETTLE, command
from services.customer_sync.customers.gather import KIND, PROCESS
from services.customer_sync.customers.matching import PROPERTY
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.customers.writes import AGENT
from services.customer_sync.settings import CustomerSyncSettings, SyncType
from services.customer_sync.tables import OVERWRITTEN
from services.customer_sync.wiring import handlers, location_store
from shared.bus.deadletter import Raw
from shared.connectwise.companies import Companies
from shared.events.records import Company, Customer
from shared.links.client import MappingClient
from shared.links.models import Link
from shared.sync.agent import SyncAgent
from shared.sync.overwritten import Untold
from tests.contract.connectwise.conftest import Control
from tests.contract.eautomate.conftest import Database
from tests.contract.running import OUTCOMES, Running, Told

REDO = "t.customer_sync.redo"
SETTLE_SECONDS = 0.05


class World(Running):
    """The stand-ins, and an agent that can be killed and started anew."""

    def __init__(
        self,
        control: Control,
        database: Database,
        companies: Companies,
        mapping: MappingClient,
        engine: AsyncEngine,
    ) -> None:
        super().__init__(AGENT)
        self.control = control
        self.hand = database.hand
        self.port = database.port
        self.companies = companies
        self.mapping = mapping
        self.store = CustomerStore(engine)
        self.sites = location_store(engine)
        self.untold = Untold(engine, OVERWRITTEN)
        self.clock = time.time
        self.configure(SyncType.INSERT_UPDATE_CUSTOMERS)

    def configure(self, sync_type: SyncType, territory_filter: Sequence[str] = (), **more: Any) -> None:
        """Start the agent anew, with these settings."""
        given: dict[str, Any] = {"company_type": "Client", "settle_lookup": SETTLE_SECONDS}
        self.settings = CustomerSyncSettings(sync_type=sync_type, **(given | more))
        agent = SyncAgent(
            PROCESS,
            AGENT,
            OUTCOMES,
            handlers(
                self.store,
                self.sites,
                self.port,
                self.companies,
                self.mapping,
                self.settings,
                territory_filter,
                REDO,
                lambda: self.clock(),
            ),
            self.untold,
        )
        self.start(agent)

    async def change(self, customer_id: int, sequence: int, redo: str | None = None) -> Told:
        """The customer as it is now arrives as a change."""
        return await self.run(self.raw(await self.row(customer_id), sequence, redo))

    async def settle(self, customer_id: int) -> Told:
        """The due work about a customer arrives."""
        return await self.run(self.raw_of(command(REDO, str(customer_id), SETTLE)))

    async def row(self, customer_id: int) -> Customer:
        """The customer as stored."""
        return (await self.port.customers_by_id([customer_id]))[customer_id]

    async def held(self, customer_id: int) -> str:
        """The RecID in the customer's property."""
        return (await self.row(customer_id)).properties.get(PROPERTY, "")

    async def link(self, customer_id: int) -> Link | None:
        return (await self.mapping.find(KIND, lefts=[str(customer_id)])).lefts[str(customer_id)].link

    async def found(self, number: str) -> list[Company]:
        """Companies, deleted ones left out, that carry a number in either field."""
        stripped = "".join(character for character in number if character.isalnum())
        named = await self.companies.companies_by_identifiers([number, stripped])
        accounts = await self.companies.companies_by_account_numbers([number])
        return list({one.id: one for one in [*named, *accounts] if not one.deletedFlag}.values())

    async def make(self, identifier: str, **more: Any) -> Company:
        """Somebody makes a company by hand."""
        body = {"identifier": identifier, "name": f"Name of {identifier}", "site": {"name": "Main"}}
        return await self.companies.create_company(body | {"city": "Ghent"} | more)

    async def writes(self) -> list[str]:
        """Writes to ConnectWise since ``quiet``."""
        return [
            f"{entry['method']} {entry['path']}"
            for method in ("POST", "PATCH", "PUT", "DELETE")
            for entry in await self.control.requests(method=method)
        ]

    async def quiet(self) -> None:
        """Forget the requests made so far."""
        await self.control.forget()


def body_of(raw: Raw) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(raw.value or b"{}")
    return value
