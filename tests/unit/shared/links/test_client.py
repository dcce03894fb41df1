import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from shared.links.client import MappingClient, MappingRefusedError, MappingUnavailable
from shared.links.kinds import LinkKind
from shared.links.models import How, MakeLink

COMPANY = LinkKind.CUSTOMER_COMPANY
Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, **more: Any) -> MappingClient:
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://mapping")
    return MappingClient("http://mapping", http, **more)


def found(request: httpx.Request) -> httpx.Response:
    asked = json.loads(request.content)
    return httpx.Response(
        200, json={"lefts": {left: {"left": left} for left in asked["lefts"]}, "rights": {}}
    )


async def test_lookups_at_the_same_time_travel_together() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return found(request)

    mapping = client(answer)
    answers = await asyncio.gather(*(mapping.find_left(COMPANY, str(n % 40)) for n in range(80)))
    await mapping.close()
    assert [each.left for each in answers] == [str(n % 40) for n in range(80)]
    assert len(requests) == 1


async def test_more_than_fit_one_request_are_all_answered() -> None:
    sizes: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sizes.append(len(json.loads(request.content)["lefts"]))
        return found(request)

    mapping = client(answer)
    answers = await asyncio.gather(*(mapping.find_left(COMPANY, str(n)) for n in range(2500)))
    await mapping.close()
    assert [each.left for each in answers] == [str(n) for n in range(2500)]
    assert max(sizes) <= 1000


async def test_one_caller_that_gives_up_does_not_take_its_neighbours_along() -> None:
    mapping = client(found, window=0.05)
    first = asyncio.create_task(mapping.find_left(COMPANY, "1"))
    second = asyncio.create_task(mapping.find_left(COMPANY, "2"))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).left == "2"
    await mapping.close()


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_transient_answer_is_tried_again(status: int) -> None:
    answers = iter([httpx.Response(status, text="busy"), httpx.ConnectError("refused"), None])

    def answer(request: httpx.Request) -> httpx.Response:
        given = next(answers)
        if isinstance(given, Exception):
            raise given
        return given or found(request)

    mapping = client(answer)
    assert (await mapping.find_left(COMPANY, "1")).left == "1"
    await mapping.close()


async def test_trouble_that_lasts_is_told_as_unavailable_to_everyone_who_waits() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    mapping = client(answer, attempts=2)
    outcomes = await asyncio.gather(
        *(mapping.find_left(COMPANY, str(n)) for n in range(3)), return_exceptions=True
    )
    await mapping.close()
    assert [type(outcome) for outcome in outcomes] == [MappingUnavailable] * 3


async def test_a_page_of_something_else_is_no_answer() -> None:
    mapping = client(lambda _: httpx.Response(200, text="<html>"), attempts=1)
    with pytest.raises(MappingUnavailable):
        await mapping.find_left(COMPANY, "1")
    await mapping.close()


async def test_a_refusal_is_not_tried_again_and_names_what_is_in_the_way() -> None:
    requests: list[httpx.Request] = []
    result = {"status": "taken", "message": "1 is linked to 7", "in_the_way": []}

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"results": [result]})

    mapping = client(answer)
    wish = MakeLink(kind=COMPANY, left="1", right="8", how=How.PROPERTY, by="x", why="y")
    with pytest.raises(MappingRefusedError, match="1 is linked to 7") as refused:
        await mapping.make(wish)
    await mapping.close()
    assert refused.value.code == "taken"
    assert len(requests) == 1


async def test_another_service_at_the_address_is_named() -> None:
    mapping = client(lambda _: httpx.Response(404, text="not here"))
    with pytest.raises(MappingRefusedError, match="no mapping service"):
        await mapping.show(COMPANY, "1")
    await mapping.close()
