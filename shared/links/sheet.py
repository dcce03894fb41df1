"""Spreadsheets as people send them: what Excel writes is read, and what we write Excel opens. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

DELIMITERS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_AS_TEXT = re.compile(r'="(.*)"', re.DOTALL)


class SheetError(ValueError):
    """The file is no table; the text says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line with something in it.

    Attributes:
        line: where it stands in the file, counted from 1 as editors do.
        cells: by heading, as ``heading`` spells it; absent cells are empty.
    """

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was read."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]


def heading(text: str) -> str:
    """A heading as it compares: letter case, blanks, underscores and dashes do not count."""
    return " ".join(re.split(r"[\s_\-]+", text.strip().casefold())).strip()


def read_sheet(content: bytes) -> Sheet:
    """Read a CSV file: comma, semicolon or tab, with or without BOM, UTF-8, UTF-16 or Windows-1252.

    Raises:
        SheetError: it is empty, a workbook, has no headings or has one twice.
    """
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SheetError("this is a workbook; save it as CSV first (File, Save As, CSV UTF-8)")
    text = _decoded(content)
    skipped = 0
    delimiter = ""
    if (first := text.split("\n", 1)[0].strip().strip('"')).casefold().startswith("sep="):
        delimiter = first[4:5]
        text = text.split("\n", 1)[1] if "\n" in text else ""
        skipped = 1
    top = next((line for line in text.splitlines() if line.strip(DELIMITERS + ' "')), "")
    if not top:
        raise SheetError("the file is empty")
    delimiter = delimiter or max(DELIMITERS, key=top.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings: tuple[str, ...] = ()
    rows = []
    begin = 1
    try:
        for cells in reader:
            line, begin = begin, reader.line_num + 1
            plain = [_plain(cell) for cell in cells]
            if not any(plain):
                continue
            if headings:
                rows.append(Row(line + skipped, dict(zip(headings, plain, strict=False))))
            else:
                headings = tuple(heading(cell) for cell in plain)
    except csv.Error as error:
        raise SheetError(f"line {begin + skipped}: {error}") from error
    twice = sorted({name for name in headings if name and headings.count(name) > 1})
    if twice:
        raise SheetError(f"the heading {twice[0]!r} is there twice")
    return Sheet(headings, tuple(rows))


def write_sheet(headings: Sequence[str], rows: Iterable[Sequence[str | Decimal]]) -> bytes:
    """A CSV file that Excel opens with its letters right and never runs as a formula; figures stay figures."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _guarded(cell: str | Decimal) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    # A customer's name must not become a command on somebody's desk.
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def _plain(cell: str) -> str:
    text = cell.replace("\u00a0", " ").strip()
    if match := _AS_TEXT.fullmatch(text):
        return match.group(1).strip()
    return text[1:].strip() if text.startswith("'") else text


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What Excel's plain "CSV" is on a Windows machine.
        return content.decode("cp1252", errors="replace")
