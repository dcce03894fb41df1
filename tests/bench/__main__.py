"""``make bench``: every figure, as a table and in build/bench.json.

These are ratios and rates of one run on one machine: read them side by side, not against another day's.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.simulator.kafka.broker import Broker
from tests.bench import agreements, first_sync, reading, recovery, replay, scale
from tests.bench.result import Result

PLANS: dict[str, Callable[..., Result | list[Result]]] = {
    "first_sync": first_sync.measure,
    "replay": replay.measure,
    "reading": reading.measure,
    "recovery": recovery.measure,
    "scale": scale.measure,
    "agreements": agreements.measure,
}


def main(names: list[str]) -> int:
    """Measure what is named, or everything; 0 when every aim was reached.

    A plan may be tried out with a size of its own: ``python -m tests.bench agreements=300``.
    """
    console = Console(width=130)
    results: list[Result] = []
    with Broker() as broker:
        for named in names or PLANS:
            name, _, size = named.partition("=")
            console.print(f"measuring {named} ...")
            sizes = [int(size)] if size else []
            found = PLANS[name](broker.bootstrap_servers, f"bench-{name.replace('_', '-')}", *sizes)
            results.extend(found if isinstance(found, list) else [found])
    table = Table("figure", "value", "aim", "reached", "detail")
    for result in results:
        sign = "<=" if result.at_most else ">="
        reached = "[green]yes[/green]" if result.reached else "[red]no[/red]"
        table.add_row(result.name, f"{result.value:.2f}", f"{sign} {result.aim:g}", reached, result.detail)
    console.print(table)
    path = Path("build/bench.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        json.dumps([{**vars_of(result), "reached": result.reached} for result in results], indent=1)
    )
    return 0 if all(result.reached for result in results) else 1


def vars_of(result: Result) -> dict[str, object]:
    """A result as plain values."""
    return {name: getattr(result, name) for name in ("name", "value", "aim", "detail", "at_most")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
