import time
from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.builders import company, create, names, patch, replace


def fault(sim: httpx.Client, **rule: Any) -> None:
    assert sim.post("/faults", json=[rule]).status_code == 200


def test_429_with_and_without_retry_after(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="429", times=1, retry_after=7)
    fault(sim, kind="429", after=1, times=1)
    first, second, third = (api.get("/system/info") for _ in range(3))
    assert (first.status_code, first.headers["retry-after"]) == (429, "7")
    assert first.json() == {
        "error": "ConnectWiseAPI",
        "message": "Too many requests. Please try again in 7 seconds.",
    }
    assert (second.status_code, "retry-after" in second.headers) == (429, False)
    assert third.status_code == 200


def test_500_speaks_of_a_timeout_and_503_is_html(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="500", times=1)
    answer = api.get("/system/info")
    assert answer.status_code == 500
    assert "timeout" in answer.json()["message"].lower()
    fault(sim, kind="503_html", times=1)
    page = api.get("/system/info")
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert page.text.startswith("<!DOCTYPE html>")


def test_409_does_nothing(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "Conflict")["id"]
    fault(sim, kind="409", method="PATCH", times=1)
    assert patch(api, ident, replace("city", "Bruges")).status_code == 409
    assert api.get(f"/company/companies/{ident}").json()["city"] == "Ghent"


