"""Rows by several keys at once."""

import pytest
from sqlalchemy import Column, Index, Integer, MetaData, String, Table, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.config import StoreSettings
from shared.store.engine import open_store
from shared.store.upsert import among

METADATA = MetaData()
CASE = Table(
    "upsert_case",
    METADATA,
    Column("agent", String(20), primary_key=True),
    Column("record", String(20), primary_key=True),
    Column("part", Integer, primary_key=True),
    Index("upsert_case_part", "part"),
)
ROWS = [(agent, record, part) for agent in "ab" for record in ("1", "2", "3") for part in (0, 1)]
WANTED = [("a", "1", 0), ("a", "3", 1), ("b", "1", 1), ("b", "9", 0)]


async def _filled(settings: StoreSettings) -> AsyncEngine:
    engine = open_store(settings, "upserts")
    async with engine.begin() as connection:
        await connection.run_sync(METADATA.create_all)
        names = [column.name for column in CASE.c]
        await connection.execute(insert(CASE), [dict(zip(names, row, strict=True)) for row in ROWS])
    return engine


async def test_exactly_the_rows_with_one_of_the_keys_are_found(store_settings: StoreSettings) -> None:
    engine = await _filled(store_settings)
    async with engine.connect() as connection:
        found = await connection.execute(select(CASE).where(among(tuple(CASE.c), WANTED)))
        assert sorted(tuple(row) for row in found) == sorted(set(WANTED) & set(ROWS))
        assert (await connection.execute(select(CASE).where(among(tuple(CASE.c), [])))).all() == []
    await engine.dispose()


# PostgreSQL's planner knows how large the tables are and needs no telling.
@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "keys",
    [
        [("a", str(number)) for number in range(500)],
        [("a", "1"), ("b", "2")],
        [(agent, "1") for agent in "abcdef"],
    ],
    ids=["one agent", "two agents", "one record"],
)
async def test_they_are_looked_up_by_an_index_however_many_rows_there_are(
    store_settings: StoreSettings, keys: list[tuple[str, str]]
) -> None:
    engine = await _filled(store_settings)
    words = select(CASE).where(among((CASE.c.agent, CASE.c.record), keys))
    spelled = words.compile(engine, compile_kwargs={"literal_binds": True})
    async with engine.connect() as connection:
        plan = [row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {spelled}"))]
    steps = [step for step in plan if "upsert_case" in step]
    assert steps
    assert all("agent=? AND record=?" in step for step in steps), plan
    await engine.dispose()
