"""``tandem links`` against mapping on a real port, the ConnectWise stand-in and e-automate's file."""

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from services.mapping.app import MappingService
from services.mapping.messages import Outgoing
from services.mapping.settings import MappingSettings
from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.codes import CONFIGURATION, insert_codes
from services.simulator.eautomate.database import create, transaction, url
from shared.config import EAutomateSettings, StoreSettings
from shared.eautomate.port import EAutomate
from shared.links.command import app
from tests.contract.connectwise.conftest import settings_for
from tests.contract.mapping.waiting import until

START_SECONDS = 20.0


class Nowhere:
    """A broker that takes everything."""

    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Take everything."""

    async def stop(self) -> None:
        """Nothing to stop."""


@dataclass
class Desk:
    """What people see and type."""

    people: Client
    control: httpx.Client
    environment: dict[str, str]
    url: str

    def add_customer(self, number: str, name: str, **fields: Any) -> str:
        """A head office with the property configuration; its id."""
        return str(self.people.add_customer(number, name, ShTrackingConfigID=CONFIGURATION, **fields))

    def add_location(self, parent: str, number: str, name: str, **fields: Any) -> str:
        """A location; its id."""
        return str(self.people.add_location(parent, number, name, ShTrackingConfigID=CONFIGURATION, **fields))

    def add_company(self, identifier: str, name: str, **fields: Any) -> str:
        """A company; its RecID."""
        record = {"identifier": identifier, "name": name, "site": {"name": "Main"}, "types": [{"id": 1}]}
        return self._human("company", record | {"addressLine1": "1 High Street"} | fields)

    def add_site(self, company: str, name: str, **fields: Any) -> str:
        """A site of a company; its RecID."""
        return self._human("site", {"name": name, "company": {"id": int(company)}} | fields)

    def add_agreement(self, company: str, name: str, **fields: Any) -> str:
        """An agreement of a company, billed monthly; its RecID."""
        contact = self._human("contact", {"firstName": "Pat", "company": {"id": int(company)}})
        record = {
            "name": name,
            "type": {"name": "Managed Services"},
            "company": {"id": int(company)},
            "contact": {"id": int(contact)},
            "startDate": "2026-01-01T00:00:00Z",
            "noEndingDateFlag": True,
            "billAmount": 500,
        }
        return self._human("agreement", record | fields)

    def name_contract(self, agreement: str, number: str | None) -> None:
        """Somebody types a contract number into the agreement's field."""
        row = self._get(f"finance/agreements/{agreement}")
        field = next(one for one in row["customFields"] if one["caption"] == "ZCJ_ContractNumber")
        changes = {"customFields": [{"id": field["id"], "value": number}]}
        self.control.post(f"/human/agreement/{agreement}", json={"changes": changes}).raise_for_status()

    def bill(self, agreement: str, day: str, number: str) -> str:
        """The recurring run makes the agreement's invoice of a month; its RecID."""
        body = {"agreement": int(agreement), "date": day, "number": number}
        answer = self.control.post("/invoice", json=body).raise_for_status()
        return str(answer.json()["id"])

    def seed(self, entity: str, **record: Any) -> str:
        """A record without any check; its RecID."""
        answer = self.control.post("/seed", json={entity: [record]}).raise_for_status().json()
        return str(answer[entity][0])

    def edit_company(self, company: str, **changes: Any) -> None:
        """Somebody edits a company."""
        self.control.post(f"/human/company/{company}", json={"changes": changes}).raise_for_status()

    def delete_company(self, company: str) -> None:
        """Somebody deletes a company."""
        self.control.post(f"/human/company/{company}/delete", json={}).raise_for_status()

    def fault(self, kind: str, **rule: Any) -> None:
        """Put a fault in force at ConnectWise."""
        self.control.post("/faults", json=[{"kind": kind, **rule}]).raise_for_status()

    def company(self, company: str) -> dict[str, Any]:
        """A company as an API client sees it."""
        found: dict[str, Any] = self._get(f"company/companies/{company}")
        return found

    def site(self, company: str, site: str) -> dict[str, Any]:
        """A site as an API client sees it."""
        found: dict[str, Any] = self._get(f"company/companies/{company}/sites/{site}")
        return found

    def state(self, identifier: str) -> int:
        """RecID of a state."""
        states = self._get("company/states?pageSize=1000")
        return next(int(one["id"]) for one in states if one["identifier"] == identifier)

    def status(self, name: str) -> int:
        """RecID of a company status."""
        return next(int(one["id"]) for one in self._get("company/companies/statuses") if one["name"] == name)

    def _get(self, path: str) -> Any:
        site = str(self.control.base_url).removesuffix("/_sim/")
        settings = settings_for(site)
        answer = httpx.get(
            f"{site}/v2025_1/apis/3.0/{path}",
            auth=("northgate+FakePublicKey0001", settings.private_key.get_secret_value()),
            headers={"clientId": settings.client_id.get_secret_value()},
            trust_env=False,
        )
        return answer.raise_for_status().json()

    def requests(self, method: str, path: str = "") -> list[dict[str, Any]]:
        """Requests ConnectWise was sent."""
        found: list[dict[str, Any]] = self.control.get(
            "/requests", params={"method": method, "path": path}
        ).json()
        return [one for one in found if "/_sim" not in one["path"]]

    def run(self, *arguments: str, stdin: str | None = None, **settings: str) -> Result:
        """A command to its end."""
        environment = {**self.environment, **settings}
        return CliRunner(env=environment).invoke(app, [*arguments], input=stdin)

    def links(self, *arguments: str) -> list[dict[str, Any]]:
        """What ``ls --json`` answers."""
        return [json.loads(line) for line in self.run("ls", "--json", *arguments).stdout.splitlines()]

    def _human(self, entity: str, record: dict[str, Any]) -> str:
        answer = self.control.post(f"/human/{entity}", json={"record": record}).raise_for_status()
        return str(answer.json()["id"])


