import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.links.sheet import SheetError, heading, read_sheet, write_sheet

CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Cs", "Zl", "Zp")), min_size=1, max_size=12
)


def cells(content: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in read_sheet(content).rows]


@pytest.mark.parametrize(
    "content",
    [
        b"customer number,why\n1001,so\n",
        b"\xef\xbb\xbfCustomer Number;Why\r\n1001;so\r\n",
        b"CUSTOMER_NUMBER\twhy\n1001\tso\n",
        "customer-number;why\n1001;so\n".encode("utf-16"),
        b'"Customer  Number","Why"\n="1001","so"\n',
        b"customer number,why,\n'1001, so \xa0,\n,,\n",
    ],
)
def test_what_spreadsheets_write_is_read(content: bytes) -> None:
    ((_, row),) = cells(content)
    assert (row["customer number"], row["why"]) == ("1001", "so")


def test_a_line_that_names_the_delimiter_is_obeyed_and_lines_are_counted_as_in_the_file() -> None:
    content = b'sep=;\nname;why\n\n"two\nlines";a\nlast;b\n'
    assert cells(content) == [(4, {"name": "two\nlines", "why": "a"}), (6, {"name": "last", "why": "b"})]


def test_letters_of_windows_are_read() -> None:
    assert cells("name,why\nCafé,so\n".encode("cp1252")) == [(2, {"name": "Café", "why": "so"})]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b"", "empty"),
        (b" \n;;\n", "empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"why,Why\na,b\n", "'why' is there twice"),
        (b'a,b\n1,"' + b"x" * 200_000 + b'"\n', "line 2"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(content: bytes, wanted: str) -> None:
    with pytest.raises(SheetError, match=wanted):
        read_sheet(content)


def test_a_name_never_becomes_a_formula() -> None:
    written = write_sheet(["name"], [["=1+1"], ["@import"], ["-1001"]])
    assert written.decode("utf-8-sig").splitlines() == ["name", "'=1+1", "'@import", "'-1001"]
    assert [row["name"] for _, row in cells(written)] == ["=1+1", "@import", "-1001"]


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
def test_what_was_written_is_read_back(rows: list[tuple[str, str]]) -> None:
    back = read_sheet(write_sheet(["one", "other"], rows))
    assert [(row.cells["one"], row.cells["other"]) for row in back.rows] == [
        (one.strip(), other.strip()) for one, other in rows
    ]


@given(st.text(max_size=20))
def test_a_heading_is_plain_already(text: str) -> None:
    assert heading(heading(text)) == heading(text)
