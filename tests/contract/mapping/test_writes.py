import json
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.messages import headers_from_text
from services.mapping.tables import LINK, OUTBOX
from services.mapping.writes import LinkWriter
from shared.events.envelope import Envelope
from shared.links.client import MappingClient
from shared.links.models import How, Repoint, Unlink
from tests.contract.mapping.requests import COMPANY, wish


async def outbox(engine: AsyncEngine) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(select(OUTBOX).order_by(OUTBOX.c.id))).all())


async def links(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        count: int = (await connection.execute(select(func.count()).select_from(LINK))).scalar_one()
    return count


def unlink(**more: Any) -> Unlink:
    return Unlink(**({"kind": COMPANY, "left": "1001", "by": "ann", "why": "wrong company"} | more))


async def test_every_change_is_published_as_the_new_state_under_the_links_key(
    writer: LinkWriter, engine: AsyncEngine
) -> None:
    await writer.make([wish()])
    await writer.unlink(unlink(by_hand=False))
    made, ended = await outbox(engine)
    assert {(row.target, row.message_key) for row in (made, ended)} == {("links", "customer-company:1001")}
    assert (json.loads(made.value)["state"], json.loads(made.value)["generation"]) == ("active", 0)
    value = json.loads(ended.value)
    assert (value["state"], value["generation"], value["ending"]["revision"]) == ("ended", 1, 2)


async def test_a_repeat_publishes_nothing(writer: LinkWriter, engine: AsyncEngine) -> None:
    await writer.make([wish()])
    await writer.make([wish()])
    await writer.unlink(unlink())
    before = len(await outbox(engine))
    await writer.unlink(unlink())
    assert len(await outbox(engine)) == before


async def test_the_owner_is_told_when_a_person_links_and_unlinks(
    writer: LinkWriter, engine: AsyncEngine
) -> None:
    await writer.make([wish(how=How.BY_HAND, by="ann", why="asked by the dealer")])
    await writer.unlink(unlink())
    commands = [row for row in await outbox(engine) if row.target == "customer_sync"]
    assert [row.message_key for row in commands] == ["1001", "1001"]
    envelopes = [Envelope.from_headers(headers_from_text(row.headers)) for row in commands]
    assert [(each.source, each.record, each.action) for each in envelopes] == [
        ("tandem", "customer/1001", "linked"),
        ("tandem", "customer/1001", "unlinked"),
    ]
    assert [each.sequence for each in envelopes] == [1, 2]
    assert all(("tandem-redo", b"link") in headers_from_text(row.headers) for row in commands)
    linked, unlinked = [json.loads(row.value) for row in commands]
    assert linked == {
        "kind": "customer-company",
        "left": "1001",
        "right": "77",
        "by": "ann",
        "why": "asked by the dealer",
        "generation": 0,
        "previous_right": None,
    }
    assert (unlinked["right"], unlinked["why"], unlinked["generation"]) == ("77", "wrong company", 1)


async def test_the_owner_is_not_told_of_its_own_links(writer: LinkWriter, engine: AsyncEngine) -> None:
    await writer.make([wish(how=How.PROPERTY)])
    assert [row.target for row in await outbox(engine)] == ["links"]


async def test_a_command_goes_by_the_key_the_record_stays_in_order_with(
    writer: LinkWriter, engine: AsyncEngine
) -> None:
    await writer.make([wish(order_key="1000")])
    await writer.unlink(unlink())
    assert (await outbox(engine))[-1].message_key == "1000"


async def test_repointing_ends_and_makes_in_one_go_and_tells_the_owner_once(
    writer: LinkWriter, engine: AsyncEngine
) -> None:
    await writer.make([wish()])
    await writer.repoint(Repoint(kind=COMPANY, left="1001", right="88", by="ann", why="merged"))
    rows = (await outbox(engine))[1:]
    assert [row.target for row in rows] == ["links", "links", "customer_sync"]
    assert [json.loads(row.value)["right"] for row in rows] == ["77", "88", "88"]
    assert json.loads(rows[-1].value)["previous_right"] == "77"


async def test_a_failing_transaction_leaves_neither_link_nor_message(
    writer: LinkWriter, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("services.mapping.writes.state_of", broken)
    with pytest.raises(RuntimeError):
        await writer.make([wish()])
    monkeypatch.undo()
    assert (await links(engine), await outbox(engine)) == (0, [])


async def test_republishing_sends_the_newest_state_of_every_record_once(
    writer: LinkWriter, engine: AsyncEngine
) -> None:
    await writer.make([wish(1, 11), wish(2, 22), wish(3, 33)])
    for _ in range(2):
        await writer.unlink(unlink(left="1", by_hand=False))
        await writer.unlink(unlink(left="2", by_hand=False))
        await writer.make([wish(1, 12)])
    await writer.unlink(unlink(left="1", by_hand=False))
    before = len(await outbox(engine))
    assert await writer.republish() == 3
    values = [json.loads(row.value) for row in (await outbox(engine))[before:]]
    assert [(value["left"], value["state"]) for value in values] == [
        ("3", "active"),
        ("2", "ended"),
        ("1", "ended"),
    ]


class LosesTheFirstAnswer(httpx.ASGITransport):
    """The request arrives and is worked on; the connection breaks before its answer does."""

    def __init__(self, application: FastAPI) -> None:
        super().__init__(application)
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        answer = await super().handle_async_request(request)
        if self.requests == 1:
            raise httpx.ReadError("connection reset by peer")
        return answer


async def test_a_lost_answer_leaves_one_link_and_the_client_gets_it(
    application: FastAPI, engine: AsyncEngine
) -> None:
    transport = LosesTheFirstAnswer(application)
    http = httpx.AsyncClient(transport=transport, base_url="http://mapping")
    client = MappingClient("http://mapping", http)
    link = await client.make(wish())
    await client.close()
    assert (transport.requests, link.right, link.revision) == (2, "77", 1)
    assert (await links(engine), len(await outbox(engine))) == (1, 1)


async def test_a_lost_answer_to_unlink_ends_the_link_once(
    application: FastAPI, engine: AsyncEngine, writer: LinkWriter
) -> None:
    (made,) = await writer.make([wish()])
    transport = LosesTheFirstAnswer(application)
    client = MappingClient("x", httpx.AsyncClient(transport=transport, base_url="http://mapping"))
    assert made.link is not None
    answer = await client.unlink(COMPANY, "1001", by="ann", why="wrong", revision=made.link.revision)
    await client.close()
    assert (answer.changed, answer.link.generation) == (False, 1)
    assert await links(engine) == 0
    assert [row.target for row in await outbox(engine)] == ["links", "links", "customer_sync"]
