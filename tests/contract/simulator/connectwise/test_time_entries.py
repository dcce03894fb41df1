"""Time entries over HTTP: defaults, hours, rates, coverage, locks."""

from typing import Any

import httpx
import pytest

from tests.contract.simulator.connectwise.billing import agreement, customer, made, read
from tests.contract.simulator.connectwise.builders import error, replace
from tests.contract.simulator.connectwise.service import (
    WORKED,
    changed,
    ids,
    refused,
    ticket,
    time_body,
    worked,
)


@pytest.fixture
def company(api: httpx.Client) -> dict[str, Any]:
    return customer(api)


@pytest.fixture
def one(api: httpx.Client, company: dict[str, Any]) -> int:
    return int(ticket(api, company, type={"name": "Network"}, subType={"name": "Firewall"})["id"])


def put_time(api: httpx.Client, **more: Any) -> httpx.Response:
    return api.post("/time/entries", json=more)


def test_ticket_and_member_fill_an_entry(api: httpx.Client, one: int) -> None:
    entry = worked(api, one, 3.5, notes="Replaced core switch.")
    assert (entry["company"]["identifier"], entry["ticket"]["id"], entry["chargeToId"]) == (
        "Northgate",
        one,
        one,
    )
    assert (entry["member"]["identifier"], entry["locationId"], entry["businessUnitId"]) == ("mkova", 11, 10)
    assert (entry["workRole"]["name"], entry["workType"]["name"]) == ("Network Engineer", "Regular")
    assert (entry["timeEnd"], entry["hoursDeduct"]) == ("2026-06-03T11:30:00Z", 0)
    hours = ("actualHours", "hoursBilled", "agreementHours", "invoiceHours")
    assert [entry[name] for name in hours] == [3.5, 3.5, 0, 3.5]
    assert (entry["hourlyRate"], entry["extendedInvoiceAmount"], entry["billableOption"]) == (
        120,
        420,
        "Billable",
    )
    assert (entry["status"], entry["timeSheet"]["name"]) == ("Open", "2026-06-01 to 2026-06-07")
    words = ("ticketBoard", "ticketStatus", "ticketType", "ticketSubType", "locationName", "hourlyCost")
    assert [entry[name] for name in words] == [
        "Help Desk",
        "New",
        "Network",
        "Firewall",
        "Central Office",
        "48.00",
    ]
    assert (entry["enteredBy"], entry["invoiceReady"], entry["invoiceFlag"]) == ("tandem", 1, False)


def test_without_a_member_it_is_the_callers_own_time(api: httpx.Client, one: int) -> None:
    mine = made(put_time(api, chargeToId=one, timeStart=WORKED, timeEnd="2026-06-03T09:00:00Z"))
    assert (mine["member"]["identifier"], mine["chargeToType"]) == ("tandem", "ServiceTicket")


def test_hours_come_from_start_end_and_break(api: httpx.Client, one: int) -> None:
    entry = worked(api, one, 9, timeEnd="2026-06-03T12:20:00Z", hoursDeduct=0.5)
    assert entry["actualHours"] == 3.83
    where = f"time/entries/{entry['id']}"
    assert changed(api, where, timeEnd="2026-06-03T09:00:00Z")["actualHours"] == 0.5
    longer = changed(api, where, actualHours=2)
    assert (longer["timeEnd"], longer["hoursBilled"], longer["extendedInvoiceAmount"]) == (
        "2026-06-03T10:30:00Z",
        2,
        240,
    )
    body = {"chargeToId": one, "timeStart": WORKED}
    assert error(put_time(api, **body))[:2] == ("MissingRequiredField", "timeEnd")
    assert error(put_time(api, **body, timeEnd="2026-06-02T00:00:00Z"))[1] == "timeEnd"
    assert error(put_time(api, **body, timeEnd="2026-06-03T09:00:00Z", hoursDeduct=2))[1] == "hoursDeduct"
    offset = put_time(api, chargeToId=one, timeStart="2026-06-03T08:00:00+02:00", actualHours=1)
    assert error(offset)[:2] == ("UnsupportedFormat", "timeStart")
    changed(api, "system/members/176", requireStartAndEndTimeOnTimeEntryFlag=True)
    assert error(put_time(api, **time_body(one)))[1] == "timeEnd"


