"""``tandem config``: what is wrong with the settings, and whether every system can be reached and used."""

import asyncio
import json
from collections.abc import Collection, Sequence
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from shared.checkup.connect import check_connections
from shared.checkup.finding import Finding, Level, faults
from shared.checkup.settings import check_settings
from shared.cli.failures import EXIT_CONFIG
from shared.cli.output import console, errors, fail
from shared.config import load
from shared.processes import ProcessesSettings
from shared.runtime import known_services

app = typer.Typer(help="The settings: what is wrong, what is missing.", no_args_is_help=True)

MARKS = {
    Level.OK: "[green]ok[/green]",
    Level.WARNING: "[yellow]note[/yellow]",
    Level.FAULT: "[red]wrong[/red]",
}


@app.callback()
def _config() -> None:
    """The settings: what is wrong, what is missing."""


@app.command()
def check(
    services: Annotated[
        list[str] | None, typer.Argument(help="Services that are to run; all that are enabled when left out.")
    ] = None,
    connect: Annotated[
        bool, typer.Option("--connect", help="Also ask every system: address, keys, level, rights, tables.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Name everything that is wrong, missing or unknown, at once; nothing is written anywhere.

    Exits with 78 when a fault is among it, with 0 otherwise.
    """
    names = _names(services or [])
    findings = check_settings(names)
    wrong = faults(findings)
    if connect and not wrong:
        findings += asyncio.run(_asked(names))
    if as_json:
        for finding in findings:
            typer.echo(json.dumps(finding.facts()))
    else:
        _print(findings, names, connect, skipped=connect and bool(wrong))
    if faults(findings):
        raise typer.Exit(EXIT_CONFIG)


def _names(given: Sequence[str]) -> list[str]:
    known = known_services()
    unknown = [name for name in given if name not in known and name != "all"]
    if unknown:
        fail(f"unknown service {', '.join(unknown)}; known: {', '.join(sorted(known))}, all", 64)
    if given and "all" not in given:
        return list(dict.fromkeys(given))
    try:
        settings = load("processes", ProcessesSettings)
    except (ValueError, OSError):
        return sorted(known)  # told with the other settings
    return [name for name in sorted(known) if settings.runs(name)]


async def _asked(names: Collection[str]) -> list[Finding]:
    # To standard error, and only to a person: standard output is the result.
    with errors.status("asking ...") as status:
        found = check_connections(names, lambda text: status.update(f"asking {text}"))
        return [finding async for finding in found]


def _print(findings: Sequence[Finding], names: Sequence[str], connect: bool, *, skipped: bool) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("")
    table.add_column("what", overflow="fold")
    table.add_column("found", overflow="fold")
    table.add_column("what to do", overflow="fold")
    for finding in findings:
        what = (
            f"{finding.variable}\n{finding.subject}"
            if finding.variable
            else f"{finding.area}\n{finding.subject}"
        )
        code = f" ({finding.code})" if finding.code else ""
        table.add_row(MARKS[finding.level], escape(what), escape(finding.text + code), escape(finding.fix))
    if findings:
        console.print(table)
    wrong = len(faults(findings))
    notes = sum(finding.level is Level.WARNING for finding in findings)
    verdict = f"[red]{wrong} wrong[/red]" if wrong else "[green]nothing wrong[/green]"
    console.print(f"{verdict}, {notes} to note; checked for {', '.join(names)}")
    if skipped:
        console.print("the systems were not asked: put the settings right first")
    elif not connect and not wrong:
        console.print("`tandem config check --connect` also asks the systems")
