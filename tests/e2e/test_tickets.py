"""Tickets become service calls (spec/tickets.md), through the running system."""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from services.simulator.eautomate.templates import SERVICE_ITEM
from services.simulator.stage import Stage
from tests.deployment import Deployment, until
from tests.e2e.commands import tandem
from tests.e2e.help_desk import SETTINGS, HelpDesk

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


JUNE, SINCE = date(2026, 6, 1), {"StartDate": date(2026, 1, 1)}
DRAWS = 4
"""The bill code that draws a deposit down."""


@pytest.fixture(scope="module")
def desk(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    """Status mode, calls pending."""
    folder, prefix = tmp_path_factory.mktemp("tickets"), f"tickets{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS) as stage:
        deployment = Deployment(stage)
        stage.run()
        yield HelpDesk(deployment)


@pytest.mark.scenario(72)
@pytest.mark.scenario(96)
def test_a_closed_ticket_with_two_entries_is_one_call_with_two_labour_records(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("7201"), 1.5, 0.5)
    call = desk.called(ticket)
    assert call["Description"] == f"Ticket {ticket}: Printer offline"
    assert call["Status"].strip() == "P"
    assert desk.hours(call) == [Decimal("1.5"), Decimal("0.5")]


@pytest.mark.scenario(79)
def test_a_ticket_that_comes_into_the_right_status_is_picked_up(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("7901"), 1.0, status="In Progress")
    text = desk.outcome(ticket, "skipped").text
    assert "ticket status is selected: seen In Progress, wanted Completed" in text
    desk.edit("ticket", ticket, status={"name": "Completed"})
    desk.called(ticket)


@pytest.mark.scenario(78)
def test_explain_tells_wrong_status_already_there_or_never_seen(desk: HelpDesk) -> None:
    company = desk.customer("7801")
    waiting = desk.ticket(company, 1.0, status="In Progress")
    page = tandem(desk.at.stage, "explain", "ticket", str(waiting))
    assert page.returncode == 0, page.stderr
    assert "In Progress" in page.stdout
    assert "Completed" in page.stdout
    done = desk.ticket(company, 1.0)
    call = desk.called(done)
    told = json.loads(tandem(desk.at.stage, "explain", "ticket", str(done), "--json").stdout)
    assert told["call"] == call["CallNumber"]
    nobody = tandem(desk.at.stage, "explain", "ticket", "999999")
    assert nobody.returncode == 1
    assert "Tandem never saw one" in nobody.stderr
    refused = tandem(desk.at.stage, "tickets", "refresh", "999999", "--why", "it was edited")
    assert refused.returncode == 1
    assert "Tandem knows no ticket 999999" in refused.stderr


@pytest.mark.scenario(83)
def test_a_ticket_without_time_waits_visibly_and_goes_on_once_there_is_time(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("8301"))
    assert "has no time entry" in desk.outcome(ticket, "waiting", "S9").text
    shown = tandem(desk.at.stage, "cases", "show", "ticket", str(ticket))
    assert "S9" in shown.stdout
    desk.time(ticket, 1.0, "2026-11-05T14:00:00Z")
    desk.called(ticket)


@pytest.mark.scenario(86)
@pytest.mark.scenario(87)
def test_the_call_type_is_the_tickets_or_the_default(desk: HelpDesk) -> None:
    company = desk.customer("8601")
    network = desk.called(desk.ticket(company, 1.0, type={"name": "Network"}))
    assert network["CallType"] == "Network"
    other = desk.called(desk.ticket(company, 1.0, type={"name": "Email"}))
    assert other["CallType"] == "CM"


@pytest.mark.scenario(94)
def test_overlapping_entries_both_come_over_with_a_warning(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("9401"), status="In Progress")
    desk.time(ticket, 2.0, "2026-11-05T14:00:00Z")
    desk.time(ticket, 1.0, "2026-11-05T15:00:00Z")
    desk.edit("ticket", ticket, status={"name": "Completed"})
    assert "S15" in desk.outcome(ticket, "applied").text
    assert len(desk.at.people.call_labors(desk.called(ticket)["CallNumber"])) == 2


@pytest.mark.scenario(95)
def test_the_call_of_a_customer_on_hold_is_made_on_hold(desk: HelpDesk) -> None:
    company = desk.customer("9501")
    desk.at.people.put_on_hold("9501")
    call = desk.called(desk.ticket(company, 1.0))
    assert call["Status"].strip() == "H"


@pytest.mark.scenario(90)
@pytest.mark.scenario(93)
def test_the_bill_code_decides_what_is_charged_and_time_that_is_not_charged_costs_nothing(
    desk: HelpDesk,
) -> None:
    company, people = desk.customer("9001"), desk.at.people
    charged = desk.called(desk.ticket(company, 2.0))["CallNumber"]
    ticket = desk.ticket(company, status="In Progress")
    desk.time(ticket, 1.0, "2026-11-05T14:00:00Z", billableOption="NoCharge")
    desk.edit("ticket", ticket, status={"name": "Completed"})
    free = desk.called(ticket)["CallNumber"]
    [labor] = people.call_labors(charged)
    assert labor["LaborOverride"] is None
    amounts = {}
    for number in (charged, free):
        people.ok_to_bill(number)
        amounts[number] = Decimal(str(people.invoice(people.invoice_call(number))["Total"]))
    [rate] = {Decimal(str(one["LaborRate"])) for one in people.call_labors(charged)}
    assert rate > 0
    assert amounts == {charged: 2 * rate, free: Decimal(0)}


def test_time_added_to_a_ticket_that_is_a_call_is_listed_in_hours_and_money(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("2201"), 1.0)
    call = desk.called(ticket)
    desk.time(ticket, 0.5, "2026-11-08T14:00:00Z", hourlyRate=120)
    desk.time(ticket, 0.25, "2026-11-09T14:00:00Z", hourlyRate=120)
    shown = tandem(desk.at.stage, "tickets", "late")
    assert shown.returncode == 0, shown.stderr
    [line] = [line for line in shown.stdout.splitlines() if line.split()[:1] == [str(ticket)]]
    assert call["CallNumber"] in line
    assert line.split()[-3:] == ["2", "0.75", "90.00"]
    assert desk.hours(call) == [Decimal(1)]


def test_an_unmapped_company_waits_and_its_link_heals_it(desk: HelpDesk) -> None:
    company = desk.company("7301")
    ticket = desk.ticket(company, 1.0)
    text = desk.outcome(ticket, "waiting", "S1").text
    assert "has no customer in e-automate" in text
    desk.at.add_customer("7301", "Customer 7301", configured=False)
    done = tandem(
        desk.at.stage, "links", "link", "customer-company", "7301", str(company), "--why", "the same", "--yes"
    )
    assert done.returncode == 0, done.stderr
    desk.called(ticket)


def test_a_ticket_may_be_pointed_to_another_customer_and_one_may_be_ignored(desk: HelpDesk) -> None:
    stray, other = desk.company("7302"), desk.customer("7303")
    assert other
    ticket, ignored = desk.ticket(stray, 1.0), desk.ticket(stray, 2.0)
    desk.outcome(ticket, "waiting", "S1")
    desk.outcome(ignored, "waiting", "S1")
    pointed = tandem(
        desk.at.stage, "tickets", "re-point", str(ticket), "--customer", "7303", "--why", "wrong company"
    )
    assert pointed.returncode == 0, pointed.stdout + pointed.stderr
    assert desk.called(ticket)["CustomerNumber"] == "7303"
    told = tandem(desk.at.stage, "tickets", "ignore", str(ignored), "--why", "by mistake")
    assert told.returncode == 0, told.stdout + told.stderr
    listed = tandem(desk.at.stage, "tickets", "ls").stdout
    [line] = [line for line in listed.splitlines() if line.split()[:1] == [str(ignored)]]
    assert "ignored by" in line
    assert desk.calls(ignored) == []


def test_of_two_calls_that_carry_the_number_a_person_links_one_and_may_unlink_it(desk: HelpDesk) -> None:
    company = desk.customer("1701")
    ticket = desk.ticket(company, 1.0, status="In Progress")
    desk.outcome(ticket, "skipped")
    first, second = (desk.at.people.add_call("1701", "CM", f"Ticket {ticket}: entered by hand") for _ in "12")
    desk.edit("ticket", ticket, status={"name": "Completed"})
    assert f"calls {first}, {second} all carry" in desk.outcome(ticket, "rejected", "S17").text
    linked = tandem(
        desk.at.stage, "links", "link", "ticket-call", str(ticket), second, "--why", "the later one", "--yes"
    )
    assert linked.returncode == 0, linked.stderr
    assert "nothing is added to it" in desk.outcome(ticket, "applied").text
    shown = tandem(desk.at.stage, "links", "ls", "--kind", "ticket-call", "--left", str(ticket)).stdout
    assert second in shown
    assert "Printer offline" in shown
    assert desk.at.people.call_labors(second) == []
    ended = tandem(
        desk.at.stage, "links", "unlink", "ticket-call", str(ticket), "--why", "another after all", "--yes"
    )
    assert ended.returncode == 0, ended.stderr
    until(
        lambda: "ignored by" in tandem(desk.at.stage, "tickets", "ls").stdout, "it is left alone", every=0.5
    )
    assert len(desk.calls(ticket)) == 2


def agreement(desk: HelpDesk, company: int, kind: str, contract: str) -> int:
    """An agreement that somebody linked to a contract; its RecID."""
    contact = desk.entered("contact", firstName="Ann", lastName="Payer", company={"id": company})
    made = desk.entered(
        "agreement", name=f"Care {contract}", type={"name": kind}, company={"id": company}, contact={"id": contact},
        startDate="2026-01-01T00:00:00Z", noEndingDateFlag=True,
    )  # fmt: skip
    linked = tandem(
        desk.at.stage, "links", "link", "agreement-contract", str(made), contract, "--why", "leased", "--yes"
    )
    assert linked.returncode == 0, linked.stderr
    return made


@pytest.mark.scenario(5)
def test_a_ticket_on_a_linked_agreement_takes_its_contract(desk: HelpDesk) -> None:
    company, people = desk.customer("0501"), desk.at.people
    for number in ("CN0501-01", "CN0501-02"):
        people.add_contract("0501", number, "MIT", **SINCE)
        people.add_line(number, SERVICE_ITEM, 1, 0)
    care = agreement(desk, company, "Managed Services", "CN0501-02")
    call = desk.called(desk.ticket(company, 1.0, agreement={"id": care}))
    assert call["ContractNumber"] == "CN0501-02"


@pytest.mark.scenario(140)
def test_a_ticket_on_a_block_of_time_draws_its_deposit_down(desk: HelpDesk) -> None:
    company, people = desk.customer("1401"), desk.at.people
    people.add_contract("1401", "CN1401-01", "MIT", TimeBlockBased=1, BillCodeID=DRAWS, **SINCE)
    people.set_billing("CN1401-01", "One Time", JUNE, BaseRate=Decimal(500))
    people.bill("CN1401-01", JUNE)
    block = agreement(desk, company, "Block Time", "CN1401-01")
    call = desk.called(desk.ticket(company, 3.0, agreement={"id": block}))
    assert call["ContractNumber"] == "CN1401-01"
    people.ok_to_bill(call["CallNumber"])
    invoice = people.invoice(people.invoice_call(call["CallNumber"]))
    [labor] = people.call_labors(call["CallNumber"])
    worth = 3 * Decimal(str(labor["LaborRate"]))
    assert 0 < worth < 500
    assert Decimal(str(invoice["Total"])) == 0
    assert Decimal(str(people.contract("CN1401-01")["UnearnedBalance"])) == 500 - worth