class _Servers:
    """Mapping and ConnectWise in one loop of a thread of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._up = threading.Event()
        self.mapping_url = ""
        self.connectwise = ConnectWiseServer()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def start(self) -> None:
        self._thread.start()
        if not self._up.wait(START_SECONDS):
            raise TimeoutError("the servers did not come up")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(START_SECONDS)

    async def _serve(self) -> None:
        store = StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{self._folder}/{{service}}.db"))
        service = MappingService(MappingSettings(), store, Nowhere)

        @contextlib.asynccontextmanager
        async def running(_: FastAPI) -> AsyncIterator[None]:
            stop = asyncio.Event()
            task = asyncio.create_task(service.run(stop))
            yield
            stop.set()
            await task

        application = FastAPI(lifespan=running)
        for routes in service.routers():
            application.include_router(routes)
        config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server._serve())
        async with self.connectwise:
            await until(lambda: server.started and service.ready().ok)
            self.mapping_url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
            self._up.set()
            await self._stop.wait()
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
def dealer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """E-automate with code tables and the ledger, without records."""
    file = tmp_path_factory.mktemp("dealer") / "ea.db"
    create(file)
    with transaction(file) as connection:
        insert_codes(connection)

    async def ledger() -> None:
        port = EAutomate.open(EAutomateSettings(url=SecretStr(url(file))))
        await port.create_ledger()
        await port.close()

    asyncio.run(ledger())
    return file


@pytest.fixture
def desk(tmp_path: Path, dealer: Path) -> Iterator[Desk]:
    """A desk at a fresh dealer."""
    file = tmp_path / "ea.db"
    copyfile(dealer, file)
    servers = _Servers(tmp_path)
    servers.start()
    settings = settings_for(servers.connectwise.url)
    environment = {
        "COLUMNS": "200",
        "TANDEM_MAPPING__URL": servers.mapping_url,
        "TANDEM_EAUTOMATE__URL": url(file),
        "TANDEM_CONNECTWISE__URL": servers.connectwise.url,
        "TANDEM_CONNECTWISE__COMPANY": settings.company,
        "TANDEM_CONNECTWISE__PUBLIC_KEY": settings.public_key.get_secret_value(),
        "TANDEM_CONNECTWISE__PRIVATE_KEY": settings.private_key.get_secret_value(),
        "TANDEM_CONNECTWISE__CLIENT_ID": settings.client_id.get_secret_value(),
        "TANDEM_CONNECTWISE__REQUESTS_PER_MINUTE": "60000",
        # Nobody listens there: what needs the broker must say so and go on.
        "TANDEM_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1",
    }
    control = httpx.Client(base_url=f"{servers.connectwise.url}/_sim", trust_env=False, timeout=30)
    try:
        yield Desk(Client(file), control, environment, servers.mapping_url)
    finally:
        control.close()
        servers.stop()
