"""``tandem links``: look at links, make and end them by hand."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from shared.cli.output import console, fail
from shared.connectwise.errors import ConnectWiseError
from shared.eautomate.errors import EAutomateError
from shared.links import ending, importing, mapped, suggesting
from shared.links.kinds import EAUTOMATE, LinkKind, facts
from shared.links.meant import Left as LeftMeant
from shared.links.meant import check_left, left_known, left_meant, other_customer, right_meant
from shared.links.models import How, Link, MakeLink, Repoint
from shared.links.records import Ours, Theirs
from shared.links.sides import Sides
from shared.links.talk import (
    AsId,
    By,
    Json,
    Kind,
    Left,
    Url,
    Why,
    Yes,
    confirm,
    made_by_hand,
    note,
    person,
    plain,
    reason,
    run,
)

Pair = tuple[Link, Ours | None, Theirs | None]

app = typer.Typer(help="Links between e-automate and ConnectWise records.", no_args_is_help=True)
for part in (suggesting, importing, ending, mapped):
    part.register(app)

Right = Annotated[
    str | None,
    typer.Argument(
        metavar="RECID",
        help="RecID of the company, site or member in ConnectWise; of an agreement's contract its number with "
        "revision, e.g. CW-40757-01.",
    ),
]
CompanyId = Annotated[
    str | None, typer.Option("--company-id", help="Instead of RECID: the Company ID of the company.")
]


@app.command("ls")
def list_links(
    *,
    kind: Annotated[LinkKind | None, typer.Option("--kind")] = None,
    left: Annotated[str | None, typer.Option("--left", help="As for `show`; needs --kind.")] = None,
    as_id: Annotated[bool, typer.Option("--id", help="--left is e-automate's internal id.")] = False,
    right: Annotated[
        str | None, typer.Option("--right", help="RecID in ConnectWise, or contract number.")
    ] = None,
    how: Annotated[How | None, typer.Option("--how", help="How it came about.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who made it.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 100,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """List links that hold, with numbers and names; with --json one link a line."""
    if left is not None and kind is None and not as_id:
        fail("say of which --kind the number is, e.g. --kind customer-company", 64)

    async def ask(sides: Sides) -> list[Pair]:
        key = left
        if left is not None and kind is not None:
            meant = await left_meant(sides, kind, left, as_id)
            note(meant.note)
            key = meant.key
        held = right
        if right is not None and kind is not None and facts(kind).right_system == EAUTOMATE:
            numbered = await sides.right(kind).by_codes(kind, [right.strip()])
            held = numbered[0].key if numbered else right
        wanted = {"kind": kind, "left": key, "right": held, "how": how, "by": by}
        filters = {name: str(value) for name, value in wanted.items() if value is not None}
        return await _named(sides, [link async for link in sides.mapping.list(limit, **filters)])

    pairs = run(url, ask)
    if as_json:
        for pair in pairs:
            typer.echo(json.dumps(_facts(*pair)))
    else:
        console.print(_table(pairs))


@app.command("show")
def show_link(kind: Kind, left: Left, as_id: AsId = False, as_json: Json = False, url: Url = None) -> None:
    """Show the link of one record and the ones it had before."""

    async def ask(sides: Sides) -> tuple[LeftMeant, int, list[Pair], bool]:
        meant = await left_known(sides, kind, left, as_id)
        note(meant.note)
        history = await sides.mapping.show(kind, meant.key)
        links = ([history.link] if history.link is not None else []) + history.ended
        return meant, history.generation, await _named(sides, links), history.link is not None

    meant, generation, pairs, linked = run(url, ask)
    if as_json:
        shown = [_facts(*pair) for pair in pairs]
        whole = {
            "kind": kind.value,
            "left": meant.key,
            **_left_facts(meant.record),
            "link": shown[0] if linked else None,
            "generation": generation,
            "ended": shown[1:] if linked else shown,
        }
        typer.echo(json.dumps(whole, indent=2))
        return
    console.print(_table(pairs))
    console.print(f"generation {generation}")


@app.command("link")
def make_link(
    *,
    kind: Kind,
    left: Left,
    right: Right = None,
    why: Why,
    company_id: CompanyId = None,
    as_id: AsId = False,
    by: By = None,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """Link two records by hand; both must exist, and the owning agent is told."""
    who, text = person(by), reason(why)
    made_by_hand(kind)

    async def ask(sides: Sides) -> Pair:
        ours, theirs = await _both(sides, kind, left, as_id, right, company_id)
        request = MakeLink(
            kind=kind,
            left=ours.key,
            right=theirs.key,
            how=How.BY_HAND,
            by=who,
            why=text,
            order_key=ours.parent,
        )
        words = facts(kind)
        confirm(f"Link {words.ours} {ours.told} to {words.theirs} {theirs.told}?", yes)
        return await sides.mapping.make(request), ours, theirs

    _done("linked", run(url, ask), as_json)


@app.command("repoint")
def move_link(
    *,
    kind: Kind,
    left: Left,
    right: Right = None,
    why: Why,
    company_id: CompanyId = None,
    as_id: AsId = False,
    by: By = None,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """Move the link of a record to another one of the other system, which must exist."""
    who, text = person(by), reason(why)
    made_by_hand(kind)

    async def ask(sides: Sides) -> Pair:
        ours, theirs = await _both(sides, kind, left, as_id, right, company_id)
        request = Repoint(kind=kind, left=ours.key, right=theirs.key, by=who, why=text)
        words = facts(kind)
        confirm(f"Move the link of {words.ours} {ours.told} to {words.theirs} {theirs.told}?", yes)
        return await sides.mapping.repoint(request), ours, theirs

    _done("linked", run(url, ask), as_json)


async def _both(
    sides: Sides, kind: LinkKind, left: str, as_id: bool, right: str | None, company_id: str | None
) -> tuple[Ours, Theirs]:
    meant = await left_meant(sides, kind, left, as_id)
    note(meant.note)
    ours = check_left(kind, meant)
    theirs = await right_meant(sides, kind, ours, right, company_id)
    note(theirs.note)
    if kind is LinkKind.AGREEMENT_CONTRACT:
        note(await other_customer(sides, ours, theirs))
    return ours, theirs


async def _named(sides: Sides, links: Sequence[Link]) -> list[Pair]:
    """Links with names; links alone when one of the systems does not answer, which is said."""
    try:
        return await sides.pairs(links)
    except (EAutomateError, ConnectWiseError) as error:
        note(f"without names: {error}")
        return [(link, None, None) for link in links]


def _left_facts(ours: Ours | None) -> dict[str, str | None]:
    return {
        "number": ours.number if ours is not None else None,
        "name": ours.name if ours is not None else None,
    }


def _facts(link: Link, ours: Ours | None, theirs: Theirs | None) -> dict[str, Any]:
    """The link with numbers and names, for programs."""
    named = {
        "right_name": theirs.name if theirs is not None else None,
        "right_code": theirs.code if theirs is not None else None,
    }
    return link.model_dump(mode="json") | _left_facts(ours) | named


def _done(what: str, pair: Pair, as_json: bool) -> None:
    link, ours, theirs = pair
    if as_json:
        typer.echo(json.dumps(_facts(link, ours, theirs)))
        return
    words = facts(link.kind)
    left = ours.told if ours is not None else f"id {link.left}"
    right = theirs.told if theirs is not None else link.right
    typer.echo(f"{what}: {words.ours} {left} - {words.theirs} {right} (generation {link.generation})")


def _table(pairs: Sequence[Pair]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("kind", no_wrap=True)
    table.add_column("e-automate", overflow="fold")
    table.add_column("ConnectWise", overflow="fold")
    for heading in ("state", "how", "since (UTC)"):
        table.add_column(heading, no_wrap=True)
    table.add_column("why", overflow="fold")
    for link, ours, theirs in pairs:
        ended = link.ending
        why = f"{link.why} ({link.by})" if ended is None else f"{link.why}; ended by {ended.by}: {ended.why}"
        since = link.made_at if ended is None else ended.at
        left = ours.told if ours is not None else f"(id {link.left})"
        right = theirs.told if theirs is not None else link.right
        sides = (left, right) if facts(link.kind).left_system == EAUTOMATE else (right, left)
        table.add_row(*plain(link.kind, *sides, link.state, link.how, f"{since:%m-%d %H:%M}", why))
    return table
