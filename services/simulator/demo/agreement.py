"""Do both sides agree? Read from e-automate's tables and ConnectWise's API, not from Tandem."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.table import Table

from services.simulator.demo.dealer import Row

NAME_MOST = 50
ROOMY = 110
NARROW = 10


def faults_of(row: Row, company: dict[str, Any] | None) -> list[str]:
    """What is wrong between a head office and its company; empty when they agree."""
    if row.special:
        return [] if not row.recid or company is not None else [f"RecID {row.recid} names no company"]
    if company is None:
        return ["no company"]
    faults = []
    if str(company["id"]) != row.recid:
        faults.append(f"RecID {row.recid or 'missing'}")
    if row.number not in {company.get("identifier"), company.get("accountNumber")}:
        faults.append("number")
    if " ".join(company["name"].split()) != " ".join(row.name[:NAME_MOST].split()):
        faults.append("name")
    if row.city and company.get("city") != row.city:
        faults.append("city")
    if row.phone and company.get("phoneNumber") != row.phone:
        faults.append("phone")
    return faults


def compare(rows: Sequence[Row], companies: Sequence[dict[str, Any]], width: int) -> tuple[Table, int]:
    """Both sides as a table, and how many rows do not agree.

    A company nobody's RecID names, or two with one number, count as disagreement too.

    Args:
        width: columns of the screen; names give way, keys are always shown whole.
    """
    by_id = {str(company["id"]): company for company in companies}
    table = Table(
        title="e-automate and ConnectWise, read from both sides",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("customer", "name", "phone", "RecID", "Company ID", "name there", "agree"):
        longest = (NARROW if width < ROOMY else NAME_MOST) if heading in {"name", "name there"} else None
        table.add_column(heading, no_wrap=True, overflow="ellipsis", max_width=longest)
    wrong = 0
    for row in rows:
        company = by_id.get(row.recid)
        faults = faults_of(row, company)
        wrong += bool(faults)
        verdict = (
            f"[red]{', '.join(faults)}[/red]"
            if faults
            else (f"[dim]{row.special}[/dim]" if row.special else "[green]yes[/green]")
        )
        table.add_row(
            row.number, row.name, row.phone, row.recid, company["identifier"] if company else "",
            company["name"] if company else "", verdict,
        )  # fmt: skip
    wrong += _strays(rows, companies, table)
    return table, wrong


def _strays(rows: Sequence[Row], companies: Sequence[dict[str, Any]], table: Table) -> int:
    named = {row.recid for row in rows if row.recid}
    numbers = {row.number for row in rows}
    twice = Counter(company.get("accountNumber") for company in companies if company.get("accountNumber"))
    wrong = 0
    for company in companies:
        account = company.get("accountNumber")
        stray = account in numbers and str(company["id"]) not in named
        if stray or (account and twice[account] > 1):
            table.add_row(
                "",
                "",
                "",
                str(company["id"]),
                company["identifier"],
                company["name"],
                "[red]twice or unknown[/red]",
            )
            wrong += 1
    return wrong
