"""Scenes and how one is played: a person does something, and the outcomes that follow are told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.rule import Rule

from services.simulator.demo.feed import Feed
from services.simulator.demo.story import Story
from services.simulator.stage import Stage

PATIENCE_SECONDS = 60.0
QUIET_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing a person does.

    Attributes:
        heading: who does what.
        act: does it; returns what a command printed, to be shown.
        heals: numbers of the records that must have been applied afterwards.
        refuses: numbers of those that must be refused or wait.
        until: what else must have come about, seen from outside.
    """

    heading: str
    act: Callable[[], str | None]
    heals: Sequence[str] = ()
    refuses: Sequence[str] = ()
    until: Callable[[], bool] | None = None


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
        self.story.begin()
        said = await asyncio.to_thread(scene.act)
        if said:
            self.console.print(said.rstrip(), markup=False, highlight=False, style="dim")
        return await self.settled(self._enough(scene))

    async def settled(self, enough: Callable[[], bool]) -> bool:
        """Tell outcomes until there are enough and it is quiet; whether that came in time."""
        return await self.feed.until(enough, self.story.tell, PATIENCE_SECONDS, quiet=QUIET_SECONDS)

    def cases(self) -> None:
        """Show what is open."""
        self.console.print("\n[bold]$ tandem cases ls[/bold]")
        self.show("cases", "ls")
        self.console.print()

    def show(self, *arguments: str) -> None:
        """Run a command and show what it printed."""
        told = self.stage.tandem(*arguments, check=False, COLUMNS=str(self.console.width))
        self.console.print(told.rstrip(), markup=False, highlight=False)

    def _enough(self, scene: Scene) -> Callable[[], bool]:
        heals = [self.record(number) for number in scene.heals]
        refuses = [self.record(number) for number in scene.refuses]

        def enough() -> bool:
            return (
                all(map(self.story.done, heals))
                and all(map(self.story.refused, refuses))
                and (scene.until is None or scene.until())
            )

        return enough
