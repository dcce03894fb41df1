import time
from collections.abc import Iterator
from typing import TypeAlias

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.builders import create
from tests.contract.simulator.connectwise.conftest import client

Params: TypeAlias = dict[str, str | int]

FORWARD = {"pagination-type": "forward-only"}


@pytest.fixture(scope="module")
def full(server: ConnectWiseServer) -> Iterator[httpx.Client]:
    """A tenant of 60 companies, read only."""
    httpx.post(f"{server.url}/_sim/reset", json={"seed_companies": 60}).raise_for_status()
    with client(server) as session:
        yield session
    httpx.post(f"{server.url}/_sim/reset", json={"seed_companies": 0}).raise_for_status()


def test_a_page_has_25_rows_unless_asked_and_is_capped_at_1000(full: httpx.Client) -> None:
    assert len(full.get("/company/companies").json()) == 25
    assert len(full.get("/company/companies", params={"pageSize": 5000}).json()) == 60


def test_offset_paging_names_its_neighbours_in_the_link_header(full: httpx.Client) -> None:
    answer = full.get("/company/companies", params={"pageSize": 20, "page": 2, "conditions": "id > 0"})
    links = {
        link.split('rel="')[1][:-1]: link.split(">")[0][1:] for link in answer.headers["link"].split(", ")
    }
    assert list(links) == ["first", "prev", "next", "last"]
    here = str(full.base_url).rstrip("/")
    assert links["next"] == f"{here}/company/companies/?conditions=id+%3E+0&pageSize=20&page=3"
    followed = full.get(links["next"])
    assert [row["id"] for row in followed.json()] == list(range(1041, 1061))
    first = full.get("/company/companies", params={"pageSize": 20})
    assert 'rel="prev"' not in first.headers["link"]
    assert 'rel="first"' not in first.headers["link"]
    last = full.get("/company/companies", params={"pageSize": 20, "page": 3})
    assert 'rel="next"' not in last.headers["link"]


def test_following_the_next_links_walks_the_whole_list(full: httpx.Client) -> None:
    for headers in ({}, FORWARD):
        address: str | None = "/company/companies?pageSize=25&conditions=name%20like%20%27%25%27"
        seen: list[int] = []
        while address is not None:
            answer = full.get(address, headers=headers)
            seen += [row["id"] for row in answer.json()]
            following = answer.links.get("next")
            address = following["url"] if following is not None else None
        assert seen == list(range(1001, 1061))


def test_a_page_past_the_end_is_an_empty_array(full: httpx.Client) -> None:
    answer = full.get("/company/companies", params={"page": 99})
    assert (answer.status_code, answer.json()) == (200, [])


def test_forward_only_walks_by_id_until_an_empty_page(full: httpx.Client) -> None:
    seen: list[int] = []
    last = 0
    for _ in range(10):
        params: Params = {"pageSize": 25, "pageId": last, "page": 7, "fields": "id"}
        answer = full.get("/company/companies", params=params, headers=FORWARD)
        rows = answer.json()
        if not rows:
            assert "link" not in answer.headers
            break
        last = rows[-1]["id"]
        assert answer.headers["link"].endswith(f'pageSize=25&pageId={last}>; rel="next"')
        assert answer.headers["link"].count("rel=") == 1
        seen += [row["id"] for row in rows]
    assert len(seen) == 60
    assert seen == sorted(set(seen))


def test_forward_only_refuses_an_order(full: httpx.Client) -> None:
    answer = full.get("/company/companies", params={"orderBy": "name"}, headers=FORWARD)
    assert answer.status_code == 400


def test_count_uses_the_same_filters(full: httpx.Client) -> None:
    assert full.get("/company/companies/count").json() == {"count": 60}
    some = full.get("/company/companies/count", params={"conditions": "state = 'OR'"}).json()["count"]
    assert 0 < some < 60


def test_order_by_takes_a_list_with_directions_and_slash_paths(full: httpx.Client) -> None:
    params: Params = {"orderBy": "status/name asc, name desc", "pageSize": 60}
    names = [row["name"] for row in full.get("/company/companies", params=params).json()]
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert full.get("/company/companies", params={"orderBy": "nothing"}).json()["code"] == "ApiFindCondition"


