"""What is known about one record at one agent: everything a case is derived from.

Each field is a maximum, a minimum or a union of what was told, so neither order nor repetition of what was told
matters. Nothing in here is read from a clock.
"""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from shared.sync.decision import Check

NEVER = datetime.min.replace(tzinfo=UTC)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Failure(_Part):
    """A change or a command that waits or was refused.

    Attributes:
        sequence: of the change; a command's says nothing.
        at: when it failed, UTC; together with the sequence it names the failure.
        result: ``waiting`` or ``rejected``.
        blocked_on: what would heal it.
    """

    sequence: int
    command: bool
    at: datetime
    code: str = ""
    text: str = ""
    result: str = ""
    blocked_on: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def rank(self) -> tuple[int, datetime]:
        """What a newer failure has more of; of commands the time alone tells."""
        return (0 if self.command else self.sequence, self.at)


class LetterRef(_Part):
    """A dead letter that is kept, without its bytes."""

    sequence: int
    command: bool
    at: datetime
    first_failed_at: datetime
    sendable: bool

    @property
    def rank(self) -> tuple[int, datetime]:
        """As ``Failure.rank``."""
        return (0 if self.command else self.sequence, self.at)


class Tries(_Part):
    """How often one message was tried in vain, as its newest letter tells."""

    at: datetime
    sequence: int
    command: bool
    count: int
    first_failed_at: datetime


class Last(_Part):
    """What came of the record last."""

    at: datetime
    result: str
    code: str = ""
    text: str = ""
    sequence: int = 0
    redo: str | None = None


class Asked(_Part):
    """Somebody asked for a retry of what failed at a moment."""

    failed_at: datetime
    at: datetime


class Ignored(_Part):
    """Whether somebody wants it quiet who saw it failed as of a moment."""

    at: datetime
    on: bool
    failed_at: datetime
    code: str
    by: str
    why: str


class Deed(_Part):
    """What a person did."""

    at: datetime
    what: str
    by: str
    why: str


class RecordState(_Part):
    """One record at one agent.

    Attributes:
        process: the number users know, empty while only letters told of it.
        label: the record for people; that of a change counts more than that of a command.
        applied_at: when something was last applied; ``pushed_at``: when that wrote anything to ConnectWise.
        done: highest sequence that succeeded, and when it last did; ``NEVER`` when it is only known that it did.
        done_at: when anything last succeeded, a command included.
        command_done_at: when a command last succeeded.
        change: the newest failure of a change, ``command`` of a command; a later success leaves only their place.
        tries: by message.
        codes: when each error was last met.
        asked: the newest failure somebody asked to try again.
        deeds: what people did, the newest.
    """

    process: str = ""
    label: str = ""
    label_rank: tuple[bool, datetime] = (False, NEVER)
    last: Last | None = None
    applied_at: datetime | None = None
    pushed_at: datetime | None = None
    done: tuple[int, datetime] = (-1, NEVER)
    done_at: datetime = NEVER
    command_done_at: datetime = NEVER
    change: Failure | None = None
    command: Failure | None = None
    change_letter: LetterRef | None = None
    command_letter: LetterRef | None = None
    tries: dict[str, Tries] = {}
    codes: dict[str, datetime] = {}
    ignored: Ignored | None = None
    asked: Asked | None = None
    deeds: tuple[Deed, ...] = ()
