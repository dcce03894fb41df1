"""The command line against a mapping service on a real port."""

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from services.mapping.app import MappingService
from services.mapping.messages import Outgoing
from services.mapping.settings import MappingSettings
from shared.config import StoreSettings
from shared.links.command import app

RECORD = ["customer-company", "1001"]
WHY = ["--why", "wrong company"]


class Nowhere:
    async def send(self, messages: Sequence[Outgoing]) -> None:
        """Take everything."""

    async def stop(self) -> None:
        """Nothing to stop."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    store = StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"))
    service = MappingService(MappingSettings(), store, Nowhere)

    @contextlib.asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(service.run(stop))
        yield
        stop.set()
        await task

    application = FastAPI(lifespan=running)
    for routes in service.routers():
        application.include_router(routes)
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + 20
    while not (server.started and service.ready().ok):
        if time.monotonic() > deadline:
            raise TimeoutError("the service did not come up")
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


def run(url: str, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, [*arguments, "--url", url], input=stdin)


def link(url: str, right: str = "77") -> Result:
    return run(url, "link", *RECORD, right, "--why", "asked by the dealer", "--by", "ann")


def test_a_link_made_by_hand_is_listed_and_shown(url: str) -> None:
    assert link(url).exit_code == 0
    table = run(url, "ls").stdout
    assert "1001" in table
    assert "by_hand" in table
    (line,) = run(url, "ls", "--kind", "customer-company", "--json").stdout.splitlines()
    assert json.loads(line)["by"] == "ann"
    shown = json.loads(run(url, "show", *RECORD, "--json").stdout)
    assert shown["link"]["right"] == "77"


def test_a_refused_link_exits_1_and_says_what_is_in_the_way(url: str) -> None:
    link(url)
    refused = run(url, "link", "customer-company", "1002", "77", *WHY)
    assert refused.exit_code == 1
    assert "1001 is linked to 77" in refused.stderr


def test_unlinking_asks_first_and_does_nothing_on_no(url: str) -> None:
    link(url)
    answer = run(url, "unlink", *RECORD, *WHY, stdin="n\n")
    assert answer.exit_code == 1
    assert "to 77" in answer.stderr
    assert json.loads(run(url, "show", *RECORD, "--json").stdout)["link"] is not None


def test_unlinking_keeps_who_and_why(url: str) -> None:
    link(url)
    assert run(url, "unlink", *RECORD, *WHY, "--by", "bob", "--yes").exit_code == 0
    shown = json.loads(run(url, "show", *RECORD, "--json").stdout)
    assert shown["link"] is None
    assert shown["generation"] == 1
    assert (shown["ended"][0]["ending"]["by"], shown["ended"][0]["ending"]["why"]) == ("bob", "wrong company")
    assert "ended by bob: wrong company" in run(url, "show", *RECORD).stdout


def test_unlinking_what_is_not_linked_exits_1(url: str) -> None:
    assert run(url, "unlink", *RECORD, *WHY, "--yes").exit_code == 1


def test_repointing_moves_the_link(url: str) -> None:
    link(url)
    assert run(url, "repoint", *RECORD, "88", *WHY, "--yes").exit_code == 0
    assert json.loads(run(url, "show", *RECORD, "--json").stdout)["link"]["right"] == "88"


def test_a_reason_is_required(url: str) -> None:
    assert run(url, "link", *RECORD, "77").exit_code == 2


def test_a_wrong_number_is_named(url: str) -> None:
    refused = run(url, "link", "customer-company", "CUST1", "77", *WHY)
    assert refused.exit_code == 1
    assert "e-automate CustomerID" in refused.stderr


def test_a_service_that_is_away_exits_69() -> None:
    away = run("http://127.0.0.1:1", "ls")
    assert away.exit_code == 69
    assert "mapping does not answer" in away.stderr
