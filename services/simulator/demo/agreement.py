"""Do both sides agree? Read from e-automate's tables and ConnectWise's API, not from Tandem."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich import box
from rich.table import Table

from services.simulator.demo.dealer import Row
from services.simulator.demo.traps import BARE, BARE_SITE, BY_HAND, STRAY, TWINS

NAME_MOST = 50
ROOMY = 110
NARROW = 10
TOLD = frozenset({BARE, BARE_SITE, BY_HAND, STRAY, TWINS, "NEW01"})
"""Rows of the morning's stories, always shown; of the others only some."""
OTHERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class There:
    """ConnectWise's side by RecID."""

    companies: Mapping[str, Mapping[str, Any]]
    sites: Mapping[str, Mapping[str, Any]]

    def of(self, row: Row) -> Mapping[str, Any] | None:
        """The company of a customer, or the site of a location."""
        return (self.sites if row.parent else self.companies).get(row.recid)


def faults_of(row: Row, found: Mapping[str, Any] | None, parent: Row | None = None) -> list[str]:
    """What is wrong between a customer and its company, or a location and its site; empty when they agree."""
    if row.special:
        return [] if not row.recid or found is not None else [f"RecID {row.recid} names nothing"]
    if found is None:
        return ["no site" if row.parent else "no company"]
    faults = []
    if parent is not None and str(found["company"]["id"]) != parent.recid:
        faults.append("a site of another company")
    if " ".join(found["name"].split()) != " ".join(row.name[:NAME_MOST].split()):
        faults.append("name")
    if row.city and found.get("city") != row.city:
        faults.append("city")
    if row.phone and found.get("phoneNumber") != row.phone:
        faults.append("phone")
    return faults


def compare(
    rows: Sequence[Row], companies: Sequence[dict[str, Any]], sites: Sequence[dict[str, Any]], width: int
) -> tuple[Table, int]:
    """Both sides as a table, and how many rows do not agree.

    A company nobody's RecID names although it carries a customer's number, or two of them, count as
    disagreement too. Rows that agree and have no story are counted, not shown.

    Args:
        width: columns of the screen; names give way, keys are always shown whole.
    """
    there = There(
        {str(company["id"]): company for company in companies}, {str(site["id"]): site for site in sites}
    )
    table = Table(
        title="e-automate and ConnectWise, read from both sides",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
    )
    for heading in ("customer", "name", "phone", "RecID", "Company ID", "name there", "agree"):
        longest = (NARROW if width < ROOMY else NAME_MOST) if heading in {"name", "name there"} else None
        table.add_column(heading, no_wrap=True, overflow="ellipsis", max_width=longest)
    heads = {row.number: row for row in rows}
    wrong = plain = hidden = 0
    for row in rows:
        found = there.of(row)
        faults = faults_of(row, found, heads.get(row.parent))
        wrong += bool(faults)
        plain += not (faults or row.number in TOLD)
        if not faults and row.number not in TOLD and plain > OTHERS_SHOWN:
            hidden += 1
            continue
        _add(table, row, found, faults)
    wrong += _strays(rows, companies, table)
    if hidden:
        table.caption = f"and {hidden} more that agree"
        table.caption_justify = "left"
    return table, wrong


def _add(table: Table, row: Row, found: Mapping[str, Any] | None, faults: Sequence[str]) -> None:
    verdict = f"[red]{', '.join(faults)}[/red]" if faults else "[green]yes[/green]"
    if row.special and not faults:
        verdict = f"[dim]{row.special}[/dim]"
    company = (found["company"] if row.parent else found) if found is not None else {"identifier": ""}
    table.add_row(
        row.number,
        row.name,
        row.phone,
        row.recid,
        company["identifier"],
        found["name"] if found else "",
        verdict,
    )


def _strays(rows: Sequence[Row], companies: Sequence[dict[str, Any]], table: Table) -> int:
    named = {row.recid for row in rows if row.recid and not row.parent}
    numbers = {row.number for row in rows}
    twice = Counter(company.get("accountNumber") for company in companies if company.get("accountNumber"))
    wrong = 0
    for company in companies:
        account = company.get("accountNumber")
        stray = account in numbers and str(company["id"]) not in named
        if stray or (account and twice[account] > 1):
            told = "[red]twice or unknown[/red]"
            table.add_row("", "", "", str(company["id"]), company["identifier"], company["name"], told)
            wrong += 1
    return wrong
