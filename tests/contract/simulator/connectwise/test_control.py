import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path

import httpx

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.builders import create, names, patch, replace
from tests.contract.simulator.connectwise.conftest import client, running


def test_the_request_log_keeps_who_sent_what(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "Logged")["id"]
    api.get("/company/companies", params={"conditions": "id>1"})
    patch(api, ident, replace("city", "Bruges"))
    writes = sim.get("/requests", params={"method": "PATCH,PUT", "path": "companies/\\d+$"}).json()
    assert len(writes) == 1
    assert writes[0]["path"] == f"/company/companies/{ident}"
    assert (writes[0]["member"], writes[0]["status"]) == ("tandem", 200)
    assert "Bruges" in writes[0]["body"]
    assert writes[0]["bodyBytes"] == len(writes[0]["body"])
    stats = sim.get("/stats").json()
    assert stats["PATCH company/companies/{}"] == 1
    assert stats["GET company/companies"] == 1
    assert sim.delete("/requests").status_code == 204
    assert sim.get("/requests").json() == []


def test_humans_edit_with_their_name_and_rights(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "Human")["id"]
    edited = sim.post(f"/human/company/{ident}", json={"member": "bfielding", "changes": {"name": "By hand"}})
    assert edited.json()["_info"]["updatedBy"] == "bfielding"
    assert sim.post(f"/human/company/{ident}", json={"changes": {"name": ""}}).status_code == 400
    forced = {"validate": False, "changes": {"yearEstablished": 0}}
    assert sim.post(f"/human/company/{ident}", json=forced).json()["yearEstablished"] == 0
    assert sim.post(f"/human/company/{ident}/delete", json={"member": "mkova"}).status_code == 204
    assert api.get(f"/company/companies/{ident}").json()["deletedBy"] == "mkova"
    assert sim.post(f"/human/company/{ident}/restore", json={}).json()["deletedFlag"] is False


def test_humans_create_and_merge(api: httpx.Client, sim: httpx.Client) -> None:
    target = create(api, "Kept")["id"]
    record = {"identifier": "Twin", "name": "Twin", "site": {"name": "Main"}, "city": "Ghent"}
    twin = sim.post("/human/company", json={"member": "mkova", "record": record}).json()
    assert twin["_info"]["enteredBy"] == "mkova"
    sim.post(
        "/human/site", json={"record": {"name": "Depot", "company": {"id": twin["id"]}}}
    ).raise_for_status()
    merged = sim.post(f"/human/company/{twin['id']}/merge", json={"member": "mkova", "into": target})
    assert merged.json()["id"] == target
    assert api.get(f"/company/companies/{twin['id']}").json()["deletedFlag"] is True
    assert len(api.get(f"/company/companies/{target}/sites").json()) == 2


def test_seeded_records_keep_their_ids_stamps_and_faults(api: httpx.Client, sim: httpx.Client) -> None:
    recorded = {
        "id": 1204,
        "identifier": "Northgate Dental & Co",
        "name": "x" * 80,
        "status": {"id": 1, "name": "Active"},
        "types": [{"id": 3, "name": "Vendor"}],
        "site": {"id": 3310, "name": "Main"},
        "city": "Ghent",
        "customFields": [{"id": 37, "caption": "ZCJ_OnHoldCode", "value": "CH"}],
        "_info": {"lastUpdated": "2025-03-04T14:22:09Z", "updatedBy": "mkova"},
    }
    assert sim.post("/seed", json={"company/companies": [recorded]}).json() == {"company": [1204]}
    row = api.get("/company/companies/1204").json()
    assert row["_info"]["lastUpdated"] == "2025-03-04T14:22:09Z"
    assert len(row["name"]) == 80
    assert row["isVendorFlag"] is True
    assert row["customFields"][0]["value"] == "CH"
    assert api.get("/company/companies/1204/sites/3310").json()["city"] == "Ghent"
    assert create(api, "Next1")["id"] == 1205
    assert sim.post("/seed", json={"nonsense": []}).status_code == 404


def test_the_clock_is_the_servers_in_stamps_and_in_the_date_header(
    api: httpx.Client, sim: httpx.Client
) -> None:
    sim.post("/clock", json={"set": "2031-05-06T07:08:09Z", "freeze": True})
    made = create(api, "Later")
    assert made["_info"]["lastUpdated"] == "2031-05-06T07:08:09Z"
    assert api.get("/system/info").headers["date"] == "Tue, 06 May 2031 07:08:09 GMT"
    sim.post("/clock", json={"advance": 3600})
    assert sim.get("/clock").json()["now"] == "2031-05-06T08:08:09Z"
    assert sim.post("/clock", json={"set": "soon"}).status_code == 400


