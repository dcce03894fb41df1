from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.contract.connectwise.billing import BACKUP, SEAT, SERVER
from tests.contract.connectwise_connector.conftest import Passes

APPROVED = 2


async def agreement(passes: Passes, identifier: str = "Acme", seats: int = 24) -> int:
    made = await passes.billing.agreement(await passes.billing.company(identifier))
    await passes.billing.addition(made, SEAT, seats, "39.50")
    return made


async def billed(passes: Passes, day: str = "2026-03-01") -> int:
    """An invoice that was published."""
    key = await passes.billing.bill(await agreement(passes), date=day)
    await passes.run()
    return key


async def row_of(passes: Passes, invoice: int) -> int:
    [row] = await passes.client.list(
        "/procurement/products", conditions=f"invoice/id={invoice}", fields=("id",)
    )
    return int(row["id"])


async def test_the_first_pass_publishes_each_recent_invoice_once(passes: Passes) -> None:
    one = await agreement(passes)
    keys = [await passes.billing.bill(one, date=f"2026-0{month}-01") for month in (1, 2, 3)]
    published = await passes.run()
    # January is more than 62 days back: going live rewrites no contract with an old invoice.
    assert [envelope.subject for envelope, _ in published] == [str(key) for key in keys[1:]]
    assert {envelope.action for envelope, _ in published} == {"changed"}
    assert await passes.run() == []
    passes.again()
    assert await passes.run() == []


async def test_an_invoice_before_the_beginning_is_never_published_however_it_changes(passes: Passes) -> None:
    one = await agreement(passes)
    old = await passes.billing.bill(one, date="2025-12-01")
    await passes.billing.bill(one, date="2026-03-01")
    await passes.run()
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", old, status={"id": APPROVED})
    await passes.billing.edit("agreement", one, customerPO="PO-2")
    assert str(old) not in {envelope.subject for envelope, _ in await passes.run()}


async def test_the_beginning_stays_where_it_was_set(passes: Passes) -> None:
    one = await agreement(passes)
    key = await passes.billing.bill(one, date="2026-02-01")
    await passes.run()
    await passes.later(days=200)
    await passes.billing.edit("invoice", key, status={"id": APPROVED})
    assert [envelope.subject for envelope, _ in await passes.run()] == [str(key)]


async def test_an_earlier_beginning_reads_what_lies_between_and_nothing_twice(passes: Passes) -> None:
    one = await agreement(passes)
    keys = [await passes.billing.bill(one, date=day) for day in ("2025-11-01", "2025-12-01", "2026-03-01")]
    await passes.run()
    passes.again(invoices_since=date(2025, 12, 1))
    assert [envelope.subject for envelope, _ in await passes.run()] == [str(keys[1])]
    assert await passes.run() == []
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", keys[1], status={"id": APPROVED})
    assert [envelope.subject for envelope, _ in await passes.run()] == [str(keys[1])]


async def test_the_first_reading_goes_on_where_it_was_left(passes: Passes) -> None:
    for number in range(5):
        await passes.billing.bill(await agreement(passes, f"Acme{number}"), date="2026-03-01")
    passes.again(invoices_per_pass=2)
    assert [len(await passes.run())] == [5]
    assert await passes.run() == []


async def test_a_new_invoice_and_a_change_arrive_once_and_a_no_op_save_does_not(passes: Passes) -> None:
    one = await agreement(passes)
    await passes.run()
    key = await passes.billing.bill(one, date="2026-03-01")
    assert [envelope.subject for envelope, _ in await passes.run()] == [str(key)]
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", key, status={"id": APPROVED})
    [changed] = await passes.invoices()
    assert changed.status is not None
    assert changed.status.name == "Approved"
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", key, status={"id": APPROVED})
    assert await passes.run() == []


@pytest.mark.parametrize("bumps", [False, True])
async def test_a_payment_arrives_whether_or_not_it_moves_the_stamp(passes: Passes, bumps: bool) -> None:
    key = await billed(passes)
    await passes.control.post("knobs", {"payments_bump_invoice": bumps})
    await passes.later(seconds=5)
    await passes.client.post(
        f"/finance/invoices/{key}/payments", {"type": "P", "amount": 100, "invoice": {"id": key}}
    )
    [paid] = await passes.invoices()
    assert paid.payments == Decimal(100)
    assert await passes.run() == []


