"""Calls the port writes, invoiced by people in the stand-in; SQLite whatever the URL."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import url
from services.simulator.eautomate.seed import seed
from shared.config import EAutomateSettings
from shared.eautomate.call_rows import CallFields, LaborFields, Period
from shared.eautomate.errors import RecordLocked
from shared.eautomate.port import EAutomate
from shared.events.calls import Call

NINE = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A desk at a small dealer."""
    seed(tmp_path / "ea.db", customers=5, locations=2)
    desk = Client(tmp_path / "ea.db")
    desk.add_customer("AB00", "Abel Baker", Taxable=0)
    desk.add_agent("T7", "Tom", "Reed")
    return desk


@pytest.fixture
async def port(client: Client) -> AsyncIterator[EAutomate]:
    """The port to that dealer."""
    port = EAutomate.open(EAutomateSettings(url=SecretStr(url(client.path))))
    await port.create_ledger()
    yield port
    await port.close()


async def _id(port: EAutomate, kind: str, code: str) -> int:
    [found] = [one.id for one in await port.codes(kind) if one.code.casefold() == code.casefold()]  # type: ignore[arg-type]
    return found


async def _make(port: EAutomate, override: Decimal | None = None, status: str = "OKB") -> Call:
    """A call of an hour and a half of remote work, time and material."""
    customer = await port.customer_by_number("AB00")
    [technician] = (await port.agents_by_numbers(["T7"]))["t7"]
    assert customer is not None
    assert technician.technician
    header: CallFields = {
        "customer_id": customer.customer_id,
        "call_type_id": await _id(port, "call_type", "Network"),
        "bill_code_id": await _id(port, "bill_code", "TM"),
        "status": status,
        "date": NINE,
        "description": "Ticket 60211: switch",
        "po_number": "1001",
    }
    hours: LaborFields = {
        "technician_id": technician.agent_id,
        "activity_code_id": await _id(port, "activity_code", "REMOTE"),
        "arrived": NINE,
        "departed": NINE + timedelta(minutes=90),
        "labor_hours": Decimal("1.5"),
        "labor_override": override,
    }
    async with port.transaction("ID965", "ticket/60211", 1, area="calls") as work:
        key, _ = await work.create_call(header)
        await work.add_labor(key, hours)
    return (await port.calls_by_id([key]))[key]


async def test_a_call_made_by_the_port_is_invoiced_by_its_bill_code(port: EAutomate, client: Client) -> None:
    call = await _make(port)

    number = client.invoice_call(call.number)

    after = (await port.calls_by_id([call.call_id]))[call.call_id]
    assert (after.status, after.invoice_id) == (
        "I",
        (await port.invoice_numbers([number]))[number.casefold()],
    )
    assert client.preview_call(call.number).amount == Decimal("180.00")
    assert after.labors[0].labor_rate == Decimal(120)


async def test_an_amount_that_overrides_is_kept_by_the_task_and_lost_by_a_person(
    port: EAutomate, client: Client
) -> None:
    call = await _make(port, override=Decimal("99.50"))
    assert client.preview_call(call.number).amount == Decimal("99.50")

    client.save_call(call.number)

    after = (await port.calls_by_id([call.call_id]))[call.call_id]
    assert after.labors[0].labor_override is None
    assert client.preview_call(call.number).amount == Decimal("180.00")
    assert after.content_hash() != call.content_hash()


async def test_a_call_somebody_has_open_waits_until_it_is_closed(port: EAutomate, client: Client) -> None:
    call = await _make(port)
    client.open_call(call.number)
    with pytest.raises(RecordLocked):
        async with port.transaction("ID965", "ticket/60211", 2, area="calls") as work:
            await work.set_call_status(call.call_id, "P", None)
    client.close_call(call.number)
    async with port.transaction("ID965", "ticket/60211", 2, area="calls") as work:
        assert await work.set_call_status(call.call_id, "P", None)


async def test_people_hold_and_release_what_the_port_holds(port: EAutomate, client: Client) -> None:
    call = await _make(port, status="P")
    codes = {one.code: one.id for one in await port.codes("call_hold_code")}
    async with port.transaction("ID912", f"call/{call.call_id}", 1, area="calls") as work:
        await work.hold_call(call.call_id, codes["CWMOVED"], call.row_version)
        await work.append_note(call.call_id, "Ticket 60300", None)
    held = (await port.calls_by_id([call.call_id]))[call.call_id]
    assert (held.status, held.on_hold_code, held.notes) == ("H", "CWMOVED", "Ticket 60300")

    client.release_call(call.number)

    released = (await port.calls_by_id([call.call_id]))[call.call_id]
    assert (released.status, released.on_hold_code) == ("P", "CWMOVED")


async def test_people_and_the_port_draw_numbers_from_one_series(port: EAutomate, client: Client) -> None:
    theirs = int(client.add_call("AB00", "CM", "Printer"))
    ours = int((await _make(port)).number)
    again = int(client.add_call("AB00", "CM", "Printer"))
    assert [ours, again] == [theirs + 1, theirs + 2]


async def test_a_period_somebody_closes_is_told(port: EAutomate, client: Client) -> None:
    client.close_period(date(2026, 3, 1))
    found = await port.closed_periods()
    assert found is not None
    assert found[-1] == Period(date(2026, 3, 1), date(2026, 3, 31))
    client.open_period(date(2026, 3, 1))
    assert Period(date(2026, 3, 1), date(2026, 3, 31)) not in (await port.closed_periods() or [])


async def test_the_database_of_a_dealer_is_as_defined(port: EAutomate) -> None:
    assert await port.differences("calls") == []
