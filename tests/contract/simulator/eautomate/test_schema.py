"""The same definitions make SQL Server tables."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.schema import CreateTable

from services.simulator.eautomate import database
from services.simulator.eautomate.schema import METADATA, NumberSeries
from services.simulator.eautomate.schema.variant import Variant
from tests.contract.eautomate.statements import SQL_SERVER, parse


@pytest.mark.parametrize("name", METADATA.tables)
def test_every_table_is_t_sql(name: str) -> None:
    parse(str(CreateTable(METADATA.tables[name]).compile(dialect=SQL_SERVER)))


def test_sql_server_gets_its_own_types_and_none_of_the_files_checks() -> None:
    text = str(CreateTable(METADATA.tables["dbo.ARCustomers"]).compile(dialect=SQL_SERVER))
    assert "[CustomerID] INTEGER NOT NULL IDENTITY" in text
    assert "[timestamp] ROWVERSION NULL" in text
    assert "[CustomerName] VARCHAR(128) NOT NULL DEFAULT ''" in text
    assert "[CreditLimit] MONEY NOT NULL" in text
    assert "[LastUpdate] DATETIME NOT NULL DEFAULT getdate()" in text
    assert "CHECK" not in text
    assert "NOCASE" not in text


def test_a_lines_quantity_and_amount_have_the_servers_places() -> None:
    text = str(CreateTable(METADATA.tables["dbo.SCContractDetails"]).compile(dialect=SQL_SERVER))
    assert "[Quantity] NUMERIC(18, 6) NOT NULL" in text
    assert "[UnitBaseRate] NUMERIC(18, 6) NOT NULL" in text
    assert "[BaseRate] MONEY NULL" in text
    assert "[LocationID] INTEGER NOT NULL" in text


def test_the_number_series_is_nobodys_but_the_stand_ins() -> None:
    text = str(CreateTable(NumberSeries).compile(dialect=SQL_SERVER))
    assert "CREATE TABLE ea_double.[NumberSeries]" in text
    assert NumberSeries.key not in METADATA.tables


def columns(path: Path, table: str) -> set[str]:
    with database.transaction(path) as file:
        return {row["name"] for row in file.execute(f"PRAGMA table_info({table})")}


def test_a_database_may_lack_what_nobody_is_sure_of(tmp_path: Path) -> None:
    audit = {"CreatorID", "UpdatorID", "CreateDate", "LastUpdate", "timestamp"}
    database.create(tmp_path / "usual.db")
    database.create(tmp_path / "bare.db", Variant(line_audit=False, acknowledgement=False))
    for table, absent in (("SCContractDetails", audit), ("SCContracts", {"MessReqAcknowledgment"})):
        usual, bare = columns(tmp_path / "usual.db", table), columns(tmp_path / "bare.db", table)
        assert usual - bare == absent
        assert bare < usual


def test_a_line_is_for_an_item_or_for_equipment(tmp_path: Path) -> None:
    database.create(tmp_path / "ea.db")
    line = "INSERT INTO SCContractDetails (ContractID, LocationID, ItemID, EquipmentID) VALUES (1, 1, ?, ?)"
    with database.transaction(tmp_path / "ea.db") as file:
        file.execute(line, (1, None))
        file.execute(line, (None, 1))
        for both_or_none in ((1, 1), (None, None)):
            with pytest.raises(sqlite3.IntegrityError, match="equipment_or_item"):
                file.execute(line, both_or_none)


def test_what_is_looked_up_is_indexed(tmp_path: Path) -> None:
    database.create(tmp_path / "ea.db")
    with database.transaction(tmp_path / "ea.db") as file:
        for table, column in (
            ("SCContractDetails", "ContractID"),
            ("SCBillingContracts", "InvoiceID"),
            ("SCContracts", "ContractMajor"),
            ("ARReceiptDetails", "InvoiceID"),
            ("ARInvoices", "timestamp"),
        ):
            statement = f'EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE "{column}" = 1'  # noqa: S608
            plan = file.execute(statement).fetchall()
            assert "USING INDEX" in plan[0]["detail"]
