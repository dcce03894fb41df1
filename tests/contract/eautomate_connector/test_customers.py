from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.contract.eautomate.statements import recorded
from tests.contract.eautomate_connector.conftest import CUSTOMERS, LOCATIONS, Passes


def carriers(passes: Passes, column: str, key: int) -> set[str]:
    """Numbers of the customers that carry a code."""
    with passes.client._file() as file:
        rows = file.execute(f"SELECT CustomerNumber FROM ARCustomers WHERE {column} = ?", (key,))  # noqa: S608
        return {row[0] for row in rows}


def of_probe(published: list[tuple[Any, dict[str, Any]]]) -> list[dict[str, Any]]:
    return [record for _, record in published if record["number"] == "PROBE"]


async def test_the_first_pass_publishes_everything_once_and_the_next_nothing(passes: Passes) -> None:
    entities = [envelope.entity for envelope in passes.broker.envelopes()]
    assert entities.count("customer") == CUSTOMERS + LOCATIONS + 1
    assert await passes.run() == []
    passes.again()
    assert await passes.run() == []


async def test_a_pass_without_changes_asks_as_little_whatever_there_is(passes: Passes) -> None:
    async def statements() -> int:
        with recorded(passes.port.engine) as seen:
            assert await passes.run() == []
        return len(seen)

    await passes.run()
    few = await statements()
    for number in range(20):
        passes.client.add_customer(f"MORE{number}", "More")
        passes.client.add_contract(f"MORE{number}", f"CN{number}", "MIT")
        passes.client.add_agent(f"M{number}", "Mo", "Re")
    await passes.run()
    # A page of what lies beside the rows holds 25 customers here and 5,000 elsewhere: two statements each.
    assert await statements() <= few + 2 * 2
    assert few <= 25


async def test_a_contract_is_published_when_it_comes_changes_and_ends(passes: Passes) -> None:
    client = passes.client
    client.add_contract("PROBE", "CN1-01", "MIT")
    assert await passes.changed("contract_types") == {"PROBE": ["MIT"]}
    client.add_contract("PROBE", "CN2-01", "BKUP")
    assert await passes.changed("contract_types") == {"PROBE": ["BKUP", "MIT"]}
    client.change_contract_type("CN2-01", "CPC")
    assert await passes.changed("contract_types") == {"PROBE": ["CPC", "MIT"]}
    client.terminate_contract("CN2-01")
    assert await passes.changed("contract_types") == {"PROBE": ["MIT"]}
    client.inactivate_contract("CN1-01")
    assert await passes.changed("contract_types") == {"PROBE": []}
    assert await passes.run() == []


async def test_a_contract_that_changes_nothing_about_the_types_is_not_published(passes: Passes) -> None:
    passes.client.add_contract("PROBE", "CN1-01", "MIT")
    await passes.run()
    passes.client.add_contract("PROBE", "CN2-01", "MIT")
    passes.client.save_contract("CN1-01", Remarks="nothing of ours")
    assert await passes.run() == []


async def test_a_contract_runs_out_and_another_begins_without_any_row_changing(passes: Passes) -> None:
    today = datetime.now(UTC).date()
    passes.client.add_contract("PROBE", "CN1-01", "MIT", ExpDate=today + timedelta(days=10))
    passes.client.add_contract("PROBE", "CN2-01", "CPC", StartDate=today + timedelta(days=11))
    assert await passes.changed("contract_types") == {"PROBE": ["MIT"]}

    passes.clock.append(_noon(today + timedelta(days=10)))
    assert of_probe(await passes.run()) == []
    passes.clock.append(_noon(today + timedelta(days=11)))
    assert [record["contract_types"] for record in of_probe(await passes.run())] == [["CPC"]]
    assert of_probe(await passes.run()) == []


