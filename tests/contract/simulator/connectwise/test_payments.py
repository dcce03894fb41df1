"""Payments and credits of invoices."""

from typing import Any

import httpx
import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from tests.contract.simulator.connectwise.billing import (
    agreement,
    bill,
    customer,
    made,
    pay,
    read,
    row,
    special,
    status,
)
from tests.contract.simulator.connectwise.builders import error, replace


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api, taxCode={"name": "EXEMPT"})


@pytest.fixture
def invoice(api: httpx.Client, sim: httpx.Client, company: dict[str, Any]) -> int:
    return int(bill(sim, agreement(api, company, billAmount=100)["id"], "2026-06-01")["id"])


def amounts(api: httpx.Client, invoice: int) -> tuple[float, float, float]:
    """Payments, credits and balance."""
    one = read(api, f"/finance/invoices/{invoice}")
    return one["payments"], one["credits"], one["balance"]


def test_a_payment_lowers_the_balance(api: httpx.Client, invoice: int) -> None:
    one = made(pay(api, invoice, 40, paymentDate="2026-06-10T00:00:00Z"))
    assert (one["type"], one["amount"], one["source"], one["appliedBy"]) == ("P", 40, "API", "tandem")
    assert (one["invoiceBalance"], one["invoiceTotal"], one["balance"]) == (60, 100, 0)
    assert (one["invoice"]["billingType"], one["invoice"]["applyToType"]) == ("Agreement", "Agreement")
    assert amounts(api, invoice) == (40, 0, 60)
    path = f"/finance/invoices/{invoice}/payments/{one['id']}"
    assert made(api.patch(path, json=[replace("amount", 100)]), 200)["invoiceBalance"] == 0
    assert amounts(api, invoice) == (100, 0, 0)
    assert api.delete(path).status_code == 204
    assert amounts(api, invoice) == (0, 0, 100)


def test_a_payment_is_made_now_unless_it_says_when(
    api: httpx.Client, sim: httpx.Client, invoice: int
) -> None:
    sim.post("/clock", json={"set": "2026-06-15T09:00:00Z", "freeze": True})
    assert made(pay(api, invoice, 1))["paymentDate"] == "2026-06-15T09:00:00Z"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"amount": None}, ("MissingRequiredField", "amount")),
        ({"amount": 0}, ("OutOfRange", "amount")),
        ({"amount": -5}, ("OutOfRange", "amount")),
        ({"invoice": None}, ("MissingRequiredField", "invoice")),
        ({"type": "X"}, ("InvalidField", "type")),
        ({"type": "C"}, ("MissingRequiredField", "credit")),
        ({"paymentDate": "2026-06-10"}, ("UnsupportedFormat", "paymentDate")),
    ],
)
def test_what_a_payment_is_refused_for(
    api: httpx.Client, invoice: int, changes: dict[str, Any], line: tuple[str, str]
) -> None:
    body = {"type": "P", "amount": 5, "invoice": {"id": invoice}, **changes}
    assert error(api.post(f"/finance/invoices/{invoice}/payments", json=body))[:2] == line
    assert amounts(api, invoice) == (0, 0, 100)


def test_payments_are_listed_by_invoice_without_a_count(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any], invoice: int
) -> None:
    first, second = made(pay(api, invoice, 10)), made(pay(api, invoice, 20))
    other = special(api, company)["id"]
    path = f"/finance/invoices/{invoice}/payments"
    assert [one["id"] for one in api.get(path).json()] == [first["id"], second["id"]]
    found = api.get(path, params={"conditions": "amount > 15 and type='P'"}).json()
    assert [one["id"] for one in found] == [second["id"]]
    assert api.get(f"/finance/invoices/{other}/payments").json() == []
    assert api.get(f"/finance/invoices/{other}/payments/{first['id']}").status_code == 404
    assert api.get(f"{path}/count").status_code == 404
    assert api.get("/finance/payments").status_code == 404


def test_a_payment_stays_with_its_invoice(api: httpx.Client, company: dict[str, Any], invoice: int) -> None:
    ident = made(pay(api, invoice, 10))["id"]
    other = special(api, company)["id"]
    entry = replace("invoice", {"id": other})
    assert error(api.patch(f"/finance/invoices/{invoice}/payments/{ident}", json=[entry]))[1] == "invoice"


def test_closed_invoices_take_payments(api: httpx.Client, invoice: int) -> None:
    made(status(api, invoice, "Closed"), 200)
    made(pay(api, invoice, 100))
    closed = read(api, f"/finance/invoices/{invoice}")
    assert (closed["balance"], closed["status"]["name"]) == (0, "Closed")


