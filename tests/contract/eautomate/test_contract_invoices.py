"""Invoices made from contracts: what they billed, how far they are paid, and their numbers."""

from datetime import date
from decimal import Decimal

import pytest

from services.simulator.eautomate import schema
from shared.eautomate.errors import RowChanged, UniqueViolation, ValueTooLong
from shared.events.contracts import ContractInvoice
from tests.contract.eautomate.shop import MAY, Shop
from tests.contract.eautomate.statements import recorded

JUNE = date(2026, 6, 1)


async def _read(shop: Shop, key: int) -> ContractInvoice:
    return (await shop.port.contract_invoices_by_id([key]))[key]


async def test_an_invoice_comes_with_what_it_billed_and_who_paid(shop: Shop) -> None:
    contract = await shop.contract("CN7001-01")
    line = await shop.line(contract)
    key = await shop.invoice(
        "IN810001", total="10.70", Tax=Decimal("0.70"), PONumber="1001", Remarks="CW Invoice: 1001", Sent=True
    )
    await shop.hand.insert(schema.SCBilling, InvoiceID=key)
    await shop.billed(key, contract, line, amount="10.00")
    await shop.receipt(key, "4.00")

    invoice = await _read(shop, key)

    assert (invoice.number, invoice.day, invoice.customer_id, invoice.bill_to_id) == (
        "IN810001",
        MAY,
        shop.customer,
        shop.payer,
    )
    assert (invoice.po_number, invoice.remarks) == ("1001", "CW Invoice: 1001")
    assert (invoice.tax, invoice.total, invoice.due) == (Decimal("0.7"), Decimal("10.7"), Decimal("10.7"))
    assert (invoice.void, invoice.sent, invoice.received) == (False, True, Decimal(4))
    [period] = invoice.periods
    assert (period.contract_id, period.contract_detail_id, period.amount) == (contract, line, Decimal(10))
    assert (period.from_date, period.to_date, period.void) == (MAY, date(2026, 5, 31), False)
    [receipt] = invoice.receipts
    assert (receipt.number, receipt.day, receipt.amount) == ("RC1", MAY, Decimal(4))
    assert invoice.order_key == f"contract-{contract}"


async def test_invoices_of_other_kinds_are_not_among_them_but_their_numbers_count(shop: Shop) -> None:
    sold = await shop.invoice("IN1")

    assert await shop.port.contract_invoices_by_id([sold]) == {}
    assert await shop.port.contract_invoices_all(sold - 1) == []
    assert await shop.port.invoice_numbers([" in1", "IN2", "日"]) == {"in1": sold}


async def test_a_contract_has_its_invoices_void_ones_too(shop: Shop) -> None:
    one, other, idle = [await shop.contract(f"CN{number}-01") for number in range(3)]
    both = await shop.invoice("IN1", one, other)
    void = await shop.invoice("IN2", one, void=True)

    found = await shop.port.invoices_of_contracts([one, other, idle])

    assert {key: [invoice.invoice_id for invoice in invoices] for key, invoices in found.items()} == {
        one: [both, void],
        other: [both],
    }
    assert found[one][1].void
    assert found[one][1].periods[0].void


async def test_what_is_old_and_settled_is_left_out_when_asked(shop: Shop) -> None:
    contract = await shop.contract("CN7001-01")
    mark = (await shop.port.window()).high
    await shop.invoice("IN1", contract, day=MAY, Due=Decimal())
    void = await shop.invoice("IN2", contract, day=MAY, void=True, Due=Decimal(5))
    open_ = await shop.invoice("IN3", contract, day=MAY)
    new = await shop.invoice("IN4", contract, day=JUNE, Due=Decimal())
    window = await shop.port.window(mark)

    paged = await shop.port.contract_invoices_all(0, since=JUNE)
    changed = await shop.port.contract_invoices_changed(window.low, window.high, since=JUNE)
    beside = [row async for page in shop.port.contract_invoices_beside(since=JUNE) for row in page]

    assert [one.invoice_id for one in paged] == [open_, new]
    assert [one.invoice_id for one in changed.records] == [open_, new]
    assert [row.key for row in beside] == [open_, new]
    assert [one.number for one in await shop.port.contract_invoices_all(0)] == ["IN1", "IN2", "IN3", "IN4"]
    assert (await _read(shop, void)).number == "IN2"