@pytest.mark.parametrize("bumps", [False, True])
async def test_a_changed_row_arrives_whether_or_not_it_moves_the_stamp(passes: Passes, bumps: bool) -> None:
    key = await billed(passes)
    await passes.control.post("knobs", {"rows_bump_invoice": bumps})
    await passes.later(seconds=5)
    await passes.billing.edit("product", await row_of(passes, key), customerDescription="Another text")
    [changed] = await passes.invoices()
    assert [line.customerDescription for line in changed.lines] == ["Another text"]
    assert await passes.run() == []


async def test_a_row_that_is_taken_away_arrives_without_a_stamp(passes: Passes) -> None:
    key = await billed(passes)
    await passes.control.post("knobs", {"rows_bump_invoice": False})
    await passes.later(seconds=5)
    await passes.billing.delete("product", await row_of(passes, key))
    assert [changed.lines for changed in await passes.invoices()] == [()]


async def test_a_changed_agreement_arrives_with_its_newest_invoice_alone(passes: Passes) -> None:
    one = await agreement(passes)
    await passes.billing.bill(one, date="2026-02-01")
    newest = await passes.billing.bill(one, date="2026-03-01")
    await passes.run()
    await passes.later(seconds=5)
    await passes.billing.edit("agreement", one, customerPO="PO-2")
    [changed] = await passes.invoices()
    assert (changed.id, changed.agreement and changed.agreement.customerPO) == (newest, "PO-2")
    assert await passes.run() == []


async def test_an_addition_arrives_when_its_agreement_moves_and_otherwise_at_night(passes: Passes) -> None:
    one = await agreement(passes)
    key = await passes.billing.bill(one, date="2026-03-01")
    await passes.settled()
    second = await passes.billing.addition(one, SERVER, 2, "145.00")
    assert await passes.run() == []
    await passes.billing.edit("agreement", one, customerPO="PO-2")
    [moved] = await passes.invoices()
    assert second in [addition.id for addition in moved.additions]
    await passes.later(seconds=5)
    third = await passes.billing.addition(one, BACKUP, 2, "12.00")
    assert await passes.run() == []
    passes.again(sweep_hour=2)
    await passes.later(days=1)
    [swept] = await passes.invoices()
    assert (swept.id, third in [addition.id for addition in swept.additions]) == (key, True)
    assert await passes.run() == []


async def test_an_addition_of_an_agreement_billed_long_ago_is_left_to_its_next_invoice(
    passes: Passes,
) -> None:
    one = await agreement(passes)
    await passes.billing.bill(one, date="2026-03-01")
    await passes.settled()
    await passes.later(days=100)
    await passes.billing.addition(one, SERVER, 2, "145.00")
    passes.again(sweep_seconds=1)
    assert await passes.run() == []


async def test_a_deleted_invoice_is_a_deletion_within_the_pass(passes: Passes) -> None:
    key = await billed(passes)
    await passes.billing.delete("invoice", key)
    [(envelope, record)] = await passes.run()
    assert (envelope.action, envelope.subject, record) == (
        "deleted",
        str(key),
        {"entity": "invoice", "key": str(key), "deleted": True},
    )
    assert await passes.run() == []
    passes.again()
    assert await passes.run() == []


async def test_a_deletion_keeps_the_agreements_order(passes: Passes) -> None:
    one = await agreement(passes)
    key = await passes.billing.bill(one, date="2026-03-01")
    await passes.run()
    await passes.billing.delete("invoice", key)
    await passes.run()
    assert passes.broker.sent[-1].key == str(one).encode()


async def test_an_old_invoice_that_was_deleted_is_found_at_night(passes: Passes) -> None:
    key = await billed(passes)
    await passes.later(days=100)
    await passes.billing.delete("invoice", key)
    assert await passes.run() == []
    passes.again(sweep_seconds=1)
    assert [(envelope.action, envelope.subject) for envelope, _ in await passes.run()] == [
        ("deleted", str(key))
    ]


async def test_a_list_that_is_behind_deletes_nothing(passes: Passes) -> None:
    await passes.run()
    await passes.later(seconds=5)
    key = await passes.billing.bill(await agreement(passes), date="2026-03-01")
    await passes.run()
    await passes.control.fault("stale_search", path="finance/invoices", seconds=60)
    assert await passes.run() == []
    await passes.control.clear_faults()
    assert await passes.run() == []
    await passes.billing.delete("invoice", key)
    assert [envelope.action for envelope, _ in await passes.run()] == ["deleted"]


async def test_a_list_that_is_behind_takes_nothing_back(passes: Passes) -> None:
    key = await billed(passes)
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", key, status={"id": APPROVED})
    assert len(await passes.run()) == 1
    await passes.later(seconds=1)
    await passes.control.fault("stale_search", path="finance/invoices", seconds=4)
    assert await passes.run() == []