@pytest.mark.parametrize(
    ("table", "code", "column", "field"),
    [
        ("ARCustomerTypes", "MSP", "CustomerTypeID", "customer_type"),
        ("GLBranches", "2", "BranchID", "branch"),
        ("ShTerritories", "NORTH", "TerritoryID", "territory"),
        ("ShOnHoldCodes", "CH", "OnHoldCodeID", "on_hold_code"),
    ],
)
async def test_a_renamed_code_publishes_the_customers_that_carry_it(
    passes: Passes, table: str, code: str, column: str, field: str
) -> None:
    passes.client.put_on_hold("PROBE", "CH")
    await passes.run()
    key = {"MSP": 1, "2": 2, "NORTH": 1, "CH": 1}[code]
    carrying = carriers(passes, column, key)
    assert carrying

    passes.client.rename_code(table, code, "NEW")

    assert await passes.changed(field) == dict.fromkeys(carrying, "NEW")
    assert await passes.run() == []


async def test_a_renamed_contract_code_publishes_whose_contracts_carry_it(passes: Passes) -> None:
    passes.client.add_contract("PROBE", "CN1-01", "MIT")
    await passes.run()

    passes.client.rename_code("SCContractCodes", "MIT", "MIT2")

    found = await passes.changed("contract_types")
    assert found["PROBE"] == ["MIT2"]
    assert all("MIT2" in types for types in found.values())


async def test_an_employees_new_name_publishes_the_employee_and_the_customers(passes: Passes) -> None:
    rep = passes.client.add_agent("S9", "Sue", "Sell", sales_rep=True)
    passes.client.assign_sales_rep("PROBE", "S9")
    await passes.run()

    passes.client.edit_agent("S9", PrefFullName="Sue Sold", AgentNumber="S10")

    published = await passes.run()
    assert [(record["sales_rep_name"], record["sales_rep_number"]) for record in of_probe(published)] == [
        ("Sue Sold", "S10")
    ]
    assert [envelope.subject for envelope, _ in published if envelope.entity == "agent"] == [str(rep)]
    assert len(published) == 2


async def test_what_a_head_office_becomes_is_published_with_its_locations(passes: Passes) -> None:
    client = passes.client
    client.assign_configuration("PROBE", "ConnectWise")
    client.add_location("PROBE", "PROBE-A", "Probe - Akron")
    await passes.run()
    client.inactivate("PROBE")
    assert await passes.changed("head_office") == {"PROBE": [], "PROBE-A": ["inactive"]}
    client.reactivate("PROBE")
    assert await passes.changed("head_office") == {"PROBE": [], "PROBE-A": []}
    client.set_property("PROBE", "ZCJ_SyncToCW", "No")
    assert await passes.changed("head_office") == {"PROBE": [], "PROBE-A": ["sync: No"]}
    client.save_customer("PROBE", Phone1="330-555-0111")
    assert await passes.changed("head_office") == {"PROBE": []}, "nothing that is about locations"


async def test_foreign_sql_on_a_property_is_published_once(passes: Passes) -> None:
    passes.client.assign_configuration("PROBE", "ConnectWise")
    await passes.run()
    passes.client.foreign_property("PROBE", "ZCJ_CW_CompanyID", "77")
    assert await passes.changed("properties") == {"PROBE": {"ZCJ_CW_CompanyID": "77"}}
    assert await passes.run() == []


async def test_a_merged_customer_becomes_a_deletion(passes: Passes) -> None:
    lost = passes.client.customer("PROBE")["CustomerID"]
    passes.client.add_customer("WINNER", "Winner")
    await passes.run()
    passes.client.merge("PROBE", "WINNER")
    [(envelope, record)] = await passes.run()
    assert (envelope.action, record) == ("deleted", {"entity": "customer", "key": str(lost), "deleted": True})


async def test_what_changed_while_the_connector_was_away_is_found(passes: Passes) -> None:
    passes.client.add_contract("PROBE", "CN1-01", "MIT")
    passes.again()
    assert await passes.changed("contract_types") == {"PROBE": ["MIT"]}


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
