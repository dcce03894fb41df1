"""Invoices, comparisons and what was told about them, as tests of the report write them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.error_reporting.agreements.days import AGENT, InvoiceDay, with_fact
from services.error_reporting.agreements.report import DayRow
from services.error_reporting.facts import Letter
from shared.sync.comparison import ComparedLine, Comparison
from shared.sync.outcome import Outcome

NEW_YORK = ZoneInfo("America/New_York")
MAY = date(2026, 5, 29)


def moment(hour: int, minute: int = 0, day: int = 29) -> datetime:
    """A moment in May 2026, UTC."""
    return datetime(2026, 5, day, hour, minute, tzinfo=UTC)


def line(
    item: str, cw: str | None, ea: str | None, *, quantity: str = "1", description: str = ""
) -> ComparedLine:
    count = Decimal(quantity)
    return ComparedLine(
        item=item,
        description=description or f"{item} in words",
        cw_quantity=count if cw is not None else None,
        cw_amount=Decimal(cw) if cw is not None else None,
        ea_quantity=count if ea is not None else None,
        ea_unit_rate=round(Decimal(ea) / count, 6) if ea is not None else None,
        ea_amount=Decimal(ea) if ea is not None else None,
    )


def compared(invoice: int = 500, *lines: ComparedLine, **more: Any) -> Comparison:
    """An invoice whose contract bills the same, unless told otherwise."""
    lines = lines or (line("BASE", "500.00", "500.00"), line("BACKUP", "25.00", "25.00", quantity="3"))
    given: dict[str, Any] = {
        "invoice_id": invoice,
        "invoice": f"{invoice}",
        "invoice_day": date(2026, 5, 1),
        "status": "Sent",
        "company": "Acme Dental",
        "agreement_id": 88,
        "agreement": "Acme managed",
        "agreement_type": "Managed Services",
        "contract_id": 4000 + invoice,
        "contract": f"CW-{invoice}-01",
        "made": "updated",
        "lines": lines,
        "cw_total": sum((one.cw_amount or Decimal() for one in lines), Decimal()),
        "ea_total": sum((one.ea_amount or Decimal() for one in lines), Decimal()),
        "period_from": date(2026, 5, 1),
        "period_to": date(2026, 5, 31),
        "next_billing": date(2026, 6, 1),
        "bill": True,
    }
    return Comparison(**(given | more))


NO_CONTRACT: dict[str, Any] = {"contract_id": None, "contract": "", "ea_total": None, "made": "unchanged"}


def told(
    result: str = "applied",
    at: datetime | None = None,
    comparison: Comparison | None = None,
    *,
    invoice: int = 500,
    sequence: int = 5,
    code: str = "",
    text: str = "",
    command: bool = False,
    agent: str = AGENT,
) -> Outcome:
    return Outcome(
        process="ID964",
        agent=agent,
        record=f"connectwise/invoice/{invoice}",
        label=f"invoice {invoice} Acme Dental",
        sequence=sequence,
        result=result,
        text=text or f"{code or result}",
        code=code,
        command=command,
        comparison=comparison,
        at=at or moment(14),
    )


def lettered(
    at: datetime,
    code: str = "G1",
    *,
    first: datetime | None = None,
    invoice: int = 500,
    sequence: int = 5,
    text: str = "",
) -> Letter:
    return Letter(
        agent=AGENT,
        record=f"connectwise/invoice/{invoice}",
        sequence=sequence,
        command=False,
        at=at,
        first_failed_at=first or at,
        redrives=0,
        code=code,
        text=text or code,
        blocked_on=(),
        sendable=True,
        key=b"88",
        value=b"{}",
        headers=(("ce_id", f"connectwise:invoice:{invoice}:{sequence}".encode()),),
    )


def folded(*facts: Outcome | Letter) -> InvoiceDay:
    day = InvoiceDay()
    for fact in facts:
        day = with_fact(day, fact)
    return day


def row(*facts: Outcome | Letter, day: date = MAY) -> DayRow:
    return DayRow(facts[0].record, day, folded(*facts))


def rows(*facts: Outcome | Letter, zone: ZoneInfo = NEW_YORK) -> list[DayRow]:
    """Days as the store would hold them."""
    held: dict[tuple[str, date], list[Outcome | Letter]] = {}
    for fact in facts:
        held.setdefault((fact.record, fact.at.astimezone(zone).date()), []).append(fact)
    return [DayRow(record, day, folded(*told_)) for (record, day), told_ in held.items()]


def all_of(found: Sequence[DayRow], first: date, last: date) -> list[DayRow]:
    return [one for one in found if first <= one.day <= last]
