"""The report as an Excel workbook."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from services.error_reporting.agreements.reminder import Reminder
from services.error_reporting.agreements.report import AgreementReport, Tone
from services.error_reporting.agreements.sheets import (
    KINDS,
    MONEY,
    QUANTITY,
    RATE,
    Row,
    Sheet,
    Value,
    sheets_of,
)

FORMATS = {MONEY: "#,##0.00", RATE: "#,##0.00####", QUANTITY: "#,##0.######"}
FILLS = {
    Tone.GOOD: PatternFill("solid", fgColor="FFC6EFCE"),
    Tone.BAD: PatternFill("solid", fgColor="FFFFC7CE"),
    Tone.WARN: PatternFill("solid", fgColor="FFFFEB9C"),
}
INKS = {Tone.GOOD: "FF006100", Tone.BAD: "FF9C0006", Tone.WARN: "FF7F6000", Tone.PLAIN: "FF000000"}
FONTS = {(tone, bold): Font(bold=bold, color=ink) for tone, ink in INKS.items() for bold in (False, True)}
PLAIN, WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)
HEADING = PatternFill("solid", fgColor="FFD9E1F2")
WIDEST = 60
CELL_MOST = 32_000
"""Excel holds 32,767 characters in a cell."""


def workbook(report: AgreementReport | Reminder) -> bytes:
    """A workbook with a sheet a part; totals are green or red. Text is never a formula."""
    book = Workbook(write_only=True)
    for sheet in sheets_of(report):
        # What a write-only book makes has what is used of a sheet here, and holds no cells in memory.
        _fill(cast("Worksheet", book.create_sheet(sheet.name)), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(target: Worksheet, sheet: Sheet) -> None:
    target.freeze_panes = "A2"
    for place, width in enumerate(_widths(sheet), 1):
        target.column_dimensions[get_column_letter(place)].width = width
    headings = [_cell(target, heading, "") for heading in sheet.headings]
    for cell in headings:
        cell.font, cell.fill = FONTS[Tone.PLAIN, True], HEADING
    target.append(headings)
    if not sheet.rows:
        target.append([_cell(target, sheet.nothing, "")])
        return
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.headings))}{len(sheet.rows) + 1}"
    for row in sheet.rows:
        target.append(_cells(target, sheet, row))


def _cells(target: Worksheet, sheet: Sheet, row: Row) -> list[Cell]:
    cells = []
    for heading, value in zip(sheet.headings, row.values, strict=True):
        cell = _cell(target, value, KINDS.get(heading, ""))
        if row.tone is not Tone.PLAIN or row.strong:
            cell.font = FONTS[row.tone, row.strong]
        if row.tone is not Tone.PLAIN:
            cell.fill = FILLS[row.tone]
        cells.append(cell)
    return cells


def _cell(target: Worksheet, value: Value, kind: str) -> Cell:
    if isinstance(value, str):
        # A name must not become a command on somebody's desk.
        cell = WriteOnlyCell(target, ILLEGAL_CHARACTERS_RE.sub("", value)[:CELL_MOST])
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
        cell.alignment = WRAPPED if len(value) > WIDEST else PLAIN
        return cell
    held: Any = value
    cell = WriteOnlyCell(target, held)
    cell.alignment = PLAIN
    if isinstance(value, Decimal):
        cell.number_format = FORMATS.get(kind, "General")
    elif isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell


def _widths(sheet: Sheet) -> list[float]:
    longest = [len(heading) for heading in sheet.headings]
    for row in sheet.rows:
        longest = [
            max(known, len(str(value)) if value is not None else 0)
            for known, value in zip(longest, row.values, strict=True)
        ]
    return [min(WIDEST, most) + 3 for most in longest]
