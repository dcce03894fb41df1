"""Each output, opened again and read."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser

import pytest
from openpyxl import load_workbook
from rich.console import Console

from services.error_reporting.agreements.page import page
from services.error_reporting.agreements.reminder import Reminder, reminder
from services.error_reporting.agreements.report import AgreementReport, Tone, report
from services.error_reporting.agreements.sheets import comma_separated
from services.error_reporting.agreements.terminal import shown
from services.error_reporting.agreements.workbook import FILLS, workbook
from tests.unit.services.error_reporting.agreements.told import (
    MAY,
    NEW_YORK,
    NO_CONTRACT,
    compared,
    line,
    moment,
    row,
    told,
)

NASTY = '=HYPERLINK("http://evil","x")'
SCRIPT = "<script>alert(1)</script> & Söhne"


@pytest.fixture
def made() -> AgreementReport:
    red = compared(
        501, line("BASE", "500.00", "500.00"), line("SEATS", "1025.00", "1024.97", quantity="3"),
        company=SCRIPT, bill=False, warnings=(("G5", "template **CW Backup not found, the default was used"),),
        apart={"time": Decimal("120.50")},
    )  # fmt: skip
    memo = compared(
        502, **(NO_CONTRACT | {"invoice_type": "CreditMemo", "company": NASTY, "cw_total": Decimal("-40.00")})
    )
    refused = compared(503, **NO_CONTRACT, company="Gamma")
    return report(
        MAY,
        MAY,
        NEW_YORK,
        [
            row(told(comparison=compared(made="created", agreement=NASTY, terminated=date(2026, 5, 31)))),
            row(told("rejected", comparison=red, invoice=501, code="G16", text="-0.03 apart")),
            row(told("skipped", comparison=memo, invoice=502)),
            row(told("waiting", moment(13), refused, invoice=503, code="G1", text="@Gamma is not mapped")),
        ],
        [],
        {},
        terminations=True,
    )


@pytest.fixture
def soon() -> Reminder:
    return reminder(MAY, 5, "America/New_York", [row(told(comparison=compared(company=NASTY)))])


NOTHING = report(MAY, MAY, NEW_YORK, [], [], {})
NOBODY = reminder(MAY, 5, "UTC", [])


def lines_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_csv_has_a_line_for_every_line_and_total(made: AgreementReport) -> None:
    found = lines_of(comma_separated(made))
    total = next(one for one in found if one["part"] == "total" and one["invoice"] == "501")
    assert (total["cw amount"], total["ea amount"], total["difference"]) == ("1525.00", "1524.97", "-0.03")
    assert (total["totals"], total["billing"]) == ("differs", "kept out of the billing queue")
    assert total["apart"] == "time 120.50"
    assert total["warnings"].startswith("G5: template")
    seats = next(one for one in found if one["line"] == "SEATS")
    assert (seats["part"], seats["cw quantity"], seats["cw amount"]) == ("line", "3", "1025.00")
    assert (seats["ea unit rate"], seats["difference"]) == ("341.656667", "-0.03")
    assert {one["totals"] for one in found if one["part"] == "total"} == {"equal", "differs", "no contract"}
    errors = [(one["code"], one["invoice"]) for one in found if one["part"] == "error"]
    assert sorted(errors) == [("G1", "503"), ("G16", "501")]
    assert [one["invoice"] for one in found if one["part"] == "credit memo"] == ["502"]
    assert [one["ended"] for one in found if one["part"] == "ended contract"] == ["2026-05-31"]


def test_csv_never_holds_a_formula(made: AgreementReport, soon: Reminder) -> None:
    for content in (comma_separated(made), comma_separated(soon)):
        cells = [cell for one in lines_of(content) for cell in one.values()]
        assert f"'{NASTY}" in cells
        for cell in cells:
            if cell.startswith(("=", "+", "-", "@")):
                assert Decimal(cell) < 0, cell


def test_the_workbook_has_a_sheet_a_part_and_coloured_totals(made: AgreementReport) -> None:
    book = load_workbook(io.BytesIO(workbook(made)))
    assert book.sheetnames == ["Errors", "Invoices", "Credit memos", "Ended contracts"]
    rows = list(book["Invoices"].iter_rows())
    place = {cell.value: number for number, cell in enumerate(rows[0])}
    totals = {one[place["invoice"]].value: one for one in rows if one[place["line"]].value == "total"}
    colours = {number: one[place["totals"]].fill.fgColor.rgb for number, one in totals.items()}
    assert colours == {
        "500": FILLS[Tone.GOOD].fgColor.rgb, "501": FILLS[Tone.BAD].fgColor.rgb, "503": FILLS[Tone.BAD].fgColor.rgb,
    }  # fmt: skip
    difference = totals["501"][place["difference"]]
    assert (round(Decimal(str(difference.value)), 2), difference.number_format) == (
        Decimal("-0.03"),
        "#,##0.00",
    )
    assert totals["501"][place["invoice date"]].value == datetime(2026, 5, 1)  # noqa: DTZ001 - a day has no zone
    assert book["Errors"]["I2"].value == datetime(2026, 5, 29, 9, 0)  # noqa: DTZ001 - the dealer's own time


def test_text_in_the_workbook_is_never_a_formula(made: AgreementReport, soon: Reminder) -> None:
    for content in (workbook(made), workbook(soon)):
        book = load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book for cells in sheet.iter_rows() for cell in cells]
        assert NASTY in {cell.value for cell in cells}
        assert "f" not in {cell.data_type for cell in cells}
        assert all(cell.quotePrefix for cell in cells if cell.value == NASTY)


def test_what_excel_cannot_hold_is_left_out_of_the_workbook() -> None:
    long = compared(company="bell \x07 and end", lines=(line("A", "1", "1", description="x" * 40_000),))
    book = load_workbook(
        io.BytesIO(workbook(report(MAY, MAY, NEW_YORK, [row(told(comparison=long))], [], {})))
    )
    found = [cell.value for cell in book["Invoices"][2]]
    assert "bell  and end" in found
    assert max(len(value) for value in found if isinstance(value, str)) == 32_000


class Reader(HTMLParser):
    """Text and tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(content: str) -> Reader:
    reader = Reader()
    reader.feed(content)
    reader.close()
    return reader


