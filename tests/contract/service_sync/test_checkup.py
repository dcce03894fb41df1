"""What `tandem config check --connect` tells about ID965's settings."""

import pytest

from services.service_sync.desk import checkup
from services.simulator.connectwise.server import ConnectWiseServer
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import transaction, url
from services.simulator.eautomate.templates import SERVICE_ITEM
from shared.checkup.connectwise import Connection, check_connectwise
from shared.checkup.finding import Finding, Level
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from tests.contract.connectwise.conftest import settings_for
from tests.contract.in_process import DEALER
from tests.contract.service_sync.world import MARTA
from tests.unit.services.service_sync.rules.world import settings


async def named_in_connectwise(server: ConnectWiseServer, **given: object) -> dict[str, Finding]:
    wanted = checkup.of_settings(settings(**given)).named
    connection = settings_for(server.url)
    test = Connection(connection, {"ID965"}, set(), wanted, lambda _text: None)
    async with ConnectWise(
        connection, "test", Limiter("test", 1e6, 5), retry_seconds=0, read_only=True
    ) as client:
        return {finding.subject: finding async for finding in check_connectwise(client, test)}


async def test_boards_statuses_and_work_that_connectwise_lacks_are_named_with_what_is_near(
    standin: ConnectWiseServer,
) -> None:
    found = await named_in_connectwise(
        standin,
        ticket_statuses=["Completed", "Complete"],
        boards=["Help Desk", "Helpdesk"],
        activity_code_map={"Network Engineer": "LAB", "Network Enginer": "LAB"},
    )
    assert found["ticket status Completed"].level is Level.OK
    assert "did you mean Completed?" in found["ticket status Complete"].fix
    assert found["service board Help Desk"].level is Level.OK
    assert "did you mean Help Desk?" in found["service board Helpdesk"].fix
    assert found["work type or work role Network Engineer"].level is Level.OK
    wrong = found["work type or work role Network Enginer"]
    assert (wrong.level, "service_sync.activity_code_map" in wrong.text) == (Level.FAULT, True)


async def named_in_eautomate(
    monkeypatch: pytest.MonkeyPatch, people: Client, **given: str
) -> dict[str, Finding]:
    monkeypatch.setenv("TANDEM_EAUTOMATE__URL", url(people.path))
    for name, value in given.items():
        monkeypatch.setenv(f"TANDEM_SERVICE_SYNC__{name.upper()}", value)
    return {finding.subject: finding async for finding in checkup.check(lambda _text: None)}


async def test_item_contract_and_technicians_that_can_be_used_are_there(
    monkeypatch: pytest.MonkeyPatch, people: Client
) -> None:
    people.add_contract(DEALER, "CN9001-01", "MIT")
    people.add_agent(MARTA, "Marta", "Kova", technician=True)
    found = await named_in_eautomate(
        monkeypatch, people,
        service_item=SERVICE_ITEM, default_contract="CN9001-01", default_technician=MARTA,
    )  # fmt: skip
    assert {subject: finding.level for subject, finding in found.items()} == {
        f"standard serviceable item {SERVICE_ITEM}": Level.OK,
        "contract CN9001-01": Level.OK,
        f"technician {MARTA}": Level.OK,
    }


async def test_what_cannot_be_used_is_named_with_its_reason_code_and_setting(
    monkeypatch: pytest.MonkeyPatch, people: Client
) -> None:
    people.add_agent(MARTA, "Marta", "Kova", technician=False)
    with transaction(people.path) as file:
        file.execute("UPDATE ICItems SET ServiceableAsItem = 0 WHERE Item = ?", (SERVICE_ITEM,))
    found = await named_in_eautomate(
        monkeypatch, people,
        service_item=SERVICE_ITEM, default_contract="CN0-01", header_technician=MARTA, default_technician="E099",
    )  # fmt: skip
    assert {subject: (finding.text, finding.code) for subject, finding in found.items()} == {
        f"standard serviceable item {SERVICE_ITEM}": ("is not serviceable", "S6"),
        "contract CN0-01": ("does not exist", "S10"),
        f"technician {MARTA}": ("is inactive, or no technician", "S13"),
        "technician E099": ("does not exist", "S13"),
    }
    assert {finding.level for finding in found.values()} == {Level.FAULT}
    assert "service_sync.header_technician" in found[f"technician {MARTA}"].fix
