"""Service calls, as tickets need them."""

from decimal import Decimal
from typing import Any

import pytest

from shared.connector.sequences import split
from shared.events.envelope import Envelope
from tests.contract.eautomate.statements import recorded
from tests.contract.eautomate_connector.conftest import Passes


@pytest.fixture
async def with_calls(passes: Passes) -> Passes:
    """Calls are read, and everything was published once."""
    passes.again(calls=True)
    await passes.run()
    return passes


async def calls(passes: Passes) -> list[tuple[Envelope, dict[str, Any]]]:
    """What one pass publishes of calls."""
    return [one for one in await passes.run() if one[0].entity == "call"]


def entered(passes: Passes, description: str = "Printer is on fire") -> str:
    """A call somebody enters."""
    return passes.client.add_call("PROBE", "CM", description)


async def test_without_the_process_no_call_is_read(passes: Passes) -> None:
    entered(passes)
    assert await calls(passes) == []


async def test_a_call_arrives_when_it_is_entered_and_a_no_op_save_does_not(with_calls: Passes) -> None:
    number = entered(with_calls)
    [(envelope, record)] = await calls(with_calls)
    assert (record["number"], record["status"], record["customer_number"]) == (number, "P", "PROBE")
    assert (record["description"], record["call_type"]) == ("Printer is on fire", "CM")
    assert (envelope.subject, split(envelope.sequence)[1]) == (str(record["call_id"]), 1)
    assert with_calls.broker.sent[-1].topic == "t.eautomate.call"
    with_calls.client.save_call(number, Description="Printer is on fire")
    assert await with_calls.run() == []
    with_calls.again()
    assert await with_calls.run() == []


async def test_work_arrives_when_it_comes_changes_and_goes(with_calls: Passes) -> None:
    client, number = with_calls.client, entered(with_calls)
    await with_calls.run()
    client.add_agent("T7", "Tom", "Reed")
    labor = client.add_labor(number, "T7", Decimal("1.5"))
    [(_, record)] = await calls(with_calls)
    assert [(one["call_labor_id"], Decimal(one["labor_hours"])) for one in record["labors"]] == [
        (labor, Decimal("1.5"))
    ]
    client.foreign_sql("UPDATE SCCallLabors SET LaborHours = 2 WHERE CallLaborID = ?", labor)
    [(_, record)] = await calls(with_calls)
    assert [Decimal(one["labor_hours"]) for one in record["labors"]] == [2]
    client.foreign_sql("DELETE FROM SCCallLabors WHERE CallLaborID = ?", labor)
    [(_, record)] = await calls(with_calls)
    assert record["labors"] == []
    assert await with_calls.run() == []


async def test_a_hold_arrives_and_a_release_keeps_the_code(with_calls: Passes) -> None:
    client, number = with_calls.client, entered(with_calls)
    await with_calls.run()
    client.hold_call(number, "WP")
    [(_, record)] = await calls(with_calls)
    assert (record["status"], record["on_hold_code"]) == ("H", "WP")
    client.release_call(number)
    [(_, record)] = await calls(with_calls)
    assert (record["status"], record["on_hold_code"]) == ("P", "WP")


async def test_a_renamed_code_arrives_though_no_call_was_saved(with_calls: Passes) -> None:
    entered(with_calls)
    await with_calls.run()
    with_calls.client.rename_code("SCCallTypes", "CM", "BREAKFIX")
    assert {record["call_type"] for _, record in await calls(with_calls)} == {"BREAKFIX"}
    assert await with_calls.run() == []


async def test_a_call_that_is_deleted_becomes_a_deletion(with_calls: Passes) -> None:
    number = entered(with_calls)
    [(_, record)] = await calls(with_calls)
    with_calls.client.foreign_sql("DELETE FROM SCCalls WHERE CallNumber = ?", number)
    [(envelope, gone)] = await calls(with_calls)
    assert (envelope.action, gone["key"]) == ("deleted", str(record["call_id"]))
    assert await calls(with_calls) == []


async def test_calls_done_long_ago_are_neither_published_nor_deleted(passes: Passes) -> None:
    client = passes.client
    number = entered(passes)
    client.foreign_sql(
        "UPDATE SCCalls SET Status = 'I', Date = '2020-01-01', CloseDate = '2020-01-02' WHERE CallNumber = ?",
        number,
    )
    passes.again(calls=True)
    assert number not in {record["number"] for _, record in await calls(passes)}
    passes.again(call_days=None)
    assert number in {record["number"] for _, record in await calls(passes)}
    passes.again(call_days=90)
    assert await passes.run() == []
    assert await passes.run() == []


async def test_the_last_state_of_a_call_that_grows_old_is_not_missed(with_calls: Passes) -> None:
    number = entered(with_calls)
    with_calls.client.foreign_sql("UPDATE SCCalls SET Date = '2020-01-01' WHERE CallNumber = ?", number)
    assert [record["status"] for _, record in await calls(with_calls)] == ["P"]
    with_calls.client.foreign_sql(
        "UPDATE SCCalls SET Status = 'I', CloseDate = '2020-01-02' WHERE CallNumber = ?", number
    )
    [(envelope, record)] = await calls(with_calls)
    assert (envelope.action, record["status"]) == ("changed", "I")
    assert await with_calls.run() == []


async def test_a_pass_without_changes_asks_as_little_whatever_there_is(with_calls: Passes) -> None:
    async def statements() -> int:
        with recorded(with_calls.port.engine) as seen:
            assert await with_calls.run() == []
        return len(seen)

    few = await statements()
    for number in range(20):
        entered(with_calls, f"call {number}")
    await with_calls.run()
    # A page of what lies beside the rows holds 25 calls here and 5,000 elsewhere.
    assert await statements() <= few + 5
    assert few <= 40