def test_the_page_shows_both_sides_and_colours_them(made: AgreementReport) -> None:
    found = read(page(made))
    text = " ".join(" ".join(found.words).split())
    assert "Agreement sync results, 2026-05-29" in text
    assert "3 invoices: 1 green, 2 red; 2 errors, 2 open; 1 credit memo; 1 ended contract." in text
    assert "Total: differs by -0.03 1,525.00 1,524.97" in text
    assert "not part of the contract: time 120.50" in text
    assert "G5: template **CW Backup not found, the default was used" in text
    styles = [attributes.get("style") or "" for tag, attributes in found.tags if tag == "td"]
    assert any("#c6efce" in style for style in styles)
    assert any("#ffc7ce" in style for style in styles)


def test_what_comes_from_a_record_is_never_markup(made: AgreementReport) -> None:
    content = page(made)
    found = read(content)
    assert "script" not in {tag for tag, _ in found.tags}
    assert SCRIPT in "".join(found.words)
    assert "&lt;script&gt;" in content


def test_the_page_loads_nothing(made: AgreementReport, soon: Reminder) -> None:
    for content in (page(made), page(soon)):
        found = read(content)
        assert {tag for tag, _ in found.tags} <= {
            "html", "head", "meta", "title", "body", "div", "h1", "h2", "p", "b", "table", "tr", "th", "td", "br",
        }  # fmt: skip
        assert not [attrs for _, attrs in found.tags if {"src", "href"} & set(attrs)]


def printed(told_: AgreementReport | Reminder, *, colours: bool = False, width: int = 200) -> str:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=colours, color_system="standard" if colours else None
    )
    for piece in shown(told_):
        console.print(piece)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def test_the_screen_shows_both_sides_and_says_what_colours_say(made: AgreementReport) -> None:
    text = printed(made)
    (total,) = [one for one in text.splitlines() if "total: differs" in one]
    assert total.split() == ["total:", "differs", "1,525.00", "1,524.97", "-0.03"]
    assert "Invoice 500 of 2026-05-01" in text
    assert "contract CW-500-01 created" in text
    assert "kept out of the billing queue" in text
    coloured = printed(made, colours=True)
    assert "\x1b[1;32m" in coloured or "\x1b[32m" in coloured
    assert "\x1b[1;31m" in coloured or "\x1b[31m" in coloured


def test_no_figure_is_cut_in_a_narrow_window(made: AgreementReport) -> None:
    text = printed(made, width=80)
    for figure in ("1,525.00", "1,524.97", "341.656667", "-0.03"):
        assert f" {figure} " in text


def test_the_reminder_is_shown_in_every_output(soon: Reminder) -> None:
    assert "tomorrow" not in printed(soon)
    assert "in 3 days" in printed(soon)
    assert "CW-500-01" in "".join(read(page(soon)).words)
    (one,) = lines_of(comma_separated(soon))
    assert (one["part"], one["next bill date"], one["ea amount"]) == (
        "not billed yet",
        "2026-06-01",
        "525.00",
    )
    book = load_workbook(io.BytesIO(workbook(soon)))
    assert [cell.value for cell in book["Not billed yet"][2]][1] == "in 3 days"


@pytest.mark.parametrize("nothing", [NOTHING, NOBODY])
def test_an_empty_day_says_so_in_every_output(nothing: AgreementReport | Reminder) -> None:
    said = "Nothing was synced" if isinstance(nothing, AgreementReport) else "No contract the sync updated"
    assert said in printed(nothing)
    assert said in "".join(read(page(nothing)).words)
    assert lines_of(comma_separated(nothing)) == []
    book = load_workbook(io.BytesIO(workbook(nothing)))
    assert all(str(sheet["A2"].value).startswith("No ") for sheet in book)
