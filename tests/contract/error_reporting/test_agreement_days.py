"""Days of agreement invoices in the store, and ``tandem report agreements`` on it."""

import asyncio
import csv
import io
import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from services.error_reporting.agreements import command
from services.error_reporting.agreements.making import make_reminder, make_report
from services.error_reporting.app import MIGRATIONS, NAME
from services.error_reporting.facts import Fact
from services.error_reporting.folding import CaseFold
from services.error_reporting.store import CaseStore
from services.error_reporting.tables import AGREEMENT_DAY
from shared.bus.deadletter import Raw
from shared.config import StoreSettings, load
from shared.events import topics
from shared.events.case_events import CaseEvent
from shared.store.engine import reading
from tests.stores import migrated
from tests.unit.services.error_reporting.agreements.told import (
    MAY,
    NEW_YORK,
    NO_CONTRACT,
    compared,
    lettered,
    line,
    moment,
    told,
)


@pytest.fixture
def days(engine: AsyncEngine) -> CaseStore:
    return CaseStore(engine, zone=NEW_YORK)


async def held(engine: AsyncEngine) -> list[tuple[object, ...]]:
    async with reading(engine) as connection:
        statement = select(AGREEMENT_DAY).order_by(AGREEMENT_DAY.c.record, AGREEMENT_DAY.c.day)
        return [tuple(row) for row in await connection.execute(statement)]


def some() -> list[Fact]:
    return [
        told("rejected", moment(9, day=27), compared(**NO_CONTRACT), code="G1"),
        lettered(moment(9, day=27)),
        told("applied", moment(15, day=27), compared(made="created"), sequence=6),
        told("skipped", moment(9, day=28), compared(made="unchanged", billed="91001"), sequence=7),
        told("rejected", moment(9), compared(501, **NO_CONTRACT), invoice=501, code="G13"),
        told("applied", moment(9), agent="customer_sync"),
    ]


async def test_a_day_is_a_row_and_telling_it_again_changes_nothing(
    engine: AsyncEngine, days: CaseStore
) -> None:
    await days.take(some(), {}, moment(20))
    once = await held(engine)
    assert [row[:2] for row in once] == [
        ("connectwise/invoice/500", date(2026, 5, 27)),
        ("connectwise/invoice/500", date(2026, 5, 28)),
        ("connectwise/invoice/501", date(2026, 5, 29)),
    ]
    await days.take(some(), {}, moment(21))
    assert await held(engine) == once


async def test_the_rows_are_the_same_in_any_order_and_in_any_batches(
    engine: AsyncEngine, days: CaseStore
) -> None:
    await days.take(some(), {}, moment(20))
    once = await held(engine)
    chance = random.Random(7)  # noqa: S311 - an order, no secret
    for _ in range(4):
        await days.clear()
        assert await held(engine) == []
        facts = some()
        chance.shuffle(facts)
        for fact in facts:
            await days.take([fact], {}, moment(20))
        assert await held(engine) == once


async def test_a_comparison_of_thousands_of_lines_is_kept(engine: AsyncEngine, days: CaseStore) -> None:
    lines = tuple(line(f"ITEM{place}", "0.01", "0.01", description="x" * 100) for place in range(5000))
    await days.take([told(comparison=compared(500, *lines))], {}, moment(20))
    (shown,) = (await make_report(engine, MAY, MAY, NEW_YORK, False)).invoices
    assert len(shown.comparison.lines) == 5000
    assert shown.comparison.ea_total == Decimal("50.00")


async def test_it_is_folded_from_the_topic(engine: AsyncEngine, days: CaseStore) -> None:
    message = told(comparison=compared(company="Söhne \0 Ltd")).message("x")
    raw = Raw(topics.outcomes("t"), 0, 7, 0, message.key, message.value, ())
    await CaseFold(days, "t").fold([raw, raw])
    (shown,) = (await make_report(engine, MAY, MAY, NEW_YORK, False)).invoices
    assert shown.comparison.company == "Söhne \0 Ltd"


