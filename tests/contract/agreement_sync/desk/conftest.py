"""Commands of the desk as people type them, against mapping and both stand-ins; no agent and no broker runs."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import services.agreement_sync.app as agreement_sync
from shared.cli.main import make_app
from tests.contract.in_process import DEALER
from tests.contract.links.conftest import Desk, dealer, desk
from tests.stores import migrated, store_in

__all__ = ["dealer", "desk"]

Command = Callable[..., Result]


@pytest.fixture
def tandem(desk: Desk, tmp_path: Path) -> Command:
    """Runs a command to its end; the dealer has its templates."""
    url = f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"

    async def tables() -> None:
        engine = await migrated(store_in(tmp_path), "agreement_sync", agreement_sync.MIGRATIONS)
        await engine.dispose()

    asyncio.run(tables())
    desk.people.add_customer(DEALER, "The dealership itself", CompanyCustomer=1)
    desk.people.add_templates(DEALER)

    def run(*words: str, stdin: str | None = None, **settings: str) -> Result:
        environment = desk.environment | {"TANDEM_STORE__URL": url} | settings
        return CliRunner(env=environment).invoke(make_app(words[0]), [*words], input=stdin)

    return run


@pytest.fixture
def billed(desk: Desk) -> str:
    """RecID of an agreement of a linked customer, billed as invoice 4711."""
    desk.add_customer("1001", "Acme Dental")
    company = desk.add_company("ACME", "Acme Dental Inc")
    desk.run("link", "customer-company", "1001", company, "--why", "same", "--yes")
    agreement = desk.add_agreement(company, "Managed Care")
    desk.bill(agreement, "2026-11-01", "4711")
    return agreement


def told(result: Result) -> list[dict[str, Any]]:
    """JSON lines a command printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]
