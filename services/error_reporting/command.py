"""``tandem cases``: what could not be synced, why, what to do, and what was done about it."""

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeVar

import typer

from services.error_reporting import pages
from services.error_reporting.behind import behind
from services.error_reporting.folding import folded_topics
from services.error_reporting.queries import NAME, Case, NoStore, Queries, State, open_queries
from services.error_reporting.store import CaseStore
from shared.bus.producer import Producer
from shared.bus.rewind import GroupInUse, rewind
from shared.cli.output import console, fail
from shared.config import KafkaSettings, StoreSettings, load
from shared.errors import CATALOGUE
from shared.events.case_events import CaseEvent
from shared.events.topics import AGENTS
from shared.links.talk import reason
from shared.store.engine import open_store

app = typer.Typer(help="Records that could not be synced, and what to do about them.", no_args_is_help=True)

T = TypeVar("T")
Code = Annotated[str | None, typer.Option("--code", help="Only this error code, e.g. C2.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON.")]
Words = Annotated[
    list[str],
    typer.Argument(help="Case numbers as `ls` prints them, or records: customer 1001, eautomate/customer/7."),
]
By = Annotated[str | None, typer.Option(help="Who asks for it; the OS user by default.")]
SENT_TOGETHER = 200
KINDS = frozenset(
    {"customer", "location", "employee", "company", "site", "member", "invoice", "agreement", "contract"}
)
"""What a label begins with: the words behind it are of one name, never each a name of its own."""


@app.command("ls")
def list_cases(
    code: Code = None,
    agent: Annotated[str | None, typer.Option("--agent", help=f"One of {', '.join(AGENTS)}.")] = None,
    state: Annotated[State, typer.Option("--state", help="Which to list.")] = State.OPEN,
    as_json: AsJson = False,
) -> None:
    """List cases, the oldest trouble first."""
    code = _known(code)
    if agent is not None and agent not in AGENTS:
        fail(f"unknown agent {agent}; known: {', '.join(AGENTS)}", 64)
    cases, late = _ask(lambda queries: _listed(queries, state, code, agent))
    if late is not None:
        typer.echo(late, err=True)
    if as_json:
        for case in cases:
            typer.echo(json.dumps(pages.facts(case)))
    elif cases:
        console.print(pages.listed(cases))
        console.print("`tandem cases show <case>` tells what to do")
    else:
        console.print("no cases" if state is State.ALL else f"no {state.value} cases")


@app.command()
def show(words: Words, as_json: AsJson = False) -> None:
    """Show a case: what it means, what to do, which checks failed, what was done, what wakes it."""
    name = " ".join(words)
    found = _ask(lambda queries: queries.named(name))
    if not found:
        _nobody(name)
    for case in found:
        if as_json:
            typer.echo(json.dumps(pages.facts(case) | pages.details(case)))
        else:
            console.print(pages.page(case))


@app.command()
def retry(
    words: Annotated[list[str] | None, typer.Argument(help="As for `show`, several at once.")] = None,
    code: Code = None,
    everything: Annotated[bool, typer.Option("--all", help="Every open or parked case.")] = False,
    by: By = None,
    why: Annotated[str, typer.Option(help="Noted with it.")] = "retry",
) -> None:
    """Send cases to their agents again now, parked and ignored ones too when they are named."""
    if not words and code is None and not everything:
        fail("say which: cases, --code or --all", 64)
    code = _known(code)
    if words:
        cases = _cases(words)
    else:
        listed = _ask(lambda queries: queries.cases(State.ALL, code))
        cases = [case for case in listed if case.sendable and case.state != State.IGNORED]
    if not cases:
        fail("no case matches")
    for case in cases:
        if not case.sendable:
            fail(
                f"{case.label} cannot be sent again: there is no letter of it that its agent could read. "
                "`tandem dlq show` has the bytes; `tandem cases ignore` keeps it quiet."
            )
    _tell("retry", cases, by, why)
    console.print(
        f"{len(cases)} asked for; error_reporting sends them within seconds, `tandem cases show` tells how it went"
    )


