"""What the commands of ``tandem links`` have in common: options, running, refusing, asking."""

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from rich.text import Text

from shared.cli.output import fail
from shared.config import MappingClientSettings, load
from shared.links.errors import MappingRefusedError, MappingUnavailable
from shared.links.kinds import LinkKind, facts
from shared.links.meant import UnclearError
from shared.links.models import Person, Reason
from shared.links.sheet import SheetError
from shared.links.sides import Sides, open_sides

Result = TypeVar("Result")

REFUSED = 1
UNAVAILABLE = 69
"""Exit code of sysexits for "service unavailable"."""

Url = Annotated[str | None, typer.Option("--url", help="Where mapping listens; default from the settings.")]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with the link.")]
By = Annotated[str | None, typer.Option("--by", help="Who does it; default the user of this system.")]
Kind = Annotated[LinkKind, typer.Argument(help="What is linked.")]
Left = Annotated[
    str,
    typer.Argument(
        metavar="NUMBER",
        help="Number of the customer, location or employee in e-automate; RecID or exact name of the agreement in "
        "ConnectWise, or the number of its contract.",
    ),
]
AsId = Annotated[bool, typer.Option("--id", help="NUMBER is the internal id.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
KindOption = Annotated[LinkKind | None, typer.Option("--kind", help="Only links of this kind.")]

_PERSON: TypeAdapter[str] = TypeAdapter(Person)
_REASON: TypeAdapter[str] = TypeAdapter(Reason)


def person(by: str | None) -> str:
    """Who does it.

    Raises:
        SystemExit: the name is none.
    """
    return _checked(_PERSON, "--by", by or getpass.getuser())


def reason(why: str) -> str:
    """Why it is done.

    Raises:
        SystemExit: empty, longer than 500 characters, or not one line.
    """
    return _checked(_REASON, "--why", why.strip())


def plain(*cells: str) -> list[Text]:
    """Cells of a table; what people named a record is never taken for markup."""
    return [Text(str(cell)) for cell in cells]


def _checked(kind: TypeAdapter[str], option: str, text: str) -> str:
    if not text.strip():
        fail(
            f"{option}: it is blank, and is kept with what is done, so that people can read it later", REFUSED
        )
    try:
        return kind.validate_python(text)
    except ValidationError as error:
        fault = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        fail(f"{option}: {fault}", REFUSED)


def run(url: str | None, ask: Callable[[Sides], Awaitable[Result]], writes: bool = False) -> Result:
    """Do something with both systems and mapping.

    Args:
        writes: whether ConnectWise may be written to.

    Raises:
        SystemExit: refused, or mapping is away; the text is told. What the two systems raise goes up.
    """

    async def work() -> Result:
        async with open_sides(url, writes=writes) as sides:
            try:
                return await ask(sides)
            except MappingRefusedError as error:
                raise UnclearError(await _refusal(sides, error)) from error

    try:
        return asyncio.run(work())
    except (UnclearError, SheetError) as error:
        fail(str(error), REFUSED)
    except MappingUnavailable as error:
        address = url or load("mapping", MappingClientSettings).url
        fail(f"{error}; asked at {address} (TANDEM_MAPPING__URL), does `tandem run all` run?", UNAVAILABLE)


async def _refusal(sides: Sides, error: MappingRefusedError) -> str:
    """The refusal, with the links in the way by number and name."""
    lines = [error.message]
    for link, ours, theirs in await sides.pairs(error.in_the_way):
        if ours is not None or theirs is not None:
            left = ours.told if ours is not None else f"id {link.left}"
            lines.append(f"in the way: {left} - {theirs.told if theirs is not None else link.right}")
    return "\n".join(lines)


def made_by_hand(kind: LinkKind) -> None:
    """Pass when people make and end links of this kind.

    Raises:
        SystemExit: they do not; what they do instead is told.
    """
    told = facts(kind).not_by_hand
    if told:
        fail(f"{kind} links are not made or ended by hand: {told}", REFUSED)


def confirm(question: str, yes: bool) -> None:
    """Ask, unless told not to.

    Raises:
        SystemExit: the answer is no.
    """
    if not yes and not typer.confirm(question, err=True):
        fail("nothing was changed", REFUSED)


def note(text: str) -> None:
    """Something to know, beside the answer."""
    if text:
        typer.echo(text, err=True)
