"""``tandem dlq``: look at dead letters and send them again."""

import asyncio
import getpass
import json
from dataclasses import dataclass
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from shared.cli.closed import closed
from shared.cli.letters import Letter, newest, read_letters, read_redriven, redrive
from shared.cli.output import console, fail
from shared.config import KafkaSettings, load
from shared.errors import CATALOGUE
from shared.events.topics import AGENTS

app = typer.Typer(
    help="Dead letters: what could not be done, why, and sending it again.", no_args_is_help=True
)

Agent = Annotated[str | None, typer.Option("--agent", help=f"One of {', '.join(AGENTS)}; all when left out.")]
Code = Annotated[str | None, typer.Option("--code", help="Only this error code, e.g. C2.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
SHOWN = 4000
UNREADABLE = frozenset({"E1", "E2"})


@dataclass(frozen=True, slots=True)
class _Letters:
    """What was read: letters, those sent again by hand, those closed since (None: nobody knows)."""

    letters: list[Letter]
    redriven: set[tuple[str, str]]
    closed: set[tuple[str, str]] | None


@app.command("ls")
def list_letters(
    agent: Agent = None,
    code: Code = None,
    as_json: AsJson = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Also older letters of a change that has a newer one.")
    ] = False,
) -> None:
    """List dead letters, oldest first; of a change that failed again and again the newest."""
    code = _known(code)
    post = _read(agent)
    held = post.letters if everything else newest(post.letters)
    letters = [letter for letter in held if code in {None, letter.code}]
    if as_json:
        for letter in letters:
            typer.echo(json.dumps(_facts(letter, post)))
        return
    if not letters:
        console.print("no dead letters")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("letter", "agent", "at (UTC)", "record", "code"):
        table.add_column(heading, no_wrap=True)
    table.add_column("what happened", overflow="fold")
    for letter in letters:
        record = letter.record.partition(":")[2] or letter.record
        text = letter.header("kafka_dlt-exception-message") + _marks(letter, post)
        table.add_row(letter.place, letter.agent, f"{letter.at:%m-%d %H:%M}", record, letter.code, text)
    console.print(table)
    console.print(
        "a closed letter's record has synced since; `tandem cases ls` lists what still waits"
        if post.closed is not None
        else "a letter stays listed when its record has synced since; `tandem explain` tells how it is now"
    )


@app.command()
def show(
    place: Annotated[str, typer.Argument(help="The letter, as `ls` names it: partition:offset.")],
    agent: Agent = None,
    payload: Annotated[
        bool, typer.Option("--payload", help="Also the message itself (customer data).")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one dead letter, with what its code means and how to mend it."""
    post = _read(agent)
    [letter] = _named([place], post)
    if as_json:
        typer.echo(json.dumps(_facts(letter, post)))
        return
    entry = CATALOGUE.get(letter.code)
    table = Table(show_header=False)
    table.add_row("what happened", letter.header("kafka_dlt-exception-message"))
    if entry is not None:
        table.add_row(f"{entry.code}", f"{entry.title}. {entry.meaning}")
        table.add_row("what to do", entry.mend)
    for name, value in letter.headers:
        if name != "kafka_dlt-exception-message":
            table.add_row(name, value.decode(errors="replace"))
    table.add_row("key", (letter.key or b"").decode(errors="replace"))
    size = len(letter.value or b"")
    body = (letter.value or b"")[:SHOWN].decode(errors="backslashreplace")
    table.add_row("value", body if payload else f"{size} bytes; --payload shows them")
    console.print(table)


@app.command("redrive")
def redrive_letters(
    places: Annotated[list[str] | None, typer.Argument(help="Letters as `ls` names them.")] = None,
    agent: Agent = None,
    code: Code = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every readable letter not redriven yet.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="Who asks for it; the OS user by default.")] = None,
    why: Annotated[str, typer.Option(help="Noted with the redrive.")] = "redrive",
) -> None:
    """Send dead letters to their agent again; older ones than what was applied since are left by the agent."""
    if not places and code is None and not everything:
        fail("say which: letters, --code or --all", 64)
    code = _known(code)
    post = _read(agent)
    asked_for = (
        _named(places, post)
        if places
        else [letter for letter in newest(post.letters) if _worth_a_try(letter, code, post)]
    )
    chosen = [letter for letter in asked_for if code in {None, letter.code}]
    if not chosen:
        fail("no dead letter matches")
    sent = asyncio.run(redrive(load("kafka", KafkaSettings), chosen, by or getpass.getuser(), why))
    console.print(f"{sent} sent again; what came of it: `tandem dlq ls`, or the outcomes topic")


def _read(agent: str | None) -> _Letters:
    if agent is not None and agent not in AGENTS:
        fail(f"unknown agent {agent}; known: {', '.join(AGENTS)}", 64)
    return asyncio.run(_read_async([agent] if agent else list(AGENTS)))


async def _read_async(agents: list[str]) -> _Letters:
    settings = load("kafka", KafkaSettings)
    letters = [letter for agent in agents for letter in await read_letters(settings, agent)]
    return _Letters(letters, await read_redriven(settings), await closed(letters))


def _named(places: list[str], post: _Letters) -> list[Letter]:
    """The letter of each place; agents count theirs alike, so that a place may need its agent."""
    named: dict[str, list[Letter]] = {place: [] for place in places}
    for letter in post.letters:
        if letter.place in named:
            named[letter.place].append(letter)
    for place, letters in named.items():
        if not letters:
            fail(f"there is no dead letter {place}; `tandem dlq ls` lists them")
        if len(letters) > 1:
            agents = " and ".join(letter.agent for letter in letters)
            fail(f"{agents} each have a dead letter {place}; say whose with --agent", 64)
    return [letter for [letter] in named.values()]


def _known(code: str | None) -> str | None:
    if code is None or code.upper() in CATALOGUE:
        return code and code.upper()
    return fail(f"unknown code {code}; known: {', '.join(CATALOGUE)}", 64)


def _worth_a_try(letter: Letter, code: str | None, post: _Letters) -> bool:
    """Not sent again or closed before, and readable: an unreadable message only becomes one more dead letter."""
    readable = letter.code not in UNREADABLE or letter.code == code
    place = (letter.agent, letter.place)
    return readable and place not in post.redriven and place not in (post.closed or ())


def _marks(letter: Letter, post: _Letters) -> str:
    place = (letter.agent, letter.place)
    if place in (post.closed or ()):
        return " (closed)"
    return " (redriven)" if place in post.redriven else ""


def _facts(letter: Letter, post: _Letters) -> dict[str, object]:
    return {
        "letter": letter.place,
        "agent": letter.agent,
        "at": letter.at.isoformat(),
        "record": letter.record,
        "code": letter.code,
        "what_happened": letter.header("kafka_dlt-exception-message"),
        "blocked_on": letter.header("tandem-blocked-on"),
        "attempts": letter.header("tandem-attempts"),
        "first_failed_at": letter.header("tandem-first-failed-at"),
        "redriven": (letter.agent, letter.place) in post.redriven,
        "closed": None if post.closed is None else (letter.agent, letter.place) in post.closed,
    }
