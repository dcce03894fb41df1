"""A dealer's morning through real Kafka, told by the outcomes."""

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.rule import Rule

from services.simulator.demo.agreement import compare
from services.simulator.demo.dealer import customers, seed_connectwise, seed_eautomate
from services.simulator.demo.feed import Feed
from services.simulator.demo.scenes import Scene, expected, scenes
from services.simulator.demo.story import Story
from services.simulator.demo.traps import BARE, BARE_SITE, BY_HAND, STRAY, TWINS, set_traps
from services.simulator.stage import Stage

PATIENCE_SECONDS = 60.0
QUIET_SECONDS = 1.0


async def play(stage: Stage, console: Console) -> int:
    """Play the morning; returns 0 only if both sides agree at the end."""
    began = time.monotonic()
    story = Story(console)
    seed_eautomate(stage.eautomate_file)
    seed_connectwise(stage.control, stage.eautomate_file)
    traps = set_traps(stage.people, stage.control)
    feed = await Feed(stage.bootstrap_servers, stage.prefix).start()
    late: list[str] = []
    try:
        rows = customers(stage.eautomate_file)
        console.print(
            Rule(f"Tandem is started for the first time: {len(rows)} customers and locations", align="left")
        )
        story.begin(crowded=True, always=[_record(stage, number) for number in (STRAY, BY_HAND)])
        stage.run()
        everybody = expected(rows)
        trapped = {_record(stage, number) for number in (BARE, BARE_SITE, TWINS)}

        def settled() -> bool:
            open_now = {record for record in everybody if story.refused(record)}
            return everybody <= set(story.latest) and trapped <= open_now

        if not await feed.until(settled, story.tell, PATIENCE_SECONDS, quiet=QUIET_SECONDS):
            late.append("the first sync")
        story.rest()
        _open_cases(stage, console)
        late += [
            scene.heading
            for scene in scenes(stage, traps)
            if not await _played(scene, stage, console, story, feed)
        ]
        table, wrong = compare(
            customers(stage.eautomate_file), stage.companies(), stage.sites(), console.width
        )
    finally:
        await feed.stop()
    console.print()
    _open_cases(stage, console)
    console.print(table)
    seconds = time.monotonic() - began
    if wrong or late:
        untold = f"; not in time: {'; '.join(late)}" if late else ""
        console.print(f"[red]The two sides do not agree: {wrong} rows{untold}.[/red]")
        return 1
    total = len(customers(stage.eautomate_file))
    console.print(f"[green]Both sides agree.[/green] {total} customers and locations in {seconds:.0f} s.")
    return 0


async def _played(scene: Scene, stage: Stage, console: Console, story: Story, feed: Feed) -> bool:
    """Play one scene; whether its outcomes came in time."""
    console.print(Rule(scene.heading, align="left"))
    story.begin()
    said = await asyncio.to_thread(scene.act)
    if said:
        console.print(said.rstrip(), markup=False, style="dim")
    enough = _enough(scene, stage, story)
    return await feed.until(enough, story.tell, PATIENCE_SECONDS, quiet=QUIET_SECONDS)


def _enough(scene: Scene, stage: Stage, story: Story) -> Callable[[], bool]:
    heals = [_record(stage, number) for number in scene.heals]
    refuses = [_record(stage, number) for number in scene.refuses]
    return lambda: all(map(story.done, heals)) and all(map(story.refused, refuses))


def _record(stage: Stage, number: str) -> str:
    return f"eautomate/customer/{stage.people.customer(number)['CustomerID']}"


def _open_cases(stage: Stage, console: Console) -> None:
    console.print("\n[bold]$ tandem cases ls[/bold]")
    console.print(
        stage.tandem("cases", "ls", COLUMNS=str(console.width)).rstrip(), markup=False, highlight=False
    )
    console.print()


def leave_running(stage: Stage, console: Console, folder: Path) -> None:
    """Say where everything is, for people who want to play on."""
    environment = stage.environment()
    names = sorted(name for name in environment if name.startswith("TANDEM_"))
    path = folder / "tandem.env"
    lines = [f"export {name}='{environment[name]}'\n" for name in names]
    # The command lies beside the interpreter that runs this.
    path.write_text("".join(lines) + f"export PATH='{Path(sys.executable).parent}':\"$PATH\"\n")
    path.chmod(0o600)
    console.print(Rule("It keeps running; Ctrl-C ends it", align="left"))
    console.print(f" in another shell:    [bold]. {path}[/bold]")
    console.print(" then, for example:   tandem cases ls | tandem links ls | tandem explain customer NEW01")
    console.print(
        f" e-automate, a person: tandem simulate eautomate --file {stage.eautomate_file} edit NEW01 --phone 330-555-0188"
    )
    console.print(f" health and metrics:  {stage.url}/readyz  {stage.url}/metrics  {stage.url}/docs")
    console.print(f" ConnectWise:         {stage.connectwise_url}   logs: {stage.folder}")
