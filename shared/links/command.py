"""``tandem links``: look at links, make and end them by hand."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, NoReturn, TypeVar

import typer
from pydantic import BaseModel, ValidationError
from rich import box
from rich.console import Console
from rich.table import Table

from shared.config import MappingClientSettings, load
from shared.links.client import MappingClient
from shared.links.errors import MappingRefusedError, MappingUnavailable
from shared.links.kinds import LinkKind, facts
from shared.links.models import How, Link, MakeLink, Repoint

Result = TypeVar("Result")
Request = TypeVar("Request", bound=BaseModel)

REFUSED = 1
UNAVAILABLE = 69
"""Exit code of sysexits for "service unavailable"."""

app = typer.Typer(help="Links between e-automate and ConnectWise records.", no_args_is_help=True)

Url = Annotated[str | None, typer.Option("--url", help="Where mapping listens; default from the settings.")]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with the link.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; default the user of this system.")]
Kind = Annotated[LinkKind, typer.Argument(help="What is linked.")]
Left = Annotated[str, typer.Argument(help="The e-automate side.")]
Right = Annotated[str, typer.Argument(help="The ConnectWise side.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("ls")
def list_links(
    *,
    kind: Annotated[LinkKind | None, typer.Option("--kind")] = None,
    left: Annotated[str | None, typer.Option("--left", help="The e-automate side.")] = None,
    right: Annotated[str | None, typer.Option("--right", help="The ConnectWise side.")] = None,
    how: Annotated[How | None, typer.Option("--how", help="How it came about.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who made it.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1)] = 100,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """List links that hold; with --json one link a line."""
    wanted = {"kind": kind, "left": left, "right": right, "how": how, "by": by}
    filters = {name: str(value) for name, value in wanted.items() if value is not None}

    async def ask(client: MappingClient) -> list[Link]:
        return [link async for link in client.list(limit, **filters)]

    links = _run(url, ask)
    if as_json:
        for link in links:
            typer.echo(link.model_dump_json())
    else:
        Console().print(_table(links))


@app.command("show")
def show_link(kind: Kind, left: Left, as_json: Json = False, url: Url = None) -> None:
    """Show the link of one e-automate record and the ones it had before."""
    if facts(kind).left_shape.fullmatch(left) is None:
        _fail(f"{left!r} is no {facts(kind).left_name}; `tandem explain customer NUMBER` tells it", REFUSED)
    history = _run(url, lambda client: client.show(kind, left))
    if as_json:
        typer.echo(history.model_dump_json(indent=2))
        return
    console = Console()
    console.print(_table(([history.link] if history.link else []) + history.ended))
    console.print(f"generation {history.generation}")


@app.command("link")
def make_link(
    *, kind: Kind, left: Left, right: Right, why: Why, by: By = None, as_json: Json = False, url: Url = None
) -> None:
    """Link two records by hand; the owning agent is told."""
    request = _valid(
        lambda: MakeLink(kind=kind, left=left, right=right, how=How.BY_HAND, by=_person(by), why=why)
    )
    _done("linked", _run(url, lambda client: client.make(request)), as_json)


@app.command("unlink")
def end_link(
    *,
    kind: Kind,
    left: Left,
    why: Why,
    by: By = None,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """End the link of an e-automate record; the pair will not be matched again by itself."""
    found = _run(url, lambda client: client.show(kind, left))
    if found.link is None:
        _fail(f"{kind} {left} is not linked", REFUSED)
    link = found.link
    _confirm(f"End the link of {kind} {left} to {link.right} ({link.how}, by {link.by})?", yes)

    async def ask(client: MappingClient) -> Link:
        answer = await client.unlink(kind, left, by=_person(by), why=why, revision=link.revision)
        return answer.link

    _done("unlinked", _run(url, ask), as_json)


@app.command("repoint")
def move_link(
    *,
    kind: Kind,
    left: Left,
    right: Right,
    why: Why,
    by: By = None,
    yes: Yes = False,
    as_json: Json = False,
    url: Url = None,
) -> None:
    """Move the link of an e-automate record to another ConnectWise record."""
    request = _valid(lambda: Repoint(kind=kind, left=left, right=right, by=_person(by), why=why))
    _confirm(f"Move the link of {kind} {left} to {right}?", yes)
    _done("linked", _run(url, lambda client: client.repoint(request)), as_json)


def _person(by: str | None) -> str:
    return by or getpass.getuser()


def _run(url: str | None, ask: Callable[[MappingClient], Awaitable[Result]]) -> Result:
    address = url or load("mapping", MappingClientSettings).url

    async def work() -> Result:
        client = MappingClient(address)
        try:
            return await ask(client)
        finally:
            await client.close()

    try:
        return asyncio.run(work())
    except MappingRefusedError as error:
        _fail(error.message, REFUSED)
    except MappingUnavailable as error:
        _fail(f"{error}; asked at {address} (TANDEM_MAPPING__URL), does `tandem run all` run?", UNAVAILABLE)


def _valid(make: Callable[[], Request]) -> Request:
    try:
        return make()
    except ValidationError as error:
        faults = "; ".join(str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors())
        _fail(faults, REFUSED)


def _confirm(question: str, yes: bool) -> None:
    if not yes and not typer.confirm(question, err=True):
        _fail("nothing was changed", REFUSED)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _done(what: str, link: Link, as_json: bool) -> None:
    if as_json:
        typer.echo(link.model_dump_json())
    else:
        typer.echo(f"{what}: {link.kind} {link.left} - {link.right} (generation {link.generation})")


def _table(links: list[Link]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading in ("kind", "e-automate", "ConnectWise", "state", "how"):
        table.add_column(heading, no_wrap=True)
    table.add_column("since (UTC)", no_wrap=True)
    table.add_column("why", overflow="fold")
    for link in links:
        ending = link.ending
        why = (
            f"{link.why} ({link.by})" if ending is None else f"{link.why}; ended by {ending.by}: {ending.why}"
        )
        since = link.made_at if ending is None else ending.at
        stamp = f"{since:%m-%d %H:%M}"
        table.add_row(link.kind, link.left, link.right, link.state, link.how, stamp, why)
    return table