async def test_a_receipt_shows_beside_the_invoice_though_its_row_stays(shop: Shop) -> None:
    async def beside() -> tuple[str, str]:
        rows = {row.key: row async for page in shop.port.contract_invoices_beside() for row in page}
        return rows[key].fields["children_stamp"], rows[key].row_version

    contract = await shop.contract("CN7001-01")
    key = await shop.invoice("IN1", contract)
    seen = [await beside()]
    await shop.receipt(key, "4.00")
    seen.append(await beside())
    await shop.billed(key, contract, void=True)
    seen.append(await beside())

    invoice = await _read(shop, key)
    assert len({stamp for stamp, _ in seen}) == 3
    assert seen[-1] == (invoice.children_stamp, invoice.row_version)
    assert len({version for _, version in seen}) == 1


async def test_reading_takes_as_many_statements_for_many_as_for_one(shop: Shop) -> None:
    async def statements() -> tuple[int, int, int]:
        with recorded(shop.port.engine) as paged:
            await shop.port.contract_invoices_all(0, 500)
        with recorded(shop.port.engine) as compared:
            async for _ in shop.port.contract_invoices_beside():
                pass
        with recorded(shop.port.engine) as of_contract:
            await shop.port.invoices_of_contracts([contract])
        return len(paged), len(compared), len(of_contract)

    contract = await shop.contract("CN7001-01")
    await shop.receipt(await shop.invoice("IN0", contract), "1")
    await shop.port.contract_invoices_all(0, 1)
    few = await statements()
    for number in range(1, 30):
        await shop.receipt(await shop.invoice(f"IN{number}", contract), "1")

    assert await statements() == few
    assert max(few) <= 6


async def test_an_invoice_takes_another_number_once(shop: Shop) -> None:
    key = await shop.invoice("IN1", await shop.contract("CN7001-01"))
    before = await _read(shop, key)

    async with shop.writing() as work:
        assert await work.rename_invoice(key, "1001", before.row_version)
    after = await _read(shop, key)
    async with shop.writing() as work:
        assert not await work.rename_invoice(key, "1001", after.row_version)

    assert after.number == "1001"
    assert after.model_copy(update={"number": "IN1", "row_version": before.row_version}) == before
    assert await _read(shop, key) == after
    assert (await shop.hand.row(schema.ARInvoices, InvoiceID=key))["UpdatorID"].rstrip() == "TANDEM"


async def test_a_number_in_use_is_not_given_again_whatever_its_case(shop: Shop) -> None:
    key = await shop.invoice("IN1", await shop.contract("CN7001-01"))
    await shop.invoice("A1001")

    with pytest.raises(UniqueViolation, match="invoice a1001"):
        async with shop.writing() as work:
            await work.rename_invoice(key, "a1001", None)
    async with shop.writing() as work:
        assert await work.rename_invoice(key, "in1", None)


async def test_an_invoice_saved_since_or_gone_keeps_its_number(shop: Shop) -> None:
    key = await shop.invoice("IN1", await shop.contract("CN7001-01"))
    seen = (await _read(shop, key)).row_version
    await shop.edit(schema.ARInvoices, key, Sent=True)

    with pytest.raises(RowChanged, match="IN1"):
        async with shop.writing() as work:
            await work.rename_invoice(key, "1001", seen)
    with pytest.raises(RowChanged, match="gone"):
        async with shop.writing() as work:
            await work.rename_invoice(key + 1000, "1001", None)
    with pytest.raises(ValueTooLong, match=r"ARInvoices.InvoiceNumber holds 15 characters"):
        async with shop.writing() as work:
            await work.rename_invoice(key, "1" * 16, None)
