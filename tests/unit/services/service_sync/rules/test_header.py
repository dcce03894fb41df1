"""The call's own columns (spec/tickets.md 8.5, 8.6)."""

from datetime import date
from typing import Any

import pytest

from shared.events.records import Reference
from shared.events.tickets import AgreementReference, TicketNote
from shared.links.kinds import LinkKind
from tests.unit.services.service_sync.rules.world import (
    CUSTOMER,
    MEMBER,
    TECHNICIAN,
    check_of,
    code,
    codes,
    contract,
    customer,
    entry,
    gathered,
    header_of,
    item,
    planned,
    row,
    taken,
    technician,
    ticket,
    waits,
)

AGREED = AgreementReference(id=88, name="Managed Care")


def test_the_call_carries_customer_item_caller_times_and_the_tickets_number() -> None:
    head = header_of(taken())
    assert (head.customer_id, head.bill_to_id, head.item_id) == (CUSTOMER, CUSTOMER, 500)
    assert (head.contract_id, head.bill_code, head.call_type) == (None, "V5", "Network")
    assert (head.technician_id, head.status, head.on_hold_code_id) == (TECHNICIAN, "P", None)
    assert head.description == "Ticket 60211: Core switch replacement"
    assert head.caller == "Priya Raman, 3292250111"
    assert head.opened == ticket().dateEntered
    assert head.notes == "2026-05-04 09:00 Marta Kova: Replaced core switch."


def test_internal_texts_stay_and_description_and_resolution_come_over() -> None:
    notes = (
        TicketNote(id=1, text="Switch drops links.", detailDescriptionFlag=True),
        TicketNote(id=2, text="Core switch replaced.", resolutionFlag=True),
        TicketNote(id=3, text="Customer is difficult."),
    )
    head = header_of(taken(ticket(entry(notes=""), notes=notes)))
    assert head.notes == "Switch drops links.\n\nResolution: Core switch replaced."


def test_an_unlinked_company_waits_for_its_link() -> None:
    wait = waits(taken(held=gathered(customer=None)), "S1")
    assert wait.blocked_on == ("link:customer-company:right:1204",)
    assert "company Northgate Dental Group (1204) has no customer" in wait.reason


def test_a_person_may_point_a_ticket_to_another_customer() -> None:
    other = customer(9, "1009")
    held = gathered(customer=other, row=row(customer_id=9), location=customer(70, "1001-A"))
    assert header_of(taken(held=held)).customer_id == 9


def test_an_inactive_customer_waits() -> None:
    wait = waits(taken(held=gathered(customer=customer(active=False))), "S4")
    assert wait.blocked_on == ("record:eautomate:customer:7",)


def test_the_sites_location_takes_the_call_and_the_head_office_pays() -> None:
    place = customer(70, "1001-A", parent_id=CUSTOMER, bill_to_id=CUSTOMER)
    head = header_of(taken(held=gathered(location=place)))
    assert (head.customer_id, head.bill_to_id) == (70, CUSTOMER)
    closed = gathered(location=customer(70, "1001-A", parent_id=CUSTOMER, active=False))
    assert "location-site" in " ".join(waits(taken(held=closed), "S5").blocked_on)


@pytest.mark.parametrize("broken", [None, item(active=False), item(serviceable=False)])
def test_the_standard_item_must_be_usable(broken: Any) -> None:
    assert "setting:service_sync.service_item" in waits(taken(held=gathered(item=broken)), "S6").blocked_on


def test_the_agreements_contract_comes_first_with_its_bill_code() -> None:
    held = gathered(agreement_contract=contract(), holding=(contract(901, "CW-901-01"),))
    head = header_of(taken(ticket(agreement=AGREED), held))
    assert (head.contract_number, head.bill_code) == ("CW-900-01", "IT-MC")


@pytest.mark.parametrize(
    "ended",
    [{"active": False}, {"terminated": date(2026, 5, 3)}, {"exp_date": date(2026, 5, 3)}],
)
def test_a_contract_that_does_not_hold_at_the_calls_date_waits(ended: dict[str, Any]) -> None:
    held = gathered(agreement_contract=contract(**ended))
    wait = waits(taken(ticket(agreement=AGREED), held), "S10")
    assert wait.blocked_on == ("record:eautomate:contract:900", "link:agreement-contract:88")


def test_a_contract_in_force_on_its_last_day_still_takes_the_call() -> None:
    held = gathered(agreement_contract=contract(exp_date=date(2026, 5, 4)))
    assert header_of(taken(ticket(agreement=AGREED), held)).contract_id == 900


