from decimal import Decimal

import pytest

from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import NotFoundError, RefusedError
from shared.connectwise.invoice_writes import AgreementWrites, FieldMissingError, StatusMissingError
from tests.contract.connectwise.billing import Billing
from tests.contract.connectwise.conftest import Control

CONTRACT = "ZCJ_ContractNumber"
CLOSED = 4


@pytest.fixture
def writes(client: ConnectWise) -> AgreementWrites:
    return AgreementWrites(client)


@pytest.fixture
def billing(control: Control) -> Billing:
    return Billing(control)


@pytest.fixture
async def agreement(billing: Billing) -> int:
    return await billing.agreement(await billing.company("Acme"))


@pytest.fixture
async def invoice(billing: Billing, agreement: int) -> int:
    return await billing.bill(agreement)


async def held(client: ConnectWise, path: str, caption: str) -> str:
    record = await client.get(path)
    [value] = [entry.get("value") for entry in record["customFields"] if entry["caption"] == caption]
    return str(value or "")


async def patches(control: Control) -> int:
    return len(await control.requests("", "PATCH"))


async def invoice_caption(client: ConnectWise, invoice: int) -> str:
    return str((await client.get(f"/finance/invoices/{invoice}"))["customFields"][0]["caption"])


async def test_an_agreements_field_is_set_once_and_cleared(
    writes: AgreementWrites, client: ConnectWise, control: Control, agreement: int
) -> None:
    path = f"/finance/agreements/{agreement}"
    assert await writes.set_agreement_field(agreement, CONTRACT, "CW-40757-01")
    assert await held(client, path, CONTRACT) == "CW-40757-01"
    assert not await writes.set_agreement_field(agreement, f" {CONTRACT.lower()} ", " CW-40757-01 ")
    assert await patches(control) == 1
    assert await writes.set_agreement_field(agreement, CONTRACT, None)
    assert await held(client, path, CONTRACT) == ""
    assert not await writes.set_agreement_field(agreement, CONTRACT, None)


async def test_a_number_a_person_typed_since_is_left_alone(
    writes: AgreementWrites, client: ConnectWise, control: Control, agreement: int
) -> None:
    await writes.set_agreement_field(agreement, CONTRACT, "CW-2-01")
    await control.forget()
    assert not await writes.set_agreement_field(agreement, CONTRACT, None, instead_of="CW-1-01")
    assert await patches(control) == 0
    assert await writes.set_agreement_field(agreement, CONTRACT, None, instead_of="cw-2-01")


async def test_a_field_that_is_not_there_is_named(writes: AgreementWrites, agreement: int) -> None:
    with pytest.raises(FieldMissingError, match=r"finance/agreements/.*'No such field'"):
        await writes.set_agreement_field(agreement, "No such field", "x")
    with pytest.raises(NotFoundError):
        await writes.set_agreement_field(999_999, CONTRACT, "x")


@pytest.mark.parametrize("generation", ["2025.1", "2022.1"])
@pytest.mark.parametrize("closed", [False, True])
async def test_an_invoices_field_is_set_through_the_door_its_state_asks_for(
    writes: AgreementWrites,
    client: ConnectWise,
    control: Control,
    billing: Billing,
    invoice: int,
    generation: str,
    closed: bool,
) -> None:
    await control.post("knobs", {"generation": generation})
    if closed:
        await billing.edit("invoice", invoice, status={"id": CLOSED})
    caption = await invoice_caption(client, invoice)
    await control.forget()
    assert await writes.set_invoice_field(invoice, caption, "INV-7001")
    assert await held(client, f"/finance/invoices/{invoice}", caption) == "INV-7001"
    assert not await writes.set_invoice_field(invoice, caption, "INV-7001")
    [sent] = await control.requests("", "PATCH")
    assert ("closedinvoices" in sent["path"]) == closed


async def test_a_lost_answer_to_a_patch_is_asked_again_and_nothing_is_doubled(
    writes: AgreementWrites, client: ConnectWise, control: Control, agreement: int
) -> None:
    await control.fault("cut_after", method="PATCH", times=1)
    assert await writes.set_agreement_field(agreement, CONTRACT, "CW-40757-01")
    assert await held(client, f"/finance/agreements/{agreement}", CONTRACT) == "CW-40757-01"


async def test_a_status_is_set_once_whether_open_or_closed(
    writes: AgreementWrites, control: Control, invoice: int
) -> None:
    assert await writes.set_status(invoice, " closed ")
    assert not await writes.set_status(invoice, "Closed")
    assert await writes.set_status(invoice, "Paid")
    doors = ["closedinvoices" in entry["path"] for entry in await control.requests("", "PATCH")]
    assert doors == [False, True]
    head = await writes.head(invoice)
    assert head is not None
    assert (head.status, head.closed) == ("Paid", True)


async def test_a_status_that_is_not_there_is_named_with_those_there_are(
    writes: AgreementWrites, control: Control, invoice: int
) -> None:
    with pytest.raises(StatusMissingError, match=r"'Settled'; it has New, .*Paid"):
        await writes.set_status(invoice, "Settled")
    assert await patches(control) == 0


async def test_a_status_made_while_we_run_is_found(
    writes: AgreementWrites, billing: Billing, invoice: int
) -> None:
    await writes.billing_statuses()
    await billing.make("billingStatus", name="Settled", closedFlag=True)
    assert await writes.set_status(invoice, "Settled")


async def test_closing_without_an_account_number_is_refused_with_its_reason(
    writes: AgreementWrites, billing: Billing
) -> None:
    agreement = await billing.agreement(await billing.company("Bare", accountNumber=""))
    invoice = await billing.bill(agreement)
    with pytest.raises(RefusedError, match="account number"):
        await writes.set_status(invoice, "Closed")


@pytest.mark.parametrize("generation", ["2025.1", "2022.1"])
async def test_a_head_tells_what_a_write_back_must_know(
    writes: AgreementWrites, control: Control, invoice: int, generation: str
) -> None:
    await control.post("knobs", {"generation": generation})
    head = await writes.head(invoice)
    assert head is not None
    assert (head.id, head.status, head.closed) == (invoice, "New", False)
    assert head.balance == head.total > Decimal(0)
    assert head.number
    assert await writes.head(999_999) is None
