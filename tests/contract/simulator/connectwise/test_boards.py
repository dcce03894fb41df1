"""Service boards and their words, work types and roles."""

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import made, read
from tests.contract.simulator.connectwise.builders import error
from tests.contract.simulator.connectwise.service import changed, ids, refused


def test_boards_have_words_of_their_own(api: httpx.Client) -> None:
    boards = {one["name"]: one for one in api.get("/service/boards").json()}
    assert list(boards) == ["Help Desk", "Internal", "Projects"]
    assert (boards["Projects"]["projectFlag"], boards["Internal"]["billTime"]) == (True, "DoNotBill")
    assert "defaultFlag" not in boards["Help Desk"]
    desk = boards["Help Desk"]["id"]
    statuses = api.get(f"/service/boards/{desk}/statuses", params={"conditions": "closedStatus=true"}).json()
    assert [(one["name"], one["timeEntryNotAllowed"], one["board"]["name"]) for one in statuses] == [
        (">Closed", True, "Help Desk"),
        (">Cancelled", True, "Help Desk"),
    ]
    assert api.get(f"/service/boards/{desk}/statuses/count").json() == {"count": 8}
    shown = api.get(f"/service/boards/{desk}/statuses/info", params={"pageSize": 2}).json()
    assert (shown[0]["id"], shown[0]["name"], "board" in shown[0]) == (411, "New", False)
    assert api.get(f"/service/boards/{desk}/types", params={"orderBy": "name"}).json()[0]["name"] == "Email"
    assert api.get(f"/service/boards/{desk}/subtypes").json()[0]["typeAssociationIds"] == [91]
    assert api.get(f"/service/boards/{desk}/items").json()[0]["name"] == "Configuration"
    team = api.get(f"/service/boards/{desk}/teams").json()[0]
    assert (team["boardId"], team["members"], "board" in team) == (desk, [176, 177], False)
    assert api.get("/service/boards/25/statuses/411").status_code == 404
    assert api.get("/service/boards/9/statuses").status_code == 404


def test_words_are_unique_on_their_board_and_one_is_the_default(api: httpx.Client) -> None:
    new = made(api.post("/service/boards/25/statuses", json={"name": "Triage", "defaultFlag": True}))
    assert (new["board"]["id"], new["escalationStatus"]) == (25, "NoEscalation")
    assert read(api, "/service/boards/25/statuses/431")["defaultFlag"] is False
    assert read(api, "/service/boards/23/statuses/411")["defaultFlag"] is True
    again = api.post("/service/boards/25/statuses", json={"name": "triage"})
    assert error(again)[:2] == ("ObjectExists", "name")
    where = f"service/boards/25/statuses/{new['id']}"
    assert refused(api, where, closedStatus=True) == ("InvalidField", "closedStatus")
    assert error(api.delete(f"/{where}"))[0] == "InUse"
    assert api.delete("/service/boards/25/statuses/432").status_code == 204


def test_a_subtype_is_associated_with_all_types_of_its_board_or_none(api: httpx.Client) -> None:
    new = made(api.post("/service/boards/31/subtypes", json={"name": "Cabling", "addAllTypesFlag": True}))
    assert (new["typeAssociationIds"], "addAllTypesFlag" in new) == ([111, 112], False)
    assert (
        changed(api, f"service/boards/31/subtypes/{new['id']}", removeAllTypesFlag=True)["typeAssociationIds"]
        == []
    )


def test_a_board_is_made_and_its_status_chosen(api: httpx.Client) -> None:
    body = {"name": "Alerts", "location": {"id": 11}, "department": {"identifier": "Services"}}
    board = made(api.post("/service/boards", json=body))
    assert (board["inactiveFlag"], board["projectFlag"]) == (False, False)
    assert (
        error(api.post("/service/boards", json={"name": "Bare", "location": {"id": 11}}))[1] == "department"
    )
    assert error(api.post("/service/boards", json=body))[0] == "ObjectExists"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("service/priorities", "Priority 1 - Critical"),
        ("service/sources", "Email Connector"),
        ("service/locations", "On-Site"),
        ("service/severities", "Low"),
        ("service/impacts", "Low"),
        ("time/workTypes", "Regular"),
        ("time/workRoles", "Network Engineer"),
        ("time/chargeCodes", "Administrative"),
        ("project/projectTypes", "Implementation"),
        ("project/statuses", "Open"),
        ("project/phaseStatuses", "Open"),
    ],
)
def test_words_that_all_boards_share_are_listed(api: httpx.Client, path: str, name: str) -> None:
    assert api.get(f"/{path}").json()[0]["name"] == name
    assert api.get(f"/{path}/count").json()["count"] >= 2


def test_roles_are_legal_at_some_locations(api: httpx.Client) -> None:
    rows = api.get("/system/locations/38/workRoles").json()
    assert [one["workRole"]["name"] for one in rows] == ["Network Engineer", "Help Desk Technician"]
    role = made(api.post("/time/workRoles", json={"name": "Cabler", "hourlyRate": 70, "locationIds": [38]}))
    assert len(api.get("/system/locations/38/workRoles").json()) == 3
    assert read(api, "/system/locations/38")["workRoleIds"] == [18, 19, role["id"]]
    changed(api, f"time/workRoles/{role['id']}", locationIds=[])
    assert ids(api.get("/system/locations/38/workRoles")) == [one["id"] for one in rows]
    changed(api, f"time/workRoles/{role['id']}", addAllLocations=True)
    assert api.get("/system/locations/11/workRoles/count").json() == {"count": 5}
    assert api.delete(f"/time/workRoles/{role['id']}").status_code == 204
    assert api.get("/system/locations/11/workRoles/count").json() == {"count": 4}
    assert error(api.delete("/time/workRoles/18"))[0] == "InUse"


def test_a_work_type_says_what_an_hour_counts_and_costs(api: httpx.Client) -> None:
    assert (
        error(api.post("/time/workTypes", json={"name": "X", "billTime": "Billable", "rate": 1}))[1]
        == "rateType"
    )
    body = {"name": "Holiday", "billTime": "Billable", "rateType": "Multiplier", "rate": 2, "hoursMin": 2}
    one = made(api.post("/time/workTypes", json=body))
    assert (one["rate"], one["hoursMin"], one["costMultiplier"]) == (2, 2, 1)