def test_a_contract_without_the_item_takes_no_call_unless_it_is_a_deposit() -> None:
    bare = contract(lines=())
    waits(taken(ticket(agreement=AGREED), gathered(agreement_contract=bare)), "S6")
    deposit = contract(lines=(), time_block_based=True)
    assert header_of(taken(ticket(agreement=AGREED), gathered(agreement_contract=deposit))).contract_id == 900


def test_the_customers_only_contract_with_the_item_is_next() -> None:
    assert header_of(taken(held=gathered(holding=(contract(),)))).contract_id == 900


def test_several_contracts_are_a_warning_and_the_default_takes_the_call() -> None:
    several = (contract(), contract(901, "CW-901-01"))
    plan = planned(taken(held=gathered(holding=several)))
    assert plan.header is not None
    assert (plan.header.contract_id, plan.header.bill_code) == (None, "V5")
    [(name, text)] = plan.warnings
    assert name == "S10"
    assert "CW-900-01, CW-901-01" in text
    default = gathered(holding=several, default_contract=contract(950, "IT-00-01"))
    assert header_of(taken(held=default, default_contract="IT-00-01")).contract_id == 950


def test_a_missing_default_bill_code_waits_for_the_setting() -> None:
    assert waits(taken(default_bill_code=""), "S7").blocked_on == ("setting:service_sync.default_bill_code",)
    gone = gathered(codes=codes(bill_codes={"v5": code(21, "V5", active=False)}))
    waits(taken(held=gone), "S7")


@pytest.mark.parametrize(
    ("kind", "options", "wanted"),
    [
        ("Network", {}, "Network"),
        ("network", {}, "Network"),
        ("Corrective", {}, "CM"),
        ("Printers", {}, "CM"),
        ("Network", {"always_default_call_type": "Yes"}, "CM"),
    ],
)
def test_the_call_type_is_called_as_the_tickets_type_else_the_default(
    kind: str, options: dict[str, Any], wanted: str
) -> None:
    types = {"cm": code(1, "CM", "Corrective"), "network": code(2, "Network")}
    made = ticket(type=Reference(id=1, name=kind))
    assert header_of(taken(made, gathered(codes=codes(call_types=types)), **options)).call_type == wanted


def test_without_a_default_call_type_an_unknown_type_waits() -> None:
    made = ticket(type=Reference(id=1, name="Printers"))
    assert waits(taken(made, default_call_type=""), "S8").blocked_on == (
        "setting:service_sync.default_call_type",
    )


def test_a_customer_on_hold_gets_the_call_on_hold_or_a_case() -> None:
    held = gathered(customer=customer(hold=True, on_hold_code="LATE"))
    head = header_of(taken(held=held))
    assert (head.status, head.on_hold_code_id) == ("H", 42)
    other = gathered(customer=customer(hold=True, on_hold_code="ELSE"))
    assert header_of(taken(held=other)).on_hold_code_id == 41
    wait = waits(taken(held=held, credit_hold_calls="error"), "S11")
    assert "record:eautomate:customer:7" in wait.blocked_on


def test_the_owner_is_the_technician_else_who_worked_first_else_the_default() -> None:
    owner = Reference(id=180, name="Ada Lund")
    both = {MEMBER: technician(), 180: technician(32, "E002")}
    assert header_of(taken(ticket(owner=owner), gathered(technicians=both))).technician == "E002"
    assert header_of(taken(ticket(owner=owner))).technician == "E001"
    fixed = gathered(numbered={"e009": technician(39, "E009")})
    assert header_of(taken(held=fixed, header_technician="E009")).technician == "E009"
    waits(taken(held=gathered(), header_technician="E009"), "S13")


def test_a_long_po_number_is_left_out_and_a_short_one_comes_over() -> None:
    assert header_of(taken(ticket(poNumber="PO-7741"))).po_number == "PO-7741"
    long = taken(ticket(poNumber="PO-7741-0000-0000"))
    assert header_of(long).po_number == ""
    assert "longer than 15" in check_of(long, "PO number").seen


def test_characters_that_e_automate_cannot_hold_do_not_stop_a_ticket() -> None:
    head = header_of(taken(ticket(summary="Caf\u00e9 \U0001f600 printer")))
    assert head.description == "Ticket 60211: Caf\u00e9 ? printer"


def test_all_that_is_wrong_is_told_at_once_headers_first() -> None:
    held = gathered(customer=None, technicians={})
    wait = waits(taken(held=held, default_bill_code=""), "S1")
    assert "bill code (blank)" in wait.reason
    assert "member Marta Kova (176) of time entry 98021" in wait.reason
    assert wait.blocked_on[0] == "link:customer-company:right:1204"
    assert f"link:{LinkKind.AGENT_MEMBER.value}:right:{MEMBER}" in wait.blocked_on
