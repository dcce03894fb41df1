"""``tandem links suggest`` and ``export``: many links as a table or a spreadsheet."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from shared.cli.output import console, fail
from shared.config import load
from shared.links.contracts import PO, REMARKS
from shared.links.kinds import EAUTOMATE, LinkKind, facts
from shared.links.models import Link
from shared.links.records import Ours, Theirs
from shared.links.scoring import Confidence
from shared.links.sheet import write_sheet
from shared.links.sides import Sides
from shared.links.suggest import Proposal, propose
from shared.links.suggest_contracts import propose_contracts
from shared.links.talk import REFUSED, Json, KindOption, Url, note, plain, run
from shared.links.wishes import cells, headings
from shared.processes import ProcessesSettings

Csv = Annotated[Path | None, typer.Option("--csv", help="Write a spreadsheet; needs --kind.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("suggest")(suggest)
    app.command("export")(export)


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
    """Propose a partner for each record without a link; nothing is linked.

    The spreadsheet of --csv can be pruned and given to `tandem links import`.
    """
    _one_kind(csv, kind)
    if kind is not None and facts(kind).not_by_hand:
        fail(f"{kind} links are not suggested: {facts(kind).not_by_hand}", REFUSED)

    async def ask(sides: Sides) -> list[Proposal]:
        found: list[Proposal] = []
        for one in [kind] if kind is not None else _suggested():
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

    pairs = sorted(
        run(url, ask), key=lambda pair: (pair[1].number if pair[1] is not None else "", pair[0].left)
    )
    rows = [
        [
            *cells(kind, ours, theirs, link),
            link.how.value,
            link.by,
            f"{link.made_at:%Y-%m-%d %H:%M}",
            link.why,
        ]
        for link, ours, theirs in pairs
    ]
    _write(csv, [*headings(kind), "how", "by", "since", "why"], rows)


async def _proposals(sides: Sides, kind: LinkKind) -> list[Proposal]:
    if kind is LinkKind.AGREEMENT_CONTRACT:
        return await _contracts(sides)
    links = await sides.links(kind)
    ours = await sides.left(kind).all(kind)
    companies: dict[str, str] = {}
    if kind is LinkKind.LOCATION_SITE:
        linked = {link.left for link in links}
        companies = await sides.companies_of(
            one.parent for one in ours if one.in_use and one.key not in linked
        )
    return propose(kind, ours, await sides.right(kind).all(kind, companies.values()), links, companies)


def _suggested() -> list[LinkKind]:
    """Kinds that people link, of processes that run: nobody else's rights in ConnectWise are needed."""
    runs = load("processes", ProcessesSettings).runs
    return [kind for kind in LinkKind if not facts(kind).not_by_hand and runs(facts(kind).owner)]


async def _contracts(sides: Sides) -> list[Proposal]:
    kind = LinkKind.AGREEMENT_CONTRACT
    agreements, contracts = await sides.left(kind).all(kind), await sides.right(kind).all(kind)
    free = [one for one in contracts if not one.unusable]
    numbers = [number for one in free for what, number in one.numbers if what in {PO, REMARKS}]
    return propose_contracts(
        agreements,
        contracts,
        await sides.links(kind),
        await sides.companies_of({one.owner for one in free}),
        await sides.agreements.agreements_of_invoices(numbers),
    )


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
        told = [one.ours.told, one.theirs.told]
        if facts(one.kind).left_system != EAUTOMATE:
            told.reverse()
        table.add_row(*plain(one.kind, *told, one.confidence, because))
    console.print(table)
    counts = Counter(one.confidence for one in proposals)
    console.print(", ".join(f"{counts[each]} {each}" for each in Confidence if counts[each]))
