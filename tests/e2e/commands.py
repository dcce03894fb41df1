"""``tandem`` as a person runs it on a stage: its exit code, what it printed, what it said."""

import json
import subprocess
import sys
from typing import Any

from services.simulator.stage import Stage


def tandem(stage: Stage, *words: str, lines: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with these lines on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "shared.cli", *words],
        env=stage.environment(**settings) | {"COLUMNS": "300"},
        input=lines,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(stage: Stage, *words: str, **settings: str) -> list[dict[str, Any]]:
    """The JSON lines a command prints, whatever its exit code."""
    return [json.loads(line) for line in tandem(stage, *words, "--json", **settings).stdout.splitlines()]