async def test_an_outcome_before_midnight_belongs_to_the_dealers_day(
    engine: AsyncEngine, days: CaseStore
) -> None:
    await days.take([told(at=moment(3, 59, day=30), comparison=compared())], {}, moment(20))
    await days.take([told(at=moment(4, 0, day=30), comparison=compared(501), invoice=501)], {}, moment(20))
    (shown,) = (await make_report(engine, MAY, MAY, NEW_YORK, False)).invoices
    assert shown.comparison.invoice_id == 500


async def test_an_error_is_listed_every_day_until_it_heals(engine: AsyncEngine, days: CaseStore) -> None:
    await days.take(
        [
            told("rejected", moment(9, day=20), compared(**NO_CONTRACT), code="G1"),
            lettered(moment(9, day=20)),
        ],
        {},
        moment(20),
    )
    for day in (20, 21, 29):
        on = date(2026, 5, day)
        (trouble,) = (await make_report(engine, on, on, NEW_YORK, False)).troubles
        assert (trouble.code, trouble.state, f"{trouble.since:%d}") == ("G1", "open", "20")
    await days.take([told(at=moment(9, day=25), comparison=compared(), sequence=6)], {}, moment(20))
    later = date(2026, 5, 26)
    assert (await make_report(engine, later, later, NEW_YORK, False)).troubles == ()


async def test_an_ignored_error_is_quiet_on_later_days(engine: AsyncEngine, days: CaseStore) -> None:
    quiet = CaseEvent(
        event="ignored", agent="agreement_sync", record="connectwise/invoice/500", code="G1",
        failed_at=moment(9, day=20), by="jo", why="known", at=moment(10, day=20),
    )  # fmt: skip
    await days.take([told("rejected", moment(9, day=20), code="G1"), quiet], {}, moment(20))
    assert (await make_report(engine, MAY, MAY, NEW_YORK, False)).troubles == ()


async def test_the_reminder_follows_a_contract_from_written_to_billed(
    engine: AsyncEngine, days: CaseStore
) -> None:
    await days.take([told(at=moment(9, day=2), comparison=compared(made="created"))], {}, moment(20))
    looked = told("skipped", moment(9, day=27), compared(made="unchanged"), sequence=6)
    await days.take([looked], {}, moment(20))

    async def reminded(day: date) -> list[str]:
        found = await make_reminder(engine, day, 5, NEW_YORK)
        return [one.comparison.contract for one in found.contracts]

    assert await reminded(date(2026, 5, 1)) == []
    assert await reminded(date(2026, 5, 26)) == []
    assert await reminded(date(2026, 5, 27)) == ["CW-500-01"]
    billed = told(
        "skipped", moment(9, day=28), compared(made="unchanged", billed="91001"), sequence=3, command=True
    )
    await days.take([billed], {}, moment(20))
    assert await reminded(date(2026, 5, 27)) == ["CW-500-01"]
    assert await reminded(date(2026, 5, 28)) == []


async def test_what_was_only_looked_at_is_not_reminded_of(engine: AsyncEngine, days: CaseStore) -> None:
    await days.take([told("skipped", comparison=compared(made="unchanged"))], {}, moment(20))
    assert (await make_reminder(engine, MAY, 5, NEW_YORK)).contracts == ()


