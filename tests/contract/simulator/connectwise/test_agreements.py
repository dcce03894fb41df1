"""Agreements, their types and additions."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import (
    START,
    addition,
    agreement,
    agreement_body,
    bill,
    customer,
    made,
    read,
)
from tests.contract.simulator.connectwise.builders import custom_id, error, replace

ENDS = {"noEndingDateFlag": False, "endDate": "2026-02-28T00:00:00Z"}


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


def test_billing_defaults_come_from_type_and_company(api: httpx.Client, company: dict[str, Any]) -> None:
    found = agreement(api, company)
    assert (found["type"]["name"], found["billingCycle"]["name"]) == ("Managed Services", "Monthly")
    assert (found["billTime"], found["employeeCompRate"], found["taxable"]) == ("Billable", "Hourly", True)
    assert (found["prorateFlag"], found["billingTerms"]["name"]) == (True, "Net 30")
    assert (found["billToCompany"]["id"], found["currency"]["currencyCode"]) == (company["id"], "USD")
    assert (found["billStartDate"], found["nextInvoiceDate"]) == (START, START)
    assert (found["site"]["name"], found["taxCode"]["name"]) == ("Main", "STD")
    other = agreement(api, company, type={"name": "Backup"}, billTime="NoCharge", taxable=False)
    assert (other["prorateFlag"], other["billTime"], other["taxable"]) == (False, "NoCharge", False)


@pytest.mark.parametrize("name", ["name", "type", "company", "contact"])
def test_an_agreement_needs_its_minimum(api: httpx.Client, company: dict[str, Any], name: str) -> None:
    body = agreement_body(company)
    del body[name]
    assert error(api.post("/finance/agreements", json=body))[:2] == ("MissingRequiredField", name)


def test_an_agreement_ends_some_day_or_says_that_it_does_not(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    body = agreement_body(company, noEndingDateFlag=False)
    assert error(api.post("/finance/agreements", json=body))[:2] == ("MissingRequiredField", "endDate")
    body["endDate"] = "2025-01-01T00:00:00Z"
    assert error(api.post("/finance/agreements", json=body))[:2] == ("InvalidField", "endDate")
    body["endDate"] = "2026-12-31T00:00:00Z"
    found = made(api.post("/finance/agreements", json=body))
    assert (found["noEndingDateFlag"], found["endDate"]) == (False, "2026-12-31T00:00:00Z")


def test_enums_lengths_and_references_are_checked(api: httpx.Client, company: dict[str, Any]) -> None:
    for changes, field in (
        ({"applicationUnits": "Days"}, "applicationUnits"),
        ({"periodType": "Past"}, "periodType"),
        ({"name": "x" * 101}, "name"),
        ({"customerPO": "x" * 51}, "customerPO"),
        ({"workOrder": "x" * 21}, "workOrder"),
        ({"billingCycle": {"id": 99}}, "billingCycle/id"),
        ({"parentAgreement": {"id": 99}}, "parentAgreement/id"),
    ):
        body = agreement_body(company, **changes)
        assert error(api.post("/finance/agreements", json=body))[1] == field


@pytest.mark.parametrize(
    ("changes", "status", "next_date"),
    [
        ({}, "Active", START),
        ({"startDate": "2030-01-01T00:00:00Z"}, "Inactive", "2030-01-01T00:00:00Z"),
        (ENDS, "Expired", START),
        ({**ENDS, "billStartDate": "2026-03-01T00:00:00Z"}, "Expired", None),
        ({"cancelledFlag": True, "dateCancelled": "2026-03-05T00:00:00Z"}, "Cancelled", START),
        ({"cancelledFlag": True, "dateCancelled": "2029-03-05T00:00:00Z"}, "Active", START),
    ],
)
def test_status_and_next_invoice_date_follow_from_the_dates(
    api: httpx.Client,
    sim: httpx.Client,
    company: dict[str, Any],
    changes: dict[str, Any],
    status: str,
    next_date: str | None,
) -> None:
    sim.post("/clock", json={"set": "2026-06-15T09:00:00Z"})
    found = agreement(api, company, **changes)
    assert (found["agreementStatus"], found.get("nextInvoiceDate")) == (status, next_date)


def test_computed_fields_cannot_be_written(api: httpx.Client, company: dict[str, Any]) -> None:
    ident = agreement(api, company)["id"]
    entries = [replace("agreementStatus", "Cancelled"), replace("nextInvoiceDate", "2027-01-01T00:00:00Z")]
    found = made(api.patch(f"/finance/agreements/{ident}", json=entries), 200)
    assert (found["agreementStatus"], found["nextInvoiceDate"]) == ("Active", START)


def test_a_person_blanks_the_next_invoice_date(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    ident = agreement(api, company)["id"]
    shown = sim.post(f"/human/agreement/{ident}", json={"changes": {"nextInvoiceDate": None}}).json()
    assert "nextInvoiceDate" not in shown
    assert "nextInvoiceDate" not in made(
        api.patch(f"/finance/agreements/{ident}", json=[replace("workOrder", "W1")]), 200
    )
    bill(sim, ident, "2026-03-01")
    assert read(api, f"/finance/agreements/{ident}")["nextInvoiceDate"] == "2026-04-01T00:00:00Z"


def test_an_agreement_expires_with_the_clock_and_its_additions_show_it(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    sim.post("/clock", json={"set": "2026-06-15T09:00:00Z"})
    found = agreement(api, company, noEndingDateFlag=False, endDate="2026-06-30T00:00:00Z")
    seat = addition(api, found["id"])
    assert (found["agreementStatus"], seat["agreementStatus"]) == ("Active", "Active")
    sim.post("/clock", json={"set": "2026-07-01T09:00:00Z"})
    path = f"/finance/agreements/{found['id']}"
    again = read(api, f"{path}/additions/{seat['id']}")
    assert (read(api, path)["agreementStatus"], again["agreementStatus"]) == ("Expired", "Expired")
    assert again["_info"]["lastUpdated"] == seat["_info"]["lastUpdated"]


def test_cancelling_takes_the_next_invoice_date_and_taking_it_back_gives_it(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    ident = agreement(api, company)["id"]
    bill(sim, ident, "2026-06-01")
    path = f"/finance/agreements/{ident}"
    entries = [replace("cancelledFlag", True), replace("dateCancelled", "2026-06-20T00:00:00Z")]
    assert "nextInvoiceDate" not in made(api.patch(path, json=entries), 200)
    back = made(api.patch(path, json=[replace("cancelledFlag", False)]), 200)
    assert back["nextInvoiceDate"] == "2026-07-01T00:00:00Z"


def test_the_contract_number_is_a_custom_field_one_can_filter_by(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    field = custom_id(api, "ZCJ_ContractNumber")
    ident = agreement(api, company)["id"]
    agreement(api, company)
    entry = replace("customFields", [{"id": field, "value": "CW-40757-01"}])
    written = made(api.patch(f"/finance/agreements/{ident}", json=[entry]), 200)
    assert [one["value"] for one in written["customFields"]] == ["CW-40757-01"]
    query = {"customFieldConditions": 'caption="ZCJ_ContractNumber" and value="CW-40757-01"'}
    assert [one["id"] for one in api.get("/finance/agreements", params=query).json()] == [ident]
    blank = replace("customFields", [{"id": field, "value": None}])
    made(api.patch(f"/finance/agreements/{ident}", json=[blank]), 200)
    assert api.get("/finance/agreements", params=query).json() == []


def test_agreements_are_filtered_by_their_references(api: httpx.Client, company: dict[str, Any]) -> None:
    parent = agreement(api, company)["id"]
    child = agreement(api, company, parentAgreement={"id": parent}, type={"name": "Backup"})["id"]
    for condition, expected in (
        (f"parentAgreement/id={parent}", [child]),
        ("type/name='backup'", [child]),
        (f"company/id={company['id']}", [parent, child]),
        ("company/identifier='northgate' and cancelledFlag=false", [parent, child]),
        ("agreementStatus='Active' and billingCycle/name='Monthly'", [parent, child]),
        ("endDate = null and nextInvoiceDate != null", [parent, child]),
    ):
        rows = api.get("/finance/agreements", params={"conditions": condition}).json()
        assert [row["id"] for row in rows] == expected, condition
    assert read(api, f"/finance/agreements/{child}")["parentAgreement"]["type"] == "Managed Services"


def test_a_put_replaces_all_of_an_agreement(api: httpx.Client, company: dict[str, Any]) -> None:
    found = agreement(api, company, customerPO="PO-1", billAmount=10)
    path = f"/finance/agreements/{found['id']}"
    body = {**agreement_body(company), "employeeCompRate": "Actual", "invoicingCycle": "ContractYear"}
    assert {item["field"] for item in api.put(path, json=body).json()["errors"]} == {
        "billTime",
        "billExpenses",
        "billProducts",
    }
    body |= {"billTime": "Billable", "billExpenses": "Billable", "billProducts": "Billable"}
    again = made(api.put(path, json=body), 200)
    assert ("customerPO" in again, again["taxable"], again["employeeCompRate"]) == (False, False, "Actual")


def test_an_agreement_goes_with_its_additions_unless_it_was_invoiced(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any]
) -> None:
    free, billed = agreement(api, company)["id"], agreement(api, company)["id"]
    addition(api, free)
    assert api.delete(f"/finance/agreements/{free}").status_code == 204
    assert api.get(f"/finance/agreements/{free}/additions").status_code == 404
    bill(sim, billed, "2026-01-01")
    assert error(api.delete(f"/finance/agreements/{billed}"))[0] == "InUse"


def test_agreement_types_are_written_and_named_in_references(
    api: httpx.Client, company: dict[str, Any]
) -> None:
    body = {
        "name": "Network Care",
        **dict.fromkeys(("billTime", "billExpenses", "billProducts"), "Billable"),
        "employeeCompRate": "Hourly",
        "employeeCompNotExceed": "Billing",
        "invoicingCycle": "CalendarYear",
    }
    kind = made(api.post("/finance/agreements/types", json=body))
    assert error(api.post("/finance/agreements/types", json=body))[0] == "ObjectExists"
    short = {**body, "name": "Short"}
    del short["billTime"]
    assert error(api.post("/finance/agreements/types", json=short))[1] == "billTime"
    found = agreement(api, company, type={"id": kind["id"]})
    made(api.patch(f"/finance/agreements/types/{kind['id']}", json=[replace("name", "Network")]), 200)
    child = agreement(api, company, parentAgreement={"id": found["id"]})
    assert child["parentAgreement"]["type"] == "Network"
    names = [one["name"] for one in api.get("/finance/agreements/types/info").json()]
    assert names[:4] == ["Managed Services", "Backup", "Co-Managed IT", "Block Time"]
    assert error(api.delete(f"/finance/agreements/types/{kind['id']}"))[0] == "InUse"


def test_the_audit_trail_tells_who_changed_an_agreement(api: httpx.Client, company: dict[str, Any]) -> None:
    ident = agreement(api, company)["id"]
    api.patch(f"/finance/agreements/{ident}", json=[replace("customerPO", "PO-9")])
    trail = api.get("/system/audittrail", params={"type": "Agreement", "id": ident}).json()
    assert [line["auditSubType"] for line in trail] == ["Record", "Customer PO"]