def test_overlapping_time_is_taken(api: httpx.Client, one: int) -> None:
    first, second = worked(api, one, 2), worked(api, one, 3)
    assert first["timeStart"] == second["timeStart"]
    assert read(api, f"/service/tickets/{one}")["actualHours"] == 5


def test_hours_of_a_ticket_follow_its_time_but_its_stamp_does_not(
    api: httpx.Client, sim: httpx.Client, company: dict[str, Any], one: int
) -> None:
    before = read(api, f"/service/tickets/{one}")["_info"]["lastUpdated"]
    sim.post("/clock", json={"set": "2030-01-01T00:00:00Z", "freeze": True}).raise_for_status()
    entry = worked(api, one, 2)["id"]
    after = read(api, f"/service/tickets/{one}")
    assert (after["actualHours"], after["_info"]["lastUpdated"]) == (2, before)
    other = ticket(api, company)["id"]
    changed(api, f"time/entries/{entry}", chargeToId=other)
    assert read(api, f"/service/tickets/{one}")["actualHours"] == 0
    assert read(api, f"/service/tickets/{other}")["actualHours"] == 2
    assert api.delete(f"/time/entries/{entry}").status_code == 204
    assert read(api, f"/service/tickets/{other}")["actualHours"] == 0
    sim.post("/knobs", json={"child_bumps_parent": True}).raise_for_status()
    worked(api, one)
    assert read(api, f"/service/tickets/{one}")["_info"]["lastUpdated"] == "2030-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("kind", "hours", "billed", "rate", "amount", "option"),
    [
        ("Regular", 1.1, 1.1, 120, 132, "Billable"),
        ("After Hours", 0.5, 1, 180, 180, "Billable"),
        ("Emergency", 2, 2, 225, 450, "Billable"),
        ("Remote Support", 0.6, 0.75, 120, 90, "Billable"),
        ("Remote Support", 0.1, 0.5, 120, 60, "Billable"),
        ("Travel", 3, 2, 80, 160, "Billable"),
        ("Courtesy", 1, 1, 120, 0, "NoCharge"),
        ("Internal", 1, 1, 120, 0, "DoNotBill"),
    ],
)
def test_the_work_type_rounds_prices_and_says_what_is_billed(
    api: httpx.Client,
    one: int,
    kind: str,
    hours: float,
    billed: float,
    rate: float,
    amount: float,
    option: str,
) -> None:
    entry = worked(api, one, hours, workType={"name": kind})
    assert (entry["hoursBilled"], entry["hourlyRate"]) == (billed, rate)
    assert (entry["extendedInvoiceAmount"], entry["billableOption"]) == (amount, option)
    assert entry["invoiceHours"] == (0 if option == "DoNotBill" else billed)


def test_a_rate_is_set_on_update_only(api: httpx.Client, one: int) -> None:
    entry = worked(api, one, 2, hourlyRate=99)
    where = f"time/entries/{entry['id']}"
    assert entry["hourlyRate"] == 120
    edited = changed(api, where, hourlyRate=99.5)
    assert (edited["hourlyRate"], edited["extendedInvoiceAmount"]) == (99.5, 199)
    assert changed(api, where, notes="Words")["hourlyRate"] == 99.5
    assert changed(api, where, workRole={"name": "Project Manager"})["hourlyRate"] == 150
    assert changed(api, where, hoursBilled=1)["extendedInvoiceAmount"] == 150


def test_the_ticket_says_what_is_billed_and_at_which_rate(api: httpx.Client, company: dict[str, Any]) -> None:
    free = ticket(api, company, billTime="NoCharge")["id"]
    assert worked(api, free)["billableOption"] == "NoCharge"
    assert worked(api, free, workType={"name": "Internal"})["billableOption"] == "DoNotBill"
    assert worked(api, free, billableOption="Billable")["billableOption"] == "Billable"
    agreed = ticket(api, company, billingMethod="OverrideRate", hourlyRate=77)["id"]
    assert worked(api, agreed)["hourlyRate"] == 77
    role = ticket(api, company, workRole={"name": "Administration"}, workType={"name": "Travel"})["id"]
    entry = worked(api, role)
    assert (entry["workRole"]["name"], entry["hourlyRate"]) == ("Administration", 80)


