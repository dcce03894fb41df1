"""What SQL Server gets. The stand-in cannot show this, so the text is looked at."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import String, bindparam, select
from sqlalchemy.schema import CreateTable

from shared.eautomate import statements
from shared.eautomate.clock import high_mark, identity
from shared.eautomate.codes import code_rows
from shared.eautomate.ledger import applied_row, note_applied
from shared.eautomate.ledger_schema import ledger_ddl
from shared.eautomate.owners import agent_owner, customer_owner
from shared.eautomate.profile import Profile
from shared.eautomate.property_writes import held_attribute, parent_row, property_row
from shared.eautomate.rows import START, ChangeKey, Keyset
from shared.eautomate.schema_reader import filled_columns, server_columns
from shared.eautomate.tables import Tables, build_tables
from shared.eautomate.types import Money, Rate
from tests.contract.eautomate.statements import SQL_SERVER, for_sql_server, parse

TABLES: Tables = build_tables()
KEY = ChangeKey("ID747", "customer/1", 1)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

CUSTOMER, AGENT = customer_owner(TABLES), agent_owner(TABLES)
CUSTOMERS, AGENTS = statements.customer_rows(TABLES), statements.agent_rows(TABLES)

EVERY = {
    "changed": statements.changed(CUSTOMERS, CUSTOMER, START, START, Keyset(START, 1), 500),
    "changed_agents": statements.changed(AGENTS, AGENT, START, START, Keyset(START, 1), 500),
    "by_id": statements.by_id(CUSTOMERS, CUSTOMER, [1, 2]),
    "by_number": statements.by_number(CUSTOMERS, CUSTOMER, ["AB00"]),
    "agents_by_number": statements.by_number(AGENTS, AGENT, ["E1"]),
    "scan": statements.scan(CUSTOMERS, CUSTOMER, 0, 500),
    "bare_scan": statements.scan(statements.bare_customer_rows(TABLES), CUSTOMER, 0, 500),
    "locations": statements.locations(TABLES, [1, 2]),
    "contract_types": statements.contract_types(TABLES, NOW.date()),
    "agent_names": statements.agent_names(TABLES),
    "code_rows": code_rows(TABLES, "contract_type"),
    "customer_values": statements.values(TABLES, CUSTOMER),
    "agent_values": statements.values(TABLES, AGENT),
    "configurations": statements.configurations(TABLES, CUSTOMER),
    "high_mark": high_mark(TABLES),
    "identity": identity(TABLES),
    "columns": server_columns(TABLES),
    "filled": filled_columns(TABLES),
    "applied_row": applied_row(TABLES, KEY),
    "applied_insert": note_applied(TABLES, KEY, NOW, exists=False),
    "applied_update": note_applied(TABLES, KEY, NOW, exists=True),
    "parent_row": parent_row(CUSTOMER, 1),
    "parent_row_of_agents": parent_row(AGENT, 1),
    "property_row": property_row(TABLES, CUSTOMER, 1, "X"),
    "property_row_of_agents": property_row(TABLES, AGENT, 1, "X"),
    "held_attribute": held_attribute(TABLES, 1, "X"),
}


@pytest.mark.parametrize("name", EVERY)
def test_every_statement_is_t_sql_and_reads_nothing_uncommitted(name: str) -> None:
    text = for_sql_server(EVERY[name])
    parse(text)
    assert "NOLOCK" not in text.upper()
    assert "OUTPUT" not in text.upper()
    # The grammar at hand lets it pass, the server does not.
    assert " IS 1" not in text
    assert " IS 0" not in text


def test_the_rowversion_is_quoted_and_compared_as_binary() -> None:
    text = for_sql_server(EVERY["changed"])
    assert "[ARCustomers].[timestamp] >= CAST(" in text
    assert "AS BINARY(8))" in text
    assert "SELECT TOP " in text
    assert "ORDER BY dbo.[ARCustomers].[timestamp], dbo.[ARCustomers].[CustomerID]" in text


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("applied_row", "tandem.applied"),
        ("parent_row", "dbo.[ARCustomers]"),
        ("parent_row_of_agents", "dbo.[ShAgents]"),
        ("property_row", "dbo.[ARCustomerCustomProperties]"),
        ("property_row_of_agents", "dbo.[ShAgentCustomProperties]"),
    ],
)
def test_what_decides_a_write_is_read_under_a_lock(name: str, table: str) -> None:
    assert f"FROM {table} WITH (UPDLOCK, HOLDLOCK)" in for_sql_server(EVERY[name])


def test_a_contract_holds_from_midnight_to_midnight_of_the_servers_day() -> None:
    text = for_sql_server(EVERY["contract_types"])
    assert "SELECT DISTINCT" in text
    assert "[StartDate] < CAST(" in text
    assert "[ExpDate] >= CAST(" in text
    assert "[Terminated] IS NULL" in text
    assert "[Active] = 1" in text


def test_a_save_is_guarded_by_the_rowversion() -> None:
    own = TABLES.customers
    saved = (
        own.update()
        .where(own.c.CustomerID == 1, own.c.timestamp == START)
        .values(UpdatorID="T", LastUpdate=NOW)
    )
    text = for_sql_server(saved)
    assert "[timestamp] = CAST(" in text
    assert "[LastUpdate]=CAST(" in text
    assert "AS DATETIME)" in text


def test_an_amount_says_its_own_places_where_no_column_does() -> None:
    money = bindparam("rate", Decimal("12.30"), type_=Money())
    quantity = bindparam("quantity", Decimal("1.5"), type_=Rate())
    text = for_sql_server(select(money, quantity))
    assert "AS MONEY)" in text
    assert "AS DECIMAL(18, 6))" in text


def test_a_property_is_inserted_without_output_because_tables_may_have_triggers() -> None:
    text = for_sql_server(TABLES.customer_properties.insert().values(CustomerID=1, CreateDate=NOW))
    assert "OUTPUT" not in text


def test_text_is_bound_as_varchar_never_as_nvarchar() -> None:
    class Odbc:
        SQL_VARCHAR, SQL_WVARCHAR = 12, -9

    for table in [*TABLES.product.tables.values(), *TABLES.ledger.tables.values()]:
        for column in table.columns:
            if isinstance(column.type, String):
                bound = column.type.dialect_impl(SQL_SERVER).get_dbapi_type(Odbc)  # type: ignore[arg-type]
                assert bound in {Odbc.SQL_VARCHAR, (Odbc.SQL_VARCHAR, 0, 0)}


def test_the_mark_is_the_lowest_open_rowversion() -> None:
    assert "min_active_rowversion()" in for_sql_server(EVERY["high_mark"]).lower()


def test_the_identity_comes_from_the_servers_catalogue() -> None:
    text = for_sql_server(EVERY["identity"])
    assert "sys.databases" in text
    assert "sys.database_recovery_status" in text


def test_whether_a_column_has_a_default_is_asked_where_every_reader_sees_it() -> None:
    # The text of a default is NULL to a login that may not see definitions.
    assert "COLUMN_DEFAULT" not in for_sql_server(EVERY["columns"])
    assert "default_object_id" in for_sql_server(EVERY["filled"])


def test_the_ledgers_ddl_makes_schema_and_tables() -> None:
    text = ledger_ddl(TABLES)
    assert "IF OBJECT_ID(N'[tandem].[applied]') IS NULL" in text
    assert "IDENTITY" not in text
    assert "EXEC(N'CREATE SCHEMA [tandem]')" in text
    assert "CREATE TABLE tandem.applied" in text
    assert "CREATE TABLE tandem.created" in text
    assert "PRIMARY KEY (process, record, target_kind, generation)" in text
    assert "BIGINT" in text
    parse(str(CreateTable(TABLES.created).compile(dialect=SQL_SERVER)))


def test_names_of_the_profile_reach_the_statement() -> None:
    profile = Profile.model_validate(
        {
            "tables": {
                "ARCustomers": {"name": "Kunden", "columns": {"timestamp": "rv", "CustomerNumber": "Nr"}}
            }
        }
    )
    tables = build_tables(profile)
    rows = statements.customer_rows(tables)
    text = for_sql_server(statements.by_number(rows, customer_owner(tables), ["AB00"]))
    assert "dbo.[Kunden].[Nr] IN" in text
    assert "[Kunden].[rv]" in text
