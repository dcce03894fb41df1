"""The database under test: the stand-in's file, or what ``TANDEM_TEST_EAUTOMATE_URL`` names."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, inspect, text

from services.simulator.eautomate.database import create, transaction, url
from services.simulator.eautomate.schema import METADATA
from services.simulator.eautomate.schema.variant import Variant
from shared.config import EAutomateSettings
from shared.eautomate.port import EAutomate
from tests.contract.eautomate.board import Board
from tests.contract.eautomate.hand import Hand
from tests.contract.eautomate.shop import Shop
from tests.contract.eautomate.statements import valid_for_sql_server

LEDGER = "tandem_test"
Make = Callable[..., Awaitable[Shop]]


@dataclass(frozen=True)
class Database:
    """The port, and the hand beside it."""

    port: EAutomate
    hand: Hand


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stand-in without rows."""
    path = tmp_path_factory.mktemp("eautomate") / "empty.db"
    create(path)
    return path


@pytest.fixture(scope="session")
def coded(tmp_path_factory: pytest.TempPathFactory, empty: Path) -> tuple[Path, Hand]:
    """The stand-in with code tables and the ledger, and the hand that filled it."""
    path = tmp_path_factory.mktemp("eautomate") / "coded.db"
    copyfile(empty, path)

    async def fill() -> Hand:
        port = _opened(url(path))
        hand = Hand(port.engine)
        await hand.codes()
        await port.create_ledger()
        await port.close()
        return hand

    return path, asyncio.run(fill())


@pytest.fixture
async def database(tmp_path: Path, coded: tuple[Path, Hand]) -> AsyncIterator[Database]:
    """An empty e-automate with code tables and the ledger. Every statement run must be valid T-SQL."""
    given = os.environ.get("TANDEM_TEST_EAUTOMATE_URL")
    async with _server(given) if given is not None else _copied(tmp_path / "ea.db", *coded) as database:
        with valid_for_sql_server(database.port.engine):
            yield database


@asynccontextmanager
async def _copied(path: Path, filled: Path, by: Hand) -> AsyncIterator[Database]:
    copyfile(filled, path)
    port = _opened(url(path))
    yield Database(port, by.on(port.engine))
    await port.close()


@asynccontextmanager
async def _server(address: str) -> AsyncIterator[Database]:
    port = _opened(address)
    async with port.engine.begin() as connection:
        made = await connection.run_sync(_create_missing)
    hand = Hand(port.engine)
    try:
        await hand.remember()
        await hand.codes()
        await port.create_ledger()
        yield Database(port, hand)
    finally:
        await hand.clean()
        async with port.engine.begin() as connection:
            await connection.run_sync(_drop, made, port)
        await port.close()


def _opened(address: str) -> EAutomate:
    return EAutomate.open(EAutomateSettings(url=SecretStr(address), ledger_schema=LEDGER))


@pytest.fixture
async def shop(database: Database) -> Shop:
    """The same with templates, items and customers."""
    return await Shop(database.port, database.hand).open()


@pytest.fixture
async def board(shop: Shop) -> Board:
    """The same with what service calls are classed by."""
    return await Board(shop).open()


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Makes a shop in a database that was changed where nobody has seen it for sure; SQLite whatever the URL."""
    ports: list[EAutomate] = []

    async def made(
        *changes: str, like: Variant | None = None, profile: str | None = None, zone: str = "UTC"
    ) -> Shop:
        path, given = tmp_path / "ea.db", tmp_path / "profile.yaml"
        create(path, like)
        with transaction(path) as file:
            for change in changes:
                file.execute(change)
        if profile is not None:
            given.write_text(profile)
        settings = EAutomateSettings(
            url=SecretStr(url(path)), profile=str(given) if profile else None, time_zone=zone
        )
        port = EAutomate.open(settings)
        ports.append(port)
        await port.create_ledger()
        shop = Shop(port, Hand(port.engine))
        await shop.hand.codes()
        return await shop.open()

    yield made
    for port in ports:
        await port.close()


def file_of(shop: Shop) -> Path:
    """The file of a shop in a changed database."""
    return Path(shop.port.engine.url.database or "")


def _create_missing(connection: Connection) -> list[str]:
    there = {name.casefold() for name in inspect(connection).get_table_names(schema="dbo")}
    missing = [table for table in METADATA.sorted_tables if table.name.casefold() not in there]
    METADATA.create_all(connection, tables=missing)
    return [table.name for table in missing]


def _drop(connection: Connection, made: list[str], port: EAutomate) -> None:
    port.tables.ledger.drop_all(connection)
    if connection.dialect.name == "mssql":
        connection.execute(text(f"DROP SCHEMA [{LEDGER}]"))
    METADATA.drop_all(connection, tables=[METADATA.tables[f"dbo.{name}"] for name in made])
