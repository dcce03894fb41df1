"""The calls an invented dealer begins with, and databases that differ where nobody has seen the tables."""

import sqlite3
from pathlib import Path

import pytest

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.schema.variant import Variant
from services.simulator.eautomate.seed import seed
from tests.contract.simulator.eautomate.work import charged, furnish, rows, state

WORKED = {"C", "CLR", "OKB", "I"}


def made(path: Path, customers: int, calls: int | None = None, like: Variant | None = None) -> Client:
    seed(path, customers=customers, locations=0, calls=calls, like=like)
    return Client(path)


def test_the_dealer_has_calls_of_both_kinds_in_every_status(tmp_path: Path) -> None:
    desk = made(tmp_path / "ea.db", 80)
    found = desk.calls()
    assert found == made(tmp_path / "same.db", 80).calls()
    texts = {row["Description"] for row in rows(desk, "SELECT Description FROM SCCallStatuses")}
    assert {row["StatusText"] for row in found} == texts
    assert all((row["EquipmentID"] is None) != (row["ItemID"] is None) for row in found)
    assert {row["Item"] for row in found} == {None, "CW-SERVICE"}
    assert "Help Desk" not in {row["CallType"] for row in found}
    assert 0 < sum(row["ContractID"] is None for row in found) < len(found) / 4


def test_past_calls_have_labour_and_the_invoiced_ones_their_invoice(tmp_path: Path) -> None:
    desk = made(tmp_path / "ea.db", 80)
    found = desk.calls()
    worked = {row["CallID"] for row in rows(desk, "SELECT CallID FROM SCCallLabors")}
    assert worked == {row["CallID"] for row in found if row["Status"].rstrip() in WORKED}
    assert rows(desk, "SELECT 1 FROM SCCallMaterials")
    invoiced = [row for row in found if row["InvoiceID"] is not None]
    assert {row["Status"] for row in invoiced} == {"I  "}
    totals = [desk.invoice(row["InvoiceNumber"])["Total"] for row in invoiced]
    assert 0 in totals
    assert any(totals)


def test_numbers_go_on_after_the_seeded_calls(tmp_path: Path) -> None:
    desk = made(tmp_path / "ea.db", 10, calls=40)
    assert len(desk.calls()) == 40
    desk.add_customer("AB00", "Abel Baker")
    assert charged(desk) == "1041"


def test_an_it_contract_with_a_call_holds_the_service_item_at_no_charge(client: Client) -> None:
    held = [row for row in client.calls() if row["Item"] == "CW-SERVICE" and row["ContractNumber"]]
    assert held
    for row in held:
        lines = [
            line for line in client.contract_lines(row["ContractNumber"]) if line["Item"] == "CW-SERVICE"
        ]
        assert [(line["Quantity"], line["BaseRate"]) for line in lines] == [(1, 0)]


def test_an_older_release_has_narrower_texts_bare_labour_and_other_codes(tmp_path: Path) -> None:
    like = Variant(call_description=255, labor_audit=False, cleared="RTR", canceled="CAN")
    client = made(tmp_path / "ea.db", 80, like=like)
    assert {"RTR", "CAN"} <= {row["Status"] for row in client.calls()}
    client.add_customer("AB00", "Abel Baker")
    desk = furnish(client)
    number = charged(desk)
    with pytest.raises(sqlite3.IntegrityError, match="SCCalls_Description_width_255"):
        desk.save_call(number, Description="x" * 256)
    desk.add_labor(number, "T1", 1)
    assert set(desk.call_labors(number)[0]).isdisjoint({"timestamp", "LastUpdate", "CreatorID"})
    desk.clear_call(number)
    assert state(desk, number) == "RTR"
    desk.cancel_call(number, "Duplicate")
    assert state(desk, number) == "CAN"
