"""Dispatchers enter calls, look at them, hold, release, dispatch and cancel them."""

import sqlite3
from datetime import date, datetime
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client
from tests.contract.simulator.eautomate.work import (
    BLOCK,
    COPIER,
    IT,
    MORNING,
    charged,
    furnish,
    refused,
    rows,
    state,
)


@pytest.fixture
def desk(client: Client) -> Client:
    return furnish(client)


def numbers(found: list[dict[str, Any]]) -> list[str]:
    return [row["CallNumber"] for row in found]


def test_a_call_is_pending_and_copies_the_customer(desk: Client) -> None:
    desk.save_customer("AB00", City="Akron", Phone1="555-1")
    first = int(rows(desk, "SELECT NextNo FROM ea_double_NumberSeries WHERE Series = 'Call'")[0]["NextNo"])
    number = desk.add_call("AB00", "CM", "Paper jams", on=MORNING, Caller="Ana", technician="T1")
    row = desk.call(number)
    assert (number, row["WorkOrderNumber"], row["Status"]) == (str(first), str(first), "P  ")
    assert (row["CustomerName"], row["City"], row["Phone1"], row["Caller"]) == (
        "Abel Baker",
        "Akron",
        "555-1",
        "Ana",
    )
    assert (row["Date"][:16], row["Duration"], row["CreatorID"]) == ("2026-06-03 09:00", 90, "JSMITH  ")
    assert row["TechnicianID"] == desk.agent("T1")["AgentID"]
    assert (row["ContractID"], row["UseContractInfo"], row["OnHoldCodeID"]) == (None, 0, None)


def test_a_number_somebody_typed_is_not_given_again(desk: Client) -> None:
    number = charged(desk)
    charged(desk, CallNumber=str(int(number) + 2))
    assert charged(desk) == str(int(number) + 3)


def test_a_call_goes_to_the_contract_that_holds_its_equipment_or_item(desk: Client) -> None:
    copier = desk.call(desk.add_call("AB00", "CM", "Jam", equipment="EQ1"))
    service = desk.call(desk.add_call("AB00", "Network", "Slow", item="CW-SERVICE"))
    held = (desk.contract(COPIER)["ContractID"], desk.contract(IT)["ContractID"])
    assert (copier["ContractID"], service["ContractID"]) == held
    assert (copier["BillCodeID"], service["BillCodeID"]) == (1, 2)
    assert (copier["Location"], service["ItemID"]) == ("2nd floor", desk.item("CW-SERVICE")["ItemID"])


def test_a_location_uses_its_head_offices_contract_and_is_billed_there(desk: Client) -> None:
    desk.add_location("AB00", "AB00-T", "Abel Baker - Tulsa")
    row = desk.call(desk.add_call("AB00-T", "Network", "Slow", item="CW-SERVICE"))
    assert row["ContractID"] == desk.contract(IT)["ContractID"]
    assert row["CustomerID"] == desk.customer("AB00-T")["CustomerID"]
    assert row["BillToID"] == desk.customer("AB00")["CustomerID"]


@pytest.mark.parametrize(
    "end",
    [
        {"Active": 0},
        {"Terminated": date(2026, 6, 1)},
        {"ExpDate": date(2026, 6, 2)},
        {"StartDate": date(2026, 6, 4)},
    ],
)
def test_a_contract_that_is_not_in_force_takes_no_call(desk: Client, end: dict[str, Any]) -> None:
    desk.save_contract(IT, **end)
    row = desk.call(desk.add_call("AB00", "Network", "Slow", item="CW-SERVICE", on=MORNING))
    assert (row["ContractID"], row["BillCodeID"]) == (None, 5)
    with refused(f"contract {IT} cannot take the call"):
        desk.add_call("AB00", "Network", "Slow", item="CW-SERVICE", contract=IT, on=MORNING)


def test_of_two_contracts_with_the_item_somebody_must_choose(desk: Client) -> None:
    desk.add_contract("AB00", "CN9-09", "MIT", StartDate=date(2020, 1, 1))
    desk.add_line("CN9-09", "CW-SERVICE", 1, 0)
    assert desk.call(desk.add_call("AB00", "Network", "Slow", item="CW-SERVICE"))["ContractID"] is None
    chosen = desk.add_call("AB00", "Network", "Slow", item="CW-SERVICE", contract="CN9-09")
    assert desk.call(chosen)["ContractID"] == desk.contract("CN9-09")["ContractID"]


def test_a_deposit_contract_takes_a_call_when_it_is_named(desk: Client) -> None:
    row = desk.call(desk.add_call("AB00", "IT Remote", "Hours", item="CW-SERVICE", contract=BLOCK))
    assert (row["ContractID"], row["BillCodeID"]) == (desk.contract(BLOCK)["ContractID"], 4)
    with refused("cannot take the call"):
        desk.add_call("AB00", "IT Remote", "Hours", item="CW-SERVICE", contract=COPIER)