async def test_days_that_no_report_asks_for_are_forgotten(engine: AsyncEngine) -> None:
    days = CaseStore(engine, zone=NEW_YORK, kept=timedelta(days=2))
    await days.take(some(), {}, moment(20))
    await days.forget_days(moment(3, day=30))  # still the 29th in New York
    assert [row[1] for row in await held(engine)] == [date(2026, 5, day) for day in (27, 28, 29)]
    await days.forget_days(moment(4, day=30))
    assert [row[1] for row in await held(engine)] == [date(2026, 5, day) for day in (28, 29)]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TANDEM_STORE__URL", f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db")
    monkeypatch.setenv("TANDEM_KAFKA__BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("TANDEM_EAUTOMATE__TIME_ZONE", "America/New_York")
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def kept(facts: Sequence[Fact]) -> None:
    async def tell() -> None:
        engine = await migrated(load("store", StoreSettings), NAME, MIGRATIONS)
        await CaseStore(engine, zone=NEW_YORK).take(facts, {}, moment(20))
        await engine.dispose()

    asyncio.run(tell())


def tandem(*words: str) -> Result:
    return CliRunner().invoke(command.app, ["agreements", *words])


def test_the_command_prints_a_day(here: Path) -> None:
    kept(some())
    shown = tandem("--day", "2026-05-29")
    assert shown.exit_code == 0
    assert "1 invoice: 0 green, 1 red; 1 error, 1 open." in shown.stdout
    assert "error_reporting has not folded anything yet" in shown.stderr
    several = tandem("--from", "2026-05-27", "--to", "2026-05-29")
    assert "2 invoices: 1 green, 1 red; 2 errors, 1 open." in several.stdout
    assert "billed as 91001" in several.stdout


@pytest.mark.parametrize("words", [(), ("--reminder",)])
def test_every_file_can_be_opened(here: Path, words: tuple[str, ...]) -> None:
    kept([told(comparison=compared())])
    files = {ending: here / f"report{ending}" for ending in (".xlsx", ".CSV", ".html")}
    for file in files.values():
        written = tandem("--day", "2026-05-29", "--out", str(file), *words)
        assert written.exit_code == 0
        assert f"{file} written." in written.stdout
    assert load_workbook(files[".xlsx"]).sheetnames[0] in {"Errors", "Not billed yet"}
    lines = list(csv.DictReader(io.StringIO(files[".CSV"].read_text(encoding="utf-8-sig"))))
    assert {one["contract"] for one in lines} == {"CW-500-01"}
    assert "CW-500-01" in files[".html"].read_text(encoding="utf-8")


def test_the_window_of_the_reminder_is_a_setting(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept([told(comparison=compared(next_billing=date(2026, 6, 8)))])
    assert "No contract the sync updated" in tandem("--day", "2026-05-29", "--reminder").stdout
    monkeypatch.setenv("TANDEM_ERROR_REPORTING__REMINDER_DAYS", "10")
    assert "in 10 days" in tandem("--day", "2026-05-29", "--reminder").stdout


@pytest.mark.parametrize(("said", "listed"), [("Yes", True), ("true", True), ("No", False), ("", False)])
def test_ended_contracts_are_listed_when_the_process_says_so(
    here: Path, monkeypatch: pytest.MonkeyPatch, said: str, listed: bool
) -> None:
    kept([told(comparison=compared(terminated=date(2026, 5, 31)))])
    assert "Ended contracts" not in tandem("--day", "2026-05-29").stdout
    monkeypatch.setenv("TANDEM_AGREEMENT_SYNC__REPORT_TERMINATIONS", said)
    assert ("Ended contracts" in tandem("--day", "2026-05-29").stdout) is listed


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("--day", "29 May"), 64, "29 May is no day"),
        (("--day", "2026-05-29", "--from", "2026-05-01"), 64, "give --day, or --from and --to"),
        (("--to", "2026-05-01"), 64, "--to needs --from"),
        (("--from", "2026-05-03", "--to", "2026-05-01"), 64, "lies after"),
        (("--from", "2026-05-01", "--to", "2026-05-03", "--reminder"), 64, "about one day"),
        (("--out", "report.pdf"), 64, ".xlsx, .csv, .html"),
        (("--out", "/nowhere/at/all.csv"), 73, "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(here: Path, words: tuple[str, ...], code: int, text: str) -> None:
    kept([])
    refused = tandem(*words)
    assert refused.exit_code == code
    assert text in refused.stderr


def test_without_tables_it_says_what_makes_them(here: Path) -> None:
    refused = tandem()
    assert refused.exit_code == 69
    assert "tandem db upgrade" in refused.stderr
    assert "no tables in " in refused.stderr
    assert "TANDEM_STORE__URL" in refused.stderr


def test_a_day_that_is_no_longer_kept_says_so(here: Path) -> None:
    kept([])
    assert "are forgotten (error_reporting.report_days is 400)" in tandem("--day", "2020-01-01").stderr
    assert "are forgotten" not in tandem("--day", "yesterday").stderr


def test_a_day_without_anything_says_so(here: Path) -> None:
    kept([])
    shown = tandem("--day", "yesterday")
    assert shown.exit_code == 0
    assert "Nothing was synced and no error was met" in shown.stdout
