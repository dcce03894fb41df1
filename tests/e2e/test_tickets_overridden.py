"""Calls with ConnectWise's amounts, OK to invoice, of one type (spec/tickets.md 8.2, 8.5, 8.7): the running system."""

import uuid
from collections.abc import Iterator
from decimal import Decimal

import pytest

from services.simulator.stage import Stage
from tests.deployment import Deployment, until
from tests.e2e.commands import tandem
from tests.e2e.help_desk import SETTINGS, HelpDesk

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

OVERRIDDEN = {
    **SETTINGS,
    "TANDEM_SERVICE_SYNC__CALL_STATUS": "OKB",
    "TANDEM_SERVICE_SYNC__OVERRIDE_BILLING": "Yes",
    "TANDEM_SERVICE_SYNC__ALWAYS_DEFAULT_CALL_TYPE": "Yes",
}


@pytest.fixture(scope="module")
def desk(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    folder, prefix = tmp_path_factory.mktemp("overridden"), f"overridden{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=OVERRIDDEN) as stage:
        deployment = Deployment(stage)
        stage.run()
        yield HelpDesk(deployment)


def partly_covered(desk: HelpDesk, number: str) -> int:
    """A ticket with 1.5 h at 120 of which an agreement covers 0.5 h."""
    company = desk.customer(number)
    contact = desk.entered("contact", firstName="Ann", lastName="Payer", company={"id": company})
    block = desk.entered(
        "agreement", name=f"Hours {number}", type={"name": "Recurring Block"},
        company={"id": company}, contact={"id": contact},
        startDate="2026-11-01T00:00:00Z", noEndingDateFlag=True, applicationUnits="Hours", applicationLimit=0.5,
    )  # fmt: skip
    ticket = desk.ticket(company, status="In Progress", agreement={"id": block})
    desk.time(ticket, 1.5, "2026-11-05T14:00:00Z", hourlyRate=120)
    desk.edit("ticket", ticket, status={"name": "Completed"})
    return ticket


@pytest.mark.scenario(82)
def test_a_ticket_without_time_makes_no_call_that_is_ok_to_invoice(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("8201"))
    desk.outcome(ticket, "waiting", "S9")
    assert str(ticket) in tandem(desk.at.stage, "cases", "ls").stdout
    assert desk.calls(ticket) == []


@pytest.mark.scenario(88)
def test_every_call_has_the_default_type(desk: HelpDesk) -> None:
    call = desk.called(desk.ticket(desk.customer("8801"), 1.0, type={"name": "Network"}))
    assert call["CallType"] == "CM"


@pytest.mark.scenario(91)
def test_only_hours_the_agreement_does_not_cover_are_invoiced(desk: HelpDesk) -> None:
    ticket = partly_covered(desk, "9101")
    call = desk.called(ticket)
    assert call["Status"].strip() == "OKB"
    [labor] = desk.at.people.call_labors(call["CallNumber"])
    assert Decimal(str(labor["LaborOverride"])) == Decimal("120.00")
    invoices = [desk.at.people.invoice(number) for number in desk.at.people.invoice_calls()]
    [mine] = [invoice for invoice in invoices if invoice["CustomerID"] == call["CustomerID"]]
    assert Decimal(str(mine["Total"])) == Decimal("120.00")


@pytest.mark.scenario(92)
def test_a_call_on_which_somebody_pressed_ok_is_taken_off_okb_with_a_case_and_can_be_restored(
    desk: HelpDesk,
) -> None:
    ticket = partly_covered(desk, "9201")
    number = desk.called(ticket)["CallNumber"]
    people = desk.at.people
    people.save_call(number)
    until(lambda: people.call(number)["Status"].strip() == "P", "it is taken off OKB", every=0.2)
    until(lambda: "S26" in tandem(desk.at.stage, "cases", "ls").stdout, "a case is open", every=0.5)
    restored = tandem(desk.at.stage, "tickets", "restore", str(ticket), "--why", "ours are right")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert people.call(number)["Status"].strip() == "OKB"
    [labor] = people.call_labors(number)
    assert Decimal(str(labor["LaborOverride"])) == Decimal("120.00")
    until(lambda: "S26" not in tandem(desk.at.stage, "cases", "ls").stdout, "the case heals", every=0.5)
