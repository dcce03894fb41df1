"""The report as tables with one line a thing, for spreadsheets and programs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from services.error_reporting.agreements import words
from services.error_reporting.agreements.reminder import Reminder
from services.error_reporting.agreements.report import (
    AgreementReport,
    ComparedInvoice,
    Tone,
    Trouble,
    line_tone,
)
from shared.links.sheet import write_sheet
from shared.sync.comparison import ComparedLine, Comparison

Value = str | Decimal | date | datetime | None
MONEY, RATE, QUANTITY = "money", "rate", "quantity"
TOTAL = "total"

ERRORS = ("state", "invoice", "agreement", "company", "code", "error", "what happened", "what to do", "since")
INVOICE = ("invoice", "invoice date", "company", "agreement", "agreement type", "status", "contract")
LINES = (
    *INVOICE, "made", "line", "description", "cw quantity", "cw amount", "ea quantity", "ea unit rate",
    "ea amount", "difference", "totals", "period", "billing", "apart", "warnings",
)  # fmt: skip
MEMOS = (*INVOICE[:-1], "cw amount")
ENDED = (*INVOICE, "ended")
UNBILLED = (
    "next bill date", "when", "billing", "contract", "company", "agreement", "agreement type", "invoice",
    "invoice date", "ea amount", "cw amount", "totals",
)  # fmt: skip
KINDS = {
    "cw amount": MONEY,
    "ea amount": MONEY,
    "difference": MONEY,
    "ea unit rate": RATE,
    "cw quantity": QUANTITY,
    "ea quantity": QUANTITY,
}
"""What the figures below a heading are."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        strong: a total.
    """

    values: tuple[Value, ...]
    tone: Tone = Tone.PLAIN
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table.

    Attributes:
        part: what one line of it is, where all tables are in one file.
        nothing: what is said when it is empty.
    """

    name: str
    part: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    nothing: str


def sheets_of(report: AgreementReport | Reminder) -> list[Sheet]:
    """The tables of a report or a reminder."""
    if isinstance(report, Reminder):
        rows = tuple(_unbilled(report))
        return [Sheet("Not billed yet", "not billed yet", UNBILLED, rows, words.reminded(report))]
    on = words.days(report)
    found = [
        Sheet("Errors", "error", ERRORS, tuple(map(_error, report.troubles)), f"No error was met on {on}."),
        Sheet("Invoices", "line", LINES, tuple(_lines(report.invoices)), f"No contract was synced on {on}."),
    ]
    memos = tuple(Row((*_about(memo)[:-1], memo.cw_total)) for memo in report.credit_memos)
    found.append(Sheet("Credit memos", "credit memo", MEMOS, memos, f"No credit memo was seen on {on}."))
    if report.ended is not None:
        ended = tuple(Row((*_about(one), one.terminated)) for one in report.ended)
        found.append(Sheet("Ended contracts", "ended contract", ENDED, ended, f"No contract ended on {on}."))
    return found


def comma_separated(report: AgreementReport | Reminder) -> bytes:
    """The report as one CSV file: the headings of all tables, and what each line is in the first column."""
    sheets = sheets_of(report)
    headings = tuple(dict.fromkeys(heading for sheet in sheets for heading in sheet.headings))
    rows = []
    for sheet in sheets:
        for row in sheet.rows:
            held = dict(zip(sheet.headings, row.values, strict=True))
            part = TOTAL if row.strong else sheet.part
            rows.append([part, *(_cell(held.get(heading), KINDS.get(heading, "")) for heading in headings)])
    return write_sheet(("part", *headings), rows)


def _cell(value: Value, kind: str) -> str | Decimal:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return words.plain(value) if kind == QUANTITY else words.to_the_cent(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return value.isoformat() if isinstance(value, date) else value


def _error(trouble: Trouble) -> Row:
    own = trouble
    values = (
        own.state, own.invoice, own.agreement, own.company, own.code, own.title, own.text, own.mend,
        own.since.replace(tzinfo=None),
    )  # fmt: skip
    return Row(values, own.tone)


def _lines(invoices: Iterable[ComparedInvoice]) -> Iterable[Row]:
    for invoice in invoices:
        own = invoice.comparison
        about = (*_about(own), invoice.made)
        blank = (None,) * 5
        for line in own.lines:
            yield Row((*about, *_sides(line), *blank), line_tone(line))
        total: tuple[Value, ...] = (
            TOTAL, None, None, own.cw_total, None, None, own.ea_total, own.difference, invoice.verdict,
            words.period(own), invoice.billing, words.apart(own), words.warnings(own),
        )  # fmt: skip
        yield Row((*about, *total), invoice.tone, strong=True)


def _sides(line: ComparedLine) -> tuple[Value, ...]:
    difference = None
    if line.cw_amount is not None or line.ea_amount is not None:
        difference = (line.ea_amount or Decimal()) - (line.cw_amount or Decimal())
    sides = (line.cw_quantity, line.cw_amount, line.ea_quantity, line.ea_unit_rate, line.ea_amount)
    return (line.item, line.description, *sides, difference)


def _unbilled(reminder: Reminder) -> Iterable[Row]:
    for one in reminder.contracts:
        own = one.comparison
        yield Row(
            (
                own.next_billing, one.when, one.queue, own.contract, own.company, own.agreement, own.agreement_type,
                own.invoice, own.invoice_day, own.ea_total, own.cw_total, "equal" if own.equal else "differs",
            ),
            Tone.WARN if own.equal else Tone.BAD,
        )  # fmt: skip


def _about(own: Comparison) -> tuple[Value, ...]:
    return (
        own.invoice, own.invoice_day, own.company, own.agreement, own.agreement_type, own.status, own.contract,
    )  # fmt: skip
