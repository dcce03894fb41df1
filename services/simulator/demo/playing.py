"""Scenes and how one is played: a person does something, and the outcomes that follow are told."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule

from services.simulator.demo.feed import Feed
from services.simulator.demo.story import Story
from services.simulator.stage import Stage

PATIENCE_SECONDS = 180.0
"""A machine that is busy takes its time; one that is not is not kept."""
QUIET_SECONDS = 1.0
LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing a person does.

    Attributes:
        heading: who does what.
        act: does it; returns what a command printed, to be shown.
        heals: numbers of the records that must have been applied afterwards.
        refuses: numbers of those that must be refused or wait.
        until: what else must have come about, seen from outside.
        crowded: many outcomes of a kind are expected; only some are told one by one.
        always: numbers of the records that are told even so.
    """

    heading: str
    act: Callable[[], str | None]
    heals: Sequence[str] = ()
    refuses: Sequence[str] = ()
    until: Callable[[], bool] | None = None
    crowded: bool = False
    always: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Playing:
    """What an act is played with.

    Attributes:
        record: a record as outcomes name it, by the number people know it by.
    """

    stage: Stage
    console: Console
    story: Story
    feed: Feed
    record: Callable[[str], str]

    async def scene(self, scene: Scene) -> bool:
        """Play one scene; whether its outcomes came in time."""
        self.console.print(Rule(scene.heading, align="left"))
        said = await asyncio.to_thread(scene.act)
        self.story.begin(crowded=scene.crowded, always=map(self.record, scene.always))
        if said:
            self.console.print(said.rstrip(), markup=False, highlight=False, style="dim")
        try:
            return await self.settled(self._enough(scene))
        finally:
            self.story.rest()

    async def settled(self, enough: Callable[[], bool]) -> bool:
        """Tell outcomes until there are enough and it is quiet; whether that came in time."""
        return await self.feed.until(enough, self.story.tell, PATIENCE_SECONDS, quiet=QUIET_SECONDS)

    def command(self, *arguments: str) -> None:
        """Run a command and show what it printed."""
        self.console.print(f"\n[bold]$ tandem {escape(' '.join(arguments))}[/bold]", highlight=False)
        told = self.stage.tandem(*arguments, check=False, COLUMNS=str(self.console.width))
        self.console.print(told.rstrip(), markup=False, highlight=False)

    def _enough(self, scene: Scene) -> Callable[[], bool]:
        heals = [self.record(number) for number in scene.heals]
        refuses = [self.record(number) for number in scene.refuses]

        looked = 0.0

        def enough() -> bool:
            nonlocal looked
            if not all(map(self.story.done, heals)) or not all(map(self.story.refused, refuses)):
                return False
            if scene.until is None:
                return True
            if time.monotonic() - looked < LOOK_SECONDS:
                return False
            looked = time.monotonic()
            return scene.until()

        return enough


def verdict(console: Console, wrong: int, late: Sequence[str], what: str, agreed: str) -> int:
    """Say how an act came out; how much of it is wrong.

    Args:
        wrong: how many rows of both sides do not agree.
        late: what did not come about in time, though it may since.
        what: the rows, e.g. ``invoices``.
        agreed: what agrees, when all of it does.
    """
    if wrong:
        console.print(f"[red]The two sides do not agree: {wrong} {what}.[/red]")
    else:
        console.print(f"[green]Both sides agree:[/green] {agreed}.")
    if late:
        waited = f"{PATIENCE_SECONDS:.0f} s"
        console.print(f"[red]Not done within {waited}:[/red] {escape('; '.join(late))}.", highlight=False)
    return wrong + len(late)
