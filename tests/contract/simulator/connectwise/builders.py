"""Short ways to make and change records over HTTP."""

from typing import Any

import httpx


def company(identifier: str, **more: Any) -> dict[str, Any]:
    """The least body that creates a company."""
    return {
        "identifier": identifier,
        "name": f"{identifier} Inc",
        "site": {"name": "Main"},
        "city": "Ghent",
        **more,
    }


def create(api: httpx.Client, identifier: str, **more: Any) -> dict[str, Any]:
    answer = api.post("/company/companies", json=company(identifier, **more))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def replace(path: str, value: Any) -> dict[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def patch(api: httpx.Client, ident: int, *entries: dict[str, Any]) -> httpx.Response:
    return api.patch(f"/company/companies/{ident}", json=list(entries))


def names(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["identifier"] for one in answer.json()]


def error(answer: httpx.Response) -> tuple[str, str, str]:
    """Code, field and message of the only line of a validation answer."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["code"] == "InvalidObject"
    assert len(body["errors"]) == 1, body
    line = body["errors"][0]
    return line["code"], line["field"], line["message"]


def custom_id(api: httpx.Client, caption: str) -> int:
    rows = api.get("/system/userDefinedFields", params={"conditions": f'caption="{caption}"'}).json()
    return int(rows[0]["id"])