def test_fields_project_and_drop_unknown_names_silently(full: httpx.Client) -> None:
    params: Params = {"fields": "identifier,nonsense,status/name,_info/lastUpdated", "pageSize": 1}
    row = full.get("/company/companies", params=params).json()[0]
    assert set(row) == {"identifier", "status", "_info"}
    assert row["status"] == {"name": "Active"}
    assert set(row["_info"]) == {"lastUpdated"}
    bare = full.get("/company/companies", params={"fields": "id,name", "pageSize": 1}).json()[0]
    assert set(bare) == {"id", "name"}


def test_a_star_gives_only_ids(full: httpx.Client) -> None:
    rows = full.get("/company/companies", params={"fields": "*", "pageSize": 3}).json()
    assert [set(row) for row in rows] == [{"id"}] * 3


def test_parameter_names_have_no_case(full: httpx.Client) -> None:
    params: Params = {"PAGESIZE": 2, "childconditions": "types/id = 1", "FIELDS": "types"}
    rows = full.get("/company/companies", params=params).json()
    assert [row["types"][0]["name"] for row in rows] == ["Client", "Client"]


def test_a_single_record_takes_fields_too(full: httpx.Client) -> None:
    ident = full.get("/company/companies", params={"pageSize": 1}).json()[0]["id"]
    row = full.get(f"/company/companies/{ident}", params={"fields": "identifier"}).json()
    assert set(row) == {"identifier"}


def test_records_omit_nulls_and_show_money_dates_and_references_as_the_wire_does(api: httpx.Client) -> None:
    made = create(api, "Shape1", annualRevenue=12.5, country={"name": "belgium"})
    answer = api.get(f"/company/companies/{made['id']}")
    assert '"annualRevenue":12.50' in answer.text
    row = answer.json()
    assert None not in row.values()
    assert "accountNumber" not in row
    assert row["dateAcquired"].endswith("T00:00:00Z")
    assert row["country"]["name"] == "Belgium"
    href = row["country"]["_info"]["country_href"]
    assert href.startswith("https://na.myconnectwise.net/v4_6_release/apis/3.0//company/countries/")
    assert row["territory"]["_info"]["location_href"].endswith("//system/locations/11")
    assert row["_info"]["contacts_href"].endswith(f"conditions=company/id={made['id']}")
    assert row["billToCompany"]["identifier"] == "Shape1"


def test_a_renamed_target_shows_in_every_reference(api: httpx.Client) -> None:
    made = create(api, "Renamed")
    body = [{"op": "replace", "path": "name", "value": "Live"}]
    assert api.patch("/company/companies/statuses/1", json=body).status_code == 200
    assert api.get(f"/company/companies/{made['id']}").json()["status"]["name"] == "Live"


def test_light_lists_carry_what_mapping_needs(api: httpx.Client) -> None:
    members = api.get("/system/info/members", params={"conditions": "identifier='tandem'"}).json()
    assert members[0]["licenseClass"] == "A"
    assert members[0]["fullName"] == "API Integration"
    assert {row["name"] for row in api.get("/system/locations").json()} >= {"Central Office", "North Region"}


def test_members_carry_their_structure_level_and_cannot_be_deleted(api: httpx.Client) -> None:
    member = api.get("/system/members", params={"conditions": "identifier='mkova'"}).json()[0]
    assert member["structureLevel"]["name"] == "Corporate"
    assert member["hourlyRate"] == 120.0
    assert api.delete(f"/system/members/{member['id']}").status_code == 405


def test_setup_tables_ignore_the_forward_only_header(api: httpx.Client) -> None:
    answer = api.get("/system/userDefinedFields", headers=FORWARD, params={"pageSize": 1})
    assert 'rel="last"' in answer.headers["link"]


def test_a_thousand_rows_take_tens_of_milliseconds(server: ConnectWiseServer) -> None:
    httpx.post(f"{server.url}/_sim/reset", json={"seed_companies": 1000}).raise_for_status()
    try:
        with client(server) as api:
            params: Params = {"pageSize": 1000, "conditions": "lastUpdated >= [2020-01-01T00:00:00Z]"}
            api.get("/company/companies", params=params)
            began = time.perf_counter()
            assert len(api.get("/company/companies", params=params, headers=FORWARD).content) > 1_000_000
            assert time.perf_counter() - began < 0.5
    finally:
        httpx.post(f"{server.url}/_sim/reset", json={"seed_companies": 0}).raise_for_status()
