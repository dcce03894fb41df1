from decimal import Decimal
from typing import Any

import pytest

from shared.connectwise.agreements import AgreementInvoices
from shared.connectwise.client import ConnectWise
from shared.connectwise.errors import UnauthorizedError
from shared.events.agreements import Invoice
from tests.contract.connectwise.billing import BACKUP, SEAT, SERVER, Billing
from tests.contract.connectwise.conftest import Control


@pytest.fixture
def invoices(client: ConnectWise) -> AgreementInvoices:
    return AgreementInvoices(client)


@pytest.fixture
def billing(control: Control) -> Billing:
    return Billing(control)


async def one(invoices: AgreementInvoices, key: int) -> Invoice:
    [found] = await invoices.by_ids([key])
    return found


async def test_an_invoice_comes_with_agreement_lines_additions_and_territory(
    invoices: AgreementInvoices, billing: Billing
) -> None:
    company = await billing.company("Acme", territory={"id": 38})
    agreement = await billing.agreement(company, customerPO="PO-1")
    seat = await billing.addition(agreement, SEAT, 24, "39.50")
    await billing.addition(agreement, SERVER, 2, "145.00", invoiceDescription="Server in Ghent")
    key = await billing.bill(agreement)
    found = await one(invoices, key)
    assert (found.type, found.order_key, found.companyTerritory) == (
        "Agreement",
        str(agreement),
        "North Region",
    )
    assert found.agreement is not None
    assert found.agreement.type is not None
    assert (found.agreement.type.name, found.agreement.customerPO) == ("Managed Services", "PO-1")
    assert [(line.quantity, line.price, line.extPrice) for line in found.lines] == [
        (Decimal(24), Decimal("39.50"), Decimal("948.00")),
        (Decimal(2), Decimal("145.00"), Decimal("290.00")),
    ]
    assert [line.agreement.id for line in found.lines if line.agreement] == [agreement, agreement]
    assert {line.productType for line in found.lines} == {"Agreement Seat"}
    assert {line.unitOfMeasureName for line in found.lines} == {"Each"}
    assert found.lines[1].customerDescription == "Server in Ghent"
    assert found.additions[0].id == seat
    assert found.billing == ()
    amounts = (found.agreementAmount, found.productTotal, found.subtotal)
    assert amounts == (Decimal(250), Decimal("1238.00"), Decimal("1488.00"))
    assert "_href" not in found.value().decode()


async def test_each_way_of_asking_gives_the_same_invoice(
    invoices: AgreementInvoices, billing: Billing
) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    await billing.addition(agreement, SEAT, 24, "39.50")
    earlier = await billing.bill(agreement)
    key = await billing.bill(agreement)
    listed = await one(invoices, key)
    ways = [
        await invoices.fresh(key),
        await invoices.by_number(f" {listed.invoiceNumber} "),
        await invoices.newest_of_agreement(agreement),
        (await invoices.of_agreement(agreement))[0],
    ]
    assert [way.content_hash() for way in ways if way] == [listed.content_hash()] * 4
    assert [found.id for found in await invoices.of_agreement(agreement)] == [key, earlier]
    assert listed.date is not None
    assert [found.id for found in await invoices.of_agreement(agreement, listed.date.date())] == [key]


async def test_what_is_not_there_is_absent(invoices: AgreementInvoices, billing: Billing) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    assert await invoices.by_ids([999_999]) == []
    assert await invoices.fresh(999_999) is None
    assert await invoices.by_number("none") is None
    assert await invoices.by_number('it\'s "quoted"') is None
    assert await invoices.newest_of_agreement(agreement) is None
    assert await invoices.agreement(999_999) is None
    read = await invoices.agreement(agreement)
    assert read is not None
    assert read.name == "Managed Care"


async def test_children_on_the_parents_invoice_come_with_amounts_and_additions(
    invoices: AgreementInvoices, billing: Billing
) -> None:
    company = await billing.company("Acme")
    parent = await billing.agreement(company)
    child = await billing.agreement(company, name="Backup", billAmount=80, parentAgreement={"id": parent})
    addition = await billing.addition(child, BACKUP, 3, "12.00")
    found = await one(invoices, await billing.bill(parent))
    assert {(row.agreementRecId, row.agreementAmount) for row in found.billing} == {
        (parent, Decimal(250)),
        (child, Decimal(80)),
    }
    assert [(line.agreement.id if line.agreement else None) for line in found.lines] == [child]
    assert [(one.id, one.agreementId) for one in found.additions] == [(addition, child)]


async def test_the_older_generation_lacks_extended_prices_and_says_the_same_otherwise(
    invoices: AgreementInvoices, billing: Billing, control: Control
) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    await billing.addition(agreement, SEAT, 24, "39.50")
    key = await billing.bill(agreement)
    await control.post("knobs", {"generation": "2022.1"})
    [line] = (await one(invoices, key)).lines
    assert (line.extPrice, line.quantity, line.price) == (None, Decimal(24), Decimal("39.50"))
    assert (line.productType, line.unitOfMeasureName) == ("Agreement Seat", "Each")


