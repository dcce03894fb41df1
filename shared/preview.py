"""What a preview is: every record decided on as it is now, nothing written (design 5: preview shows the plan and stops).

A process offers one under the entry point group ``tandem.previews``.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel

WOULD, LEFT, WAITS, REFUSED = "would be applied", "left alone", "waits", "refused"
IN_STEP = "in step"


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one record.

    Attributes:
        kind: ``customer``, ``location`` ...
        number: what people know it by.
        verdict: one of ``would be applied``, ``in step``, ``left alone``, ``waits``, ``refused``.
        steps: what would be done, in order, e.g. ``create company``; the same words for every record.
        target: what it would be done to, e.g. ``company 19 (ACME01)``, empty when there is none yet.
        changes: fields that would change: name to (now, wanted).
        code: of the error catalogue.
        reason: why it is left alone or waits, in words that many records share.
        text: one sentence about this record.
    """

    kind: str
    number: str
    name: str
    verdict: str
    steps: tuple[str, ...] = ()
    target: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    code: str = ""
    reason: str = ""
    text: str = ""
    warnings: tuple[str, ...] = ()


Progress = Callable[[int, int], None]
"""Told how many records are done of how many."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a preview is asked for.

    Attributes:
        numbers: only these records; empty: all.
        limit: at most so many records; None: all.
    """

    numbers: Sequence[str]
    limit: int | None
    progress: Progress


class Preview(Protocol):
    """One process's preview."""

    number: str
    section: str
    model: type[BaseModel]

    def plan(self, settings: BaseModel, asked: Asked) -> AsyncIterator[Planned]:
        """Every record, as it is decided on; only reads.

        Args:
            settings: of the process, an instance of ``model``.

        Raises:
            UnknownRecordsError: numbers are asked for that do not exist.
        """
        ...


class UnknownRecordsError(ValueError):
    """Records were asked for that do not exist; the text names them, with near misses."""
