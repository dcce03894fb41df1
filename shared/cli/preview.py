"""``tandem preview``: what a process would do with every record, under today's settings or others; nothing is written."""

import asyncio
import difflib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ValidationError
from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from shared.checkup.wording import wrong_value
from shared.cli.failures import EXIT_CONFIG
from shared.cli.output import console, errors, fail
from shared.config import load
from shared.links.sheet import write_sheet
from shared.preview import IN_STEP, LEFT, REFUSED, WAITS, WOULD, Asked, Planned, Preview, UnknownRecordsError

SHOWN = 100
COLOURS = {WOULD: "green", IN_STEP: "dim", LEFT: "dim", WAITS: "yellow", REFUSED: "red"}
HEADINGS = ("kind", "number", "name", "verdict", "code", "steps", "target", "changes", "text", "warnings")


def preview(
    process: Annotated[str, typer.Argument(help="The process, e.g. ID747 or customer_sync.")],
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", "--invoice", help="Only this customer, invoice ...; again, or with commas, for more."
        ),
    ] = None,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", help='As if a setting were another, e.g. sync_type="update customers".'),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Look at so many records at most.")] = None,
    csv: Annotated[Path | None, typer.Option("--csv", help="Write every record to this file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Counts and every record as JSON.")] = False,
) -> None:
    """Decide on every record as if it had just changed, and show what would be done; nothing is written."""
    chosen = _chosen(process)
    settings = _settings(chosen, overrides or [])
    try:
        numbers = [number.strip() for given in only or [] for number in given.split(",") if number.strip()]
        planned = asyncio.run(_planned(chosen, settings, numbers, limit))
    except UnknownRecordsError as error:
        fail(str(error))
    if csv is not None:
        csv.write_bytes(write_sheet(HEADINGS, map(_cells, planned)))
    if as_json:
        facts = {
            "process": chosen.number,
            "counts": _counts(planned),
            "records": [asdict(one) for one in planned],
        }
        typer.echo(json.dumps(facts))
        return
    _print(chosen, planned, csv)


def _chosen(process: str) -> Preview:
    known: dict[str, Preview] = {point.name: point.load() for point in entry_points(group="tandem.previews")}
    wanted = process.casefold()
    for name, one in known.items():
        if wanted in {name.casefold(), one.number.casefold()}:
            return one
    listed = ", ".join(f"{one.number} ({name})" for name, one in sorted(known.items()))
    return fail(f"no preview of {process}; there is one of {listed}", 64)


def _settings(chosen: Preview, overrides: Sequence[str]) -> BaseModel:
    """The process's settings with other values in some places, validated as a whole."""
    given: dict[str, Any] = {}
    for override in overrides:
        name, found, value = override.partition("=")
        name = name.strip().removeprefix(f"{chosen.section}.")
        if not found or name not in chosen.model.model_fields:
            near = difflib.get_close_matches(name, chosen.model.model_fields, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            fail(f"--set {override}: no setting of {chosen.section}{hint}", 64)
        given[name] = _value(value.strip())
    settings = load(chosen.section, chosen.model)
    if not given:
        return settings
    try:
        return chosen.model.model_validate(settings.model_dump() | given)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        lines = [
            f"{'.'.join(str(part) for part in fault['loc']) or chosen.section}: {wrong_value(fault)}"
            for fault in faults
        ]
        fail("--set: " + "\n".join(lines), EXIT_CONFIG)


def _value(text: str) -> Any:
    if text.startswith(("{", "[")):
        try:
            return json.loads(text)
        except ValueError:
            return text  # told as a wrong value
    return text


async def _planned(
    chosen: Preview, settings: BaseModel, only: Sequence[str], limit: int | None
) -> list[Planned]:
    # The bar goes to standard error: standard output is the result.
    columns = (TextColumn("looking at records"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return [one async for one in chosen.plan(settings, Asked(only, limit, progress))]


def _counts(planned: Iterable[Planned]) -> dict[str, dict[str, int]]:
    """How often what would happen: by verdict, how many of all are warned about, by step, by code, by reason."""
    names = ("verdict", "of these", "step", "code", "left alone")
    found: dict[str, Counter[str]] = {name: Counter() for name in names}
    for one in planned:
        found["verdict"][one.verdict] += 1
        found["step"].update(one.steps)
        if one.code:
            found["code"][one.code] += 1
        if one.verdict == LEFT:
            found["left alone"][one.reason or one.text] += 1
        if one.warnings:
            found["of these"]["with a warning"] += 1
    return {name: dict(counter.most_common()) for name, counter in found.items()}


def _print(chosen: Preview, planned: Sequence[Planned], csv: Path | None) -> None:
    counts = Table(
        box=box.SIMPLE_HEAD,
        title=f"{chosen.number}: {counted(len(planned))}, nothing was written",
    )
    counts.add_column("what")
    counts.add_column("records", justify="right")
    for what, number in summary(planned):
        counts.add_row(escape(what), str(number))
    console.print(counts)
    telling = [one for one in planned if one.verdict not in {IN_STEP, LEFT} or one.warnings]
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("record", "verdict"):
        table.add_column(heading, overflow="fold")
    table.add_column("what would be done, or why not", overflow="fold")
    for one in telling[:SHOWN]:
        colour = COLOURS[one.verdict]
        code = f" ({one.code})" if one.code else ""
        text = "\n".join([*_lines(one), *(f"note: {warning}" for warning in one.warnings)])
        table.add_row(
            escape(f"{one.kind} {one.number}\n{one.name}"),
            f"[{colour}]{one.verdict}{code}[/{colour}]",
            escape(text),
        )
    if telling:
        console.print(table)
    if len(telling) > SHOWN:
        console.print(f"... and {len(telling) - SHOWN} more; --csv FILE or --json has all")
    if csv is not None:
        console.print(f"every record is in {csv}")


def summary(planned: Iterable[Planned]) -> list[tuple[str, int]]:
    """The rows people read first: what would happen, and to how many records."""
    return [
        (f"{heading}{name}", number)
        for heading, of in _headings(_counts(planned))
        for name, number in of.items()
    ]


def _headings(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Mapping[str, int]]]:
    return [
        ("", counts["verdict"]),
        ("of all of these, ", counts["of these"]),
        ("would ", counts["step"]),
        ("waits or refused with error ", counts["code"]),
        ("left alone: ", counts["left alone"]),
    ]


def counted(count: int) -> str:
    """``1 record``."""
    return f"{count} record" if count == 1 else f"{count} records"


def _lines(one: Planned) -> list[str]:
    text = f"{one.text} ({one.target})" if one.target and one.steps else one.text
    return [
        text,
        *(
            f"  {name}: {now or 'blank'} -> {wanted or 'blank'}"
            for name, (now, wanted) in one.changes.items()
        ),
    ]


def _cells(one: Planned) -> list[str]:
    changes = "; ".join(f"{name}: {now} -> {wanted}" for name, (now, wanted) in one.changes.items())
    steps, warnings = ", ".join(one.steps), "; ".join(one.warnings)
    return [
        one.kind,
        one.number,
        one.name,
        one.verdict,
        one.code,
        steps,
        one.target,
        changes,
        one.text,
        warnings,
    ]
