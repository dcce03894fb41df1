import pytest

from services.simulator.connectwise.server import ConnectWiseServer
from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import equals
from shared.connectwise.paging import offset_pages, walk
from tests.contract.connectwise.conftest import Control

COMPANIES = "/company/companies"


async def load(control: Control, count: int, city: str = "Ghent") -> None:
    rows = [
        {"identifier": f"C{city}{n}", "name": f"Company {n}", "city": city, "status": {"id": 1}}
        for n in range(count)
    ]
    await control.post("seed", {"company": rows})


async def ids(client: ConnectWise, conditions: str = "", page_size: int = 1000) -> list[int]:
    pages = walk(client, COMPANIES, conditions=conditions, fields=("id",), page_size=page_size)
    return [row["id"] async for page in pages for row in page.rows]


async def test_a_walk_sees_every_record_once_and_carries_the_filter(
    client: ConnectWise, control: Control
) -> None:
    await load(control, 25)
    await load(control, 7, "Bruges")
    found = await ids(client, equals("city", "Ghent"), page_size=10)
    assert len(found) == len(set(found)) == 25
    assert found == sorted(found)


async def test_a_thousand_and_fewer_records_take_one_request(client: ConnectWise, control: Control) -> None:
    await load(control, 999)
    await control.forget()
    assert len(await ids(client, equals("city", "Ghent"))) == 999
    assert len(await control.requests("company/companies")) == 1


async def test_an_empty_list_takes_one_request(client: ConnectWise, control: Control) -> None:
    assert await ids(client, equals("city", "Nowhere")) == []
    assert len(await control.requests("company/companies")) == 1


async def test_records_added_in_mid_walk_move_nothing(client: ConnectWise, control: Control) -> None:
    await load(control, 20)
    seen: list[int] = []
    async for page in walk(
        client, COMPANIES, conditions=equals("city", "Ghent"), fields=("id",), page_size=5
    ):
        seen += [row["id"] for row in page.rows]
        if len(seen) == 5:
            await load(control, 3, "Bruges")
    assert len(seen) == len(set(seen)) == 20


@pytest.mark.parametrize("count", [0, 9, 10, 25])
async def test_where_forward_only_is_ignored_the_walk_goes_by_id(
    standin: ConnectWiseServer,
    client: ConnectWise,
    control: Control,
    count: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await load(control, count)
    monkeypatch.setattr("shared.connectwise.paging.FORWARD_ONLY", {})
    found = await ids(client, equals("city", "Ghent"), page_size=10)
    assert len(found) == len(set(found)) == count


@pytest.mark.parametrize("count", [0, 9, 10, 25])
async def test_offset_pages_end(client: ConnectWise, control: Control, count: int) -> None:
    await load(control, count)
    pages = offset_pages(
        client,
        COMPANIES,
        conditions=equals("city", "Ghent"),
        order_by="name",
        fields=("id", "name"),
        page_size=10,
    )
    names = [row["name"] async for page in pages for row in page.rows]
    assert len(names) == count
    assert names == sorted(names)


async def test_the_first_page_tells_the_servers_time(client: ConnectWise, control: Control) -> None:
    await control.post("clock", {"set": "2031-05-06T07:08:09Z", "freeze": True})
    page = await anext(walk(client, COMPANIES, fields=("id",)))
    assert page.time is not None
    assert page.time.isoformat() == "2031-05-06T07:08:09+00:00"


async def test_a_stale_list_answers_from_the_past(client: ConnectWise, control: Control) -> None:
    await control.post("clock", {"freeze": True})
    await load(control, 1)
    await control.post("clock", {"advance": 5})
    await control.fault("stale_search", path="company/companies", seconds=60, times=1)
    assert await ids(client, equals("city", "Ghent")) == []
    assert len(await ids(client, equals("city", "Ghent"))) == 1
