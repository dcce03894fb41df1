"""What was told about one invoice on one day: the matter of the ID954 report (spec/agreements.md 7). Pure.

A day is the dealer's own. As in ``state.py`` every field is a maximum, a minimum or a union, so neither order nor
repetition of what was told matters, and a rebuild makes the same.
"""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from services.error_reporting import rules
from services.error_reporting.facts import Letter
from services.error_reporting.state import NEVER, RecordState
from shared.sync.comparison import Comparison
from shared.sync.outcome import Outcome

AGENT = "agreement_sync"
MADE = ("unchanged", "updated", "created")
"""What may come of a contract, the greater last."""
DELETED = "G21"
NAMES = ("invoice", "invoice_day", "status", "company", "agreement", "agreement_type")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Compared(_Part):
    """The newest comparison of the day.

    Attributes:
        result: of the outcome it came with, e.g. ``applied``; ``code`` when that is an error.
    """

    at: datetime
    sequence: int
    result: str
    code: str = ""
    comparison: Comparison

    @property
    def tells(self) -> bool:
        """Whether it tells about a contract: an invoice that a filter left alone says nothing new about its own."""
        own = self.comparison
        return self.result in rules.FAILED or own.ea_total is not None or own.made != MADE[0]

    @property
    def names(self) -> bool:
        """Whether it says whose invoice it is."""
        return bool(self.comparison.company or self.comparison.agreement)

    @property
    def settled(self) -> bool:
        """Whether nothing of it is left to be billed: it was, or the invoice was deleted (G21)."""
        return bool(self.comparison.billed) or any(code == DELETED for code, _ in self.comparison.warnings)


class Met(_Part):
    """An error that was met on the day.

    Attributes:
        at: when it was met last; ``since``: when the change it is about failed first, which may be days before.
    """

    at: datetime
    since: datetime
    text: str


class InvoiceDay(_Part):
    """One record at agreement_sync, on one day.

    Attributes:
        state: as of a case, but of what the day told alone: what stands in it stood at the day's end.
        made: the most that came of a contract that day, by ``ContractID``; "" is no contract.
        named: the newest comparison that says whose invoice it is, where ``compared`` does not: of a deleted invoice
            little is known.
        met: by code.
    """

    state: RecordState = RecordState()
    compared: Compared | None = None
    named: Compared | None = None
    made: dict[str, str] = {}
    met: dict[str, Met] = {}

    @property
    def shown(self) -> Comparison | None:
        """The newest comparison, with the names of the invoice as the day knew them."""
        if self.compared is None or self.named is None:
            return self.compared.comparison if self.compared is not None else None
        return self.compared.comparison.model_copy(update=names_of(self.named.comparison))

    @property
    def failing(self) -> bool | None:
        """Whether an error stands at the end of the day; None when the day tells nothing about that."""
        if rules.standing(self.state):
            return True
        done = max(self.state.done[1], self.state.done_at, self.state.command_done_at)
        return False if done > NEVER else None

    @property
    def wrote(self) -> bool:
        """Whether the sync wrote that day to the contract the newest comparison is about."""
        return self.made_of_it != MADE[0]

    @property
    def made_of_it(self) -> str:
        """What came that day of the contract the newest comparison is about."""
        return (
            MADE[0] if self.compared is None else self.made.get(_contract(self.compared.comparison), MADE[0])
        )


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The dealer's day of a moment."""
    return at.astimezone(zone).date()


def with_fact(day: InvoiceDay, fact: Outcome | Letter) -> InvoiceDay:
    """The day with what an outcome or a dead letter tells."""
    if isinstance(fact, Letter):
        state = rules.with_letter(day.state, fact)
        return day.model_copy(update={"state": state, "met": _met(day, fact, fact.first_failed_at)})
    told: dict[str, object] = {"state": rules.with_outcome(day.state, fact)}
    if fact.result in rules.FAILED:
        told["met"] = _met(day, fact, fact.at)
    if fact.comparison is not None:
        compared = Compared(
            at=fact.at,
            sequence=fact.sequence,
            result=fact.result,
            code=fact.code,
            comparison=fact.comparison,
        )
        newest = _newer(day.compared, compared)
        told["compared"] = newest
        told["named"] = _named(newest, (day.compared, day.named, compared))
        told["made"] = _made(day.made, fact.comparison)
    return day.model_copy(update=told)


def _met(day: InvoiceDay, fact: Outcome | Letter, since: datetime) -> dict[str, Met]:
    met = Met(at=fact.at, since=since, text=fact.text)
    known = day.met.get(fact.code, met)
    # A letter's text is that of its outcome, cut: of one moment the longer one tells more.
    newest = max(known, met, key=lambda one: (one.at, len(one.text), one.text))
    joined = newest.model_copy(update={"since": min(known.since, met.since)})
    return dict(sorted({**day.met, fact.code: joined}.items()))


def _made(known: dict[str, str], comparison: Comparison) -> dict[str, str]:
    contract = _contract(comparison)
    most = max(known.get(contract, MADE[0]), comparison.made, key=_much)
    return dict(sorted({**known, contract: most}.items()))


def _much(made: str) -> tuple[int, str]:
    return (MADE.index(made) if made in MADE else 0, made)


def _contract(comparison: Comparison) -> str:
    return "" if comparison.contract_id is None else str(comparison.contract_id)


def names_of(comparison: Comparison) -> dict[str, object]:
    """What says whose invoice it is."""
    return {name: getattr(comparison, name) for name in NAMES}


def _named(newest: Compared, known: Iterable[Compared | None]) -> Compared | None:
    if newest.names:
        return None
    found: Compared | None = None
    for one in known:
        if one is not None and one.names:
            found = _newer(found, one)
    return found


def _newer(known: Compared | None, other: Compared) -> Compared:
    if known is None:
        return other
    first, second = ((one.tells, one.at, one.sequence) for one in (known, other))
    if first == second:
        return max(known, other, key=lambda one: one.model_dump_json())
    return known if first > second else other
