from typing import Any

import pytest

from shared.events.agreements import Invoice
from shared.events.envelope import Envelope
from shared.events.service_invoices import ServiceInvoice
from tests.contract.connectwise.work import Work
from tests.contract.connectwise_connector.conftest import Passes

APPROVED = 2


@pytest.fixture
async def work(passes: Passes) -> Work:
    passes.again(tickets=True, service_invoices=True, ticket_compare_seconds=0)
    work = Work(passes.control)
    await work.open_desk()
    return work


async def run(passes: Passes) -> list[tuple[Envelope, dict[str, Any]]]:
    return await passes.run(ServiceInvoice.ENTITY)


async def billed(passes: Passes, work: Work) -> int:
    """An invoice of a ticket that was published."""
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    bill = await work.invoice(ticket=key)
    assert [envelope.subject for envelope, _ in await run(passes)] == [str(bill)]
    await passes.later(seconds=5)
    await passes.run()
    return bill


async def test_invoices_of_work_and_of_agreements_go_their_own_ways(passes: Passes, work: Work) -> None:
    company = await work.company("Acme")
    agreed = await work.bill(await work.agreement(company), date="2026-03-01")
    key = await work.ticket(company)
    await work.time(key)
    bill = await work.invoice(ticket=key)
    await passes.run()
    sent = {
        entity: [envelope.subject for envelope in passes.broker.envelopes() if envelope.entity == entity]
        for entity in (Invoice.ENTITY, ServiceInvoice.ENTITY)
    }
    assert sent == {Invoice.ENTITY: [str(agreed)], ServiceInvoice.ENTITY: [str(bill)]}
    assert await run(passes) == []
    passes.again()
    assert await run(passes) == []


async def test_a_change_arrives_once_with_the_time_it_bills(passes: Passes, work: Work) -> None:
    bill = await billed(passes, work)
    await work.edit("invoice", bill, status={"id": APPROVED})
    [(_, body)] = await run(passes)
    changed = ServiceInvoice.model_validate(body)
    assert (changed.status and changed.status.name, len(changed.tickets[0].time)) == ("Approved", 1)
    assert await run(passes) == []


async def test_a_payment_is_no_change(passes: Passes, work: Work) -> None:
    bill = await billed(passes, work)
    await passes.control.post("knobs", {"payments_bump_invoice": True})
    await passes.client.post(
        f"/finance/invoices/{bill}/payments", {"type": "P", "amount": 10, "invoice": {"id": bill}}
    )
    assert await run(passes) == []


async def test_billed_time_that_changes_arrives_with_its_invoice(passes: Passes, work: Work) -> None:
    bill = await billed(passes, work)
    [entry] = await passes.client.list("/time/entries", conditions=f"invoice/id={bill}", fields=("id",))
    await work.edit("timeEntry", int(entry["id"]), notes="Replaced both switches.")
    [(_, body)] = await run(passes)
    assert ServiceInvoice.model_validate(body).tickets[0].time[0].notes == "Replaced both switches."
    assert await run(passes) == []


async def test_a_deleted_invoice_is_a_deletion_and_its_ticket_is_as_before(
    passes: Passes, work: Work
) -> None:
    bill = await billed(passes, work)
    await work.delete("invoice", bill)
    [(envelope, _)] = await run(passes)
    assert (envelope.action, envelope.subject) == ("deleted", str(bill))
    assert await run(passes) == []


async def test_an_invoice_without_its_shape_travels(passes: Passes, work: Work) -> None:
    odd = {
        "id": 40_001,
        "date": "2026-03-02T00:00:00Z",
        "type": "Standard",
        "company": {"id": await work.company("Acme")},
        "subtotal": "a lot",
    }
    await passes.control.post("seed", {"invoice": [odd]})
    [(envelope, body)] = await run(passes)
    assert (envelope.subject, body["subtotal"]) == ("40001", "a lot")
    assert await run(passes) == []


async def test_without_the_rights_tickets_go_on_and_invoices_follow_when_they_are_given(
    passes: Passes, work: Work
) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    await work.invoice(ticket=key)
    await passes.control.post("role", {"rights": {"Invoicing": {"inquire": "None"}}})
    assert await run(passes) == []
    assert "ticket" in {envelope.entity for envelope in passes.broker.envelopes()}
    await passes.control.post("role", {"rights": {"Invoicing": {"inquire": "All"}}})
    assert len(await run(passes)) == 1
