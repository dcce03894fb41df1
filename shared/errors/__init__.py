"""The error catalogue: every code a person may meet, what it means, who mends it where, what wakes it.

One module an area; ``docs/errors.md`` is generated from here.
"""

from shared.errors import agreements, customers, own, tickets
from shared.errors.entry import CatalogueEntry

__all__ = ["CATALOGUE", "CatalogueEntry", "as_markdown"]

_ENTRIES = (*customers.ENTRIES, *agreements.ENTRIES, *tickets.ENTRIES, *own.ENTRIES)

CATALOGUE: dict[str, CatalogueEntry] = {entry.code: entry for entry in _ENTRIES}

_HEAD = """# Errors

Every code a dead letter or an outcome may carry. This page is generated: `python -m shared.errors > docs/errors.md`.
`tandem dlq show` prints the same beside a dead letter.

A record with an error is a case until it succeeds (`tandem cases ls`). Mend the cause, and it heals by itself: at once
when the record changes or what its case waits for comes about, otherwise within 15 minutes, for 30 days. `tandem cases
retry` does not wait. Unreadable messages (E1, E2) are not tried again by themselves.
"""


def as_markdown() -> str:
    """The catalogue as a page."""
    parts = [_HEAD]
    for entry in _ENTRIES:
        wakes = f"\n- **Waits for**: {entry.wakes}." if entry.wakes else ""
        mend = f"- **What to do**: {entry.mend}"
        parts.append(f"## {entry.code}: {entry.title}\n\n{entry.meaning}\n\n{mend}{wakes}\n")
    return "\n".join(parts)
