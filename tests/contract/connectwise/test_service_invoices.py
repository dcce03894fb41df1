from decimal import Decimal

import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import UnauthorizedError
from shared.connectwise.service_invoices import ServiceInvoices
from shared.connectwise.ticket_rows import SERVICE
from shared.connectwise.tickets import Tickets
from shared.events.service_invoices import ServiceInvoice
from tests.contract.connectwise.conftest import Control
from tests.contract.connectwise.work import Work


@pytest.fixture
async def work(control: Control) -> Work:
    work = Work(control)
    await work.open_desk()
    await work.open_projects()
    return work


@pytest.fixture
def invoices(client: ConnectWise) -> ServiceInvoices:
    return ServiceInvoices(client, Tickets(client))


async def one(invoices: ServiceInvoices, key: int) -> ServiceInvoice:
    [found] = await invoices.by_ids([key])
    return found


async def test_a_tickets_invoice_carries_the_ticket_with_the_time_it_bills(
    invoices: ServiceInvoices, work: Work
) -> None:
    company = await work.company("Acme", territory={"id": 38})
    key = await work.ticket(company, initialDescription="It is dark")
    billed = await work.time(key)
    first = await work.invoice(ticket=key)
    later = await work.time(key, "0.50", "2026-03-20T09:00:00Z")
    second = await work.invoice("2026-03-25", ticket=key)
    found = await one(invoices, first)
    assert (found.type, found.applyToType, found.applyToId, found.companyTerritory) == (
        "Standard",
        "Ticket",
        key,
        "North Region",
    )
    [ticket] = found.tickets
    assert (ticket.id, ticket.recordType, ticket.companyTerritory, ticket.notes) == (
        key,
        "ServiceTicket",
        "North Region",
        (),
    )
    assert [entry.id for entry in ticket.time] == [billed]
    assert ticket.time[0].invoice is not None
    assert ticket.time[0].invoice.id == first
    amounts = [entry.extendedInvoiceAmount or Decimal() for entry in ticket.time]
    assert sum(amounts) == found.serviceTotal == found.subtotal
    assert [entry.id for entry in (await one(invoices, second)).tickets[0].time] == [later]
    assert "difficult" not in found.value().decode()


async def test_a_projects_invoice_carries_its_tickets_by_number_with_their_phase(
    invoices: ServiceInvoices, work: Work
) -> None:
    project, phase = await work.phase(await work.company("Acme"))
    one_ticket, other = [await work.project_ticket(project, phase) for _ in range(2)]
    for key, hours in ((other, "2.00"), (one_ticket, "1.00"), (other, "3.00")):
        await work.time(key, hours, kind="ProjectTicket")
    found = await one(invoices, await work.invoice(project=project))
    assert (found.applyToType, found.project and found.project.id) == ("Project", project)
    assert [(ticket.id, ticket.recordType, len(ticket.time)) for ticket in found.tickets] == [
        (one_ticket, "ProjectTicket", 1),
        (other, "ProjectTicket", 2),
    ]
    assert {ticket.phase.name for ticket in found.tickets if ticket.phase} == {"Cutover"}


async def test_a_fixed_fee_keeps_the_time_it_pays_for(invoices: ServiceInvoices, work: Work) -> None:
    project, phase = await work.phase(await work.company("Acme"))
    await work.edit("projectPhase", phase, billingMethod="FixedFee", billingAmount=5000)
    key = await work.project_ticket(project, phase)
    await work.time(key, "2.00", kind="ProjectTicket")
    found = await one(invoices, await work.invoice(phase=phase))
    assert (found.serviceTotal, found.phase and found.phase.id) == (Decimal("5000.00"), phase)
    [ticket] = found.tickets
    assert [entry.extendedInvoiceAmount for entry in ticket.time] == [Decimal("0.00")]


async def test_each_way_of_asking_gives_the_same_invoice(invoices: ServiceInvoices, work: Work) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    bill = await work.invoice(ticket=key)
    listed = await one(invoices, bill)
    ways = [await invoices.fresh(bill), await invoices.by_number(f" {listed.invoiceNumber} ")]
    assert [way.content_hash() for way in ways if way] == [listed.content_hash()] * 2
    assert await invoices.by_ids([999_999]) == []
    assert await invoices.fresh(999_999) is None
    assert await invoices.by_number("none") is None
    assert await invoices.by_number('it\'s "quoted"') is None


async def test_a_ticket_that_may_not_be_read_is_known_by_number_and_kind(
    work: Work, client: ConnectWise
) -> None:
    project, phase = await work.phase(await work.company("Acme"))
    key = await work.project_ticket(project, phase)
    await work.time(key, kind="ProjectTicket")
    bill = await work.invoice(project=project)
    of_service = ServiceInvoices(client, Tickets(client, (SERVICE,)))
    [ticket] = (await one(of_service, bill)).tickets
    assert (ticket.id, ticket.recordType, ticket.summary, len(ticket.time)) == (key, "ProjectTicket", "", 1)


async def test_a_miscellaneous_invoice_has_no_ticket(invoices: ServiceInvoices, work: Work) -> None:
    company = await work.company("Acme")
    key = await work.make("invoice", type="Miscellaneous", company={"id": company})
    found = await one(invoices, key)
    assert (found.type, found.tickets) == ("Miscellaneous", ())


async def test_many_invoices_cost_a_request_each_kind(
    invoices: ServiceInvoices, work: Work, control: Control
) -> None:
    bills = []
    for number in range(30):
        key = await work.ticket(await work.company(f"Acme{number}"))
        await work.time(key)
        bills.append(await work.invoice(ticket=key))
    await invoices.by_ids(bills[:1])
    await control.forget()
    found = await invoices.by_ids(bills)
    assert [len(invoice.tickets[0].time) for invoice in found] == [1] * 30
    assert len(await control.requests()) <= 4


@pytest.mark.parametrize("empty", [False, True])
async def test_without_the_right_to_time_no_invoice_is_made_up(
    invoices: ServiceInvoices, work: Work, control: Control, empty: bool
) -> None:
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    bill = await work.invoice(ticket=key)
    await control.post("knobs", {"denied_lists_are_empty": empty})
    await control.post("role", {"rights": {"Time Entry": {"inquire": "None"}}})
    with pytest.raises(UnauthorizedError):
        await invoices.fresh(bill)
