"""``tandem links import``: links from a spreadsheet, shown line by line before they are made."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from shared.cli.output import console, fail
from shared.links.judging import Judged, Known, Status, judge
from shared.links.kinds import EAUTOMATE, LinkKind, facts
from shared.links.models import How, MadeStatus, MakeLink
from shared.links.sheet import read_sheet
from shared.links.sides import Sides
from shared.links.talk import REFUSED, By, Json, KindOption, Url, Yes, confirm, note, person, plain, run
from shared.links.wishes import Wish, one_line, wishes

FILE_MOST = 20_000_000


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_links)


def import_links(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with e.g. `customer number` and `company recid`, or `agreement recid` and `contract number`."
        ),
    ],
    kind: KindOption = None,
    why: Annotated[str, typer.Option("--why", help="For lines without a reason of their own.")] = "",
    by: By = None,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """Link what a spreadsheet lists: shown line by line first, then made after a yes.

    What is linked already is left alone, so a file may be imported again.
    """
    who, reason = person(by), one_line(why) or one_line(f"import of {file.name}")

    async def ask(sides: Sides) -> tuple[list[Judged], list[Judged]]:
        asked = wishes(read_sheet(_content(file)), kind)
        judged = judge(asked, await _known(sides, asked))
        wanted = [one for one in judged if one.status is Status.LINK]
        if not as_json:
            _show_judged(judged)
        if wanted:
            refused = sum(one.status is Status.REFUSED for one in judged)
            left_out = f" ({refused} refused line(s) are left out)" if refused else ""
            confirm(f"Make {len(wanted)} link(s){left_out}?", yes)
        return judged, await _make(sides, wanted, who, reason)

    judged, done = run(url, ask)
    by_line = {one.wish.line: one for one in done}
    final = [by_line.get(one.wish.line, one) for one in judged]
    if as_json:
        for one in final:
            typer.echo(json.dumps(_judged(one, one.wish.line in by_line)))
    _sum_up(final, by_line)


async def _known(sides: Sides, asked: Sequence[Wish]) -> dict[LinkKind, Known]:
    """What the lines are judged by, kind by kind, in lists and pages."""
    result = {}
    for kind in LinkKind:
        own = [wish for wish in asked if wish.kind is kind and not wish.fault]
        if not own:
            continue
        ours = await sides.left(kind).all(kind)
        companies: dict[str, str] = {}
        if kind is LinkKind.LOCATION_SITE:
            keys, numbers = {wish.key for wish in own}, {wish.number.casefold() for wish in own}
            named = [one for one in ours if one.key in keys or one.number.casefold() in numbers]
            companies = await sides.companies_of(one.parent for one in named)
        by_key = await sides.right(kind).by_keys(
            kind, (wish.recid for wish in own if wish.recid), companies.values()
        )
        by_code = await sides.right(kind).by_codes(kind, (wish.code for wish in own if not wish.recid))
        theirs = {one.key: one for one in (*by_code, *by_key.values())}
        found = await sides.mapping.find(kind, lefts=[one.key for one in ours], rights=list(theirs))
        result[kind] = Known(ours, list(theirs.values()), found.lefts, found.rights, companies)
    return result


async def _make(sides: Sides, wanted: Sequence[Judged], by: str, reason: str) -> list[Judged]:
    """The lines with what mapping made of them; requests travel in batches."""

    async def one(judged: Judged) -> Judged:
        if judged.wish.kind is None or judged.ours is None or judged.theirs is None:
            return judged
        made = await sides.mapping.try_make(
            MakeLink(
                kind=judged.wish.kind,
                left=judged.ours.key,
                right=judged.theirs.key,
                how=How.BY_HAND,
                by=by,
                why=judged.wish.why or reason,
                generation=judged.generation,
                order_key=judged.ours.parent,
            )
        )
        if made.link is None:
            return replace(judged, status=Status.REFUSED, reason=made.message)
        if made.status is MadeStatus.EXISTING:
            return replace(judged, status=Status.EXISTS, reason="")
        return judged

    return list(await asyncio.gather(*map(one, wanted)))


def _sum_up(final: Sequence[Judged], made: dict[int, Judged]) -> None:
    """What was done, at the end; lines that were refused make the exit code 1."""
    linked = sum(one.status is Status.LINK for one in made.values())
    exists = sum(one.status is Status.EXISTS for one in final)
    refused = [one for one in final if one.status is Status.REFUSED]
    note(f"linked {linked}, existed already {exists}, refused {len(refused)}")
    for one in refused:
        if one.wish.line in made:
            note(f"line {one.wish.line}: {one.reason}")
    if refused:
        fail(f"refused: line {', '.join(str(one.wish.line) for one in refused)}", REFUSED)


def _content(file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > FILE_MOST:
            fail(f"{file} has {size:,} bytes; a list of links has at most {FILE_MOST:,}", REFUSED)
        return file.read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", REFUSED)


def _judged(one: Judged, made: bool) -> dict[str, Any]:
    status = "linked" if made and one.status is Status.LINK else one.status.value
    return {
        "line": one.wish.line,
        "kind": one.wish.kind.value if one.wish.kind is not None else None,
        "left": one.ours.key if one.ours is not None else None,
        "right": one.theirs.key if one.theirs is not None else None,
        "status": status,
        "reason": one.reason,
    }


def _show_judged(judged: Sequence[Judged]) -> None:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("line", justify="right")
    for heading in ("e-automate", "ConnectWise"):
        table.add_column(heading, overflow="fold")
    table.add_column("", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for one in judged:
        kind = one.wish.kind
        left = one.ours.told if one.ours is not None else one.wish.number or f"(id {one.wish.key})"
        right = one.theirs.told if one.theirs is not None else one.wish.recid or one.wish.code
        word = f"{facts(kind).theirs} " if kind is not None and right else ""
        sides = [left, f"{word}{right}"]
        if kind is not None and facts(kind).left_system != EAUTOMATE:
            sides.reverse()
        table.add_row(*plain(str(one.wish.line), *sides, one.status, one.reason))
    console.print(table)
