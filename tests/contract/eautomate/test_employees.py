import pytest

from services.simulator.eautomate import schema
from shared.eautomate.errors import PropertyNotStorable, RowChanged, Superseded, ValueTooLong
from shared.eautomate.rows import BESIDE
from shared.events.records import Agent
from tests.contract.eautomate.conftest import Database
from tests.contract.eautomate.hand import CONFIGURATION, OTHER_CONFIGURATION
from tests.contract.eautomate.statements import recorded

MEMBER = "ZCJ_CW_MemberID"


async def _agent(database: Database, key: int) -> Agent:
    return (await database.port.agents_by_id([key]))[key]


async def _set(
    database: Database, agent: Agent, value: str, *, sequence: int = 1, generation: int = 0
) -> bool:
    async with database.port.transaction("ID747", f"agent/{agent.agent_id}", sequence, generation) as tx:
        return await tx.set_agent_property(agent.agent_id, MEMBER, value, agent.row_version)


async def _roles(database: Database, key: int) -> None:
    await database.hand.insert(schema.ARSalesReps, SalesRepID=key)
    await database.hand.insert(schema.SCTechnicians, TechnicianID=key, Active=False)


async def test_an_employee_comes_with_roles_and_properties(database: Database) -> None:
    key = await database.hand.agent("E2", Email="e2@dealer.example", UserID="BHALE")
    await _roles(database, key)
    await _set(database, await _agent(database, key), "150")

    agent = await _agent(database, key)

    assert (agent.number, agent.name, agent.email, agent.user_id) == (
        "E2",
        "Name of E2",
        "e2@dealer.example",
        "BHALE",
    )
    assert (agent.sales_rep, agent.technician, agent.active) == (True, False, True)
    assert (agent.configuration, agent.storable_properties) == (CONFIGURATION, (MEMBER,))
    assert agent.properties == {MEMBER: "150"}


async def test_every_employee_is_there_inactive_ones_too(database: Database) -> None:
    key = await database.hand.agent("E2", configuration=None, Active=False)

    agents = {agent.agent_id: agent for agent in await database.port.agents()}

    assert agents[database.hand.rep_id].name == "Ana Fox"
    assert agents[database.hand.rep_id].sales_rep
    assert (agents[key].active, agents[key].configuration, agents[key].properties) == (False, None, {})


async def test_employees_are_found_by_number_and_two_may_share_one(database: Database) -> None:
    keys = [await database.hand.agent("e2"), await database.hand.agent("E2")]

    found = await database.port.agents_by_numbers([" E2 ", "none", ""])

    assert [agent.agent_id for agent in found["e2"]] == keys
    assert set(found) == {"e2"}


async def test_only_employees_that_changed_since_the_mark_are_read(database: Database) -> None:
    key = await database.hand.agent("E2")
    mark = (await database.port.window()).high
    assert (await database.port.agents_changed(mark, (await database.port.window()).high)).records == []

    await _set(database, await _agent(database, key), "150")

    page = await database.port.agents_changed(mark, (await database.port.window()).high)
    assert [agent.properties for agent in page.records] == [{MEMBER: "150"}]


async def test_pages_of_employees_lose_none(database: Database) -> None:
    mark = (await database.port.window()).high
    made = [await database.hand.agent(f"N{number}") for number in range(5)]
    high = (await database.port.window()).high

    found, after = [], None
    while True:
        page = await database.port.agents_changed(mark, high, after, limit=2)
        found += [agent.agent_id for agent in page.records]
        after = page.next
        if after is None:
            break

    assert found == made


async def test_a_page_of_employees_takes_three_statements(database: Database) -> None:
    for number in range(5):
        await database.hand.agent(f"N{number}")
    with recorded(database.port.engine) as statements:
        await database.port.agents_all()
    assert len(statements) == 3


async def test_what_lies_beside_the_rows_is_what_the_employees_carry(database: Database) -> None:
    key = await database.hand.agent("E2")
    await _roles(database, key)
    await _set(database, await _agent(database, key), "150")
    await database.hand.agent("E3", configuration=OTHER_CONFIGURATION)

    records = {agent.agent_id: agent for agent in await database.port.agents()}
    beside = {row.key: row async for page in database.port.agents_beside(2) for row in page}

    assert set(beside) == set(records)
    for row in beside.values():
        assert row.fields == {name: getattr(records[row.key], name) for name in BESIDE["agent"]}


async def test_a_value_is_stored_cleared_and_seen_by_others(database: Database) -> None:
    key = await database.hand.agent("E2")
    before = await _agent(database, key)
    assert await _set(database, before, "150")
    stored = await _agent(database, key)
    assert stored.row_version > before.row_version
    assert not await _set(database, stored, "150")

    async with database.port.transaction("ID747", f"agent/{key}", 2) as tx:
        assert await tx.clear_agent_property(key, MEMBER, stored.row_version)

    assert (await _agent(database, key)).properties == {}
    row = await database.hand.row(schema.ShAgents, AgentID=key)
    assert row["UpdatorID"].rstrip() == "TANDEM"


@pytest.mark.parametrize("configuration", [None, OTHER_CONFIGURATION])
async def test_a_property_the_configuration_lacks_is_refused(
    database: Database, configuration: str | None
) -> None:
    key = await database.hand.agent("E2", configuration=configuration)

    with pytest.raises(PropertyNotStorable, match=r"employee E2 cannot hold ZCJ_CW_MemberID"):
        await _set(database, await _agent(database, key), "150")

    assert await database.port.applied_rows("ID747", [f"agent/{key}"]) == {}


async def test_an_employee_saved_since_is_not_overwritten(database: Database) -> None:
    key = await database.hand.agent("E2")
    seen = await _agent(database, key)
    await _set(database, seen, "150")

    with pytest.raises(RowChanged, match=f"employee {key} was saved since"):
        await _set(database, seen, "151", sequence=2)
    with pytest.raises(RowChanged, match="is gone from ShAgents"):
        await _set(database, seen.model_copy(update={"agent_id": key + 1000}), "151")


async def test_an_older_change_or_a_value_too_long_writes_nothing(database: Database) -> None:
    key = await database.hand.agent("E2")
    await _set(database, await _agent(database, key), "150", sequence=9)

    with pytest.raises(Superseded):
        await _set(database, await _agent(database, key), "151", sequence=8)
    with pytest.raises(ValueTooLong, match=r"ShAgentCustomProperties.TextVal"):
        await _set(database, await _agent(database, key), "1" * 1025, sequence=10)

    assert (await _agent(database, key)).properties == {MEMBER: "150"}
