"""Contracts the port writes, billed by people in the stand-in; SQLite whatever the URL."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import url
from services.simulator.eautomate.seed import seed
from shared.config import EAutomateSettings
from shared.eautomate.contract_rows import ContractFields
from shared.eautomate.port import EAutomate
from shared.events.contracts import Contract, ContractInvoice

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
MAJOR = "**CW Managed Services"


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A desk at a small dealer."""
    seed(tmp_path / "ea.db", customers=5, locations=2)
    desk = Client(tmp_path / "ea.db")
    desk.add_customer("AB00", "Abel Baker", Taxable=0)
    return desk


@pytest.fixture
async def port(client: Client) -> AsyncIterator[EAutomate]:
    """The port to that dealer."""
    port = EAutomate.open(EAutomateSettings(url=SecretStr(url(client.path))))
    await port.create_ledger()
    yield port
    await port.close()


async def _make(port: EAutomate) -> Contract:
    """A contract made ready for May: 500.00 base and 3 seats of 8.333333."""
    [template] = (await port.contract_templates([MAJOR]))[MAJOR.casefold()]
    customer = await port.customer_by_number("AB00")
    assert customer is not None
    items = await port.items_by_numbers(["**CWBase Managed Services", "**CW Agreement Seat"])
    [monthly] = [cycle for cycle in await port.billing_cycles() if (cycle.days, cycle.months) == (0, 1)]
    fields: ContractFields = {
        "customer_id": customer.customer_id,
        "bill_to_id": customer.customer_id,
        "start_date": MAY,
        "billing_cycle_id": monthly.id,
        "base_billing_start_date": MAY,
        "base_next_billing_date": MAY,
        "bill": True,
        "sum_individual_base_rates": True,
        "po_number": "1001",
        "taxable": False,
    }
    async with port.transaction("ID964", "invoice/55", 1, area="contracts") as work:
        key, _ = await work.clone_contract(template, fields, "CW-")
        seats = await work.create_item(items["**cw agreement seat"], "SEAT", "A seat", None)
        for item, quantity, unit in (
            (items["**cwbase managed services"].item_id, "1", "500"),
            (seats, "3", "8.333333"),
        ):
            await work.add_line(
                key,
                {
                    "item_id": item,
                    "quantity": Decimal(quantity),
                    "unit_base_rate": Decimal(unit),
                    "start_date": MAY,
                    "bill_start_date": MAY,
                },
            )
    return (await port.contracts_by_id([key]))[key]


async def _invoices(port: EAutomate, contract: Contract) -> list[ContractInvoice]:
    return (await port.invoices_of_contracts([contract.contract_id])).get(contract.contract_id, [])


async def test_a_contract_made_by_the_port_is_billed_to_the_cent(port: EAutomate, client: Client) -> None:
    contract = await _make(port)

    assert contract.number in {due.number for due in client.billing_queue(MAY)}
    number = client.bill(contract.number, MAY)

    [invoice] = await _invoices(port, contract)
    assert (invoice.number, invoice.po_number) == (number, "1001")
    assert sum(period.amount for period in invoice.periods) == Decimal("525.00")
    assert {(period.from_date, period.to_date) for period in invoice.periods} == {
        (MAY, JUNE - timedelta(days=1))
    }
    after = (await port.contracts_by_id([contract.contract_id]))[contract.contract_id]
    assert (after.billed, after.base_billed_thru_date) == (True, JUNE - timedelta(days=1))
    assert {line.base_billed_thru_date for line in after.lines} == {JUNE - timedelta(days=1)}
    assert await port.invoice_numbers([number]) == {number.casefold(): invoice.invoice_id}


async def test_a_void_and_reset_opens_the_period_again(port: EAutomate, client: Client) -> None:
    contract = await _make(port)
    first = client.bill(contract.number, MAY)

    client.void_and_reset(first)

    [void] = await _invoices(port, contract)
    assert void.void
    assert all(period.void for period in void.periods)
    opened = (await port.contracts_by_id([contract.contract_id]))[contract.contract_id]
    assert (opened.billed, opened.base_billed_thru_date) == (False, None)
    async with port.transaction("ID964", "invoice/55", 2, area="contracts") as work:
        assert not await work.remove_line(opened.lines[1].contract_detail_id)
    client.bill(contract.number, MAY)
    again = (await _invoices(port, contract))[-1]
    assert sum(period.amount for period in again.periods) == Decimal("500.00")


async def test_an_invoice_renamed_and_paid_is_told_so(port: EAutomate, client: Client) -> None:
    contract = await _make(port)
    client.bill(contract.number, MAY)
    [invoice] = await _invoices(port, contract)
    async with port.transaction("ID964", "invoice/55", 2, area="contracts") as work:
        await work.rename_invoice(invoice.invoice_id, "1001", invoice.row_version)
    stamp = (await _invoices(port, contract))[0].children_stamp

    client.receive("1001")

    [paid] = await _invoices(port, contract)
    assert (paid.number, paid.due, paid.received) == ("1001", Decimal(0), invoice.total)
    assert paid.children_stamp != stamp


async def test_a_contract_somebody_has_open_waits_until_it_is_closed(port: EAutomate, client: Client) -> None:
    contract = await _make(port)
    client.open_contract(contract.number)
    assert (await port.contracts_by_id([contract.contract_id]))[contract.contract_id].locks == 1
    client.close_contract(contract.number)
    assert (await port.contracts_by_id([contract.contract_id]))[contract.contract_id].locks == 0


async def test_people_and_the_port_draw_numbers_from_one_series(port: EAutomate, client: Client) -> None:
    theirs = client.next_contract_number()
    ours = (await _make(port)).number
    assert int("".join(filter(str.isdigit, ours.removesuffix("-01")))) > int(
        "".join(filter(str.isdigit, theirs.partition("-")[0]))
    )
    client.add_contract("AB00", client.next_contract_number(), "MIT")
