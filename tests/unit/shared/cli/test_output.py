"""What commands print fits into a file as well as into a window."""

import io

import pytest
from rich.table import Table

from shared.cli.output import WIDTH, Wide


def test_into_a_pipe_a_table_keeps_its_words_whole_whatever_window_it_was_started_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    file = io.StringIO()
    table = Table()
    for word in ("customer-company", "1001 Acme Dental (id 7)", "19 Acme Dental Inc (ACME)"):
        table.add_column(word)
    Wide(file=file).print(table)
    assert "1001 Acme Dental (id 7)" in file.getvalue()


def test_a_terminal_keeps_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    assert Wide(file=io.StringIO(), force_terminal=True).width == 40
    assert Wide(file=io.StringIO()).width == WIDTH


def test_the_columns_of_the_moment_count_not_those_of_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    console = Wide(file=io.StringIO())
    monkeypatch.setenv("COLUMNS", "400")
    assert console.width == 400