@pytest.mark.parametrize("bumps", [False, True])
def test_a_knob_says_whether_a_payment_bumps_its_invoice(
    api: httpx.Client, sim: httpx.Client, invoice: int, *, bumps: bool
) -> None:
    sim.post("/knobs", json={"payments_bump_invoice": bumps})
    before = read(api, f"/finance/invoices/{invoice}")["_info"]["lastUpdated"]
    sim.post("/clock", json={"advance": 60})
    made(pay(api, invoice, 10))
    after = read(api, f"/finance/invoices/{invoice}")["_info"]["lastUpdated"]
    assert (after != before) is bumps


def test_more_than_the_balance_is_taken_or_refused(
    api: httpx.Client, sim: httpx.Client, invoice: int
) -> None:
    over = made(pay(api, invoice, 120))
    assert (over["balance"], over["invoiceBalance"]) == (20, -20)
    assert amounts(api, invoice) == (120, 0, -20)
    sim.post("/knobs", json={"overpayment": "refuse"})
    assert error(pay(api, invoice, 1))[:2] == ("OutOfRange", "amount")
    path = f"/finance/invoices/{invoice}/payments/{over['id']}"
    assert made(api.patch(path, json=[replace("amount", 100)]), 200)["invoiceBalance"] == 0


def test_a_closed_memo_is_applied_until_it_is_used_up(
    api: httpx.Client, company: dict[str, Any], invoice: int
) -> None:
    memo = special(api, company, type="CreditMemo")["id"]
    row(api, memo, quantity=-1, price=30)
    credit = {"type": "C", "credit": {"id": memo}}
    assert error(pay(api, invoice, 30, **credit))[1] == "credit"
    made(status(api, memo, "Closed"), 200)
    assert error(pay(api, invoice, 31, **credit))[1] == "amount"
    applied = made(pay(api, invoice, 30, credit={"id": memo}, type=None))
    assert (applied["type"], amounts(api, invoice)) == ("C", (0, 30, 70))
    assert read(api, f"/finance/invoices/{memo}")["balance"] == 0
    assert api.delete(f"/finance/invoices/{invoice}/payments/{applied['id']}").status_code == 204
    assert (amounts(api, invoice), read(api, f"/finance/invoices/{memo}")["balance"]) == ((0, 0, 100), -30)


def test_a_payment_whose_answer_is_lost_is_there_and_would_be_there_twice(
    api: httpx.Client, sim: httpx.Client, invoice: int
) -> None:
    fault = {"kind": "cut_after", "method": "POST", "path": "payments$", "times": 1}
    sim.post("/faults", json=[fault]).raise_for_status()
    with pytest.raises(httpx.TransportError):
        pay(api, invoice, 100)
    assert [one["amount"] for one in api.get(f"/finance/invoices/{invoice}/payments").json()] == [100]
    made(pay(api, invoice, 100))
    assert amounts(api, invoice) == (200, 0, -100)


def test_a_stale_list_does_not_show_the_payment_yet(
    api: httpx.Client, sim: httpx.Client, invoice: int
) -> None:
    sim.post("/clock", json={"advance": 120})
    made(pay(api, invoice, 10))
    fault = {"kind": "stale_search", "method": "GET", "path": "payments$", "seconds": 60, "times": 1}
    sim.post("/faults", json=[fault]).raise_for_status()
    path = f"/finance/invoices/{invoice}/payments"
    assert [len(api.get(path).json()) for _ in range(2)] == [0, 1]


def test_a_person_pays_at_the_screen(api: httpx.Client, sim: httpx.Client, invoice: int) -> None:
    body = {"record": {"invoice": {"id": invoice}, "amount": 25}, "member": "opark"}
    one = made(sim.post("/human/payment", json=body))
    assert (one["source"], one["appliedBy"], one["type"]) == ("Member", "opark", "P")
    assert amounts(api, invoice) == (25, 0, 75)
    assert sim.post(f"/human/payment/{one['id']}/delete", json={}).status_code == 204
    assert amounts(api, invoice) == (0, 0, 100)


def test_the_right_to_invoices_is_the_right_to_payments(
    api: httpx.Client, sim: httpx.Client, invoice: int, server: ConnectWiseServer
) -> None:
    sim.post("/role", json={"rights": {"Invoicing": {"add": "None", "delete": "None"}}}).raise_for_status()
    refused = pay(api, invoice, 5)
    assert (refused.status_code, "Invoicing: Add" in refused.json()["message"]) == (403, True)
    assert api.get(f"/finance/invoices/{invoice}/payments").status_code == 200
    older = {"Accept": "application/vnd.connectwise.com+json; version=2022.1"}
    one = made(sim.post("/human/payment", json={"record": {"invoice": {"id": invoice}, "amount": 5}}))
    shown = api.get(f"/finance/invoices/{invoice}/payments/{one['id']}", headers=older).json()
    assert not {"source", "balance", "invoiceBalance"} & shown.keys()
