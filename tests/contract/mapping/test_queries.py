"""Looking links up costs the same whether there are a hundred or a hundred thousand."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.mapping.queries import holding
from shared.links.kinds import LinkKind


# PostgreSQL's planner knows how large the tables are and needs no telling.
@pytest.mark.parametrize("store_settings", ["sqlite"], indirect=True)
async def test_links_are_looked_up_by_their_keys_never_by_reading_all_of_a_kind(engine: AsyncEngine) -> None:
    statement = holding(LinkKind.CUSTOMER_COMPANY, ["1", "2"], ["3"])
    words = statement.compile(engine, compile_kwargs={"literal_binds": True})
    async with engine.connect() as connection:
        plan = [row.detail for row in await connection.execute(text(f"EXPLAIN QUERY PLAN {words}"))]
    looked_up = [step for step in plan if "mapping_link" in step]
    assert len(looked_up) == 2
    assert "left_key=?" in looked_up[0]
    assert "right_key=?" in looked_up[1]
