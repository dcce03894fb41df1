"""How commands speak: tables on standard output, errors in words on standard error."""

import sys
from typing import NoReturn

from rich.console import Console

console = Console(highlight=False)
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
