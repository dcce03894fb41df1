"""An API client written by others, pointed at the stand-in."""

from typing import Any

import httpx
import pytest
from pyconnectwise import ConnectWiseManageAPIClient
from pyconnectwise.config import Config
from pyconnectwise.exceptions import MalformedRequestException, NotFoundException, ObjectExistsError

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.builders import company, create


@pytest.fixture
def manage(server: ConnectWiseServer, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> Any:
    known = server.state.settings
    address = f"{server.url}/v4_6_release/apis/3.0"
    # The client speaks only https to a host name; the stand-in is plain http on loopback.
    monkeypatch.setattr(ConnectWiseManageAPIClient, "_get_url", lambda _self: address)
    return ConnectWiseManageAPIClient(
        known.company,
        "unused",
        known.client_id,
        known.public_key,
        known.private_key,
        codebase="v4_6_release/",
        config=Config(max_retries=2),
    )


def test_pyconnectwise_reads_models_and_pages(manage: Any, api: httpx.Client) -> None:
    for number in range(5):
        create(api, f"Client{number}", typeIds=[1], annualRevenue=1.5)
    pages = manage.company.companies.paginated(1, 2, params={"orderBy": "id desc", "conditions": "id > 0"})
    assert [one.identifier for one in pages.all()] == ["Client4", "Client3", "Client2", "Client1", "Client0"]
    one = manage.company.companies.id(1001).get()
    assert (one.name, one.status.name, one.types[0].name) == ("Client0 Inc", "Active", "Client")
    assert one.info["updatedBy"] == "tandem"
    assert manage.company.companies.count.get().count == 5
    assert manage.company.companies.id(1001).sites.get()[0].primary_address_flag is True
    assert manage.system.members.get(params={"conditions": "identifier='mkova'"})[0].hire_date.year == 2019
    assert manage.system.info.get().is_cloud is True


def test_pyconnectwise_writes(manage: Any) -> None:
    made = manage.company.companies.post(data=company("Posted"))
    changed = manage.company.companies.id(made.id).patch(
        [{"op": "replace", "path": "city", "value": "Bruges"}]
    )
    assert (made.city, changed.city) == ("Ghent", "Bruges")
    with pytest.raises(MalformedRequestException):
        manage.company.companies.id(made.id).patch([{"op": "replace", "path": "name", "value": "x" * 51}])
    with pytest.raises(ObjectExistsError):
        manage.company.companies.post(data=company("Posted"))
    manage.company.companies.statuses.id(3).delete()
    with pytest.raises(NotFoundException):
        manage.company.companies.statuses.id(3).get()


def test_pyconnectwise_retries_the_timeout_it_knows(manage: Any, sim: httpx.Client) -> None:
    sim.post("/faults", json=[{"kind": "500", "times": 1}])
    assert manage.system.info.get().version == "v2025.1"
