from collections.abc import Iterator

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.builders import create, custom_id, names
from tests.contract.simulator.connectwise.conftest import client


@pytest.fixture(scope="module")
def api(server: ConnectWiseServer) -> Iterator[httpx.Client]:
    """Four companies to tell apart; read only."""
    httpx.post(f"{server.url}/_sim/reset").raise_for_status()
    httpx.post(f"{server.url}/_sim/clock", json={"set": "2025-03-01T10:00:00Z", "freeze": True})
    with client(server) as session:
        hold = custom_id(session, "ZCJ_OnHoldCode")
        held = [{"id": hold, "value": "CH"}]
        create(
            session, "Acme", name='Acme "Best" Ltd', accountNumber="100", types=[{"id": 1}], customFields=held
        )
        httpx.post(f"{server.url}/_sim/clock", json={"advance": 60})
        create(session, "Bolt", name="Bolt 50% [x]", types=[{"id": 1}, {"id": 3}], numberOfEmployees=9)
        httpx.post(f"{server.url}/_sim/clock", json={"advance": 60})
        create(session, "Cleo", name="Cléo's", status={"id": 2}, leadFlag=True, types=[{"id": 2}], zip="9000")
        create(session, "Dune", name="Dune", annualRevenue=1000.5, parentCompany={"identifier": "acme"})
        yield session
    httpx.post(f"{server.url}/_sim/reset").raise_for_status()


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ('identifier = "ACME"', ["Acme"]),
        ("identifier in ('acme','dune', 'nobody')", ["Acme", "Dune"]),
        ("identifier not in ('acme','dune')", ["Bolt", "Cleo"]),
        ("id in (1001, 1003)", ["Acme", "Cleo"]),
        ("id = 1002 or id = 1003", ["Bolt", "Cleo"]),
        ("id > 1002 and (leadFlag = true or annualRevenue >= 1000.5)", ["Cleo", "Dune"]),
        ("leadFlag = False AND id <> 1001", ["Bolt", "Dune"]),
        ("status/name = 'inactive'", ["Cleo"]),
        ("status/id in (1)", ["Acme", "Bolt", "Dune"]),
        ("parentCompany/identifier = 'Acme'", ["Dune"]),
        ("parentCompany = null", ["Acme", "Bolt", "Cleo"]),
        ("accountNumber != null", ["Acme"]),
        ("accountNumber != '200'", ["Acme"]),
        ("numberOfEmployees < 10", ["Bolt"]),
        ("zip = 9000", ["Cleo"]),
        ("name like 'bolt*'", ["Bolt"]),
        ('name like "%une"', ["Dune"]),
        ("name like '%[[]x%'", ["Bolt"]),
        ("name not like '*e*' ", ["Bolt", "Cleo"]),
        ('name contains "BEST"', ["Acme"]),
        ("name not contains 'o'", ["Acme", "Dune"]),
        ("name = 'Acme \"Best\" Ltd'", ["Acme"]),
        ('name = "Acme ""Best"" Ltd"', ["Acme"]),
        ("name = 'Cléo\\'s'", ["Cleo"]),
        ("name = 'CLÉO''S  '", ["Cleo"]),
        ("lastUpdated >= [2025-03-01T10:01:00Z]", ["Bolt", "Cleo", "Dune"]),
        ("lastUpdated > [2025-03-01T10:00:59.999Z] and lastUpdated < [2025-03-01T10:01:00.5Z]", ["Bolt"]),
        ("lastUpdated < [2025-03-01T11:01:00+01:00]", ["Acme"]),
        ("dateEntered > [2025-03-01] and enteredBy = 'TANDEM'", ["Acme", "Bolt", "Cleo", "Dune"]),
        ("updatedBy != 'tandem'", []),
        ("isVendorFlag = true", ["Bolt"]),
        ("deletedFlag = false and id = 1004", ["Dune"]),
    ],
)
def test_conditions_select(api: httpx.Client, conditions: str, found: list[str]) -> None:
    assert names(api.get("/company/companies", params={"conditions": conditions})) == found
    assert api.get("/company/companies/count", params={"conditions": conditions}).json() == {
        "count": len(found)
    }


@pytest.mark.parametrize(
    "conditions",
    [
        "nonsense = 1",
        "_info/lastUpdated > [2025-01-01]",
        "types/id = 1",
        "customFields = 1",
        "status/nonsense = 1",
        "status/id/name = 1",
        "status = 1",
        "lastUpdated > '2025-01-01T00:00:00Z'",
        "lastUpdated > 2025-01-01T00:00:00Z",
        "lastUpdated > [yesterday]",
        "lastUpdated > [2025-13-01]",
        "id = '1001'",
        "numberOfEmployees in ('9')",
        "name = Acme",
        "accountNumber is null",
        "not (id = 1)",
        "(id = 1",
        "id = 1 and",
        "leadFlag = 1",
        "name like 5",
        "id = 1; drop",
        "(" * 3000,
    ],
)
def test_what_the_filter_cannot_read_is_an_api_find_condition(api: httpx.Client, conditions: str) -> None:
    answer = api.get("/company/companies", params={"conditions": conditions})
    assert (answer.status_code, answer.json()["code"]) == (400, "ApiFindCondition")


def test_an_unknown_name_is_quoted_in_the_recorded_words(api: httpx.Client) -> None:
    answer = api.get("/company/companies", params={"conditions": "board/name = 'x'"})
    assert answer.json()["message"] == "board/name is not a recognized name."


def test_an_unknown_enumeration_member_is_refused(api: httpx.Client) -> None:
    good = api.get("/system/members", params={"conditions": "licenseClass='a'"})
    assert [row["identifier"] for row in good.json()] == ["tandem"]
    bad = api.get("/system/members", params={"conditions": "licenseClass='Z'"})
    assert bad.json() == {"code": "ApiFindCondition", "message": "Enum value supplied was invalid"}


def test_child_conditions_must_hold_for_one_and_the_same_child(api: httpx.Client) -> None:
    both = {"childConditions": "types/id = 3 and types/name = 'Vendor'"}
    assert names(api.get("/company/companies", params=both)) == ["Bolt"]
    crossed = {"childConditions": "types/id = 1 and types/name = 'Vendor'"}
    assert names(api.get("/company/companies", params=crossed)) == []
    assert api.get("/company/companies", params={"childConditions": "status/id = 1"}).status_code == 400


def test_custom_field_conditions_select_by_caption_and_value(api: httpx.Client) -> None:
    held = {"customFieldConditions": 'caption="ZCJ_OnHoldCode" and value="ch"'}
    assert names(api.get("/company/companies", params=held)) == ["Acme"]
    some = {"customFieldConditions": "caption='ZCJ_OnHoldCode' and value != null"}
    assert names(api.get("/company/companies", params=some)) == ["Acme"]
    none = {"customFieldConditions": "caption='ZCJ_SalesRep' and value != null"}
    assert names(api.get("/company/companies", params=none)) == []


def test_sites_are_listed_within_their_company(api: httpx.Client) -> None:
    assert api.get("/company/companies/1001/sites/count").json() == {"count": 1}
    sites = api.get(
        "/company/companies/1002/sites", params={"conditions": "company/identifier='bolt'"}
    ).json()
    assert [site["company"]["identifier"] for site in sites] == ["Bolt"]
    assert api.get("/company/companies/9999/sites").json()["message"] == "Company 9999 not found"
