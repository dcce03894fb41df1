"""The same definitions make SQL Server tables."""

import pytest
from sqlalchemy.schema import CreateTable

from services.simulator.eautomate.schema import METADATA
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