def test_a_role_must_be_legal_at_the_location(api: httpx.Client, one: int) -> None:
    body = time_body(one, locationId=38, workRole={"name": "Project Manager"})
    told = error(put_time(api, **body))
    assert told == ("InvalidField", "workRole", "The Work Role is not valid for the selected location")
    changed(api, "system/members/176", workRole={"name": "Project Manager"})
    told = error(put_time(api, **time_body(one, locationId=38)))
    assert told[2] == "The default Work Role is not valid for the selected location"
    assert put_time(api, **time_body(one, locationId=38, workRole={"id": 19})).status_code == 201


def test_a_status_may_forbid_time(api: httpx.Client, one: int) -> None:
    entry = worked(api, one)["id"]
    changed(api, f"service/tickets/{one}", status={"name": ">Closed"})
    told = error(put_time(api, **time_body(one)))
    assert (told[0], "Change the status" in told[2]) == ("TimeEntryApi", True)
    assert refused(api, f"time/entries/{entry}", actualHours=2)[0] == "TimeEntryApi"
    assert changed(api, f"time/entries/{entry}", notes="Words")["ticketStatus"] == ">Closed"
    changed(api, f"service/tickets/{one}", status={"name": "Completed"})
    assert worked(api, one)["ticketStatus"] == "Completed"


def test_time_is_charged_to_a_ticket_a_code_or_a_company(
    api: httpx.Client, company: dict[str, Any], one: int
) -> None:
    code = made(put_time(api, **{**time_body(1), "chargeToType": "ChargeCode"}))
    assert (code["billableOption"], code["invoiceReady"], "ticket" in code) == ("DoNotBill", 0, False)
    assert error(put_time(api, **time_body(1)))[:2] == ("NotFound", "chargeToId")
    assert error(put_time(api, **{**time_body(one), "chargeToType": "ProjectTicket"}))[0] == "NotFound"
    assert error(put_time(api, **{**time_body(one), "chargeToType": "Activity"}))[0] == "NotFound"
    bare = {"timeStart": WORKED, "actualHours": 1, "member": {"id": 176}}
    assert error(put_time(api, **bare))[:2] == ("MissingRequiredField", "chargeToId")
    own = {**bare, "company": {"id": company["id"]}}
    assert error(put_time(api, **own))[0] == "TimeEntryApi"
    changed(api, "system/members/176", enterTimeAgainstCompanyFlag=True)
    assert made(put_time(api, **own))["company"]["identifier"] == "Northgate"
    changed(api, "system/members/177", inactiveFlag=True)
    assert error(put_time(api, **time_body(one, member={"id": 177})))[1] == "member"


def test_an_agreement_covers_hours_until_its_limit(api: httpx.Client, company: dict[str, Any]) -> None:
    block = agreement(api, company, type={"name": "Block Time"}, applicationLimit=2)["id"]
    one = ticket(api, company, agreement={"id": block})["id"]

    def shares(entry: dict[str, Any]) -> list[float]:
        names = ("agreementHours", "agreementAmount", "invoiceHours", "extendedInvoiceAmount")
        return [entry[name] for name in names]

    first = worked(api, one, 1.5)
    assert (first["agreement"]["id"], first["agreementType"]) == (block, "Block Time")
    assert shares(first) == [1.5, 180, 0, 0]
    second = worked(api, one, 1.5)
    assert shares(second) == [0.5, 60, 1, 120]
    assert shares(worked(api, one, 1, timeStart="2026-09-01T08:00:00Z")) == [0, 0, 1, 120]
    assert shares(worked(api, one, 1, billableOption="NoCharge")) == [0, 0, 1, 0]
    assert api.delete(f"/time/entries/{first['id']}").status_code == 204
    assert shares(changed(api, f"time/entries/{second['id']}", actualHours=2)) == [2, 240, 0, 0]


def test_a_limit_counts_anew_each_cycle(api: httpx.Client, company: dict[str, Any]) -> None:
    monthly = agreement(api, company, type={"name": "Recurring Block"}, applicationLimit=1)["id"]
    one = ticket(api, company, agreement={"id": monthly})["id"]
    assert [worked(api, one)["agreementHours"] for _ in range(2)] == [1, 0]
    assert worked(api, one, timeStart="2026-07-01T08:00:00Z")["agreementHours"] == 1
    changed(api, f"finance/agreements/{monthly}", applicationUnlimitedFlag=True)
    assert worked(api, one, 8)["agreementHours"] == 8
    money = agreement(
        api, company, type={"name": "Recurring Block"}, applicationUnits="Amount", applicationLimit=60
    )["id"]
    half = ticket(api, company, agreement={"id": money})["id"]
    assert worked(api, half)["agreementHours"] == 0.5