def test_a_bill_code_is_the_lines_before_the_contracts_and_the_persons_before_all(desk: Client) -> None:
    line = desk.contract_lines(IT)[0]["ContractDetailID"]
    desk.edit_line(IT, line, BillCodeID=3)
    given: dict[str, Any] = {"item": "CW-SERVICE", "contract": IT}
    assert desk.call(desk.add_call("AB00", "Network", "Slow", **given))["BillCodeID"] == 3
    assert desk.call(desk.add_call("AB00", "Network", "Slow", bill_code="FULL", **given))["BillCodeID"] == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"item": "NOPE"}, "no item NOPE"),
        ({"equipment": "NOPE"}, "no equipment NOPE"),
        ({"contract": "NOPE"}, "no contract NOPE"),
        ({"bill_code": "NOPE"}, "no bill code NOPE"),
        ({"technician": "NOPE"}, "no employee NOPE"),
        ({"technician": "S1"}, "employee S1 is no technician"),
        ({"item": "PAPER"}, "item PAPER is not serviceable"),
        ({"item": "CW-SERVICE", "equipment": "EQ1"}, "one of them"),
    ],
)
def test_what_does_not_fit_is_refused_and_no_call_is_made(
    desk: Client, given: dict[str, Any], said: str
) -> None:
    desk.add_item("PAPER", "Paper", ServiceableAsItem=0)
    desk.add_agent("S1", "Sue", "Sell", technician=False, sales_rep=True)
    with pytest.raises((LookupError, ValueError), match=said):
        desk.add_call("AB00", "CM", "Jam", **given)
    with pytest.raises(LookupError, match="no call type NOPE"):
        desk.add_call("AB00", "NOPE", "Jam")
    assert desk.calls("AB00") == []


def test_a_call_of_a_held_customer_begins_on_hold_and_later_holds_touch_nothing(desk: Client) -> None:
    before = charged(desk)
    row = desk.call(before)
    desk.put_on_hold("AB00", "CH")
    assert desk.call(before) == row
    held = desk.call(charged(desk))
    desk.release("AB00")
    assert (held["Status"], held["OnHoldCodeID"]) == ("H  ", 1)
    assert desk.call(held["CallNumber"]) == held


def test_a_call_begins_on_hold_when_who_pays_is_on_hold(desk: Client) -> None:
    desk.add_location("AB00", "AB00-T", "Abel Baker - Tulsa")
    desk.put_on_hold("AB00", "CH")
    assert state(desk, desk.add_call("AB00-T", "CM", "Jam")) == "H  "


def test_a_call_is_held_with_a_code_for_calls_and_keeps_it_when_released(desk: Client) -> None:
    number = charged(desk)
    with refused("on-hold code CH is not for service calls"):
        desk.hold_call(number, "CH")
    desk.hold_call(number, "CWMOVED")
    held = desk.call(number)
    desk.release_call(number)
    row = desk.call(number)
    assert (held["Status"], row["Status"]) == ("H  ", "P  ")
    assert held["OnHoldCodeID"] == row["OnHoldCodeID"] is not None
    with refused("is not on hold"):
        desk.release_call(number)


def test_a_call_on_hold_is_not_moved_on_but_may_be_canceled(desk: Client) -> None:
    number = charged(desk, technician="T1")
    desk.add_labor(number, "T1", 1)
    desk.hold_call(number)
    for move in (desk.dispatch_call, desk.complete_call, desk.clear_call, desk.ok_to_bill):
        with refused(f"call {number} is on hold: release it first"):
            move(number)
    with refused("is on hold"):
        desk.schedule_call(number, MORNING)
    desk.cancel_call(number, "Customer Request", "Bought another")
    row = desk.call(number)
    assert (row["Status"], row["CancelCodeID"], row["CancelDescription"]) == ("X  ", 1, "Bought another")
    with refused(f"call {number} is canceled"):
        desk.hold_call(number)


def test_a_call_goes_through_its_life(desk: Client) -> None:
    number = charged(desk)
    with refused("has no technician"):
        desk.dispatch_call(number)
    desk.schedule_call(number, MORNING, "T1")
    assert (state(desk, number), desk.call(number)["EstStartDate"][:16]) == ("S  ", "2026-06-03 09:00")
    desk.dispatch_call(number)
    assert state(desk, number) == "D  "
    desk.complete_call(number)
    assert (state(desk, number), desk.call(number)["CloseDate"] is None) == ("C  ", False)
    desk.clear_call(number)
    assert state(desk, number) == "CLR"
    with refused(f"call {number} has no labour"):
        desk.ok_to_bill(number)
    desk.add_labor(number, "T1", 1)
    desk.ok_to_bill(number)
    assert state(desk, number) == "OKB"


def test_a_call_without_labour_may_be_invoiced_where_the_dealer_allows_it(desk: Client) -> None:
    desk.set_option("OkToBillNeedsLabor", False)
    number = charged(desk)
    desk.ok_to_bill(number)
    assert state(desk, number) == "OKB"
    with pytest.raises(LookupError, match="no option Nonsense"):
        desk.set_option("Nonsense", True)


