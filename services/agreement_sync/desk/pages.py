"""An agreement invoice beside its contract, as people at the desk read it."""

from decimal import Decimal
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from shared.sync.comparison import ComparedLine, Comparison

EQUAL, UNEQUAL = "green", "red"


def money(amount: Decimal | None) -> str:
    """``1,250.00``; empty for what is not there."""
    return "" if amount is None else f"{amount:,.2f}"


def number(value: Decimal | None) -> str:
    """A quantity or rate without needless zeros."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rate(value: Decimal | None) -> str:
    """A unit rate: two decimals, more only where it has more."""
    text = number(value)
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}" if text else ""


def heading(comparison: Comparison) -> str:
    """``invoice 4711 of 2026-05-01, Northgate Dental Group, Managed Care - Gold (Managed Services)``."""
    day = f" of {comparison.invoice_day}" if comparison.invoice_day is not None else ""
    agreement = f"{comparison.agreement} ({comparison.agreement_type})" if comparison.agreement else ""
    parts = [f"invoice {comparison.invoice}{day}", comparison.company, agreement]
    return ", ".join(part for part in parts if part)


def compared(comparison: Comparison) -> Table:
    """Lines beside lines, then the totals: green when equal, red when not."""
    contract = comparison.contract or "new contract"
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("item", overflow="fold")
    for name in ("invoice: quantity", "amount", f"{contract}: quantity", "unit rate", "amount"):
        table.add_column(escape(name), justify="right", no_wrap=True)
    for line in comparison.lines:
        colour = "" if comparison.ea_total is None or _equal(line) else UNEQUAL
        table.add_row(
            escape(f"{line.item} {line.description}".strip()),
            number(line.cw_quantity),
            money(line.cw_amount),
            number(line.ea_quantity),
            rate(line.ea_unit_rate),
            money(line.ea_amount),
            style=colour or None,
        )
    colour = EQUAL if comparison.equal else UNEQUAL
    table.add_section()
    table.add_row(
        "total, without tax",
        "",
        money(comparison.cw_total),
        "",
        "",
        money(comparison.ea_total),
        style=colour if comparison.ea_total is not None else None,
    )
    for what, amount in comparison.apart.items():
        table.add_row(escape(f"not synced: {what}"), "", money(amount), "", "", "", style="dim")
    return table


def totals(comparison: Comparison) -> str:
    """Whether both sides bill the same, in one line."""
    if comparison.ea_total is None:
        contract = comparison.contract
        return f"ConnectWise {money(comparison.cw_total)}, " + (
            f"not compared with contract {contract}" if contract else "no contract yet"
        )
    told = f"ConnectWise {money(comparison.cw_total)}, e-automate {money(comparison.ea_total)}"
    if comparison.equal:
        return f"{told}: equal"
    return f"{told}: differ by {money(comparison.difference)}"


def queue(comparison: Comparison) -> str:
    """Whether the period is billed, or the contract waits to be."""
    period = (
        f"{comparison.period_from} to {comparison.period_to}"
        if comparison.period_from is not None
        else "unknown"
    )
    if comparison.billed:
        return f"period {period}: billed by e-automate invoice {comparison.billed}"
    if comparison.bill is None:
        return f"period {period}: not billed"
    where = "in the billing queue" if comparison.bill else "not in the billing queue"
    verb = "is" if comparison.contract else "would be"
    return f"period {period}: not billed, the contract {verb} {where}"


def facts(comparison: Comparison) -> dict[str, Any]:
    """The comparison for programs; amounts as text, so that no cent is lost."""
    held = comparison.model_dump(mode="json")
    return held | {
        "difference": None if comparison.difference is None else str(comparison.difference),
        "equal": comparison.equal,
    }


def _equal(line: ComparedLine) -> bool:
    return (line.cw_amount or Decimal()) == (line.ea_amount or Decimal())