@app.command()
def ignore(
    words: Words, why: Annotated[str, typer.Option("--why", help="Noted with it.")], by: By = None
) -> None:
    """Keep a case quiet until its record succeeds or another error appears; what it waits for still wakes it."""
    why = reason(why)
    cases = _cases(words)
    _tell("ignored", cases, by, why)
    console.print(f"{len(cases)} ignored")


@app.command()
def unignore(
    words: Words, why: Annotated[str, typer.Option("--why", help="Noted with it.")] = "", by: By = None
) -> None:
    """List an ignored case again."""
    cases = _cases(words)
    _tell("unignored", cases, by, why)
    console.print(f"{len(cases)} listed again")


@app.command()
def rebuild() -> None:
    """Forget all cases and fold them from the topics again; error_reporting must be stopped, its start reads."""
    try:
        asyncio.run(_rebuild())
    except GroupInUse as error:
        fail(f"{error}: stop error_reporting (or `tandem run all`) first, and start it afterwards")
    console.print(
        "forgotten; error_reporting folds them again at its next start, and wakes nothing until it has"
    )


async def _listed(
    queries: Queries, state: State, code: str | None, agent: str | None
) -> tuple[list[Case], str | None]:
    cases = await queries.cases(state, code, agent)
    return cases, await behind(queries)


async def _rebuild() -> None:
    kafka = load("kafka", KafkaSettings)
    engine = open_store(load("store", StoreSettings), NAME)
    try:
        # First the place: with the store emptied alone, what was read before would not be read again.
        await rewind(kafka, f"{kafka.topic_prefix}-{NAME}", folded_topics(kafka.topic_prefix))
        await CaseStore(engine).clear()
    finally:
        await engine.dispose()


def _ask(question: Callable[[Queries], Awaitable[T]]) -> T:
    async def ask() -> T:
        queries, engine = open_queries()
        try:
            return await question(queries)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(ask())
    except NoStore as error:
        return fail(str(error), 69)


def _cases(words: Sequence[str]) -> list[Case]:
    """Open cases by names: all words as one name, or each word as one."""

    async def find(queries: Queries) -> list[Case]:
        together = _open(await queries.named(" ".join(words)))
        if together or len(words) == 1 or words[0].casefold() in KINDS:
            return together
        found = []
        for word in words:
            cases = _open(await queries.named(word))
            if not cases:
                _nobody(word)
            found += cases
        return found

    return _ask(find) or _nobody(" ".join(words))


def _open(cases: Sequence[Case]) -> list[Case]:
    return [case for case in cases if case.state != "closed"]


def _nobody(name: str) -> list[Case]:
    return fail(f"{name} has no open case; `tandem cases ls --state all` lists them")


def _tell(
    what: Literal["retry", "ignored", "unignored"], cases: Sequence[Case], by: str | None, why: str
) -> None:
    asyncio.run(_send(what, cases, by or getpass.getuser(), why))


async def _send(
    what: Literal["retry", "ignored", "unignored"], cases: Sequence[Case], by: str, why: str
) -> None:
    kafka = load("kafka", KafkaSettings)
    now = datetime.now(UTC)
    producer = await Producer(kafka, "tandem-cases").start()
    messages = [
        CaseEvent(
            event=what,
            agent=case.key[0],
            record=case.key[1],
            code=case.code,
            failed_at=case.failed_at or now,
            by=by,
            why=why,
            at=now,
        ).message(kafka.topic_prefix)
        for case in cases
    ]
    try:
        for start in range(0, len(messages), SENT_TOGETHER):
            await producer.send(messages[start : start + SENT_TOGETHER])
    finally:
        await producer.stop()


def _known(code: str | None) -> str | None:
    if code is None or code.upper() in CATALOGUE:
        return code and code.upper()
    return fail(f"unknown code {code}; known: {', '.join(CATALOGUE)}", 64)
