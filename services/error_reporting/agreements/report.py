"""The ID954 report as data: errors, invoices beside their contracts, credit memos, ended contracts. Pure.

Every output, mails included, is made from this one model (spec/agreements.md 7).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from zoneinfo import ZoneInfo

from services.error_reporting import rules
from services.error_reporting.agreements.days import DELETED, MADE, InvoiceDay, Met, names_of
from services.error_reporting.state import RecordState
from shared.errors import CATALOGUE
from shared.sync.comparison import ComparedLine, Comparison

CREDIT_MEMO = "CreditMemo"
AMOUNTS_DIFFER = "G16"
"""Also when the invoice's own totals do not agree with its lines."""


class Tone(StrEnum):
    """How something looks; the words beside it say the same."""

    PLAIN = ""
    GOOD = "green"
    BAD = "red"
    WARN = "yellow"


@dataclass(frozen=True, slots=True)
class DayRow:
    """A day of a record as it was read."""

    record: str
    day: date
    told: InvoiceDay


@dataclass(frozen=True, slots=True)
class CaseNow:
    """What the case of a record is today, whatever day a report is about."""

    is_open: bool
    ignored: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that was met in these days or still stood at their end.

    Attributes:
        invoice: its number, or what the record is called when no invoice is known.
        title, mend: of the catalogue: what it is, what to do.
        text: what happened.
        since: the dealer's time.
        stands: whether it stood at the end of the days.
    """

    record: str
    invoice: str
    agreement: str
    company: str
    code: str
    title: str
    text: str
    mend: str
    since: datetime
    stands: bool

    @property
    def tone(self) -> Tone:
        """Red while it stands."""
        return Tone.BAD if self.stands else Tone.GOOD

    @property
    def state(self) -> str:
        """In a word."""
        return "open" if self.stands else "healed"


@dataclass(frozen=True, slots=True)
class ComparedInvoice:
    """An invoice beside its contract.

    Attributes:
        made: the most that came of the contract in these days.
        code: of the error it met, empty when it met none.
    """

    comparison: Comparison
    made: str
    code: str = ""

    @property
    def tone(self) -> Tone:
        """Green when the totals agree, red when they do not or the invoice could not be synced."""
        if self.comparison.ea_total is None:
            return Tone.BAD if self.code else Tone.PLAIN
        return Tone.GOOD if self.comparison.equal and self.code != AMOUNTS_DIFFER else Tone.BAD

    @property
    def verdict(self) -> str:
        """The totals in words."""
        if self.comparison.contract_id is None:
            return "no contract"
        if self.comparison.ea_total is None:
            deleted = any(code == DELETED for code, _ in self.comparison.warnings)
            return "not compared, deleted in ConnectWise" if deleted else "not compared"
        if not self.comparison.equal:
            return "differs"
        return "equal" if self.tone is Tone.GOOD else "the invoice does not add up"

    @property
    def billing(self) -> str:
        """Whether e-automate billed it, and if not, whether it can."""
        own = self.comparison
        if own.billed:
            return f"billed as {own.billed}"
        if own.contract_id is None:
            return ""
        return "kept out of the billing queue" if own.bill is False else "not billed yet"


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """What the agreement sync did on some days.

    Attributes:
        first, last: the dealer's days, both included.
        zone: name of the dealer's time zone.
        ended: contracts that ended; None when they are not asked for (``report_terminations``).
    """

    first: date
    last: date
    zone: str
    troubles: tuple[Trouble, ...]
    invoices: tuple[ComparedInvoice, ...]
    credit_memos: tuple[Comparison, ...]
    ended: tuple[Comparison, ...] | None = None

    @property
    def red(self) -> int:
        """Invoices whose totals do not agree, or that could not be synced."""
        return sum(invoice.tone is Tone.BAD for invoice in self.invoices)

    @property
    def green(self) -> int:
        """Invoices whose totals agree."""
        return sum(invoice.tone is Tone.GOOD for invoice in self.invoices)

    @property
    def standing(self) -> int:
        """Errors that still stood at the end."""
        return sum(trouble.stands for trouble in self.troubles)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.troubles or self.invoices or self.credit_memos or self.ended)


def line_tone(line: ComparedLine) -> Tone:
    """Red when the sides of a line do not agree; a line at zero may be on one side only."""
    sides = (line.cw_amount or Decimal(), line.ea_amount or Decimal())
    return Tone.PLAIN if sides[0] == sides[1] else Tone.BAD


def report(
    first: date,
    last: date,
    zone: ZoneInfo,
    rows: Sequence[DayRow],
    before: Sequence[DayRow],
    cases: Mapping[str, CaseNow],
    terminations: bool = False,
) -> AgreementReport:
    """Put a report together.

    Args:
        rows: every day of every record from ``first`` to ``last``.
        before: days before ``first`` at whose end an error stood of which no later day up to ``last`` tells.
        cases: of the records of ``before``, as they are now.
        terminations: whether contracts that ended are listed.
    """
    records: dict[str, list[DayRow]] = {}
    for row in sorted(rows, key=lambda one: (one.record, one.day)):
        records.setdefault(row.record, []).append(row)
    invoices, memos, ended = [], [], []
    for days in records.values():
        compared = _compared(days)
        if compared is None:
            continue
        invoice, tells = compared
        comparison = invoice.comparison
        if comparison.invoice_type == CREDIT_MEMO:
            memos.append(comparison)
            continue
        if tells:
            invoices.append(invoice)
        if comparison.terminated is not None and comparison.terminated <= max(
            last, comparison.period_to or last
        ):
            ended.append(comparison)
    troubles = [trouble for days in records.values() for trouble in _met(days, zone)]
    troubles += [trouble for row in before for trouble in _still(row, cases.get(row.record), zone)]
    return AgreementReport(
        first=first,
        last=last,
        zone=zone.key,
        troubles=tuple(sorted(troubles, key=lambda one: (not one.stands, one.since, one.record, one.code))),
        invoices=tuple(sorted(invoices, key=_place)),
        credit_memos=tuple(sorted(memos, key=_name)),
        ended=tuple(sorted(ended, key=_name)) if terminations else None,
    )


def _compared(days: Sequence[DayRow]) -> tuple[ComparedInvoice, bool] | None:
    """The newest comparison of a record, and whether it tells about a contract."""
    told = [row.told for row in days if row.told.compared is not None]
    # What tells of a contract goes before what says nothing new about it, here as within a day.
    newest = max(
        (day.compared for day in told if day.compared is not None),
        key=lambda one: (one.tells, one.at, one.sequence),
        default=None,
    )
    if newest is None:
        return None
    shown = newest.comparison
    if not newest.names:
        known = [own for day in told if (own := day.shown) is not None and (own.company or own.agreement)]
        shown = shown.model_copy(update=names_of(known[-1])) if known else shown
    contract = shown.contract_id
    of_it = [day.made.get("" if contract is None else str(contract), MADE[0]) for day in told]
    made = max(of_it, key=lambda one: MADE.index(one) if one in MADE else 0)
    return ComparedInvoice(shown, made, newest.code), newest.tells


def _met(days: Sequence[DayRow], zone: ZoneInfo) -> Iterable[Trouble]:
    """The errors a record met on some days, each once."""
    open_ = _open_codes(reduce(rules.joined, (row.told.state for row in days)))
    codes = sorted({code for row in days for code in row.told.met})
    for code in codes:
        met = [row.told.met[code] for row in days if code in row.told.met]
        since = min(one.since for one in met)
        yield _trouble(days, code, met[-1].model_copy(update={"since": since}), code in open_, zone)


def _still(row: DayRow, case: CaseNow | None, zone: ZoneInfo) -> Iterable[Trouble]:
    """The errors that stood before and of which nothing was told since; not of a case somebody wants quiet."""
    if case is not None and case.is_open and not case.ignored:
        for code in sorted(_open_codes(row.told.state)):
            if code in row.told.met:
                yield _trouble([row], code, row.told.met[code], True, zone)


def _open_codes(state: RecordState) -> frozenset[str]:
    # An invoice has one outcome: a later error takes the place of an earlier one.
    return frozenset(failure.code for failure in rules.standing(state)[:1])


def _trouble(days: Sequence[DayRow], code: str, met: Met, stands: bool, zone: ZoneInfo) -> Trouble:
    compared = [shown for row in days if (shown := row.told.shown) is not None]
    about = compared[-1] if compared else None
    entry = CATALOGUE.get(code)
    return Trouble(
        record=days[-1].record,
        invoice=about.invoice if about is not None else days[-1].told.state.label or days[-1].record,
        agreement=about.agreement if about is not None else "",
        company=about.company if about is not None else "",
        code=code,
        title=entry.title if entry is not None else "",
        text=met.text,
        mend=entry.mend if entry is not None else "",
        since=met.since.astimezone(zone),
        stands=stands,
    )


def _place(invoice: ComparedInvoice) -> tuple[object, ...]:
    """Red ones first, then what was made, then by company."""
    order = -MADE.index(invoice.made) if invoice.made in MADE else 0
    return (invoice.tone is not Tone.BAD, order, *_name(invoice.comparison))


def _name(comparison: Comparison) -> tuple[str, str, int]:
    return (comparison.company.casefold(), comparison.invoice, comparison.invoice_id)
