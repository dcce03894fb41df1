"""Short ways to make tickets, projects and time over HTTP."""

from typing import Any

import httpx

from tests.contract.simulator.connectwise.billing import customer, made
from tests.contract.simulator.connectwise.builders import replace

WORKED = "2026-06-03T08:00:00Z"


def client_with_contact(api: httpx.Client, identifier: str = "Northgate", **more: Any) -> dict[str, Any]:
    """A customer whose default contact can be reached."""
    one = customer(api, identifier, **more)
    items = [
        {"type": {"name": "Email"}, "value": f"priya@{identifier.lower()}.example", "defaultFlag": True},
        {"type": {"name": "Direct"}, "value": "3292250111", "extension": "7", "defaultFlag": True},
    ]
    changes = [
        replace("lastName", "Raman"),
        replace("communicationItems", items),
        replace("defaultFlag", True),
    ]
    made(api.patch(f"/company/contacts/{one['contact']}", json=changes), 200)
    return one


def ticket(api: httpx.Client, company: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"summary": "Core switch replacement", "company": {"id": company["id"]}, **more}
    one: dict[str, Any] = made(api.post("/service/tickets", json=body))
    return one


def time_body(ident: int, hours: float = 1, **more: Any) -> dict[str, Any]:
    return {
        "chargeToId": ident,
        "chargeToType": "ServiceTicket",
        "member": {"identifier": "mkova"},
        "timeStart": WORKED,
        "actualHours": hours,
        **more,
    }


def worked(api: httpx.Client, ident: int, hours: float = 1, **more: Any) -> dict[str, Any]:
    """A time entry on a ticket."""
    one: dict[str, Any] = made(api.post("/time/entries", json=time_body(ident, hours, **more)))
    return one


def changed(api: httpx.Client, path: str, **values: Any) -> dict[str, Any]:
    """A record after a PATCH that must work."""
    entries = [replace(name, value) for name, value in values.items()]
    one: dict[str, Any] = made(api.patch(f"/{path}", json=entries), 200)
    return one


def refused(api: httpx.Client, path: str, **values: Any) -> tuple[str, str]:
    """Code and field of the one line with which a PATCH is refused."""
    answer = api.patch(f"/{path}", json=[replace(name, value) for name, value in values.items()])
    assert answer.status_code == 400, answer.text
    lines = answer.json()["errors"]
    assert len(lines) == 1, lines
    return lines[0]["code"], lines[0]["field"]


def project(api: httpx.Client, company: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {
        "name": "Clinic network refresh",
        "company": {"id": company["id"]},
        "board": {"name": "Projects"},
        "billingMethod": "ActualRates",
        "estimatedStart": "2026-06-01T00:00:00Z",
        "estimatedEnd": "2026-08-31T00:00:00Z",
        **more,
    }
    one: dict[str, Any] = made(api.post("/project/projects", json=body))
    return one


def phase(api: httpx.Client, owner: int, name: str = "Cutover", **more: Any) -> dict[str, Any]:
    one: dict[str, Any] = made(
        api.post(f"/project/projects/{owner}/phases", json={"description": name, **more})
    )
    return one


def project_ticket(api: httpx.Client, owner: int, part: int, **more: Any) -> dict[str, Any]:
    body = {"summary": "Rack and cable", "project": {"id": owner}, "phase": {"id": part}, **more}
    one: dict[str, Any] = made(api.post("/project/tickets", json=body))
    return one


def ids(answer: httpx.Response) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()]