def test_an_incomplete_call_goes_on_as_another_of_the_same_work_order(desk: Client) -> None:
    number = desk.add_call("AB00", "CM", "Jam", equipment="EQ1", technician="T1", on=MORNING)
    again = desk.incomplete_call(number, "PARTS")
    first, second = desk.call(number), desk.call(again)
    assert (first["Status"], first["IncompleteCodeID"], second["Status"]) == ("C  ", 1, "P  ")
    assert second["WorkOrderNumber"] == number != again
    assert (second["Description"], second["EquipmentID"]) == ("Jam", first["EquipmentID"])
    assert (second["IncompleteCodeID"], second["CloseDate"]) == (None, None)
    assert second["Date"] != first["Date"]


def test_a_status_is_compared_without_its_blanks(desk: Client) -> None:
    number = charged(desk)
    for written in ("P", "P  "):
        found = rows(
            desk, "SELECT CallNumber FROM SCCalls WHERE Status = ? AND CallNumber = ?", written, number
        )
        assert numbers(found) == [number]
    desk.foreign_sql("UPDATE SCCalls SET Status = 'I' WHERE CallNumber = ?", number)
    assert state(desk, number) == "I  "


def test_calls_are_listed_by_customer_contract_status_and_whether_they_are_open(desk: Client) -> None:
    first, second = charged(desk), desk.add_call("AB00", "CM", "Jam", equipment="EQ1")
    desk.cancel_call(first, "Duplicate")
    assert numbers(desk.calls("AB00")) == [first, second]
    assert numbers(desk.calls("AB00", open_only=True)) == numbers(desk.calls(contract=COPIER)) == [second]
    assert numbers(desk.calls("AB00", status="X")) == [first]
    assert first not in numbers(desk.calls(open_only=True))
    row = desk.calls("AB00")[1]
    assert (row["StatusText"], row["CallType"], row["BillCode"]) == ("Pending", "CM", "FULL")
    assert (row["ContractNumber"], row["EquipmentNumber"], row["Item"]) == (COPIER, "EQ1", None)


def test_an_open_call_is_in_use_and_nothing_else_is_saved(desk: Client) -> None:
    number = charged(desk)
    before = desk.call(number)
    desk.open_call(number)
    row = desk.call(number)
    assert row["Locks"] == 1
    assert {name for name in row if row[name] != before[name]} == {"Locks", "timestamp"}
    desk.close_call(number)
    desk.close_call(number)
    assert desk.call(number)["Locks"] == 0


def test_a_status_is_not_typed(desk: Client) -> None:
    number = charged(desk)
    with refused("Status of a call cannot be typed"):
        desk.save_call(number, Status="OKB")


def test_the_end_of_a_contract_leaves_its_calls(desk: Client) -> None:
    number = desk.add_call("AB00", "CM", "Jam", equipment="EQ1")
    before = desk.call(number)
    desk.terminate_contract(COPIER, date(2026, 2, 1))
    assert desk.call(number) == before


def test_a_merge_takes_the_calls_along_and_a_new_number_leaves_them(desk: Client) -> None:
    number = charged(desk)
    desk.renumber("AB00", "AB77")
    assert numbers(desk.calls("AB77")) == [number]
    winner = desk.add_customer("CD00", "Carla Dietz")
    desk.merge("AB77", "CD00")
    row = desk.call(number)
    assert (row["CustomerID"], row["BillToID"], row["CustomerName"]) == (winner, winner, "Abel Baker")


def test_texts_of_a_call_have_the_widths_of_the_release(desk: Client) -> None:
    number = charged(desk)
    desk.save_call(number, Description="x" * 2048, Notes="y" * 100_000)
    assert len(desk.call(number)["Notes"]) == 100_000
    for column, width in (("Description", 2048), ("PONumber", 15), ("Caller", 255)):
        with pytest.raises(sqlite3.IntegrityError, match=f"SCCalls_{column}_width_{width}"):
            desk.save_call(number, **{column: "x" * (width + 1)})


def test_statuses_tell_which_calls_are_still_worked_on(desk: Client) -> None:
    assert {row["Status"].rstrip(): row["IsOpen"] for row in rows(desk, "SELECT * FROM SCCallStatuses")} == {
        "P": 1, "S": 1, "D": 1, "H": 1, "C": 0, "CLR": 0, "OKB": 0, "I": 0, "X": 0,
    }  # fmt: skip


def test_what_is_looked_up_is_indexed(client: Client) -> None:
    for table, column in (
        ("SCCalls", "CallNumber"),
        ("SCCalls", "Status"),
        ("SCCalls", "CustomerID"),
        ("SCCalls", "timestamp"),
        ("SCCallLabors", "CallID"),
        ("SCCallMaterials", "CallID"),
    ):
        statement = f'EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE "{column}" = 1'  # noqa: S608
        with database.transaction(client.path) as file:
            assert "USING INDEX" in file.execute(statement).fetchone()["detail"]


def test_a_day_is_the_servers(desk: Client) -> None:
    number = desk.add_call("AB00", "CM", "Jam", on=datetime(2026, 6, 3, 23, 59))  # noqa: DTZ001
    assert desk.call(number)["Date"].startswith("2026-06-03 23:59:00")
