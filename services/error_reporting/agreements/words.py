"""How figures and days are written for people. Pure."""

from datetime import date
from decimal import Decimal

from services.error_reporting.agreements.reminder import Reminder
from services.error_reporting.agreements.report import AgreementReport, ComparedInvoice
from shared.sync.comparison import Comparison

CENT = Decimal("0.01")


def money(amount: Decimal | None) -> str:
    """To the cent with thousands apart, further digits only where there are any; empty for None."""
    return "" if amount is None else f"{to_the_cent(amount):,f}"


def to_the_cent(amount: Decimal) -> Decimal:
    """The same amount with two places behind the point, or with all it has where it has more."""
    cents = amount.quantize(CENT)
    return cents if cents == amount else plain(amount)


def quantity(number: Decimal | None) -> str:
    """Without trailing zeros; empty for None."""
    return "" if number is None else f"{plain(number):,f}"


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros and never as a power of ten."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def day(value: date | None) -> str:
    """Year, month, day; empty for None."""
    return "" if value is None else value.isoformat()


def days(report: AgreementReport) -> str:
    """The days of a report."""
    if report.first == report.last:
        return day(report.first)
    return f"{day(report.first)} to {day(report.last)}"


def counted(number: int, one: str, more: str = "") -> str:
    """A number of things."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def summary(report: AgreementReport) -> str:
    """The report in a sentence."""
    if report.empty:
        return f"Nothing was synced and no error was met on {days(report)}."
    others = len(report.invoices) - report.green - report.red
    parts = [
        f"{counted(len(report.invoices), 'invoice')}: {report.green} green, {report.red} red"
        + (f", {others} not compared" if others else ""),
        f"{counted(len(report.troubles), 'error')}, {report.standing} open",
    ]
    if report.credit_memos:
        parts.append(counted(len(report.credit_memos), "credit memo"))
    if report.ended:
        parts.append(counted(len(report.ended), "ended contract"))
    return "; ".join(parts) + "."


def reminded(reminder: Reminder) -> str:
    """The reminder in a sentence."""
    ahead = f"within {counted(reminder.days, 'day')} of {day(reminder.day)}"
    if not reminder.contracts:
        return f"No contract the sync updated is to be billed {ahead}."
    is_are = "is" if len(reminder.contracts) == 1 else "are"
    return (
        f"{counted(len(reminder.contracts), 'contract')} the sync updated {is_are} not billed yet and "
        f"{'has its' if is_are == 'is' else 'have their'} next bill date {ahead}. "
        "Bill before the next invoice of the agreement comes, which changes the contract."
    )


def headline(invoice: ComparedInvoice) -> str:
    """An invoice and its contract in a line."""
    own = invoice.comparison
    of = f" of {day(own.invoice_day)}" if own.invoice_day is not None else ""
    agreement = f"{own.agreement} ({own.agreement_type})" if own.agreement_type else own.agreement
    about = ", ".join(part for part in (own.company, agreement, own.status) if part)
    target = f"contract {own.contract} {invoice.made}" if own.contract else "no contract"
    return f"Invoice {own.invoice}{of}, {about}: {target}"


def period(comparison: Comparison) -> str:
    """What an invoice bills, e.g. ``2026-05-01 to 2026-05-31``."""
    if comparison.period_from is None:
        return ""
    until = f" to {day(comparison.period_to)}" if comparison.period_to is not None else ""
    return f"{day(comparison.period_from)}{until}"


def apart(comparison: Comparison) -> str:
    """Amounts no contract bills."""
    return ", ".join(f"{name} {money(amount)}" for name, amount in comparison.apart.items())


def warnings(comparison: Comparison) -> str:
    """Codes with their sentences."""
    return "; ".join(f"{code}: {text}" if code else text for code, text in comparison.warnings)


def notes(invoice: ComparedInvoice) -> list[str]:
    """What is to be said below an invoice."""
    own = invoice.comparison
    told = []
    if period(own):
        told.append(f"bills {period(own)}")
    if invoice.billing:
        told.append(invoice.billing)
    if own.apart:
        told.append(f"not part of the contract: {apart(own)}")
    told += [f"{code}: {text}" if code else text for code, text in own.warnings]
    return told
