from typing import Any

from services.simulator.eautomate.client import Client
from shared.connector.sequences import split
from shared.events.envelope import Envelope
from tests.contract.eautomate_connector.conftest import AGENTS, Passes

MEMBER = "ZCJ_CW_MemberID"


async def published(passes: Passes) -> list[tuple[Envelope, dict[str, Any]]]:
    """What one pass publishes; all of it must be about employees."""
    found = await passes.run()
    assert {envelope.entity for envelope, _ in found} <= {"agent"}
    return found


async def add(passes: Passes, **more: Any) -> Client:
    passes.client.add_agent("T9", "Tom", "Tech", **more)
    await passes.run()
    return passes.client


async def test_every_employee_is_published_once(passes: Passes) -> None:
    sent = [envelope for envelope in passes.broker.envelopes() if envelope.entity == "agent"]
    assert len({envelope.subject for envelope in sent}) == len(sent) == AGENTS


async def test_an_edit_arrives_once_and_a_no_op_save_does_not(passes: Passes) -> None:
    client = await add(passes)
    client.edit_agent("T9", Email="tom@dealer.example")
    [(envelope, record)] = await published(passes)
    assert (record["email"], record["technician"], record["sales_rep"]) == ("tom@dealer.example", True, False)
    assert split(envelope.sequence)[1] == 2
    client.edit_agent("T9")
    assert await published(passes) == []


async def test_a_member_in_the_property_arrives_however_it_was_written(passes: Passes) -> None:
    client = await add(passes)
    client.set_agent_property("T9", MEMBER, "150")
    assert [record["properties"] for _, record in await published(passes)] == [{MEMBER: "150"}]
    client.foreign_agent_property("T9", MEMBER, "151")
    assert [record["properties"] for _, record in await published(passes)] == [{MEMBER: "151"}]
    client.assign_agent_configuration("T9", None)
    assert [record["properties"] for _, record in await published(passes)] == [{}]
    assert await published(passes) == []


async def test_a_role_given_beside_the_row_arrives(passes: Passes) -> None:
    client = await add(passes)
    key = client.agent("T9")["AgentID"]
    client.foreign_sql("INSERT INTO ARSalesReps (SalesRepID) VALUES (?)", key)
    assert [record["sales_rep"] for _, record in await published(passes)] == [True]
    client.foreign_sql("UPDATE SCTechnicians SET Active = 0 WHERE TechnicianID = ?", key)
    assert [record["technician"] for _, record in await published(passes)] == [False]


async def test_an_employee_taken_away_becomes_a_deletion(passes: Passes) -> None:
    client = await add(passes)
    key = client.agent("T9")["AgentID"]
    client.remove_agent("T9")
    [(envelope, record)] = await published(passes)
    assert (envelope.action, record) == ("deleted", {"entity": "agent", "key": str(key), "deleted": True})
    assert await published(passes) == []


async def test_a_restored_database_is_read_again_with_higher_numbers(passes: Passes, tmp_path: Any) -> None:
    client = await add(passes)
    client.backup(tmp_path / "backup.db")
    for number in range(3):
        client.edit_agent("T9", Email=f"{number}@dealer.example")
        [(last, _)] = await published(passes)
    client.restore(tmp_path / "backup.db")
    found = {envelope.subject: (envelope, record) for envelope, record in await passes.run()}
    envelope, record = found[str(client.agent("T9")["AgentID"])]
    assert record["email"] == ""
    assert envelope.sequence > last.sequence
    assert split(envelope.sequence)[0] > split(last.sequence)[0]