def test_a_draft_shows_the_defaults_and_stores_nothing(api: httpx.Client, one: int) -> None:
    draft = made(
        api.post("/time/entries/defaults", json=time_body(one, 2, workType={"name": "After Hours"})), 200
    )
    assert (draft["id"], draft["hourlyRate"], draft["extendedInvoiceAmount"]) == (0, 180, 360)
    assert api.get("/time/entries/count").json() == {"count": 0}
    assert api.get(f"/service/tickets/{one}").json()["actualHours"] == 0


def test_texts_keep_their_lines_and_leave_no_flags_behind(api: httpx.Client, one: int) -> None:
    entry = worked(api, one, notes="One\ntwo", internalNotes="ours", emailContactFlag=True)
    assert (entry["notes"], entry["internalNotes"], "emailContactFlag" in entry) == (
        "One\ntwo",
        "ours",
        False,
    )


def test_a_put_needs_its_billable_option(api: httpx.Client, one: int) -> None:
    entry = worked(api, one, 2)
    where = f"/time/entries/{entry['id']}"
    short = {"chargeToId": one, "chargeToType": "ServiceTicket", "timeStart": WORKED, "actualHours": 2}
    assert error(api.put(where, json=short))[:2] == ("MissingRequiredField", "billableOption")
    after = made(api.put(where, json={**entry, "notes": "Words"}), 200)
    moved = {name for name in entry.keys() | after.keys() if entry.get(name) != after.get(name)}
    assert moved - {"_info"} == {"notes"}


def test_time_is_found_by_its_ticket_member_and_day(
    api: httpx.Client, company: dict[str, Any], one: int
) -> None:
    mine = worked(api, one)["id"]
    worked(api, ticket(api, company)["id"], member={"identifier": "opark"})
    for query in (
        f"(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket') AND chargeToId={one}",
        f"ticket/id in ({one},5) and invoice/id = null",
        "member/identifier='mkova' and timeStart >= [2026-06-03T00:00:00Z] and timeStart < [2026-06-04]",
        "status='Open' and ticketType='Network'",
    ):
        assert ids(api.get("/time/entries", params={"conditions": query})) == [mine]


def test_the_audit_trail_tells_of_time(api: httpx.Client, one: int) -> None:
    entry = worked(api, one)["id"]
    changed(api, f"time/entries/{entry}", actualHours=2)
    trail = api.get("/system/audittrail", params={"type": "Time", "id": entry}).json()
    assert 'Actual Hours has been updated from "1.00" to "2.00".' in [line["text"] for line in trail]


def test_a_sheet_is_handed_in_approved_and_taken_back(api: httpx.Client, one: int) -> None:
    entry = worked(api, one, 2)
    sheet = entry["timeSheet"]["id"]
    worked(api, one, 1, timeStart="2026-06-08T08:00:00Z")
    found = read(api, f"/time/sheets/{sheet}")
    assert (found["hours"], found["member"]["identifier"], found["status"]) == (2, "mkova", "Open")
    assert len(api.get("/time/sheets").json()) == 2
    assert error(api.delete(f"/time/sheets/{sheet}"))[0] == "InUse"
    where = f"time/entries/{entry['id']}"
    steps = (
        ("submit", "PendingApproval"),
        ("reject", "Rejected"),
        ("submit", "PendingApproval"),
        ("approve", "ApprovedByTierOne"),
        ("approve", "ApprovedByTierTwo"),
    )
    for action, status in steps:
        assert made(api.post(f"/time/sheets/{sheet}/{action}"), 200)["success"] is True
        assert read(api, f"/{where}")["status"] == status
    assert api.post(f"/time/sheets/{sheet}/submit").status_code == 400
    assert refused(api, where, actualHours=3) == ("InvalidObject", "actualHours")
    assert changed(api, where, notes="Words")["notes"] == "Words"
    assert error(api.delete(f"/{where}"))[0] == "InvalidObject"
    assert error(api.post("/time/entries", json=time_body(one)))[:2] == ("TimeEntryApi", "timeStart")
    changed(api, "service/boards/23", timeEntryLockedFlag=True)
    assert refused(api, where, notes="More") == ("InvalidObject", "notes")
    made(api.post(f"/time/sheets/{sheet}/reverse"), 200)
    assert api.patch(f"/{where}", json=[replace("actualHours", 3)]).json()["actualHours"] == 3
