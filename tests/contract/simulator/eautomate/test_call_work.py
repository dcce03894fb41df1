"""Technicians enter labour and material; OK computes a call from its bill code."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.simulator.eautomate.client import Client
from tests.contract.simulator.eautomate.work import (
    IT,
    MORNING,
    charged,
    furnish,
    overridden,
    refused,
    rows,
)


@pytest.fixture
def desk(client: Client) -> Client:
    return furnish(client)


@pytest.fixture
def call(desk: Client) -> str:
    return charged(desk)


def labor(desk: Client, number: str) -> dict[str, Any]:
    [row] = desk.call_labors(number)
    return row


def amount(desk: Client, number: str) -> Any:
    return desk.preview_call(number).amount


def test_labour_has_its_times_and_the_bill_codes_rates(desk: Client, call: str) -> None:
    desk.add_labor(call, "T1", Decimal("1.5"), arrived=MORNING)
    row = labor(desk, call)
    assert (row["ArrivalDate"][:16], row["DepartureDate"][:16]) == ("2026-06-03 09:00", "2026-06-03 10:30")
    assert (row["AgentNumber"], row["ActivityCode"], row["LaborHours"]) == ("T1", "REMOTE", 1.5)
    assert (row["LaborRate"], row["OvertimeRate"], row["LaborOverride"]) == (120, 180, None)
    assert row["CreatorID"] == "JSMITH  "


@pytest.mark.parametrize(
    ("code", "activity", "hours", "charge"),
    [
        ("TM", "REMOTE", "1.5", "180.00"),
        ("TM", "REMOTE", "1.1", "150.00"),
        ("TM", "REMOTE", "0.1", "30.00"),
        ("TM", "ONSITE", "0.25", "140.00"),
        ("TM", "FIELD", "1", "110.00"),
        ("TM", "NOCHARGE", "3", "0.00"),
        ("BACKUP", "NOCHARGE", "3", "0.00"),
        ("DEPOSIT", "NOCHARGE", "3", "0.00"),
        ("MSP", "REMOTE", "3", "0.00"),
        ("MSP", "PROJECT", "3", "450.00"),
        ("FULL", "FIELD", "3", "0.00"),
    ],
)
def test_the_bill_code_decides_what_an_activity_charges(
    desk: Client, code: str, activity: str, hours: str, charge: str
) -> None:
    number = desk.add_call("AB00", "CM", "Work", bill_code=code)
    desk.add_labor(number, "T1", Decimal(hours), activity)
    assert amount(desk, number) == Decimal(charge)


def test_a_bill_code_nobody_gave_rates_charges_nothing(desk: Client, call: str) -> None:
    desk.foreign_sql("INSERT INTO SCBillCodes (BillCodeID, BillCode) VALUES (77, 'NEW')")
    desk.add_labor(call, "T1", 2)
    desk.save_call(call, BillCodeID=77)
    assert amount(desk, call) == 0


def test_travel_goes_by_the_bill_code(desk: Client) -> None:
    number = desk.add_call("AB00", "IT Onsite", "Work", bill_code="TM")
    desk.add_labor(number, "T1", 1, TravelHours=Decimal("0.5"))
    assert amount(desk, number) == 170


def test_an_override_is_the_amount_whatever_the_bill_code_says(desk: Client, call: str) -> None:
    desk.add_labor(call, "T1", Decimal("1.5"))
    overridden(desk, call, Decimal("120"))
    assert amount(desk, call) == 120
    overridden(desk, call, Decimal(0))
    assert amount(desk, call) == 0
    overridden(desk, call, None)
    assert amount(desk, call) == 180


@pytest.mark.parametrize("press", ["save", "add_labor", "edit_labor", "remove_labor", "material", "problem"])
def test_ok_on_a_call_loses_its_overrides_and_moves_its_rowversion(
    desk: Client, call: str, press: str
) -> None:
    first, second = desk.add_labor(call, "T1", 1), desk.add_labor(call, "T1", 1)
    desk.add_item("TONER", "Toner", MSRP=Decimal(80))
    overridden(desk, call, Decimal("5"))
    before = desk.call(call)["timestamp"]
    assert amount(desk, call) == 10
    actions: dict[str, Callable[[], object]] = {
        "save": lambda: desk.save_call(call),
        "add_labor": lambda: desk.add_labor(call, "T1", 1, "NOCHARGE"),
        "edit_labor": lambda: desk.edit_labor(call, first, Remarks="x"),
        "remove_labor": lambda: desk.remove_labor(call, second),
        "material": lambda: desk.add_material(call, "TONER", 1, 0),
        "problem": lambda: desk.add_problem(call, "IT"),
    }
    actions[press]()
    assert amount(desk, call) == (120 if press == "remove_labor" else 240)
    assert {row["LaborOverride"] for row in desk.call_labors(call)} == {None}
    assert desk.call(call)["timestamp"] > before


def test_the_dispatch_board_leaves_overrides_alone(desk: Client, call: str) -> None:
    desk.add_labor(call, "T1", 1)
    overridden(desk, call, Decimal("5"))
    desk.hold_call(call)
    desk.release_call(call)
    desk.schedule_call(call, MORNING, "T1")
    desk.dispatch_call(call)
    desk.complete_call(call)
    desk.clear_call(call)
    desk.ok_to_bill(call)
    desk.open_call(call)
    desk.close_call(call)
    assert amount(desk, call) == 5


def test_labour_is_changed_and_taken_away(desk: Client, call: str) -> None:
    key = desk.add_labor(call, "T1", 1)
    desk.edit_labor(call, key, LaborHours=Decimal(2), ActivityCodeID=2)
    assert (amount(desk, call), labor(desk, call)["LaborRate"]) == (280, 140)
    desk.remove_labor(call, key)
    assert desk.call_labors(call) == []
    with pytest.raises(LookupError, match=f"call {call} has no labour {key}"):
        desk.edit_labor(call, key)


def test_one_technicians_labour_may_overlap(desk: Client, call: str) -> None:
    for _ in range(2):
        desk.add_labor(call, "T1", 1, arrived=MORNING)
    assert len({row["ArrivalDate"] for row in desk.call_labors(call)}) == 1
    assert amount(desk, call) == 240


def test_labour_of_no_hours_or_nobody_is_refused(desk: Client, call: str) -> None:
    with refused("0 hours are no labour"):
        desk.add_labor(call, "T1", 0)
    with pytest.raises(LookupError, match="no employee NOPE"):
        desk.add_labor(call, "NOPE", 1)
    with pytest.raises(LookupError, match="no activity code NOPE"):
        desk.add_labor(call, "T1", 1, "NOPE")
    assert desk.call_labors(call) == []


def test_material_is_charged_at_its_list_price_unless_covered_or_only_needed(desk: Client) -> None:
    desk.add_item("TONER", "Toner", MSRP=Decimal(80), Cost=Decimal(31))
    number = desk.add_call("AB00", "CM", "Jam", bill_code="TM")
    desk.add_material(number, "TONER", 2)
    desk.add_material(number, "TONER", 1, Decimal("9.5"))
    desk.add_material(number, "TONER", 7, UsageStatusID=2)
    made = desk.preview_call(number)
    assert (made.amount, [line.cost for line in made.lines]) == (
        Decimal("169.50"),
        [Decimal(62), Decimal(31)],
    )
    assert [row["Text"] for row in desk.call_materials(number)] == ["Toner"] * 3
    desk.save_call(number, BillCodeID=1)
    assert amount(desk, number) == 0


def test_a_miscellaneous_charge_is_charged(desk: Client, call: str) -> None:
    desk.save_call(call, MiscCharge=Decimal("12.5"), MiscDescription="Parking")
    [line] = desk.preview_call(call).lines
    assert (line.description, line.amount) == ("Parking", Decimal("12.50"))


def test_problem_and_repair_codes_are_kept_once(desk: Client, call: str) -> None:
    for _ in range(2):
        desk.add_problem(call, "JAM")
    desk.add_repair(call, "CLEANED")
    key = desk.call(call)["CallID"]
    assert rows(desk, "SELECT CodeID FROM SCCallProblemCodes WHERE CallID = ?", key) == [{"CodeID": 1}]
    assert rows(desk, "SELECT CodeID FROM SCCallRepairCodes WHERE CallID = ?", key) == [{"CodeID": 1}]
    with pytest.raises(LookupError, match="no repair code NOPE"):
        desk.add_repair(call, "NOPE")


def test_no_labour_is_entered_into_a_closed_period(desk: Client, call: str) -> None:
    key = desk.add_labor(call, "T1", 1, arrived=MORNING)
    desk.close_period(date(2026, 6, 17))
    said = f"labour of call {call}: 2026-06 is a closed accounting period"
    with refused(said):
        desk.add_labor(call, "T1", 1, arrived=MORNING)
    with refused(said):
        desk.edit_labor(call, key, LaborHours=Decimal(2))
    with refused(said):
        desk.remove_labor(call, key)
    later = desk.add_labor(call, "T1", 1, arrived=MORNING.replace(month=7))
    with refused(said):
        desk.edit_labor(call, later, ArrivalDate=MORNING)
    assert [row["LaborHours"] for row in desk.call_labors(call)] == [1, 1]
    assert [row["ArrivalDate"][:7] for row in desk.call_labors(call)] == ["2026-06", "2026-07"]
    desk.open_period(date(2026, 6, 1))
    desk.add_labor(call, "T1", 1, arrived=MORNING)


def test_closed_periods_can_be_read(desk: Client) -> None:
    desk.close_period(date(2026, 2, 3))
    closed = rows(desk, "SELECT DatePeriod, StartDate, EndDate FROM GLPeriods WHERE Closed = 1")
    assert [row["DatePeriod"] for row in closed] == [*range(201801, 201813), 202602]
    assert (closed[-1]["StartDate"][:10], closed[-1]["EndDate"][:10]) == ("2026-02-01", "2026-02-28")


def test_a_call_of_another_contract_is_computed_by_its_bill_code(desk: Client, call: str) -> None:
    desk.add_labor(call, "T1", 2)
    desk.save_call(call, ContractID=desk.contract(IT)["ContractID"], BillCodeID=2)
    assert (amount(desk, call), labor(desk, call)["LaborRate"]) == (0, 0)
