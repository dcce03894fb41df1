"""What every client of the file meets, its own SQL included."""

import sqlite3
from pathlib import Path

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.schema import METADATA


def counter(path: Path) -> tuple[int, bytes, bytes]:
    """Counter, last rowversion, lowest open one."""
    with database.transaction(path) as file:
        row = file.execute(
            'SELECT "rowversion", current_rowversion, min_active_rowversion FROM standin_database'
        ).fetchone()
        return tuple(row)


def test_the_rowversion_is_eight_bytes_of_one_rising_counter(client: Client) -> None:
    number, last, lowest = counter(client.path)
    assert last == number.to_bytes(8, "big")
    assert lowest == (number + 1).to_bytes(8, "big")
    assert client.customer("AB00")["timestamp"] <= last


def test_every_byte_of_the_counter_counts(client: Client) -> None:
    for number in (0xFF, 0x1_00, 0x0102_0304_0506_0780, 0x7FFF_FFFF_FFFF_FFFE):
        client.foreign_sql('UPDATE standin_database SET "rowversion" = ?', number)
        assert counter(client.path)[1:] == (number.to_bytes(8, "big"), (number + 1).to_bytes(8, "big"))


def test_a_no_op_save_moves_rowversion_stamp_and_user(client: Client) -> None:
    before = client.customer("AB00")
    client.save_customer("AB00", user="AMILLER")
    after = client.customer("AB00")
    moved = {name for name in after if after[name] != before[name]}
    assert after["timestamp"] > before["timestamp"]
    assert moved == {"timestamp", "LastUpdate", "UpdatorID"}


def test_foreign_sql_on_any_table_with_a_rowversion_moves_the_one_counter(client: Client) -> None:
    before = counter(client.path)[0]
    client.foreign_sql("UPDATE ShOnHoldCodes SET Description = Description WHERE OnHoldCode = 'CH'")
    client.foreign_sql("UPDATE ARCustomers SET Phone1 = '5' WHERE CustomerNumber = 'AB00'")
    assert counter(client.path)[0] == before + 2


def test_rows_of_one_statement_get_a_rowversion_each(client: Client) -> None:
    client.foreign_sql("UPDATE ARCustomers SET Locks = 0")
    with database.transaction(client.path) as file:
        versions = [row[0] for row in file.execute('SELECT "timestamp" FROM ARCustomers')]
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ARCustomers SET \"timestamp\" = x'0000000000000001' WHERE CustomerNumber = 'AB00'",
        "INSERT INTO ARCustomers (CustomerNumber, \"timestamp\") VALUES ('X', x'0000000000000001')",
    ],
)
def test_nobody_sets_a_rowversion(client: Client, statement: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="timestamp column"):
        client.foreign_sql(statement)


def test_user_ids_come_back_padded(client: Client) -> None:
    client.foreign_sql("UPDATE ARCustomers SET UpdatorID = 'X' WHERE CustomerNumber = 'AB00'")
    client.foreign_property("AB00", "ZCJ_CW_CompanyID", "1")
    with database.transaction(client.path) as file:
        creator = file.execute("SELECT CreatorID FROM ARCustomerCustomProperties").fetchone()[0]
    assert (client.customer("AB00")["UpdatorID"], len(creator)) == ("X       ", 8)


def test_text_ignores_case(client: Client) -> None:
    assert client.customer("ab00")["CustomerNumber"] == "AB00"
    with pytest.raises(sqlite3.IntegrityError, match=r"ARCustomers\.CustomerNumber"):
        client.add_customer("ab00", "Another")


@pytest.mark.parametrize(("column", "width"), [("CustomerNumber", 32), ("Address", 64), ("UpdatorID", 8)])
def test_text_wider_than_its_column_is_an_error(client: Client, column: str, width: int) -> None:
    wider = f"UPDATE ARCustomers SET {column} = {column} || ? WHERE CustomerNumber = 'AB00'"  # noqa: S608
    with pytest.raises(sqlite3.IntegrityError, match=f"ARCustomers_{column}_width_{width}"):
        client.foreign_sql(wider, "x" * (width + 1))


def test_text_is_empty_not_null(client: Client) -> None:
    assert client.customer("AB00")["Phone1"] == ""
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        client.save_customer("AB00", Phone1=None)


def test_a_head_office_carries_its_own_id_and_a_location_its_parents(client: Client) -> None:
    head = client.customer("AB00")
    child = client.add_location("AB00", "AB00-TBS", "Abel Baker - Tulsa")
    location = client.customer("AB00-TBS")
    assert head["LocationID"] == head["BillToID"] == head["CustomerID"]
    assert (location["CustomerID"], location["LocationID"], location["BillToID"]) == (
        child,
        head["CustomerID"],
        head["CustomerID"],
    )


def test_another_configuration_wipes_the_values(client: Client) -> None:
    client.set_property("AB00", "ZCJ_CW_CompanyID", "77")
    configuration = "UPDATE ARCustomers SET ShTrackingConfigID = ? WHERE CustomerNumber = 'AB00'"
    client.foreign_sql(configuration, 1)
    assert client.properties("AB00")["ZCJ_CW_CompanyID"] == "77"
    client.foreign_sql(configuration, 2)
    assert client.properties("AB00") == {}


def test_foreign_sql_on_a_value_moves_nothing(client: Client) -> None:
    before, number = client.customer("AB00"), counter(client.path)
    client.foreign_property("AB00", "ZCJ_CW_CompanyID", "88")
    assert client.properties("AB00")["ZCJ_CW_CompanyID"] == "88"
    assert (client.customer("AB00"), counter(client.path)) == (before, number)


def test_the_audit_block_differs_by_table() -> None:
    columns = {table.name: {column.name for column in table.columns} for table in METADATA.sorted_tables}
    audit = {"CreatorID", "UpdatorID", "CreateDate", "LastUpdate", "timestamp"}
    assert columns["ARCustomers"] >= audit | {"Locks"}
    assert columns["ARCustomerTypes"] & (audit | {"Locks"}) == audit
    assert columns["ARCustomerCustomProperties"] & audit == {"CreatorID", "CreateDate"}
    assert columns["ShTrackingConfigs"] & audit == set()
    assert len(columns["ARCustomers"]) == 60


def test_predefined_hold_codes_are_system_codes(client: Client) -> None:
    with database.transaction(client.path) as file:
        codes = dict(file.execute("SELECT OnHoldCode, SystemCode FROM ShOnHoldCodes").fetchall())
    assert {"CH", "WP", "PA", "BadSync", "WAuth"} == {code for code, system in codes.items() if system}
