"""Which contract a ticket's call is on (spec/tickets.md 8.6), through the running system."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from decimal import Decimal

import pytest

from services.simulator.eautomate.templates import SERVICE_ITEM
from services.simulator.stage import Stage
from tests.deployment import Deployment
from tests.e2e.commands import tandem
from tests.e2e.help_desk import SETTINGS, HelpDesk

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

JUNE = date(2026, 6, 1)
DRAWS = 4
"""The bill code that draws a deposit down."""
SINCE = {"StartDate": date(2026, 1, 1)}

Opened = Callable[..., AbstractContextManager[HelpDesk]]


@pytest.fixture(scope="module")
def opened(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    @contextmanager
    def opened(**more: str) -> Iterator[HelpDesk]:
        folder, prefix = tmp_path_factory.mktemp("contracts"), f"contracts{uuid.uuid4().hex[:8]}"
        with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS | more) as stage:
            deployment = Deployment(stage)
            stage.run()
            yield HelpDesk(deployment)

    return opened


@pytest.fixture(scope="module")
def desk(opened: Opened) -> Iterator[HelpDesk]:
    """ID964 and ID965 are both enabled."""
    with opened() as desk:
        yield desk


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


@pytest.mark.scenario(6)
@pytest.mark.scenario(83)
def test_without_the_agreements_process_the_only_contract_is_used_and_time_need_not_be_there(
    opened: Opened,
) -> None:
    alone = {"TANDEM_PROCESSES__ENABLED": "ID747,ID965", "TANDEM_SERVICE_SYNC__REQUIRE_TIME": "No"}
    with opened(**alone) as desk:
        company, people = desk.customer("0601"), desk.at.people
        people.add_contract("0601", "CN0601-01", "MIT", **SINCE)
        people.add_line("CN0601-01", SERVICE_ITEM, 1, 0)
        call = desk.called(desk.ticket(company, 1.0))
        assert (call["ContractNumber"], call["Status"].strip()) == ("CN0601-01", "P")
        bare = desk.called(desk.ticket(company))
        assert people.call_labors(bare["CallNumber"]) == []
