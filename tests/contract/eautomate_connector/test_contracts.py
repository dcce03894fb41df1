"""Contracts and the invoices made from them, as ID964 needs them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.connector.sequences import split
from shared.events.envelope import Envelope
from tests.contract.eautomate.statements import recorded
from tests.contract.eautomate_connector.conftest import Passes

CONTRACT = "CN1-01"
TODAY = datetime.now(UTC).date()
FIRST = TODAY.replace(day=1)


@pytest.fixture
async def with_contracts(passes: Passes) -> Passes:
    """Contracts are read, and everything was published once."""
    passes.client.add_contract("PROBE", CONTRACT, "MIT", StartDate=FIRST)
    passes.client.set_billing(CONTRACT, "Monthly", FIRST)
    passes.again(contracts=True)
    await passes.run()
    return passes


async def of(passes: Passes, entity: str) -> list[tuple[Envelope, dict[str, Any]]]:
    """What one pass publishes of one record kind."""
    return [one for one in await passes.run() if one[0].entity == entity]


async def billed(passes: Passes, on: date = TODAY) -> str:
    """An invoice of the probe's contract that was published."""
    passes.client.add_line(CONTRACT, await item(passes), 24, Decimal("39.50"))
    number = passes.client.bill(CONTRACT, on)
    await passes.run()
    return number


async def item(passes: Passes) -> str:
    with passes.client._file() as file:
        return str(
            file.execute(
                "SELECT Item FROM ICItems WHERE Active = 1 AND ServiceableAsItem = 1 LIMIT 1"
            ).fetchone()[0]
        )


async def test_without_the_process_no_contract_is_read(passes: Passes) -> None:
    assert {envelope.entity for envelope in passes.broker.envelopes()} == {"customer", "agent"}


async def test_contracts_and_their_invoices_are_published_once(with_contracts: Passes) -> None:
    entities = {envelope.entity for envelope in with_contracts.broker.envelopes()}
    assert {"contract", "contract_invoice"} <= entities
    assert await with_contracts.run() == []
    with_contracts.again()
    assert await with_contracts.run() == []


async def test_a_pass_without_changes_asks_as_little_whatever_there_is(with_contracts: Passes) -> None:
    async def statements() -> int:
        with recorded(with_contracts.port.engine) as seen:
            assert await with_contracts.run() == []
        return len(seen)

    few = await statements()
    for number in range(20):
        with_contracts.client.add_contract("PROBE", f"MORE{number}-01", "MIT")
    await with_contracts.run()
    # A page of what lies beside the rows holds 25 contracts here and 5,000 elsewhere.
    assert await statements() <= few + 6
    assert few <= 40


async def test_an_edit_of_a_contract_arrives_once_and_a_no_op_save_does_not(with_contracts: Passes) -> None:
    client = with_contracts.client
    client.save_contract(CONTRACT, PONumber="104233")
    [(envelope, record)] = await of(with_contracts, "contract")
    assert (record["number"], record["po_number"], split(envelope.sequence)[1]) == (CONTRACT, "104233", 2)
    client.save_contract(CONTRACT, PONumber="104233")
    assert await with_contracts.run() == []


async def test_a_line_arrives_when_it_comes_changes_and_goes(with_contracts: Passes) -> None:
    client = with_contracts.client
    line = client.add_line(CONTRACT, await item(with_contracts), 24, Decimal("39.50"))
    [(_, record)] = await of(with_contracts, "contract")
    assert [(one["contract_detail_id"], Decimal(one["quantity"])) for one in record["lines"]] == [
        (line, Decimal(24))
    ]
    client.foreign_sql("UPDATE SCContractDetails SET Quantity = 25 WHERE ContractDetailID = ?", line)
    [(_, record)] = await of(with_contracts, "contract")
    assert [Decimal(one["quantity"]) for one in record["lines"]] == [25]
    client.remove_line(CONTRACT, line)
    [(_, record)] = await of(with_contracts, "contract")
    assert record["lines"] == []
    assert await with_contracts.run() == []


async def test_a_bill_arrives_as_invoice_and_as_contract(with_contracts: Passes) -> None:
    client = with_contracts.client
    client.add_line(CONTRACT, await item(with_contracts), 24, Decimal("39.50"))
    await with_contracts.run()
    number = client.bill(CONTRACT, TODAY)
    published = await with_contracts.run()
    [contract] = [record for envelope, record in published if envelope.entity == "contract"]
    [invoice] = [record for envelope, record in published if envelope.entity == "contract_invoice"]
    assert contract["billed"]
    assert (invoice["number"], Decimal(invoice["periods"][0]["amount"])) == (number, Decimal("948.00"))
    assert with_contracts.broker.sent[-1].key == f"contract-{contract['contract_id']}".encode()
    assert await with_contracts.run() == []


async def test_a_receipt_and_a_void_arrive(with_contracts: Passes) -> None:
    number = await billed(with_contracts)
    receipt = with_contracts.client.receive(number, Decimal("100.00"))
    [(_, paid)] = await of(with_contracts, "contract_invoice")
    assert [(one["number"], Decimal(one["amount"])) for one in paid["receipts"]] == [
        (receipt, Decimal("100.00"))
    ]
    with_contracts.client.unapply(number)
    assert [record["receipts"] for _, record in await of(with_contracts, "contract_invoice")] == [[]]
    with_contracts.client.void_and_reset(number)
    [(_, void)] = await of(with_contracts, "contract_invoice")
    assert void["void"]
    assert await with_contracts.run() == []


async def test_a_contract_that_is_deleted_becomes_a_deletion(with_contracts: Passes) -> None:
    client = with_contracts.client
    key = client.contract(CONTRACT)["ContractID"]
    client.foreign_sql("DELETE FROM SCContracts WHERE ContractID = ?", key)
    [(envelope, record)] = await of(with_contracts, "contract")
    assert (envelope.action, record["key"]) == ("deleted", str(key))
    assert await of(with_contracts, "contract") == []


async def test_an_old_open_invoice_is_read_and_its_last_state_is_not_missed(with_contracts: Passes) -> None:
    number = await billed(with_contracts)
    with_contracts.client.foreign_sql(
        "UPDATE ARInvoices SET Date = ? WHERE InvoiceNumber = ?", f"{TODAY - timedelta(days=900)}", number
    )
    assert len(await of(with_contracts, "contract_invoice")) == 1
    with_contracts.client.receive(number)
    [(envelope, record)] = await of(with_contracts, "contract_invoice")
    assert (envelope.action, Decimal(record["due"])) == ("changed", Decimal())
    assert await with_contracts.run() == []
    with_contracts.again()
    assert await with_contracts.run() == []


async def test_invoices_settled_long_ago_are_neither_published_nor_deleted(passes: Passes) -> None:
    client = passes.client
    client.add_contract("PROBE", CONTRACT, "MIT", StartDate=FIRST)
    client.set_billing(CONTRACT, "Monthly", FIRST)
    client.add_line(CONTRACT, await item(passes), 24, Decimal("39.50"))
    number = client.bill(CONTRACT, TODAY)
    client.receive(number)
    client.foreign_sql(
        "UPDATE ARInvoices SET Date = ? WHERE InvoiceNumber = ?", f"{TODAY - timedelta(days=500)}", number
    )
    passes.again(contracts=True)
    assert number not in {record.get("number") for _, record in await of(passes, "contract_invoice")}
    passes.again(contract_invoice_days=None)
    assert number in {record["number"] for _, record in await of(passes, "contract_invoice")}
    passes.again(contract_invoice_days=400)
    assert await passes.run() == []
    assert await passes.run() == []
