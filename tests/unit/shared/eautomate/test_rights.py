"""What the login must be allowed on SQL Server."""

import re

from shared.eautomate.profile import Profile
from shared.eautomate.rights import Rights, grants, held_rights, lacking, needed
from shared.eautomate.tables import build_tables
from tests.contract.eautomate.statements import for_sql_server, parse

TABLES = build_tables()


def _wanted(*areas: str) -> dict[str, tuple[str, ...]]:
    return {one.table.fullname: one.permissions for one in needed(TABLES, areas)}  # type: ignore[arg-type]


def test_customers_alone_need_no_right_to_write_contracts() -> None:
    wanted = _wanted("customers")
    assert wanted["dbo.ARCustomerCustomProperties"] == ("SELECT", "INSERT", "UPDATE")
    assert wanted["dbo.SCContracts"] == ("SELECT",)
    assert "dbo.SCContractDetails" not in wanted
    assert "tandem.applied" in wanted
    assert "tandem.contract_periods" not in wanted


def test_only_lines_of_contracts_are_deleted_of_the_dealers_rows() -> None:
    product = {
        name: rights for name, rights in _wanted("customers", "contracts").items() if "tandem." not in name
    }
    assert [name for name, rights in product.items() if "DELETE" in rights] == ["dbo.SCContractDetails"]
    assert product["dbo.SCContracts"] == ("SELECT", "INSERT", "UPDATE")
    assert product["dbo.SCBillingContracts"] == ("SELECT",)


def test_calls_and_labour_are_made_and_saved_and_materials_are_only_added() -> None:
    wanted = _wanted("calls")
    assert wanted["dbo.SCCalls"] == ("SELECT", "INSERT", "UPDATE")
    assert wanted["dbo.SCCallLabors"] == ("SELECT", "INSERT", "UPDATE")
    assert wanted["dbo.SCCallMaterials"] == ("SELECT", "INSERT")
    assert wanted["dbo.ARCustomers"] == wanted["dbo.SCContracts"] == wanted["dbo.ICItems"] == ("SELECT",)
    assert wanted["ea_double.NumberSeries"] == ("SELECT", "UPDATE")
    assert "tandem.call_writes" in wanted
    assert "tandem.contract_periods" not in wanted
    assert "dbo.SCContractDetails" not in wanted
    assert "ea_double.NumberSeries" not in _wanted("customers")


def test_rights_on_tables_that_may_be_missing_are_granted_where_they_are() -> None:
    text = grants(TABLES, "tandem")
    for name in ("[dbo].[SCCallStatuses]", "[dbo].[GLPeriods]", "[ea_double].[NumberSeries]"):
        assert f"IF OBJECT_ID(N'{name}') IS NOT NULL GRANT SELECT" in text
    assert "SELECT, UPDATE, UPDATE" not in text


def test_a_table_the_dealer_does_not_have_is_not_asked_for() -> None:
    tables = build_tables(Profile(list_values=False))
    assert "ShAttributeListValues" not in {one.table.name for one in needed(tables)}


def test_all_rights_are_asked_in_one_statement_within_the_servers_parameters() -> None:
    wanted = needed(TABLES)
    text = for_sql_server(held_rights(wanted))
    parse(text)
    assert text.count("has_perms_by_name(") == sum(len(one.permissions) for one in wanted)
    assert len(held_rights(wanted).compile().params) < 2100


def test_what_is_not_held_is_named_and_a_table_that_is_not_there_is_not() -> None:
    wanted = [
        Rights(TABLES.customers, ("SELECT", "UPDATE")),
        Rights(TABLES.items, ("SELECT", "INSERT")),
        Rights(TABLES.number_series, ("SELECT", "UPDATE")),
    ]
    [found] = lacking(wanted, (1, 0, 1, 1, None, None))
    assert found.text == "dbo.ARCustomers: Tandem's login may not UPDATE"


def test_the_grants_cover_every_right_that_is_asked() -> None:
    text = grants(TABLES, "we]ird")
    for one in needed(TABLES):
        if not one.table.info.get("ledger"):
            assert f"GRANT {', '.join(one.permissions)} ON [{one.table.schema}].[{one.table.name}] TO" in text
    assert "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA::[tandem] TO [we]]ird];" in text
    assert all(re.search(r"TO \[we]]ird];$", line) for line in text.splitlines())
