"""Agreements, invoices and rows that are loaded as they are, kept, restricted, and told of by callbacks."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.billing import (
    addition,
    agreement,
    bill,
    customer,
    lines,
    made,
    pay,
    read,
    status,
)
from tests.contract.simulator.connectwise.builders import create, replace
from tests.contract.simulator.connectwise.conftest import client, running


@pytest.fixture
def loaded(api: httpx.Client, sim: httpx.Client) -> dict[str, Any]:
    company = create(api, "Loaded", accountNumber="C-1")["id"]
    body = {
        "agreement": [
            {
                "id": 500,
                "name": "Old care",
                "company": {"id": company},
                "type": {"name": "Backup"},
                "billAmount": 10,
                "billStartDate": "2026-02-01T00:00:00Z",
                "customFields": [{"id": 51, "value": "CW-40757-01"}],
            }
        ],
        "addition": [
            {"id": 900, "agreementId": 500, "product": {"identifier": "BKP-SERVER"}, "quantity": 2},
            {"id": 901, "agreement": {"id": 500}, "product": {"id": 705}, "unitPrice": 3},
        ],
        "invoice": [
            {
                "id": 30000,
                "type": "Agreement",
                "invoiceNumber": "40757",
                "company": {"id": company},
                "agreement": {"id": 500},
                "agreementAmount": 10,
                "_info": {"lastUpdated": "2026-02-03T04:05:06Z"},
            },
            {
                "id": 30001,
                "type": "Agreement",
                "company": {"id": company},
                "agreement": {"id": 500},
                "subtotal": 99,
                "total": 99,
            },
        ],
        "product": [
            {"id": 40000, "catalogItem": {"id": 705}, "invoice": {"id": 30000}, "agreement": {"id": 500},
             "quantity": 3, "price": 8.33, "extPrice": 25},
            {"id": 40001, "catalogItem": {"id": 706}, "invoice": {"id": 30001}, "agreement": {"id": 500}},
        ],
        "payment": [{"invoice": {"id": 30000}, "amount": 5}],
    }  # fmt: skip
    made(sim.post("/seed", json=body))
    return body


def test_what_is_loaded_is_whole(api: httpx.Client, loaded: dict[str, Any]) -> None:
    found = read(api, "/finance/agreements/500")
    assert (found["type"]["name"], found["noEndingDateFlag"], found["agreementStatus"]) == (
        "Backup",
        True,
        "Active",
    )
    assert (found["contact"]["name"], found["nextInvoiceDate"]) == (
        "Accounts Payable",
        "2026-02-01T00:00:00Z",
    )
    seats = api.get("/finance/agreements/500/additions").json()
    assert [(one["id"], one["extPrice"], one["billCustomer"]) for one in seats] == [
        (900, 170, "Billable"),
        (901, 3, "Billable"),
    ]
    assert api.patch("/finance/agreements/500", json=[replace("customerPO", "PO")]).status_code == 200
    path = "/finance/agreements/500/additions/900"
    assert api.patch(path, json=[replace("quantity", 4)]).status_code == 200
    query = {"customFieldConditions": 'caption="ZCJ_ContractNumber" and value != null'}
    assert [one["id"] for one in api.get("/finance/agreements", params=query).json()] == [500]


def test_loaded_invoices_tie_out_unless_their_amounts_are_given(
    api: httpx.Client, loaded: dict[str, Any]
) -> None:
    one = read(api, "/finance/invoices/30000")
    assert (one["productTotal"], one["subtotal"], one["payments"]) == (25, 35, 5)
    assert (one["company"]["identifier"], one["accountNumber"]) == ("Loaded", "C-1")
    assert one["_info"]["lastUpdated"] == "2026-02-03T04:05:06Z"
    odd = read(api, "/finance/invoices/30001")
    assert (odd["subtotal"], odd["productTotal"], odd["balance"]) == (99, 0, 99)
    told = read(api, "/finance/info/invoice/30000")["agreementBillingInfo"]
    assert [(row["agreementRecId"], row["agreementAmount"]) for row in told] == [(500, 10)]
    row = lines(api, 30000)[0]
    assert (row["price"], row["extPrice"], row["customerDescription"]) == (
        8.33,
        25,
        "Backup storage, 100 GB",
    )


def test_nulls_stay_nulls(api: httpx.Client, sim: httpx.Client) -> None:
    company = customer(api)
    body = {"id": 501, "name": "X", "company": {"id": company["id"]}, "nextInvoiceDate": None, "type": None}
    made(sim.post("/seed", json={"agreement": [body]}))
    found = read(api, "/finance/agreements/501")
    assert not {"nextInvoiceDate", "type"} & found.keys()


def test_bulk_edits_reach_invoices(api: httpx.Client, sim: httpx.Client, loaded: dict[str, Any]) -> None:
    body = {
        "entity": "invoice",
        "conditions": "agreement/id=500",
        "changes": {"status": {"name": "Approved"}},
    }
    assert made(sim.post("/bulk", json=body), 200) == {"ids": [30000, 30001]}
    assert read(api, "/finance/invoices/30001")["status"]["name"] == "Approved"


def test_billing_outlives_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    with running(ConnectWiseServer(state_file=file)) as server, client(server) as api:
        with httpx.Client(base_url=f"{server.url}/_sim") as sim:
            owner = agreement(api, customer(api), billAmount=100)["id"]
            seat = addition(api, owner, unitPrice=8.3333, quantity=3)
            invoice = bill(sim, owner, "2026-06-01")["id"]
        payment = made(pay(api, invoice, 25))
        before = [
            read(api, path)
            for path in (
                f"/finance/agreements/{owner}",
                f"/finance/agreements/{owner}/additions/{seat['id']}",
                f"/finance/invoices/{invoice}",
                f"/finance/invoices/{invoice}/payments/{payment['id']}",
                f"/finance/info/invoice/{invoice}",
            )
        ]
    with running(ConnectWiseServer(state_file=file)) as server, client(server) as api:
        with httpx.Client(base_url=f"{server.url}/_sim") as sim:
            after = [
                read(api, path)
                for path in (
                    f"/finance/agreements/{owner}",
                    f"/finance/agreements/{owner}/additions/{seat['id']}",
                    f"/finance/invoices/{invoice}",
                    f"/finance/invoices/{invoice}/payments/{payment['id']}",
                    f"/finance/info/invoice/{invoice}",
                )
            ]
            assert after == before
            assert bill(sim, owner, "")["date"] == "2026-07-01T00:00:00Z"
        assert api.delete(f"/finance/invoices/{invoice}/payments/{payment['id']}").status_code == 204


def test_the_lost_answer_of_a_write_leaves_it_written(
    api: httpx.Client, sim: httpx.Client, loaded: dict[str, Any]
) -> None:
    fault = {"kind": "cut_after", "method": "PATCH|POST", "path": "agreements|products"}
    sim.post("/faults", json=[fault]).raise_for_status()
    entry = [replace("customFields", [{"id": 51, "value": "CW-1-01"}])]
    with pytest.raises(httpx.TransportError):
        api.patch("/finance/agreements/500", json=entry)
    with pytest.raises(httpx.TransportError):
        addition(api, 500, effectiveDate="2026-02-01T00:00:00Z")
    with pytest.raises(httpx.TransportError):
        api.post("/finance/agreements/500/invoice")
    assert read(api, "/finance/agreements/500")["customFields"][0]["value"] == "CW-1-01"
    assert api.get("/finance/agreements/500/additions/count").json() == {"count": 3}
    assert len(api.get("/finance/invoices").json()) == 3


def test_a_location_hides_the_billing_of_other_territories(
    api: httpx.Client, sim: httpx.Client, loaded: dict[str, Any]
) -> None:
    north = customer(api, "North", territory={"id": 38})
    owner = agreement(api, north, billAmount=5)["id"]
    seat = addition(api, owner)["id"]
    invoice = bill(sim, owner, "2026-06-01")["id"]
    sim.post("/role", json={"level": "Location", "location": 11}).raise_for_status()
    assert [one["id"] for one in api.get("/finance/invoices").json()] == [30000, 30001]
    assert [one["id"] for one in api.get("/finance/agreements").json()] == [500]
    for path in (
        f"/finance/agreements/{owner}",
        f"/finance/agreements/{owner}/additions",
        f"/finance/agreements/{owner}/additions/{seat}",
        f"/finance/invoices/{invoice}",
        f"/finance/invoices/{invoice}/payments",
        f"/finance/info/invoice/{invoice}",
    ):
        assert api.get(path).status_code == 404, path
    assert {row["invoice"]["id"] for row in api.get("/procurement/products").json()} == {30000, 30001}


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("finance/agreements", "Agreements"),
        ("finance/agreements/500/additions", "Agreements"),
        ("finance/invoices", "Invoicing"),
        ("finance/invoices/30000/payments", "Invoicing"),
        ("finance/info/invoice/30000", "Invoicing"),
        ("procurement/products", "Products"),
        ("procurement/catalog", "Product Catalog"),
        ("finance/billingStatuses", "Table Setup"),
    ],
)
def test_reading_needs_its_right(
    api: httpx.Client, sim: httpx.Client, loaded: dict[str, Any], path: str, function: str
) -> None:
    assert api.get(f"/{path}").status_code == 200
    sim.post("/role", json={"rights": {function: {"inquire": "None"}}}).raise_for_status()
    refused = api.get(f"/{path}")
    assert (refused.status_code, f"/ {function}: Inquire" in refused.json()["message"]) == (403, True)


def test_writing_needs_its_right(api: httpx.Client, sim: httpx.Client, loaded: dict[str, Any]) -> None:
    rights = {"Agreements": {"edit": "None"}, "Invoicing": {"edit": "None"}}
    sim.post("/role", json={"rights": rights}).raise_for_status()
    for path in ("agreements/500", "agreements/500/additions/900", "invoices/30000", "closedInvoices/30000"):
        assert api.patch(f"/finance/{path}", json=[]).status_code == 403, path


def test_callbacks_tell_of_agreements_and_invoices(
    api: httpx.Client, sim: httpx.Client, loaded: dict[str, Any]
) -> None:
    sim.post("/knobs", json={"callbacks_held": True}).raise_for_status()
    for kind, level, what in (
        ("agreement", "type", 7),
        ("agreement", "agreement", 500),
        ("invoice", "owner", 1),
        ("invoice", "status", 4),
    ):
        url = f"https://hook.example/{kind}-{level}?recordId="
        entry = {"url": url, "objectId": what, "type": kind, "level": level}
        made(api.post("/system/callbacks", json=entry))

    def told() -> list[tuple[str, str, int]]:
        waiting = sim.get("/callbacks").json()["waiting"]
        sim.delete("/callbacks")
        return [(one["url"].split("/")[3].split("?")[0], one["action"], one["id"]) for one in waiting]

    api.patch("/finance/agreements/500", json=[replace("customerPO", "PO")])
    assert told() == [("agreement-type", "updated", 500), ("agreement-agreement", "updated", 500)]
    addition(api, 500, effectiveDate="2026-02-01T00:00:00Z")
    made(pay(api, 30000, 1))
    assert told() == []
    new = bill(sim, 500, "2026-06-01")["id"]
    assert told() == [("invoice-owner", "added", new)]
    made(status(api, new, "Closed"), 200)
    assert told() == [("invoice-owner", "updated", new), ("invoice-status", "updated", new)]
    assert api.delete("/finance/invoices/30001").status_code == 204
    assert told() == [("invoice-owner", "deleted", 30001)]
    sim.post("/knobs", json={"payments_bump_invoice": True}).raise_for_status()
    made(pay(api, 30000, 1))
    assert told() == [("invoice-owner", "updated", 30000)]


def test_a_thousand_invoices_are_billed_and_listed_in_seconds(
    api: httpx.Client, sim: httpx.Client, server: ConnectWiseServer
) -> None:
    company = customer(api)["id"]
    owners = [
        {
            "id": 1000 + place,
            "name": f"A{place}",
            "company": {"id": company},
            "startDate": "2026-06-01T00:00:00Z",
        }
        for place in range(1000)
    ]
    seats = [{"agreement": {"id": 1000 + place}, "product": {"id": 701}} for place in range(1000)]
    made(sim.post("/seed", json={"agreement": owners, "addition": seats}))
    ids = made(sim.post("/invoice", json={"through": "2026-06-01"}, timeout=60))["ids"]
    assert len(ids) == 1000
    query = {"conditions": "type='Agreement' and lastUpdated >= [2020-01-01T00:00:00Z]", "pageSize": "1000"}
    assert len(api.get("/finance/invoices", params=query).json()) == 1000
    wanted = ",".join(str(one) for one in ids[:100])
    rows = api.get(
        "/procurement/products", params={"conditions": f"invoice/id in ({wanted})", "pageSize": "1000"}
    )
    assert (len(rows.json()), rows.elapsed.total_seconds() < 2) == (100, True)


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("finance/agreements/{agreement}", "customerPO", "PO-2"),
        ("finance/agreements/{agreement}/additions/{addition}", "quantity", 7),
        ("finance/agreements/types/6", "integrationXRef", "X"),
        ("finance/invoices/{invoice}", "reference", "R"),
        ("finance/invoices/{invoice}/payments/{payment}", "paymentDate", "2026-06-02T00:00:00Z"),
        ("procurement/products/{product}", "internalNotes", "N"),
        ("procurement/catalog/701", "vendorSku", "V"),
        ("finance/taxCodes/9", "invoiceCaption", "Tax"),
    ],
)
def test_what_is_read_can_be_edited_and_put_back(
    api: httpx.Client, sim: httpx.Client, path: str, field: str, value: Any
) -> None:
    sim.post("/clock", json={"set": "2026-06-15T09:00:00Z", "freeze": True}).raise_for_status()
    owner = agreement(api, customer(api), billAmount=100)["id"]
    seat = addition(api, owner, unitPrice=8.3333)["id"]
    invoice = bill(sim, owner, "2026-06-01", member="tandem")["id"]
    where = path.format(
        agreement=owner,
        addition=seat,
        invoice=invoice,
        payment=made(pay(api, invoice, 10))["id"],
        product=lines(api, invoice)[0]["id"],
    )
    before = read(api, f"/{where}")
    after = made(api.put(f"/{where}", json={**before, field: value}), 200)
    moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    computed = {"billedQuantity", "extPrice", "extCost", "margin", "_info"}
    assert (after[field], moved - computed) == (value, {field})
