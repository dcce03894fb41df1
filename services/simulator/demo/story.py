"""How the demo tells an outcome: a line each, and why where something was refused."""

from collections import Counter

from rich.console import Console
from rich.markup import escape

from shared.errors import CATALOGUE
from shared.sync.outcome import Outcome

SYMBOLS = {"applied": "[green]✓[/green]", "waiting": "[yellow]…[/yellow]", "rejected": "[red]✗[/red]"}


class Story:
    """Prints what is worth reading and counts the rest."""

    def __init__(self, console: Console) -> None:
        """Nothing told yet."""
        self._console = console
        self.latest: dict[str, Outcome] = {}
        self._left_alone: Counter[str] = Counter()
        self._told: dict[str, str] = {}
        self._wrote: set[str] = set()

    def tell(self, outcome: Outcome) -> None:
        """Print one outcome; a company that was merely remembered, or nothing to write, is only counted."""
        if not outcome.record.startswith("eautomate/customer/"):
            return
        before = self.latest.get(outcome.record)
        self.latest[outcome.record] = outcome
        if outcome.result in {"skipped", "superseded"}:
            if before is None:
                self._left_alone[outcome.text] += 1
            return
        if outcome.result == "applied" and not outcome.effects:
            return
        self._wrote.add(outcome.record)
        if outcome.code and self._told.get(outcome.record) == outcome.text:
            return
        self._told[outcome.record] = outcome.text
        healed = (
            " [cyan](healed by itself)[/cyan]"
            if before is not None and before.code and not outcome.code
            else ""
        )
        symbol = SYMBOLS.get(outcome.result, " ")
        code = f"[bold]{outcome.code}[/bold] " if outcome.code else ""
        self._console.print(f" {symbol} {escape(outcome.label)}: {code}{escape(outcome.text)}{healed}")
        if outcome.code:
            self._why(outcome)

    def begin(self) -> None:
        """A new act: what was written before does not count for it."""
        self._wrote.clear()

    def wrote(self, record: str) -> bool:
        """Whether something was written for a record in this act."""
        return record in self._wrote

    def left_alone(self) -> None:
        """What was left alone on purpose, counted by reason."""
        for reason, count in self._left_alone.most_common():
            self._console.print(f" [dim]· {count} left alone: {escape(reason)}[/dim]")
        self._left_alone.clear()

    def _why(self, outcome: Outcome) -> None:
        for check in outcome.checks:
            if not check.passed:
                asked = f"{check.name}: seen {check.seen or 'nothing'}, wanted {check.wanted}"
                self._console.print(f"     [dim]why:[/dim] {escape(asked)}")
        entry = CATALOGUE.get(outcome.code)
        if entry is not None:
            self._console.print(f"     [dim]what to do:[/dim] {escape(entry.mend)}")
