"""What reading tickets costs, in requests, and that nothing waits behind years of them."""

import pytest

from shared.events.tickets import Ticket
from tests.contract.connectwise.work import Work
from tests.contract.connectwise_connector.conftest import Passes

RECORDS = ("system/members", "system/info", "companyinfo")


@pytest.fixture
async def work(passes: Passes) -> Work:
    passes.again(invoices=False, tickets=True, sites=False, tickets_per_pass=1000, ticket_compare_seconds=300)
    work = Work(passes.control)
    await work.open_desk()
    return work


async def load(passes: Passes, work: Work, count: int, first: int = 70_000) -> None:
    """So many tickets of one company, open and without time."""
    company = await work.company(f"Acme{first}")
    rows = [
        {
            "id": first + number,
            "summary": f"Ticket {number}",
            "company": {"id": company},
            "board": {"id": work.board},
            "status": {"id": work.new},
        }
        for number in range(count)
    ]
    await passes.control.post("seed", {"ticket": rows})


async def of_tickets(passes: Passes) -> int:
    """Requests that reading tickets took; companies are polled once a pass."""
    asked = [entry["path"] for entry in await passes.control.requests()]
    polled = [
        entry
        for entry in await passes.control.requests("company/companies$")
        if "lastUpdated" in entry["query"]
    ]
    return sum(1 for path in asked if not any(name in path for name in RECORDS)) - len(polled)


async def test_a_thousand_changed_tickets_cost_a_list_their_time_and_their_companies(
    passes: Passes, work: Work
) -> None:
    await passes.run()
    await passes.later(seconds=5)
    await load(passes, work, 1000)
    await passes.control.forget()
    assert len(await passes.run(Ticket.ENTITY)) == 1000
    # Time watched, a full page and the empty one after it, time of 120 tickets each in two parts, their
    # company, the first comparison; nothing a ticket.
    assert await of_tickets(passes) <= 1 + 2 + 10 + 2 + 2
    assert await passes.asked("notes") == 0


async def test_an_idle_pass_costs_two_requests_and_a_comparison_a_request_a_thousand(
    passes: Passes, work: Work
) -> None:
    await load(passes, work, 2000)
    while await passes.run(Ticket.ENTITY):
        await passes.later(seconds=5)
    await passes.later(seconds=5)
    await passes.run()
    await passes.control.forget()
    assert await passes.run(Ticket.ENTITY) == []
    assert await of_tickets(passes) <= 2
    await passes.later(seconds=300)
    await passes.control.forget()
    assert await passes.run(Ticket.ENTITY) == []
    assert await of_tickets(passes) <= 2 + 3


async def test_while_tickets_are_read_companies_go_on(passes: Passes, work: Work) -> None:
    await passes.run()
    await passes.later(seconds=5)
    await load(passes, work, 6)
    passes.again(tickets_per_pass=2)
    await passes.control.forget()
    assert len(await passes.run(Ticket.ENTITY)) == 6
    companies = await passes.control.requests("company/companies$")
    assert len([entry for entry in companies if "lastUpdated%20%3E" in entry["query"]]) >= 3


async def test_a_first_reading_that_was_cut_off_goes_on_and_repeats_little(
    passes: Passes, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    await load(passes, work, 6)
    passes.again(tickets_per_pass=2)
    parts = [0]
    publish = passes.session.publisher.publish

    async def until_the_second(entity: str, *given: object, **more: object) -> object:
        if entity == Ticket.ENTITY:
            parts[0] += 1
            if parts[0] == 3:
                raise KeyboardInterrupt
        return await publish(entity, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(passes.session.publisher, "publish", until_the_second)
    with pytest.raises(KeyboardInterrupt):
        await passes.run()
    monkeypatch.undo()
    passes.again()
    assert [envelope.subject for envelope, _ in await passes.run(Ticket.ENTITY)] == ["70004", "70005"]
    sent = [envelope.subject for envelope in passes.broker.envelopes() if envelope.entity == Ticket.ENTITY]
    assert sent == [str(70_000 + number) for number in range(6)]


@pytest.mark.parametrize("kind", ["429", "cut_after", "truncated_json"])
async def test_a_pass_that_meets_trouble_loses_nothing(passes: Passes, work: Work, kind: str) -> None:
    await passes.run()
    await passes.later(seconds=5)
    key = await work.ticket(await work.company("Acme"))
    await work.time(key)
    more = {"retry_after": 1} if kind == "429" else {}
    await passes.control.fault(kind, path="(service/tickets|time/entries)$", times=3, **more)
    [(envelope, body)] = await passes.run(Ticket.ENTITY)
    assert (envelope.subject, len(body["time"])) == (str(key), 1)
    assert await passes.run(Ticket.ENTITY) == []
