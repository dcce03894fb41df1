"""How the demo tells an outcome: a line each, and why where something was refused; crowds are counted."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape

from shared.errors import CATALOGUE
from shared.sync.outcome import Outcome

SYMBOLS = {"applied": "[green]✓[/green]", "waiting": "[yellow]…[/yellow]", "rejected": "[red]✗[/red]"}
NAMELESS = "with id "
EXAMPLES = 4
"""So many of a kind are told one by one when a crowd arrives."""


class Story:
    """Prints what is worth reading and counts the rest."""

    def __init__(self, console: Console, about: tuple[str, ...]) -> None:
        """Nothing told yet.

        Args:
            about: how the names of the records begin that are told.
        """
        self._console = console
        self._about = about
        self.latest: dict[str, Outcome] = {}
        self._labels: dict[str, str] = {}
        self._left_alone: Counter[str] = Counter()
        self._crowd: Counter[str] = Counter()
        self._told: dict[str, str] = {}
        self._done: set[str] = set()
        self._crowded = False
        self._always: frozenset[str] = frozenset()
        self._advised: set[str] = set()

    def tell(self, outcome: Outcome) -> None:
        """Print one outcome; what was merely remembered, or nothing to write, is only counted."""
        if not outcome.record.startswith(self._about):
            return
        before = self.latest.get(outcome.record)
        self.latest[outcome.record] = outcome
        if NAMELESS not in outcome.label:
            self._labels[outcome.record] = outcome.label
        if outcome.result in {"skipped", "superseded"}:
            if before is None:
                self._left_alone[outcome.text] += 1
            return
        if outcome.result == "applied":
            self._done.add(outcome.record)
            if not outcome.effects and "(warning" not in outcome.text:
                return
        if self._told.get(outcome.record) == outcome.text:
            return
        self._told[outcome.record] = outcome.text
        if self._is_one_of_many(outcome):
            return
        healed = before is not None and before.code and not outcome.code
        self._line(outcome, " [cyan](healed by itself)[/cyan]" if healed else "")

    def begin(self, *, crowded: bool = False, always: Iterable[str] = ()) -> None:
        """A new scene: what was done before does not count for it.

        Args:
            crowded: hundreds are expected; only some of each kind are told one by one.
            always: records that are told even so.
        """
        self._always = frozenset(always)
        self._advised.clear()
        self._done.clear()
        self._crowd.clear()
        self._crowded = crowded

    def done(self, record: str) -> bool:
        """Whether a record was applied in this scene, and nothing is open about it now."""
        latest = self.latest.get(record)
        return record in self._done and latest is not None and not latest.code

    def refused(self, record: str) -> bool:
        """Whether a record waits or was refused now."""
        latest = self.latest.get(record)
        return latest is not None and bool(latest.code)

    def rest(self) -> None:
        """The crowd and what was left alone on purpose, counted."""
        for kind, count in self._crowd.items():
            if count > EXAMPLES:
                self._console.print(f" [green]✓[/green] ... and {count - EXAMPLES} more {escape(kind)}")
        self._crowd.clear()
        for reason, count in self._left_alone.most_common():
            self._console.print(f" [dim]· {count} left alone: {escape(reason)}[/dim]")
        self._left_alone.clear()

    def _is_one_of_many(self, outcome: Outcome) -> bool:
        if not self._crowded or outcome.code:
            return False
        kind = _kind(outcome)
        self._crowd[kind] += 1
        return self._crowd[kind] > EXAMPLES and outcome.record not in self._always

    def _line(self, outcome: Outcome, note: str) -> None:
        symbol = SYMBOLS.get(outcome.result, " ")
        code = f"[bold]{outcome.code}[/bold] " if outcome.code else ""
        label = self._labels.get(outcome.record, outcome.label)
        self._console.print(f" {symbol} {escape(label)}: {code}{escape(outcome.text)}{note}")
        if not outcome.code:
            return
        failed = [check for check in outcome.checks if not check.passed]
        for check in failed:
            asked = f"{check.name}: seen {check.seen or 'nothing'}, wanted {check.wanted}"
            self._console.print(f"     [dim]why:[/dim] {escape(asked)}")
        entry = CATALOGUE.get(outcome.code)
        if entry is not None and outcome.code not in self._advised:
            self._advised.add(outcome.code)
            self._console.print(f"     [dim]what to do:[/dim] {escape(entry.mend)}")


def _kind(outcome: Outcome) -> str:
    """What happened, in words that a count can stand before."""
    actions = {(effect.system, effect.action) for effect in outcome.effects}
    if outcome.comparison is not None:
        if ("e-automate", "created") in actions:
            return "agreements became new contracts"
        return "invoices were billed" if outcome.comparison.billed else "contracts were updated"
    what = "locations" if outcome.label.startswith("location") else "customers"
    there = "sites" if what == "locations" else "companies"
    if ("ConnectWise", "created") in actions:
        return f"{what} became new {there}"
    if ("Tandem", "linked") in actions:
        how = next(
            (word for word in ("Company ID", "Account ID") if f"{word} is" in outcome.text),
            "a name or property",
        )
        return f"{what} were linked to {there} by {how}"
    return f"{what} were updated"
