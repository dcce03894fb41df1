from datetime import date
from decimal import Decimal

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import create
from services.simulator.eautomate.schema.variant import Variant

CN9 = "CN9-01"


@pytest.fixture
def desk(client: Client) -> Client:
    client.add_contract("AB00", CN9, "MIT", StartDate=date(2026, 6, 1))
    client.add_item("SEAT", "Seat")
    return client


def test_an_item_line_holds_quantity_times_rate_and_saves_the_contract(desk: Client) -> None:
    before = desk.contract(CN9)["timestamp"]
    key = desk.add_line(CN9, "SEAT", 3, Decimal("8.333333"))
    (line,) = desk.contract_lines(CN9)
    assert (line["ContractDetailID"], line["Item"], line["Text"]) == (key, "SEAT", "Seat")
    assert (line["Quantity"], line["UnitBaseRate"], line["BaseRate"]) == (3, 8.333333, 25)
    assert line["LocationID"] == desk.customer("AB00")["CustomerID"]
    assert line["StartDate"] == "2026-06-01 00:00:00.000000"
    assert desk.contract(CN9)["timestamp"] > before


def test_an_edited_line_is_computed_anew_whatever_way_it_is_typed(desk: Client) -> None:
    key = desk.add_line(CN9, "SEAT", 3, 10)
    before = desk.contract(CN9)["timestamp"]
    desk.edit_line(CN9, key, Quantity="4", UnitBaseRate=Decimal("2.5"))
    (line,) = desk.contract_lines(CN9)
    assert (line["Quantity"], line["BaseRate"]) == (4, 10)
    assert desk.contract(CN9)["timestamp"] > before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"Quantity": "four"}, "Quantity is a number, not 'four'"),
        ({"EndDate": "soon"}, "EndDate is a day such as 2026-01-31, not 'soon'"),
    ],
)
def test_what_is_no_number_or_day_is_refused(desk: Client, fields: dict[str, str], said: str) -> None:
    key = desk.add_line(CN9, "SEAT", 3, 10)
    with pytest.raises(ValueError, match=said):
        desk.edit_line(CN9, key, **fields)


def test_a_line_is_ended_with_a_code(desk: Client) -> None:
    key = desk.add_line(CN9, "SEAT", 1, 10)
    desk.end_line(CN9, key, date(2026, 6, 30), "CUST")
    (line,) = desk.contract_lines(CN9)
    assert (line["EndDate"][:10], line["TerminationCodeID"]) == ("2026-06-30", 1)


def test_only_a_line_that_was_never_billed_is_removed(desk: Client) -> None:
    billed, other = desk.add_line(CN9, "SEAT", 1, 10), desk.add_line(CN9, "SEAT", 1, 20)
    desk.set_billing(CN9, "Monthly", date(2026, 6, 1))
    desk.remove_line(CN9, other)
    desk.bill(CN9, date(2026, 6, 1))
    with pytest.raises(ValueError, match="it can only be ended"):
        desk.remove_line(CN9, billed)
    assert [line["ContractDetailID"] for line in desk.contract_lines(CN9)] == [billed]
    with pytest.raises(LookupError, match=f"contract CN9-01 has no line {other}"):
        desk.remove_line(CN9, other)


def test_an_item_that_is_not_serviceable_is_on_no_contract(desk: Client) -> None:
    desk.edit_item("SEAT", ServiceableAsItem=0)
    with pytest.raises(ValueError, match="item SEAT is not serviceable"):
        desk.add_line(CN9, "SEAT", 1, 10)


def test_equipment_and_a_meter_group_are_on_a_copier_contract(desk: Client) -> None:
    desk.add_equipment("AB00", "EQ1", "KX 3050", "SN1")
    desk.add_equipment_line(CN9, "EQ1", 55)
    desk.add_meter_group(CN9, "Mono", 5000, Decimal("0.0125"))
    (line,) = desk.contract_lines(CN9)
    assert (line["EquipmentNumber"], line["ItemID"], line["Text"], line["BaseRate"]) == (
        "EQ1",
        None,
        "EQ1",
        55,
    )
    with database.transaction(desk.path) as file:
        group = file.execute(
            "SELECT * FROM SCContractMeterGroups ORDER BY ContractMeterGroupID DESC"
        ).fetchone()
        tier = file.execute(
            "SELECT Rate FROM SCContractMeterGroupOverages WHERE ContractMeterGroupID = ?",
            (group["ContractMeterGroupID"],),
        ).fetchone()
    assert (group["ContractID"], group["CoveredCopies"], tier["Rate"]) == (
        desk.contract(CN9)["ContractID"],
        5000,
        0.0125,
    )


def test_foreign_sql_on_a_line_moves_the_line_alone(desk: Client) -> None:
    key = desk.add_line(CN9, "SEAT", 1, 10)
    before, (line,) = desk.contract(CN9)["timestamp"], desk.contract_lines(CN9)
    desk.foreign_sql("UPDATE SCContractDetails SET Quantity = 2 WHERE ContractDetailID = ?", key)
    (after,) = desk.contract_lines(CN9)
    assert after["timestamp"] > line["timestamp"]
    assert desk.contract(CN9)["timestamp"] == before


def test_a_merge_takes_the_lines_along(desk: Client) -> None:
    winner = desk.add_customer("CD00", "Carla Dietz")
    desk.add_line(CN9, "SEAT", 1, 10)
    desk.merge("AB00", "CD00")
    assert desk.contract_lines(CN9)[0]["LocationID"] == winner


def test_lines_may_be_without_stamps_and_rowversion(client: Client) -> None:
    bare = client.path.with_name("bare.db")
    create(bare, Variant(line_audit=False))
    desk = Client(bare)
    with database.transaction(bare) as file:
        file.execute("INSERT INTO SCContractCodes (ContractCodeID, ContractCode) VALUES (3, 'MIT')")
        file.execute("INSERT INTO ShExpenseCodes (ExpenseCodeID, ExpenseCode) VALUES (1, 'LABOR')")
    desk.add_customer("AB00", "Abel Baker")
    desk.add_contract("AB00", CN9, "MIT")
    desk.add_item("SEAT", "Seat")
    desk.edit_line(CN9, desk.add_line(CN9, "SEAT", 1, 10), Quantity=2)
    (line,) = desk.contract_lines(CN9)
    assert line["BaseRate"] == 20
    assert not {"timestamp", "LastUpdate", "CreatorID"} & set(line)
