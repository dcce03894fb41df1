"""The report as a terminal shows it; into a file or a pipe its words say what the colours do."""

from collections.abc import Iterable
from decimal import Decimal

from rich import box
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from services.error_reporting.agreements import words
from services.error_reporting.agreements.reminder import Reminder
from services.error_reporting.agreements.report import (
    AgreementReport,
    ComparedInvoice,
    Tone,
    Trouble,
    line_tone,
)

FIGURES = ("CW\nqty", "CW\namount", "EA\nqty", "EA\nunit rate", "EA\namount", "differs\nby")


def shown(report: AgreementReport | Reminder) -> Iterable[RenderableType]:
    """What is printed, piece by piece."""
    if isinstance(report, Reminder):
        yield Text(words.reminded(report))
        if report.contracts:
            yield _unbilled(report)
        return
    yield Text(f"Agreement sync results, {words.days(report)} ({report.zone})", style="bold")
    yield Text(f"{words.summary(report)} CW is ConnectWise, EA is e-automate.")
    if report.troubles:
        yield _errors(report.troubles)
    for invoice in report.invoices:
        yield Text(f"\n{words.headline(invoice)}", style=f"bold {invoice.tone}")
        yield _invoice(invoice)
        yield Text("\n".join(f"  {note}" for note in words.notes(invoice)))
    if report.credit_memos:
        yield _memos(report)
    if report.ended:
        yield _ended(report)


def _table(title: str, *headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _errors(troubles: Iterable[Trouble]) -> Table:
    table = _table("Errors", "code", "state", "invoice", "what happened, and what to do", "since")
    for one in troubles:
        about = "\n".join(part for part in (one.invoice, one.company, one.agreement) if part)
        told = f"{one.title}: {one.text}" if one.title else one.text
        told += f"\n-> {one.mend}" if one.mend and one.stands else ""
        state = Text(one.state, style=str(one.tone))
        table.add_row(one.code or "-", state, escape(about), escape(told), f"{one.since:%Y-%m-%d %H:%M}")
    return table


def _invoice(invoice: ComparedInvoice) -> Table:
    own = invoice.comparison
    table = Table("item", box=box.SIMPLE_HEAD)
    for heading in FIGURES:
        # A figure is never cut, however narrow the window is.
        table.add_column(heading, justify="right", no_wrap=True)
    for line in own.lines:
        difference = (line.ea_amount or Decimal()) - (line.cw_amount or Decimal())
        table.add_row(
            escape(f"{line.item} {line.description}".strip()),
            words.quantity(line.cw_quantity),
            words.money(line.cw_amount),
            words.quantity(line.ea_quantity),
            words.money(line.ea_unit_rate),
            words.money(line.ea_amount),
            words.money(difference) if difference else "",
            style=str(line_tone(line)),
        )
    table.add_section()
    table.add_row(
        f"total: {invoice.verdict}", "", words.money(own.cw_total), "", "", words.money(own.ea_total),
        words.money(own.difference), style=f"bold {invoice.tone}",
    )  # fmt: skip
    return table


def _memos(report: AgreementReport) -> Table:
    table = _table("Credit memos: not synced", "number", "date", "company", "agreement", "amount")
    for memo in report.credit_memos:
        table.add_row(
            escape(memo.invoice), words.day(memo.invoice_day), escape(memo.company), escape(memo.agreement),
            words.money(memo.cw_total),
        )  # fmt: skip
    return table


def _ended(report: AgreementReport) -> Table:
    table = _table("Ended contracts", "contract", "ended", "company", "agreement")
    for own in report.ended or ():
        table.add_row(
            escape(own.contract), words.day(own.terminated), escape(own.company), escape(own.agreement)
        )
    return table


def _unbilled(reminder: Reminder) -> Table:
    headings = ("next bill date", "when", "contract", "company", "agreement", "invoice", "amount", "totals")
    table = _table("Not billed yet", *headings, "billing queue")
    for one in reminder.contracts:
        own = one.comparison
        table.add_row(
            words.day(own.next_billing), one.when, escape(own.contract), escape(own.company), escape(own.agreement),
            escape(own.invoice), words.money(own.ea_total), "equal" if own.equal else "differ",
            "no" if own.bill is False else "yes", style=str(Tone.PLAIN if own.equal else Tone.BAD),
        )  # fmt: skip
    return table
