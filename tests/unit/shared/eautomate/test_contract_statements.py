"""What SQL Server gets about contracts, items and invoices. The text is looked at: the stand-in cannot show it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.schema import CreateTable

from shared.eautomate import contract_statements as contracts
from shared.eautomate import invoice_statements as invoices
from shared.eautomate import line_writes as lines
from shared.eautomate import numbers, statements
from shared.eautomate.children import bare_children, child_stamps
from shared.eautomate.cloning import Copier
from shared.eautomate.contract_ledger import noted_lines, noted_period
from shared.eautomate.contract_rows import ContractPeriod
from shared.eautomate.contract_state import EMPTY, NONE, ZERO
from shared.eautomate.contract_writes import WANTED, bill_to_address, locked_version
from shared.eautomate.guarded import locked_row
from shared.eautomate.item_writes import locked_invoice, numbered
from shared.eautomate.ledger import row_there
from shared.eautomate.like import beginning
from shared.eautomate.owners import contract_kind, invoice_kind, item_kind
from shared.eautomate.rows import START, Keyset
from shared.eautomate.tables import Tables, build_tables
from tests.contract.eautomate.statements import SQL_SERVER, for_sql_server, parse
from tests.unit.shared.eautomate.shapes import defined

TABLES: Tables = build_tables()
DAY = date(2026, 5, 1)


SHAPE = defined(TABLES)
PERIOD = ContractPeriod(5, DAY, DAY, 55, "1001", Decimal(1))
ROWS = contracts.contract_rows(TABLES, SHAPE)
INVOICES = invoices.invoice_rows(TABLES, SHAPE, invoices.OWN, DAY)
CONTRACTS = Copier(TABLES.contracts, SHAPE)
CLONE, _ = CONTRACTS.copy(
    TABLES.contracts.c.ContractID,
    7,
    {"ContractID": 8, "ContractNumber": "CW-8-01", "StartDate": DAY, "BaseRate": Decimal(1), "TermID": None},
    NONE,
    ZERO,
    EMPTY,
)

LOCKED = {
    "locked_contract": locked_row(contract_kind(TABLES), WANTED, SHAPE, 5),
    "locked_version": locked_version(TABLES.contracts, 5),
    "locked_template_item": locked_version(TABLES.items, 5),
    "locked_line": lines.locked_line(TABLES, 5),
    "locked_invoice": locked_invoice(TABLES.invoices, 5, stamped=True),
    "highest_id": numbers.highest_id(TABLES.contracts.c.ContractID),
    "noted_lines": noted_lines(TABLES, 5),
    "noted_period": noted_period(TABLES, PERIOD),
    "noted_write": row_there(TABLES.noted_writes, {"contract_id": 5}),
}

EVERY = {
    **LOCKED,
    "changed": statements.changed(ROWS, contract_kind(TABLES), START, START, Keyset(START, 1), 500),
    "by_id": statements.by_id(ROWS, contract_kind(TABLES), [1, 2]),
    "bare": statements.scan(contracts.bare_contract_rows(TABLES), contract_kind(TABLES), 0, 500),
    "by_major": contracts.by_major(TABLES, ROWS, ["**CW Managed"]),
    "starting": contracts.starting(TABLES, ROWS, "**CW "),
    "lines": contracts.line_rows(TABLES),
    "holding": contracts.holding(TABLES, ROWS, 7, [1, 2]),
    "line_stamps": child_stamps(TABLES.contract_details.c.ContractID),
    "bare_lines": bare_children(TABLES.contract_details.c.ContractID, contracts.LINE),
    "meter_groups": contracts.meter_groups(TABLES),
    "items": contracts.item_rows(TABLES),
    "billing_cycles": contracts.billing_cycles(TABLES),
    "customer_billing": contracts.customer_billing(TABLES, [1]),
    "invoices": statements.scan(INVOICES, invoice_kind(TABLES), 0, 500),
    "billed": invoices.billed_rows(TABLES),
    "receipts": invoices.receipt_rows(TABLES),
    "billed_stamps": invoices.billed_stamps(TABLES),
    "receipt_stamps": invoices.receipt_stamps(TABLES),
    "invoices_of": invoices.invoices_of(TABLES, [1]),
    "invoice_numbers": invoices.invoice_numbers(TABLES, ["IN1"]),
    "bill_to_address": bill_to_address(TABLES, 5),
    "contract_of": lines.contract_of(TABLES, 5),
    "billings_of": lines.billings_of(TABLES, 5),
    "distribution_of": lines.distribution_of(TABLES, 5),
    "address_of": lines.address_of(TABLES, 5),
    "newest_item_line": lines.newest_item_line(TABLES),
    "advance_series": numbers.advance_series(TABLES, "Contract"),
    "set_series": numbers.set_series(TABLES, "Contract", 5),
    "drawn_number": numbers.drawn_number(TABLES, "Contract"),
    "invoice_number": numbered(invoice_kind(TABLES), "IN1"),
    "item_number": numbered(item_kind(TABLES), "SEAT"),
    "taken": numbers.taken(TABLES.contracts.c.ContractID, TABLES.contracts.c.ContractMajor == "CW-1"),
    "clone": CLONE,
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


@pytest.mark.parametrize("name", LOCKED)
def test_what_decides_a_write_is_read_under_a_lock(name: str) -> None:
    assert " WITH (UPDLOCK, HOLDLOCK)" in for_sql_server(LOCKED[name])


def test_a_copy_is_made_by_the_server_with_every_column_it_may_name() -> None:
    text = for_sql_server(CLONE)
    assert text.startswith("INSERT INTO dbo.[SCContracts] (")
    assert "template.[Dealer Extra]" in text
    assert "[timestamp]" not in text
    assert "FullName" not in text
    assert "FROM dbo.[SCContracts] AS template" in text
    assert "CAST(" in text.partition("SELECT")[2]


def test_a_new_line_asks_for_its_key_without_output_because_the_table_may_have_triggers() -> None:
    copier = Copier(TABLES.contract_details, SHAPE)
    insert, given = copier.new({"ContractID": 5, "Quantity": Decimal(1)})
    compiled = insert.compile(dialect=SQL_SERVER, column_keys=list(given))
    assert "OUTPUT" not in str(compiled)
    table = compiled.statement.table  # type: ignore[union-attr]
    assert table.autoincrement_column is not None
    assert table.autoincrement_column.name == "ContractDetailID"


def test_the_highest_rowversion_is_asked_for_as_a_number() -> None:
    assert "MAX(CAST(dbo.[SCContractDetails].[timestamp] AS BIGINT))" in for_sql_server(EVERY["line_stamps"])


def test_a_set_of_letters_is_plain_text_to_like() -> None:
    assert beginning("100%_[A]/") == "100/%/_/[A]//%"
    assert "ESCAPE '/'" in for_sql_server(EVERY["starting"])


def test_the_ledgers_tables_are_made_with_the_servers_types() -> None:
    lines_ddl, periods, written = (
        str(CreateTable(table).compile(dialect=SQL_SERVER))
        for table in (TABLES.noted_lines, TABLES.noted_periods, TABLES.noted_writes)
    )
    parse(lines_ddl)
    parse(periods)
    parse(written)
    assert "PRIMARY KEY (contract_id)" in written
    assert "sequence BIGINT NOT NULL" in written
    assert "PRIMARY KEY (contract_id, line_key)" in lines_ddl
    assert "PRIMARY KEY (contract_id, period_from)" in periods
    assert "amount MONEY NOT NULL" in periods
    assert "period_from DATETIME NOT NULL" in periods
    assert "before_lines VARCHAR(max) NOT NULL" in periods


def test_nothing_is_both_kept_empty_and_set_to_nothing() -> None:
    assert not set(NONE) & set(ZERO)
    assert not {*NONE, *ZERO} & set(EMPTY)
