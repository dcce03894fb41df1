"""Short ways to make customers, agreements and invoices over HTTP."""

from typing import Any

import httpx

from tests.contract.simulator.connectwise.builders import create

START = "2026-01-01T00:00:00Z"


def made(answer: httpx.Response, status: int = 201) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def customer(api: httpx.Client, identifier: str = "Northgate", **more: Any) -> dict[str, Any]:
    """A company with an account number and a contact, whose id is under `contact`."""
    one = create(api, identifier, **{"accountNumber": f"C-{identifier[:8]}", **more})
    person = made(api.post("/company/contacts", json={"firstName": "Priya", "company": {"id": one["id"]}}))
    return {**one, "contact": person["id"]}


def agreement_body(company: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "name": "Managed Care",
        "type": {"name": "Managed Services"},
        "company": {"id": company["id"]},
        "contact": {"id": company["contact"]},
        "startDate": START,
        "noEndingDateFlag": True,
        **more,
    }


def agreement(api: httpx.Client, company: dict[str, Any], **more: Any) -> dict[str, Any]:
    one: dict[str, Any] = made(api.post("/finance/agreements", json=agreement_body(company, **more)))
    return one


def addition(api: httpx.Client, owner: int, item: str = "MS-SEAT", **more: Any) -> dict[str, Any]:
    body = {"product": {"identifier": item}, "billCustomer": "Billable", "effectiveDate": START, **more}
    one: dict[str, Any] = made(api.post(f"/finance/agreements/{owner}/additions", json=body))
    return one


def bill(sim: httpx.Client, owner: int, date: str, **more: Any) -> dict[str, Any]:
    """The agreement's invoice for the period that begins on a date."""
    one: dict[str, Any] = made(sim.post("/invoice", json={"agreement": owner, "date": date, **more}))
    return one


def lines(api: httpx.Client, invoice: int) -> list[dict[str, Any]]:
    query = {"conditions": f"invoice/id={invoice}", "orderBy": "sequenceNumber"}
    rows: list[dict[str, Any]] = api.get("/procurement/products", params=query).json()
    return rows


def special(api: httpx.Client, company: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"type": "Miscellaneous", "company": {"id": company["id"]}, **more}
    one: dict[str, Any] = made(api.post("/finance/invoices", json=body))
    return one


def row(api: httpx.Client, invoice: int, item: str = "FW-60", **more: Any) -> dict[str, Any]:
    body = {
        "catalogItem": {"identifier": item},
        "billableOption": "Billable",
        "invoice": {"id": invoice},
        **more,
    }
    one: dict[str, Any] = made(api.post("/procurement/products", json=body))
    return one


def pay(api: httpx.Client, invoice: int, amount: float, **more: Any) -> httpx.Response:
    body = {"type": "P", "amount": amount, "invoice": {"id": invoice}, **more}
    return api.post(f"/finance/invoices/{invoice}/payments", json=body)


def status(api: httpx.Client, invoice: int, name: str) -> httpx.Response:
    entry = {"op": "replace", "path": "status", "value": {"name": name}}
    return api.patch(f"/finance/invoices/{invoice}", json=[entry])


def read(api: httpx.Client, path: str) -> dict[str, Any]:
    one: dict[str, Any] = made(api.get(path), 200)
    return one