async def many(billing: Billing, count: int) -> list[int]:
    made = []
    for number in range(count):
        agreement = await billing.agreement(await billing.company(f"Acme{number}"))
        for item in (SEAT, SERVER, BACKUP):
            await billing.addition(agreement, item, number + 1, "10.00")
        made.append(await billing.bill(agreement))
    return made


async def test_a_hundred_invoices_cost_one_request_each_kind_and_one_an_agreement(
    invoices: AgreementInvoices, billing: Billing, control: Control
) -> None:
    keys = await many(billing, 100)
    await invoices.by_ids(keys[:1])
    await control.forget()
    found = await invoices.by_ids(keys)
    assert [len(invoice.lines) for invoice in found] == [3] * 100
    assert [len(invoice.additions) for invoice in found] == [3] * 100
    asked = await control.requests()
    assert len([entry for entry in asked if entry["path"].endswith("/additions")]) == 100
    assert len(asked) <= 100 + 8
    assert max(len(entry["path"]) + len(entry["query"]) for entry in asked) < 2500


async def test_several_invoices_of_an_agreement_share_its_requests(
    invoices: AgreementInvoices, billing: Billing, control: Control
) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    await billing.addition(agreement, SEAT, 24, "39.50")
    keys = [await billing.bill(agreement) for _ in range(5)]
    await control.forget()
    assert len(await invoices.by_ids(keys)) == 5
    assert len(await control.requests("additions")) == 1
    assert len(await control.requests()) <= 8


async def test_catalog_items_are_kept_for_a_while_and_asked_anew_for_a_fresh_invoice(
    client: ConnectWise, billing: Billing, control: Control
) -> None:
    now = [0.0]
    invoices = AgreementInvoices(client, clock=lambda: now[0])
    agreement = await billing.agreement(await billing.company("Acme"))
    await billing.addition(agreement, SEAT, 24, "39.50")
    key = await billing.bill(agreement)
    await one(invoices, key)
    await billing.edit("catalogItem", SEAT, type={"id": 2})
    assert (await one(invoices, key)).lines[0].productType == "Agreement Seat"
    fresh = await invoices.fresh(key)
    assert fresh is not None
    assert fresh.lines[0].productType == "Backup Storage"
    await billing.edit("catalogItem", SEAT, type={"id": 3})
    now[0] += 301
    assert (await one(invoices, key)).lines[0].productType == "Software Subscription"


async def test_a_fresh_invoice_is_right_while_lists_are_behind(
    invoices: AgreementInvoices, billing: Billing, control: Control
) -> None:
    await control.post("clock", {"freeze": True})
    agreement = await billing.agreement(await billing.company("Acme"))
    key = await billing.bill(agreement)
    await control.post("clock", {"advance": 30})
    await billing.edit(
        "agreement", agreement, customFields=[{"id": await field(control, agreement), "value": "CW-1"}]
    )
    await billing.edit("invoice", key, status={"id": 2})
    await control.post("clock", {"advance": 1})
    await control.fault("stale_search", seconds=20)
    fresh = await invoices.fresh(key)
    assert fresh is not None
    assert fresh.status is not None
    assert fresh.agreement is not None
    assert (fresh.status.name, fresh.agreement.customFields[0].value) == ("Approved", "CW-1")


async def field(control: Control, agreement: int) -> int:
    shown: Any = await control.post(f"human/agreement/{agreement}", {"changes": {}})
    return int(shown["customFields"][0]["id"])


async def test_an_agreement_the_list_does_not_show_yet_is_asked_for_by_itself(
    invoices: AgreementInvoices, billing: Billing, control: Control
) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    key = await billing.bill(agreement)
    await control.fault("stale_search", path="finance/agreements$", seconds=3600)
    found = await one(invoices, key)
    assert found.agreement is not None
    assert found.agreement.type is not None


async def test_a_deleted_agreement_leaves_the_invoice_with_its_name(
    invoices: AgreementInvoices, billing: Billing, control: Control
) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    key = await billing.bill(agreement)
    await control.post(
        "seed",
        {"invoice": [{"id": key + 1, "type": "Agreement", "applyToType": "Agreement", "applyToId": 77_777}]},
    )
    found = await one(invoices, key + 1)
    assert found.agreement is not None
    assert (found.agreement_id, found.agreement.type, found.additions) == (77_777, None, ())


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("right", ["Products", "Agreements", "Invoicing"])
async def test_without_a_right_no_invoice_is_made_up(
    invoices: AgreementInvoices, billing: Billing, control: Control, right: str, empty: bool
) -> None:
    agreement = await billing.agreement(await billing.company("Acme"))
    await billing.addition(agreement, SEAT, 24, "39.50")
    key = await billing.bill(agreement)
    await control.post("knobs", {"denied_lists_are_empty": empty})
    await control.post("role", {"rights": {right: {"inquire": "None"}}})
    with pytest.raises(UnauthorizedError):
        await invoices.fresh(key)
    if not (empty and right == "Invoicing"):
        with pytest.raises(UnauthorizedError):
            await invoices.by_ids([key])


async def test_the_words_of_templates_are_listed(invoices: AgreementInvoices) -> None:
    assert "Managed Services" in {kind.name for kind in await invoices.agreement_types()}
    assert "Agreement Seat" in {kind.name for kind in await invoices.catalog.product_types()}
