"""Calls are played from the command line."""

from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.command import app
from tests.contract.simulator.eautomate.work import furnish, overridden


def run(path: Path, *words: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    result = CliRunner().invoke(app, ["--file", str(path), *words])
    return result.exit_code, result.output


@pytest.fixture
def path(client: Client) -> Path:
    client.foreign_sql("UPDATE SCCalls SET Status = 'CLR' WHERE Status = 'OKB'")
    return furnish(client).path


def test_a_call_is_entered_worked_on_and_invoiced(path: Path) -> None:
    code, call = run(
        path, "add-call", "AB00", "IT Remote", "VPN drops", "Caller=Ana", "--bill-code", "TM",
        "--item", "CW-SERVICE", "--technician", "T1", "--on", "2026-06-03T09:00",
    )  # fmt: skip
    number = call.strip()
    assert (code, number.isdigit()) == (0, True)
    assert run(path, "schedule-call", number, "2026-06-04T10:00") == (0, "")
    assert run(path, "dispatch-call", number) == (0, "")
    labor = run(path, "add-labor", number, "T1", "1.5", "--on", "2026-06-04T10:00")[1].strip()
    assert run(path, "edit-labor", number, labor, "LaborHours=2") == (0, "")
    assert run(path, "add-material", number, "KX-DRUM", "1", "--price", "5.5")[0] == 0
    assert run(path, "add-problem", number, "IT") == (0, "")
    assert run(path, "add-repair", number, "SETTINGS") == (0, "")
    assert run(path, "complete-call", number) == (0, "")
    assert run(path, "clear-call", number) == (0, "")
    shown = run(path, "show-call", number)[1]
    assert {"Caller = Ana", "Status = CLR"} <= set(shown.splitlines())
    assert shown.splitlines()[-1].split() == ["total", "245.50"]
    assert run(path, "ok-to-bill", number) == (0, "")
    assert run(path, "preview-call", number)[1].splitlines()[-1].split() == ["total", "245.50"]
    invoice = run(path, "invoice-call", number, "--on", "2026-06-30")[1].strip()
    listed = run(path, "calls", "--customer", "AB00", "--status", "I")[1]
    assert invoice in listed
    assert "VPN drops" in listed
    assert run(path, "void", invoice) == (0, "")
    assert run(path, "invoice-calls", "--bill-code", "TM", "--call-type", "IT Remote")[1].count("IN") == 1
    assert run(path, "calls", "--customer", "AB00", "--open")[1].count("\n") == 1


def test_ok_loses_an_override_and_says_so_in_the_figures(path: Path) -> None:
    number = run(path, "add-call", "AB00", "IT Remote", "VPN", "--bill-code", "TM")[1].strip()
    run(path, "add-labor", number, "T1", "1.5")
    assert run(path, "preview-call", number)[1].splitlines()[-1].split() == ["total", "180.00"]
    overridden(Client(path), number, Decimal(120))
    assert run(path, "preview-call", number)[1].splitlines()[-1].split() == ["total", "120.00"]
    assert run(path, "edit-call", number) == (0, "")
    assert run(path, "preview-call", number)[1].splitlines()[-1].split() == ["total", "180.00"]


def test_a_call_is_held_released_opened_and_canceled(path: Path) -> None:
    number = run(path, "add-call", "AB00", "CM", "Jam", "--equipment", "EQ1")[1].strip()
    assert run(path, "hold-call", number, "CWMOVED") == (0, "")
    assert run(path, "dispatch-call", number, "--technician", "T1") == (
        1,
        f"call {number} is on hold: release it first\n",
    )
    assert run(path, "release-call", number) == (0, "")
    assert run(path, "open-call", number) == (0, "")
    assert run(path, "close-call", number) == (0, "")
    assert run(path, "cancel-call", number, "Customer Request", "Bought another") == (0, "")
    assert run(path, "release-call", number) == (1, f"call {number} is canceled\n")


def test_periods_and_options_are_set(path: Path) -> None:
    number = run(path, "add-call", "AB00", "CM", "Jam")[1].strip()
    assert run(path, "ok-to-bill", number) == (1, f"call {number} has no labour\n")
    assert run(path, "close-period", "2026-06-01") == (0, "")
    assert run(path, "add-labor", number, "T1", "1", "--on", "2026-06-04") == (
        1,
        f"labour of call {number}: 2026-06 is a closed accounting period\n",
    )
    assert run(path, "open-period", "2026-06-30") == (0, "")
    labor = run(path, "add-labor", number, "T1", "1", "--on", "2026-06-04")[1].strip()
    assert run(path, "remove-labor", number, labor) == (0, "")
    assert run(path, "set-option", "OkToBillNeedsLabor", "--off") == (0, "")
    assert run(path, "ok-to-bill", number) == (0, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show-call", "9"), "no call 9\n"),
        (("invoice-call", "9"), "no call 9\n"),
        (("add-call", "ZZ99", "CM", "Jam"), "no customer ZZ99\n"),
        (("set-option", "Nonsense", "--on"), "no option Nonsense\n"),
        (("calls", "--contract", "CN9-99"), "no contract CN9-99\n"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(path: Path, words: tuple[str, ...], said: str) -> None:
    assert run(path, *words) == (1, said)
