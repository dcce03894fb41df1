"""Invoice-only mode of tickets (spec/tickets.md 8.2), through the running system."""

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

BY_INVOICE = {
    **SETTINGS,
    "TANDEM_PROCESSES__ENABLED": "ID747,ID965",
    "TANDEM_SERVICE_SYNC__SYNC_MODE": "invoice only",
    "TANDEM_SERVICE_SYNC__INVOICE_STATUSES": "Sent",
}


@pytest.fixture(scope="module")
def desk(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpDesk]:
    folder, prefix = tmp_path_factory.mktemp("invoices"), f"invoices{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=BY_INVOICE) as stage:
        deployment = Deployment(stage)
        stage.run()
        yield HelpDesk(deployment)


def test_each_invoice_brings_a_call_with_the_time_it_bills_and_explain_tells_of_all(desk: HelpDesk) -> None:
    ticket = desk.ticket(desk.customer("7211"), 1.5)
    desk.billed(ticket)
    until(lambda: len(desk.calls(ticket)) == 1, "the first invoice has its call", every=0.3)
    desk.time(ticket, 0.25, "2026-11-09T14:00:00Z")
    last = desk.billed(ticket)
    until(lambda: len(desk.calls(ticket)) == 2, "the second has another one", every=0.3)
    first, second = desk.calls(ticket)
    assert (desk.hours(first), desk.hours(second)) == ([Decimal("1.5")], [Decimal("0.25")])
    assert ", 2 of 2)" in second["Description"]
    until(lambda: desk.at.outcomes(f"connectwise/ticket/{ticket}@{last}"), "it is told", every=0.3)
    told = json.loads(tandem(desk.at.stage, "explain", "ticket", str(ticket), "--json").stdout)
    assert told["text"].startswith("sync_mode is invoice only")
    assert [one["tickets"][0]["so_far"] for one in told["invoices"]] == [
        f"call {first['CallNumber']} was made of it",
        f"call {second['CallNumber']} was made of it",
    ]
    page = tandem(desk.at.stage, "explain", "ticket", str(ticket))
    assert page.returncode == 0, page.stderr
    assert f"call {second['CallNumber']} was made of it" in page.stdout


def test_preview_shows_what_an_invoice_would_bring_over(desk: HelpDesk) -> None:
    stray = desk.ticket(desk.company("7212"), 1.0)
    desk.billed(stray, "New")
    shown = tandem(
        desk.at.stage,
        "preview",
        "ID965",
        "--only",
        str(stray),
        "--set",
        "invoice_statuses=New,Sent",
        "--json",
    )
    assert shown.returncode == 0, shown.stderr
    assert '"S1"' in shown.stdout


@pytest.mark.scenario(6)
def test_without_the_agreements_process_the_customers_only_contract_is_used(desk: HelpDesk) -> None:
    company, people = desk.customer("0601"), desk.at.people
    people.add_contract("0601", "CN0601-01", "MIT", StartDate=date(2026, 1, 1))
    people.add_line("CN0601-01", SERVICE_ITEM, 1, 0)
    ticket = desk.ticket(company, 1.0)
    desk.billed(ticket)
    until(lambda: desk.calls(ticket), "the call is there", every=0.3)
    [call] = desk.calls(ticket)
    assert call["ContractNumber"] == "CN0601-01"
