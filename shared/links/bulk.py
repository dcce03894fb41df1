"""``tandem links suggest``, ``export`` and ``import``: many links at once, by spreadsheet."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from shared.cli.output import console, fail
from shared.links.importing import Judged, Known, Status, Wish, cells, headings, judge, wishes
from shared.links.kinds import LinkKind, facts
from shared.links.models import How, Link, MadeStatus, MakeLink
from shared.links.records import Ours, Theirs
from shared.links.scoring import Confidence
from shared.links.sheet import read_sheet, write_sheet
from shared.links.sides import Sides
from shared.links.suggest import Proposal, propose
from shared.links.talk import REFUSED, By, Json, Url, Yes, confirm, note, person, run

FILE_MOST = 20_000_000

KindOption = Annotated[LinkKind | None, typer.Option("--kind", help="Only links of this kind.")]
Csv = Annotated[Path | None, typer.Option("--csv", help="Write a spreadsheet; needs --kind.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("suggest")(suggest)
    app.command("export")(export)
    app.command("import")(import_links)


def suggest(
    *,
    kind: KindOption = None,
    least: Annotated[
        Confidence, typer.Option("--least", help="Leave out what is less sure.")
    ] = Confidence.LOW,
    csv: Csv = None,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """Propose a ConnectWise record for each e-automate record without a link; nothing is linked.

    The spreadsheet of --csv can be pruned and given to `tandem links import`.
    """
    _one_kind(csv, kind)

    async def ask(sides: Sides) -> list[Proposal]:
        found: list[Proposal] = []
        for one in [kind] if kind is not None else LinkKind:
            found += await _proposals(sides, one)
        order = list(Confidence)
        return [one for one in found if order.index(one.confidence) <= order.index(least)]

    proposals = run(url, ask)
    if csv is not None and kind is not None:
        rows = [[*cells(kind, one.ours, one.theirs), one.confidence.value, one.conflict, one.reason]
                for one in proposals]  # fmt: skip
        _write(csv, [*headings(kind), "confidence", "conflict", "why"], rows)
    elif as_json:
        for one in proposals:
            typer.echo(json.dumps(_proposal(one)))
    else:
        _show_proposals(proposals)


def export(
    *,
    kind: Annotated[LinkKind, typer.Option("--kind", help="What is linked.")] = LinkKind.CUSTOMER_COMPANY,
    csv: Annotated[Path, typer.Option("--csv", help="The spreadsheet to write.")],
    url: Url = None,
) -> None:
    """Write all links of a kind into a spreadsheet, with numbers, names and RecIDs."""

    async def ask(sides: Sides) -> list[tuple[Link, Ours | None, Theirs | None]]:
        return await sides.pairs(await sides.links(kind))

    rows = [
        [
            *cells(kind, ours, theirs, link),
            link.how.value,
            link.by,
            f"{link.made_at:%Y-%m-%d %H:%M}",
            link.why,
        ]
        for link, ours, theirs in run(url, ask)
    ]
    _write(csv, [*headings(kind), "how", "by", "since", "why"], rows)


def import_links(
    *,
    file: Annotated[
        Path, typer.Argument(help="CSV with e.g. `customer number` and `company recid` or `company id`.")
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
    reason = why.strip() or f"import of {file.name}"[:500]

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
        return judged, await _make(sides, wanted, person(by), reason)

    judged, done = run(url, ask)
    by_line = {one.wish.line: one for one in done}
    final = [by_line.get(one.wish.line, one) for one in judged]
    if as_json:
        for one in final:
            typer.echo(json.dumps(_judged(one, one.wish.line in by_line)))
    _sum_up(final, by_line)


async def _proposals(sides: Sides, kind: LinkKind) -> list[Proposal]:
    links = await sides.links(kind)
    ours = await sides.ours.all(kind)
    companies: dict[str, str] = {}
    if kind is LinkKind.LOCATION_SITE:
        linked = {link.left for link in links}
        companies = await sides.companies_of(
            one.parent for one in ours if one.in_use and one.key not in linked
        )
    return propose(kind, ours, await sides.theirs.all(kind, companies.values()), links, companies)


async def _known(sides: Sides, asked: Sequence[Wish]) -> dict[LinkKind, Known]:
    """What the lines are judged by, kind by kind, in lists and pages."""
    result = {}
    for kind in LinkKind:
        own = [wish for wish in asked if wish.kind is kind and not wish.fault]
        if not own:
            continue
        ours = await sides.ours.all(kind)
        companies: dict[str, str] = {}
        if kind is LinkKind.LOCATION_SITE:
            keys, numbers = {wish.key for wish in own}, {wish.number.casefold() for wish in own}
            named = [one for one in ours if one.key in keys or one.number.casefold() in numbers]
            companies = await sides.companies_of(one.parent for one in named)
        by_key = await sides.theirs.by_keys(
            kind, (wish.recid for wish in own if wish.recid), companies.values()
        )
        by_code = await sides.theirs.by_codes(kind, (wish.code for wish in own if not wish.recid))
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
            return Judged(judged.wish, Status.REFUSED, made.message, judged.ours, judged.theirs)
        if made.status is MadeStatus.EXISTING:
            return Judged(judged.wish, Status.EXISTS, "", judged.ours, judged.theirs)
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


def _one_kind(csv: Path | None, kind: LinkKind | None) -> None:
    if csv is not None and kind is None:
        fail("a spreadsheet holds one kind: say --kind, e.g. --kind customer-company", 64)


def _write(file: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    listed = list(rows)
    try:
        file.write_bytes(write_sheet(names, listed))
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}", REFUSED)
    note(f"{len(listed)} line(s) written to {file}")


def _proposal(one: Proposal) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "left": one.ours.key,
        "number": one.ours.number,
        "name": one.ours.name,
        "right": one.theirs.key,
        "right_code": one.theirs.code,
        "right_name": one.theirs.name,
        "confidence": one.confidence.value,
        "reason": one.reason,
        "conflict": one.conflict,
    }


def _show_proposals(proposals: Sequence[Proposal]) -> None:
    if not proposals:
        console.print("nothing to suggest: every record in use is linked, or nothing looks like it")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("kind", no_wrap=True)
    for heading in ("e-automate", "ConnectWise"):
        table.add_column(heading, overflow="fold")
    table.add_column("sure", no_wrap=True)
    table.add_column("because", overflow="fold")
    for one in proposals:
        because = f"{one.reason}; {one.conflict}" if one.conflict else one.reason
        table.add_row(one.kind, one.ours.told, one.theirs.told, one.confidence, because)
    console.print(table)
    counts = Counter(one.confidence for one in proposals)
    console.print(", ".join(f"{counts[each]} {each}" for each in Confidence if counts[each]))


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
        table.add_row(str(one.wish.line), left, f"{word}{right}", one.status, one.reason)
    console.print(table)
