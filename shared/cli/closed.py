"""Which dead letters are closed, as whoever folds them into cases knows (entry point ``tandem.closed_letters``)."""

from collections.abc import Sequence
from importlib.metadata import entry_points

from shared.cli.letters import Letter

GROUP = "tandem.closed_letters"


async def closed(letters: Sequence[Letter]) -> set[tuple[str, str]] | None:
    """(agent, place) of letters whose record has succeeded since; None when nobody knows."""
    found: set[tuple[str, str]] | None = None
    for point in entry_points(group=GROUP):
        told: set[tuple[str, str]] | None = await point.load()(letters)
        if told is not None:
            found = told | (found or set())
    return found