def test_writes_within_a_second_share_a_stamp(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/clock", json={"set": "2025-03-01T10:00:00Z", "freeze": True})
    sim.post("/clock", json={"advance": 0.2})
    one = create(api, "Second1")
    sim.post("/clock", json={"advance": 0.7})
    assert create(api, "Second2")["_info"]["lastUpdated"] == one["_info"]["lastUpdated"]


def test_latency_is_set_by_method(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/knobs", json={"latency": {"PATCH": 0.2}})
    ident = create(api, "Latency")["id"]
    began = time.perf_counter()
    patch(api, ident, replace("city", "Bruges"))
    slow = time.perf_counter() - began
    began = time.perf_counter()
    api.get(f"/company/companies/{ident}")
    assert slow > 0.2 > time.perf_counter() - began
    assert sim.post("/knobs", json={"nonsense": 1}).status_code == 400


def test_reset_is_the_first_day(api: httpx.Client, sim: httpx.Client) -> None:
    create(api, "Gone")
    sim.post("/faults", json=[{"kind": "500"}])
    sim.post("/reset")
    assert names(api.get("/company/companies")) == []
    assert sim.get("").json()["company"] == "northgate"


def test_a_child_write_bumps_its_parent_when_told_so(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/knobs", json={"child_bumps_parent": True})
    sim.post("/clock", json={"set": "2025-03-01T10:00:00Z", "freeze": True})
    made = create(api, "Bumped")
    sim.post("/clock", json={"advance": 9})
    path = f"/company/companies/{made['id']}"
    api.patch(f"{path}/sites/{made['site']['id']}", json=[replace("faxNumber", None)]).raise_for_status()
    assert api.get(path).json()["_info"]["lastUpdated"] == "2025-03-01T10:00:09Z"


def test_records_outlive_a_restart_with_a_state_file(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with running(ConnectWiseServer(state_file=file)) as server, client(server) as api:
        made = create(api, "Kept1", annualRevenue=10.5, customFields=[{"id": 37, "value": "CH"}])
    with running(ConnectWiseServer(state_file=file)) as server, client(server) as api:
        assert api.get(f"/company/companies/{made['id']}").json() == made
        assert create(api, "Kept2")["id"] == made["id"] + 1


async def test_the_server_runs_inside_a_test_too() -> None:
    async with (
        ConnectWiseServer(seed_companies=2) as server,
        httpx.AsyncClient(base_url=server.url) as session,
    ):
        first, second = await asyncio.gather(*(session.get("/login/companyinfo/northgate") for _ in range(2)))
        assert first.json() == second.json()
        assert (await session.get("/_sim/")).json()["records"]["company"] == 2


def test_the_command_prints_its_address_and_stops_on_sigterm(tmp_path: Path) -> None:
    code = (
        "import typer; from services.simulator.connectwise.command import connectwise; typer.run(connectwise)"
    )
    options = ["--seed-companies", "3", "--company", "acme", "--state", str(tmp_path / "s.json")]
    with subprocess.Popen(
        [sys.executable, "-c", code, *options], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"ConnectWise stand-in: (http://127\.0\.0\.1:\d+)\n", line)
        assert found is not None, line
        assert httpx.get(f"{found.group(1)}/login/companyinfo/acme").json()["CompanyID"] == "acme"
        process.terminate()
        assert process.wait(10) == 0
    assert (tmp_path / "s.json").exists()


def test_a_recorded_payload_brings_along_what_it_refers_to(api: httpx.Client, sim: httpx.Client) -> None:
    place = {"id": 21, "name": "Utopia"}
    field = {"id": 12, "caption": "ERP Id", "type": "Text", "entryMethod": "EntryField", "value": "C-1042"}
    company = {"id": 1204, "identifier": "Recorded", "country": place, "customFields": [field]}
    mail = {
        "id": 90211,
        "type": {"id": 31, "name": "Work mail"},
        "value": "p@x.example",
        "communicationType": "Email",
    }
    contact = {
        "id": 5521,
        "firstName": "Priya",
        "company": {"id": 1204},
        "communicationItems": [mail],
        "types": [{"id": 9, "name": "Buyer"}],
    }
    sim.post("/seed", json={"company": [company], "contact": [contact]}).raise_for_status()
    row = api.get("/company/companies/1204").json()
    assert row["country"]["name"] == "Utopia"
    assert [(one["caption"], one["value"]) for one in row["customFields"] if one["value"]] == [
        ("ERP Id", "C-1042")
    ]
    person = api.get("/company/contacts/5521").json()
    assert person["communicationItems"][0]["type"]["name"] == "Work mail"
    assert person["types"][0]["name"] == "Buyer"
    assert api.get("/company/contacts/5521/communications/90211").json()["value"] == "p@x.example"


def test_ten_thousand_companies_load_and_are_walked_in_seconds(api: httpx.Client, sim: httpx.Client) -> None:
    rows = [
        {"id": 2000 + place, "identifier": f"C{place}", "name": "Many", "state": "OR"}
        for place in range(10_000)
    ]
    began = time.perf_counter()
    sim.post("/seed", json={"company": rows}, timeout=60).raise_for_status()
    assert time.perf_counter() - began < 10
    began = time.perf_counter()
    params = {"pageSize": "1000", "orderBy": "name desc", "conditions": "deletedFlag = false", "fields": "id"}
    pages = [
        api.get("/company/companies", params={**params, "page": str(page)}).json() for page in range(1, 11)
    ]
    assert len({row["id"] for page in pages for row in page}) == 10_000
    assert time.perf_counter() - began < 5
