"""How commands speak: tables on standard output, errors in words on standard error."""

import sys
from typing import Any, NoReturn

from rich.console import Console, ConsoleDimensions

WIDTH = 200


class Wide(Console):
    """A console that keeps to a terminal's width, and is at least ``WIDTH`` wide into a file or a pipe."""

    def __init__(self, **given: Any) -> None:
        """As any console."""
        super().__init__(**given)
        # Else the COLUMNS of the moment when this module was loaded would hold for ever.
        self._width = given.get("width")

    @property
    def size(self) -> ConsoleDimensions:
        """Columns and lines."""
        size = super().size
        return size if self.is_terminal else ConsoleDimensions(max(size.width, WIDTH), size.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size


console = Wide(highlight=False)
errors = Wide(stderr=True, highlight=False)
COLOURS = {
    "applied": "green", "skipped": "dim", "superseded": "dim", "waiting": "yellow", "rejected": "red",
}  # fmt: skip


def fail(text: str, code: int = 1) -> NoReturn:
    """Say what is wrong and end with a code.

    Raises:
        SystemExit: always.
    """
    sys.stderr.write(f"{text}\n")
    sys.exit(code)
