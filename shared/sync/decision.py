"""What a sync agent decides about a change, always with the checks it made.

Every reason a person may ask about is a named check; nothing is left out silently.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.eautomate.values import folded
from shared.sync.comparison import Comparison

P_co = TypeVar("P_co", covariant=True)


SEEN_MOST = 300
"""Characters of what was seen or wanted that are kept: an outcome must fit into a message."""


class Check(BaseModel):
    """One question that was asked of a record.

    Attributes:
        name: the question in the field's words, e.g. ``customer type is selected``.
        passed: the answer.
        seen: what was found, for people.
        wanted: what would have passed, for people.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    seen: str = ""
    wanted: str = ""


class Checks:
    """Collects checks in the order they were made."""

    def __init__(self) -> None:
        """None made yet."""
        self.made: list[Check] = []

    def ask(self, name: str, passed: bool, seen: object = "", wanted: object = "") -> bool:
        """Make a check and return its answer."""
        self.made.append(
            Check(name=name, passed=passed, seen=str(seen)[:SEEN_MOST], wanted=str(wanted)[:SEEN_MOST])
        )
        return passed

    def listed(self, name: str, value: str | None, wanted: Sequence[str]) -> bool:
        """Whether a value is in a list of the settings, whatever its case; a blank list is all."""
        passed = not wanted or folded(value or "") in {folded(one) for one in wanted}
        return self.ask(name, passed, value or "none", ", ".join(wanted) or "any")

    def note(self, name: str, seen: object) -> None:
        """Remember something that decided nothing but that people want to see."""
        self.made.append(Check(name=name, passed=True, seen=str(seen)[:SEEN_MOST]))

    @property
    def last(self) -> Check:
        """The check made last."""
        return self.made[-1]


@dataclass(frozen=True, slots=True)
class Apply(Generic[P_co]):
    """Carry out a plan."""

    plan: P_co
    checks: Sequence[Check]
    wakes: Sequence[str] = ()
    """What has come about beside the record itself, in the words of ``blocked_on``, e.g. ``number:1001``."""


@dataclass(frozen=True, slots=True)
class Skip:
    """Nothing to do, and nobody needs to do anything."""

    reason: str
    checks: Sequence[Check]
    result: str = "skipped"
    """``skipped`` or ``superseded``."""
    wakes: Sequence[str] = ()
    """As ``Apply.wakes``."""
    again: bool = False
    """The change was applied before: nothing new has come about by it."""
    comparison: Comparison | None = None
    """Of an agreement invoice: what both sides hold."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Cannot be done before something else happens; heals by itself once it does.

    Attributes:
        blocked_on: what it waits for, e.g. ``link:customer-company:1001`` or ``record:eautomate:customer:7``.
    """

    code: str
    reason: str
    checks: Sequence[Check]
    blocked_on: Sequence[str] = field(default=())
    comparison: Comparison | None = None
    """As of ``Skip``."""


@dataclass(frozen=True, slots=True)
class Reject:
    """Cannot be done until a person mends something."""

    code: str
    reason: str
    checks: Sequence[Check]
    blocked_on: Sequence[str] = field(default=())
    comparison: Comparison | None = None
    """As of ``Skip``."""


Decision = Apply[P_co] | Skip | Wait | Reject