async def test_an_invoice_moved_to_another_date_is_no_deletion(passes: Passes) -> None:
    key = await billed(passes)
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", key, date="2025-06-01T00:00:00Z")
    [moved] = await passes.invoices()
    assert moved.date == datetime(2025, 6, 1, tzinfo=UTC)
    assert await passes.run() == []
    await passes.control.forget()
    assert await passes.run() == []
    assert await passes.asked(f"finance/invoices/{key}$") == 0


async def test_more_deletions_than_are_believable_are_none(passes: Passes) -> None:
    one = await agreement(passes)
    keys = [await passes.billing.bill(one, date="2026-03-01", number=f"N{n}") for n in range(30)]
    await passes.run()
    for key in keys[:25]:
        await passes.billing.delete("invoice", key)
    assert "deleted" not in {envelope.action for envelope, _ in await passes.run()}
    passes.again(deletion_share=1.0)
    assert [envelope.action for envelope, _ in await passes.run()].count("deleted") == 25


async def test_credit_memos_come_along_and_other_invoices_do_not(passes: Passes) -> None:
    company = await passes.billing.company("Acme")
    memo = await passes.billing.make(
        "invoice", type="CreditMemo", company={"id": company}, date="2026-03-05T00:00:00Z"
    )
    await passes.billing.make(
        "invoice", type="Miscellaneous", company={"id": company}, date="2026-03-05T00:00:00Z"
    )
    [(envelope, record)] = await passes.run()
    assert (envelope.subject, record["type"]) == (str(memo), "CreditMemo")
    assert passes.broker.sent[-1].key == f"invoice-{memo}".encode()
    assert await passes.run() == []


async def test_an_invoice_without_its_shape_travels_and_heals(passes: Passes) -> None:
    key = await billed(passes)
    await passes.later(seconds=5)
    await passes.control.post(
        "seed",
        {
            "invoice": [
                {
                    "id": key + 1,
                    "date": "2026-03-02T00:00:00Z",
                    "type": "Agreement",
                    "applyToType": "Agreement",
                    "applyToId": 81,
                    "subtotal": "a lot",
                }
            ]
        },
    )
    [(envelope, record)] = await passes.run()
    assert (envelope.subject, envelope.action, record["subtotal"]) == (str(key + 1), "changed", "a lot")
    assert passes.broker.sent[-1].key == b"81"
    assert await passes.run() == []


async def test_in_the_older_generation_an_invoice_is_complete_but_for_extended_prices(
    passes: Passes,
) -> None:
    await passes.control.post("knobs", {"generation": "2022.1"})
    await passes.billing.bill(await agreement(passes), date="2026-03-01")
    [found] = await passes.invoices()
    [line] = found.lines
    assert (line.extPrice, line.quantity * (line.price or 0)) == (None, Decimal("948.00"))
    assert await passes.run() == []


async def test_without_the_rights_companies_go_on_and_invoices_follow_when_they_are_given(
    passes: Passes,
) -> None:
    await passes.billing.bill(await agreement(passes), date="2026-03-01")
    await passes.control.post("role", {"rights": {"Invoicing": {"inquire": "None"}}})
    assert await passes.run() == []
    assert "company" in {envelope.entity for envelope in passes.broker.envelopes()}
    await passes.control.post("role", {"rights": {"Invoicing": {"inquire": "All"}}})
    assert len(await passes.run()) == 1


@pytest.mark.parametrize("right", ["Invoicing", "Agreements", "Products"])
async def test_a_right_that_is_lost_deletes_nothing_and_empties_no_invoice(
    passes: Passes, right: str
) -> None:
    key = await billed(passes)
    await passes.control.post("knobs", {"denied_lists_are_empty": True})
    await passes.control.post("role", {"rights": {right: {"inquire": "None"}}})
    await passes.later(seconds=5)
    await passes.billing.edit("invoice", key, status={"id": APPROVED})
    assert await passes.run() == []
    await passes.control.post("role", {"rights": {right: {"inquire": "All"}}})
    [changed] = await passes.invoices()
    assert (changed.id, len(changed.lines), len(changed.additions)) == (key, 1, 1)


async def test_invoices_that_nobody_needs_are_not_asked_for(passes: Passes) -> None:
    passes.again(invoices=False)
    await passes.control.forget()
    assert await passes.run() == []
    assert await passes.asked("finance") == 0
