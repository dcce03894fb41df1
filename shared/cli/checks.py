"""Questions with their answers, as tables."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from shared.sync.decision import Check


def checks_table(checks: Sequence[Check]) -> Table:
    """One row a question: yes or no, what was seen, what was wanted."""
    made = Table("", "question", "seen", "wanted")
    for check in checks:
        mark = "[green]yes[/green]" if check.passed else "[red]no[/red]"
        made.add_row(mark, escape(check.name), escape(check.seen), escape(check.wanted))
    return made