def test_cut_before_closes_the_connection_with_nothing_done(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="cut_before", method="POST", path="/company/companies$", times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        api.post("/company/companies", json=company("Cut1"))
    assert api.get("/company/companies/count").json() == {"count": 0}


def test_cut_after_closes_the_connection_with_the_work_committed(
    api: httpx.Client, sim: httpx.Client
) -> None:
    fault(sim, kind="cut_after", method="POST", times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        api.post("/company/companies", json=company("Cut2"))
    assert names(api.get("/company/companies")) == ["Cut2"]
    cut = sim.get("/requests", params={"method": "POST"}).json()[0]
    assert (cut["status"], cut["fault"]) == (None, ["cut_after"])


def test_cut_middle_breaks_off_within_the_body(api: httpx.Client, sim: httpx.Client) -> None:
    create(api, "Cut3")
    fault(sim, kind="cut_middle", times=1)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        api.get("/company/companies")


def test_truncated_json_is_a_200_that_does_not_parse(api: httpx.Client, sim: httpx.Client) -> None:
    create(api, "Truncated")
    fault(sim, kind="truncated_json", times=1)
    answer = api.get("/company/companies")
    assert answer.status_code == 200
    with pytest.raises(ValueError, match=r".+"):
        answer.json()


def test_slow_lets_the_client_run_out_of_time_and_the_work_be_done_later(
    api: httpx.Client, sim: httpx.Client
) -> None:
    fault(sim, kind="slow", seconds=0.3, method="POST", times=1)
    with pytest.raises(httpx.ReadTimeout):
        api.post("/company/companies", json=company("Slow1"), timeout=0.1)
    assert names(api.get("/company/companies")) == []
    time.sleep(0.35)
    assert names(api.get("/company/companies")) == ["Slow1"]


def test_slow_after_commits_first(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="slow_after", seconds=0.5, method="POST", times=1)
    with pytest.raises(httpx.ReadTimeout):
        api.post("/company/companies", json=company("Slow2"), timeout=0.1)
    assert names(api.get("/company/companies")) == ["Slow2"]


def test_stale_search_hides_what_was_written_lately(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/clock", json={"set": "2025-03-01T10:00:00Z", "freeze": True})
    old = create(api, "Stale1")
    sim.post("/clock", json={"advance": 60})
    patch(api, old["id"], replace("city", "Bruges"))
    new = create(api, "Stale2")
    fault(sim, kind="stale_search", seconds=30, method="GET")
    listed = api.get("/company/companies").json()
    assert [(row["identifier"], row["city"]) for row in listed] == [("Stale1", "Ghent")]
    lookup = {"conditions": "identifier = 'Stale2'"}
    assert names(api.get("/company/companies", params=lookup)) == []
    assert api.get("/company/companies/count").json() == {"count": 1}
    assert api.get(f"/company/companies/{new['id']}").status_code == 200
    sim.post("/clock", json={"advance": 31})
    assert names(api.get("/company/companies", params=lookup)) == ["Stale2"]


def test_unauthorized_looks_like_bad_credentials(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="unauthorized", times=1)
    assert api.get("/system/info").status_code == 404
    assert api.get("/system/info").status_code == 200


def test_every_nth_call_of_a_route_fails(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="500", method="GET", path="/system/info", every=3)
    assert [api.get("/system/info").status_code for _ in range(6)] == [200, 200, 500, 200, 200, 500]
    assert api.get("/company/companies").status_code == 200
    assert sim.get("/faults").json()[0]["hits"] == 2


def test_chance_repeats_with_its_seed(api: httpx.Client, sim: httpx.Client) -> None:
    def run() -> list[int]:
        sim.delete("/faults")
        fault(sim, kind="500", probability=0.5, seed=4)
        return [api.get("/system/info").status_code for _ in range(12)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_faults_are_removed(api: httpx.Client, sim: httpx.Client) -> None:
    fault(sim, kind="500")
    assert sim.delete("/faults").status_code == 204
    assert api.get("/system/info").status_code == 200


def test_a_rule_that_cannot_be_read_is_refused(sim: httpx.Client) -> None:
    assert sim.post("/faults", json=[{"kind": "earthquake"}]).status_code == 400
    assert sim.post("/faults", json=[{"kind": "500", "typo": 1}]).status_code == 400
    assert sim.post("/faults", json=[{"kind": "500", "path": "("}]).status_code == 400
    assert sim.post("/faults", json=[{"kind": "500", "times": "x"}]).status_code == 400
    assert sim.post("/knobs", json={"latency": 5}).status_code == 400
    assert sim.get("/faults").json() == []


def test_a_rate_limit_throttles_with_retry_after(api: httpx.Client, sim: httpx.Client) -> None:
    sim.post("/clock", json={"freeze": True})
    sim.post("/knobs", json={"rate_limit_per_minute": 2, "retry_after": 9})
    answers = [api.get("/system/info") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["retry-after"] == "9"
    sim.post("/clock", json={"advance": 61})
    assert api.get("/system/info").status_code == 200


def test_pages_drift_under_a_walker(api: httpx.Client, sim: httpx.Client) -> None:
    for place in range(6):
        create(api, f"Drift{place}")
    sim.post("/faults", json=[{"kind": "page_drift", "path": "companies$", "rows": 1}])
    seen = [
        row["identifier"]
        for page in (1, 2)
        for row in api.get("/company/companies", params={"page": page, "pageSize": 3}).json()
    ]
    assert seen == ["Drift0", "Drift1", "Drift2", "Drift4", "Drift5"]


def test_a_human_edits_between_a_read_and_the_next_call(api: httpx.Client, sim: httpx.Client) -> None:
    ident = create(api, "Between")["id"]
    path = f"/company/companies/{ident}"
    edit = {"entity": "company", "id": ident, "member": "bfielding", "changes": {"city": "Bruges"}}
    rule = {"kind": "human", "method": "GET", "path": "companies/\\d+$", "times": 1, "edit": edit}
    sim.post("/faults", json=[rule]).raise_for_status()
    assert api.get(path).json()["city"] == "Ghent"
    changed = api.get(path).json()
    assert (changed["city"], changed["_info"]["updatedBy"]) == ("Bruges", "bfielding")


def test_a_human_who_cannot_edit_is_no_fault_of_the_call(api: httpx.Client, sim: httpx.Client) -> None:
    rule = {"kind": "human", "edit": {"entity": "company", "id": 99, "changes": {"city": "Bruges"}}}
    sim.post("/faults", json=[rule]).raise_for_status()
    assert api.get("/system/info").status_code == 200
    assert sim.post("/faults", json=[{"kind": "human", "edit": {"entity": "company"}}]).status_code == 400


def test_the_release_changes_in_mid_run(api: httpx.Client, sim: httpx.Client) -> None:
    old = str(api.base_url.copy_with(path="/v2025_1/apis/3.0/system/info"))
    sim.post("/faults", json=[{"kind": "upgrade", "times": 1, "after": 1}])
    try:
        assert [api.get(old).status_code for _ in range(3)] == [200, 200, 404]
        info = api.get(str(api.base_url.copy_with(path="/login/companyinfo/northgate"))).json()
        assert info["Codebase"] == "v2025_2/"
    finally:
        sim.post("/knobs", json={"codebase": "v2025_1/"})
