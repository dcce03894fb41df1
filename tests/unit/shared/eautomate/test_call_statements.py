"""What SQL Server gets about service calls. The text is looked at: the stand-in cannot show it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.schema import CreateTable

from shared.eautomate import call_parts as parts
from shared.eautomate import call_statements as calls
from shared.eautomate import numbers, statements
from shared.eautomate.call_writes import WANTED, customer_of_call, type_of_call
from shared.eautomate.children import bare_children, child_stamps
from shared.eautomate.cloning import Copier
from shared.eautomate.codes import code_rows
from shared.eautomate.guarded import locked_row
from shared.eautomate.ledger import row_there
from shared.eautomate.owners import call_kind
from shared.eautomate.profile import CallStatuses, Profile
from shared.eautomate.rows import START, Keyset
from shared.eautomate.tables import build_tables
from tests.contract.eautomate.statements import SQL_SERVER, for_sql_server, parse
from tests.unit.shared.eautomate.shapes import defined

TABLES = build_tables(zone=ZoneInfo("America/Chicago"))
SHAPE = defined(TABLES)
KIND = call_kind(TABLES)
DAY = date(2026, 5, 1)
ROWS = calls.call_rows(TABLES, calls.OWN, None)
RECENT = calls.call_rows(TABLES, calls.OWN, DAY)
SAVED = (
    TABLES.calls.update()
    .where(TABLES.calls.c.CallID == 5, TABLES.calls.c.timestamp == START)
    .values(Status="OKB", Description="Ticket 1", CloseDate=datetime(2026, 5, 1, tzinfo=UTC))
)

LOCKED = {
    "locked_call": locked_row(KIND, WANTED, SHAPE, 5),
    "highest_id": numbers.highest_id(TABLES.calls.c.CallID),
    "noted_call": row_there(TABLES.noted_calls, {"call_id": 5}),
}

EVERY = {
    **LOCKED,
    "changed": statements.changed(RECENT, KIND, START, START, Keyset(START, 1), 500),
    "by_id": statements.by_id(ROWS, KIND, [1, 2]),
    "by_number": statements.by_number(ROWS, KIND, ["1001"]),
    "bare": statements.scan(calls.call_rows(TABLES, calls.BARE, DAY), KIND, 0, 500),
    "open_calls": calls.open_calls(TABLES, ROWS, [1, 2]),
    "described": calls.described(TABLES, ROWS, ["Ticket 60211", "100%"]),
    "described_of": calls.described(TABLES, ROWS, ["Ticket 60211"], [1]),
    "labors": calls.labor_rows(TABLES),
    "materials": calls.material_rows(TABLES),
    "labor_stamps": child_stamps(TABLES.call_labors.c.CallID),
    "bare_labors": bare_children(TABLES.call_labors.c.CallID, calls.LABOR),
    "bare_materials": bare_children(TABLES.call_materials.c.CallID, calls.MATERIAL),
    "call_numbers": calls.call_numbers(TABLES, [1]),
    "call_types": calls.call_types(TABLES),
    "call_statuses": calls.call_statuses(TABLES),
    "closed_periods": calls.closed_periods(TABLES),
    "customer_of_call": customer_of_call(TABLES, 5),
    "type_of_call": type_of_call(TABLES, 5),
    "item_of_material": parts.item_of_material(TABLES, 5),
    "newest_material": parts.newest_material(TABLES),
    "taken": numbers.taken(TABLES.calls.c.CallID, TABLES.calls.c.CallNumber == "1001"),
    "hold_codes": code_rows(TABLES, "call_hold_code"),
    "activity_codes": code_rows(TABLES, "activity_code"),
    "save": SAVED,
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


def test_a_new_call_asks_for_its_key_without_output_because_the_table_may_have_triggers() -> None:
    for table, key in (
        (TABLES.calls, "CallID"),
        (TABLES.call_labors, "CallLaborID"),
        (TABLES.call_materials, "CallMaterialID"),
    ):
        insert, given = Copier(table, SHAPE).new(
            {"CallID": 5} if table is not TABLES.calls else {"Status": "P"}
        )
        compiled = insert.compile(dialect=SQL_SERVER, column_keys=list(given))
        assert "OUTPUT" not in str(compiled)
        made = compiled.statement.table  # type: ignore[union-attr]
        assert made.autoincrement_column is not None
        assert made.autoincrement_column.name == key


def test_what_a_text_looks_like_is_plain_text_to_like() -> None:
    compiled = EVERY["described"].compile(dialect=SQL_SERVER)
    assert {"%Ticket 60211%", "%100/%%"} <= set(compiled.params.values())
    assert str(compiled).count("ESCAPE '/'") == 2


def test_a_day_begins_at_midnight_of_the_dealers_zone() -> None:
    params = RECENT.compile(dialect=SQL_SERVER).params
    assert datetime(2026, 5, 1, 5, tzinfo=UTC) in [p for p in params.values() if isinstance(p, datetime)]
    assert "coalesce(dbo.[SCCalls].[CloseDate], dbo.[SCCalls].[Date]) >= CAST(" in for_sql_server(RECENT)


def test_which_statuses_are_open_and_final_is_the_profiles() -> None:
    assert CallStatuses().open_codes == ("P", "S", "D", "H")
    assert CallStatuses(cancelled="CAN").final_codes == ("I", "CAN")
    assert CallStatuses(open=("P", "H")).open_codes == ("P", "H")


def test_hold_codes_for_calls_are_those_of_the_kinds_the_profile_names() -> None:
    tables = build_tables(Profile(call_hold_types=(2, 3)))
    rows = code_rows(tables, "call_hold_code")
    text = str(rows.compile(dialect=SQL_SERVER, compile_kwargs={"literal_binds": True}))
    assert "[TypeID] IN (2, 3)" in text
    assert "TypeID" not in for_sql_server(code_rows(tables, "on_hold_code"))


def test_the_ledgers_table_is_made_with_the_servers_types() -> None:
    text = str(CreateTable(TABLES.noted_calls).compile(dialect=SQL_SERVER))
    parse(text)
    assert "PRIMARY KEY (call_id)" in text
    assert "sequence BIGINT NOT NULL" in text
