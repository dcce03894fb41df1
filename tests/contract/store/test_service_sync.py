"""What a newer release makes of an older one's tickets."""

import time
from pathlib import Path
from shutil import copy

from sqlalchemy import column as named
from sqlalchemy import insert, select, table

from services.service_sync.app import MIGRATIONS
from services.service_sync.rules.gathered import Stage
from services.service_sync.store import TicketStore
from shared.config import StoreSettings
from shared.events.tickets import Ticket, TimeEntry
from shared.store.engine import open_store
from shared.store.migrate import upgrade

BEFORE = (
    *("subject", "ticket_id", "stage", "content", "sequence", "generation"),
    *("due_at", "sent_at", "taken_at", "call_number", "by", "why"),
)


async def test_time_of_tickets_that_were_taken_before_does_not_come_over_again(
    store_settings: StoreSettings, tmp_path: Path
) -> None:
    copy(MIGRATIONS / "m0001_service_sync.py", tmp_path)
    engine = open_store(store_settings, "service_sync")
    await upgrade(engine, "service_sync", [tmp_path])
    worked = TimeEntry.model_validate({"id": 7, "timeStart": "2026-11-02T14:00:00Z"})
    rows = [
        ["1", 1, "done", Ticket(id=1, time=(worked,)).value().decode(), 1, 0, 0.0, 0.0, time.time(), "SC1", "", ""],
        ["2", 2, "candidate", Ticket(id=2).value().decode(), 1, 0, 0.0, 0.0, None, "", "", ""],
    ]  # fmt: skip
    old = table("service_sync_ticket", *map(named, BEFORE))
    async with engine.begin() as connection:
        await connection.execute(insert(old), [dict(zip(BEFORE, row, strict=True)) for row in rows])
    await upgrade(engine, "service_sync", [MIGRATIONS])
    store = TicketStore(engine)
    assert await store.holders([7, 8]) == {7: "1"}
    found = await store.by_subjects(["1", "2"])
    assert (found["1"].stage, found["1"].invoice, found["1"].overridden) == (Stage.DONE, None, False)
    async with engine.connect() as connection:
        assert len((await connection.execute(select(old.c.subject))).all()) == 2
    await engine.dispose()
