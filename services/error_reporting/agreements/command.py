"""``tandem report agreements``: what the agreement sync did on a day, on the screen or in a file (ID954)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from services.error_reporting.agreements import sheets, words
from services.error_reporting.agreements.days import day_of
from services.error_reporting.agreements.making import make_reminder, make_report
from services.error_reporting.agreements.page import page
from services.error_reporting.agreements.reminder import Reminder
from services.error_reporting.agreements.report import AgreementReport
from services.error_reporting.agreements.terminal import shown
from services.error_reporting.agreements.workbook import workbook
from services.error_reporting.behind import behind
from services.error_reporting.queries import NoStore, open_queries, tables_wanted
from services.error_reporting.settings import AgreementReportSettings, ErrorReportingSettings
from shared.cli.output import console, fail
from shared.config import EAutomateSettings, load
from shared.zone import dealer_zone

app = typer.Typer(help="Reports, on the screen or as a file.", no_args_is_help=True)

Told = AgreementReport | Reminder
FORMATS: dict[str, Callable[[Told], bytes]] = {
    ".xlsx": workbook,
    ".csv": sheets.comma_separated,
    ".html": lambda told: page(told).encode(),
}
USAGE, UNAVAILABLE, NOT_WRITTEN = 64, 69, 73


@app.callback()
def reports() -> None:
    """Reports, on the screen or as a file."""


@app.command()
def agreements(
    day: Annotated[
        str | None, typer.Option("--day", help="2026-05-29, today or yesterday; today unless said.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", help="The first of several days.")] = None,
    last: Annotated[
        str | None, typer.Option("--to", help="The last of several days; today unless said.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write a file; its ending says what: .xlsx, .csv or .html.")
    ] = None,
    remind: Annotated[
        bool,
        typer.Option("--reminder", help="Instead: contracts the sync updated that are to be billed soon."),
    ] = False,
    ahead: Annotated[
        int | None,
        typer.Option(
            "--days", min=0, help="With --reminder: bill dates so many days ahead; default from the settings."
        ),
    ] = None,
) -> None:
    """What the agreement sync (ID964) did: errors, and every invoice beside its contract, green or red."""
    zone = dealer_zone(load("eautomate", EAutomateSettings))
    days = _days(day, first, last, day_of(datetime.now(UTC), zone))
    if remind and days[0] != days[1]:
        fail("--reminder is about one day: give --day", USAGE)
    if ahead is not None and not remind:
        fail("--days belongs to --reminder; several days of a report are --from and --to", USAGE)
    if out is not None and out.suffix.casefold() not in FORMATS:
        fail(f"{out}: the file's ending says what is written; known: {', '.join(FORMATS)}", USAGE)
    _kept(days[0], day_of(datetime.now(UTC), zone))
    told = _told(days, zone, remind, ahead)
    if out is None:
        for piece in shown(told):
            console.print(piece)
        return
    try:
        out.write_bytes(FORMATS[out.suffix.casefold()](told))
    except OSError as error:
        fail(f"{out} cannot be written: {error.strerror or error}", NOT_WRITTEN)
    sentence = words.reminded(told) if isinstance(told, Reminder) else words.summary(told)
    console.print(f"{out} written. {sentence}", markup=False, soft_wrap=True)


def _days(day: str | None, first: str | None, last: str | None, today: date) -> tuple[date, date]:
    if day is not None and (first is not None or last is not None):
        fail("give --day, or --from and --to", USAGE)
    if last is not None and first is None:
        fail("--to needs --from", USAGE)
    begin = _date(first if first is not None else day or "today", today)
    end = _date(last or "today", today) if first is not None else begin
    if end < begin:
        fail(f"--from {begin} lies after --to {end}", USAGE)
    return begin, end


def _kept(first: date, today: date) -> None:
    """Say so when days are asked for that are forgotten."""
    kept = load("error_reporting", ErrorReportingSettings).report_days
    if first < today - timedelta(days=kept):
        told = f"days before {today - timedelta(days=kept)} are forgotten (error_reporting.report_days is {kept})"
        typer.echo(told, err=True)


def _date(text: str, today: date) -> date:
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(text.strip().casefold()) or date.fromisoformat(text.strip())
    except ValueError:
        return fail(f"{text} is no day; write it like {today}, or today, or yesterday", USAGE)


def _told(days: tuple[date, date], zone: ZoneInfo, remind: bool, ahead: int | None) -> Told:
    try:
        told, late = asyncio.run(_read(days, zone, remind, ahead))
    except NoStore as error:
        fail(str(error), UNAVAILABLE)
    if late is not None:
        typer.echo(late, err=True)
    return told


async def _read(
    days: tuple[date, date], zone: ZoneInfo, remind: bool, ahead: int | None
) -> tuple[Told, str | None]:
    queries, engine = open_queries()
    try:
        with tables_wanted():
            if remind:
                if ahead is None:
                    ahead = load("error_reporting", ErrorReportingSettings).reminder_days
                return await make_reminder(engine, days[1], ahead, zone), await behind(queries)
            ended = load("agreement_sync", AgreementReportSettings).report_terminations
            return await make_report(engine, *days, zone, ended), await behind(queries)
    finally:
        await engine.dispose()
