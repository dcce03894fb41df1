"""What reading invoices costs, in requests, and that nothing waits behind a month's end."""

import pytest

from shared.events.agreements import Invoice
from shared.events.records import Company
from tests.contract.connectwise.billing import SEAT
from tests.contract.connectwise_connector.conftest import Passes

HUNDRED = 100
RECORDS = ("company/companies", "system/members", "system/info", "companyinfo")


async def month_end(passes: Passes, count: int, first: int = 0) -> list[int]:
    """Agreements of as many companies, each billed."""
    made = []
    for number in range(first, first + count):
        company = await passes.billing.company(f"Acme{number}")
        agreement = await passes.billing.agreement(company)
        await passes.billing.addition(agreement, SEAT, number + 1, "10.00")
        made.append(await passes.billing.bill(agreement, date="2026-03-01"))
    return made


async def of_invoices(passes: Passes) -> int:
    """Requests that reading invoices took."""
    asked = [entry["path"] for entry in await passes.control.requests()]
    return sum(1 for path in asked if not any(name in path for name in RECORDS))


async def test_a_hundred_new_invoices_cost_a_request_an_agreement_and_a_handful(passes: Passes) -> None:
    await passes.run()
    await passes.later(seconds=5)
    await month_end(passes, HUNDRED)
    await passes.control.forget()
    assert len(await passes.run()) == HUNDRED
    assert await of_invoices(passes) <= HUNDRED + 14
    await passes.later(seconds=5)
    await passes.run()
    await passes.later(seconds=5)
    await passes.control.forget()
    assert await passes.run() == []
    assert await of_invoices(passes) <= 5


async def test_an_unchanged_pass_compares_thousands_by_a_request_for_140_of_them(passes: Passes) -> None:
    company = await passes.billing.company("Acme")
    rows = [
        {
            "id": 30_000 + number,
            "invoiceNumber": f"N{number}",
            "type": "CreditMemo",
            "company": {"id": company},
            "date": "2026-03-01T00:00:00Z",
        }
        for number in range(2000)
    ]
    await passes.control.post("seed", {"invoice": rows})
    passes.again(invoices_per_pass=1000)
    assert len(await passes.run()) == 2000
    await passes.later(seconds=5)
    await passes.run()
    await passes.control.forget()
    assert await passes.run() == []
    assert await of_invoices(passes) <= 2 + 3 + 2000 / 140 + 1


async def test_while_a_months_invoices_are_read_companies_go_on(passes: Passes) -> None:
    await passes.run()
    await passes.later(seconds=5)
    await month_end(passes, 6)
    passes.again(invoices_per_pass=2)
    await passes.control.forget()
    assert len(await passes.run()) == 6
    companies = await passes.control.requests("company/companies$")
    assert len([entry for entry in companies if "lastUpdated%20%3E" in entry["query"]]) >= 3


async def test_a_first_reading_that_was_cut_off_goes_on_and_repeats_little(
    passes: Passes, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = await month_end(passes, 6)
    passes.again(invoices_per_pass=2)
    parts = [0]
    publish = passes.session.publisher.publish

    async def until_the_second(entity: str, *given: object, **more: object) -> object:
        if entity == Invoice.ENTITY:
            parts[0] += 1
            if parts[0] == 3:
                raise KeyboardInterrupt
        return await publish(entity, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(passes.session.publisher, "publish", until_the_second)
    with pytest.raises(KeyboardInterrupt):
        await passes.run()
    monkeypatch.undo()
    passes.again()
    await passes.control.forget()
    assert [envelope.subject for envelope, _ in await passes.run()] == [str(key) for key in keys[4:]]
    sent = [envelope.subject for envelope in passes.broker.envelopes() if envelope.entity == Invoice.ENTITY]
    assert sent == [str(key) for key in keys]
    assert Company.ENTITY in {envelope.entity for envelope in passes.broker.envelopes()}
