from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.command import app
from services.simulator.eautomate.database import url


def run(path: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output."""
    result = CliRunner().invoke(
        app, ["--file", str(path), "--customers", "3", "--locations", "1", *arguments]
    )
    return result.exit_code, result.output


def test_the_file_is_made_once_and_its_url_printed(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    assert run(path) == (0, url(path) + "\n")
    made = path.stat().st_size
    assert run(path) == (0, url(path) + "\n")
    assert path.stat().st_size == made


def test_a_url_will_do_as_well(tmp_path: Path) -> None:
    address = f"sqlite+aiosqlite:///{tmp_path / 'ea.db'}"
    result = CliRunner().invoke(app, ["--url", address, "--customers", "1", "--locations", "0"])
    assert result.output == address + "\n"


@pytest.mark.parametrize(
    "arguments", [[], ["--file", "x", "--url", "sqlite:///x"], ["--url", "mssql://x"], ["--url", "nonsense"]]
)
def test_the_place_must_be_clear(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_a_person_is_played(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    assert run(path, "add", "AB00", "Abel Baker", "--configuration", "ConnectWise") == (0, "")
    assert run(path, "add", "AB00-T", "Abel Baker - Tulsa", "--parent", "AB00") == (0, "")
    assert run(path, "edit", "AB00", "City=Akron", "--phone", "555") == (0, "")
    assert run(path, "hold", "AB00") == (0, "")
    assert run(path, "set-property", "AB00", "ZCJ_SyncToCW", "No") == (0, "")
    code, shown = run(path, "show", "AB00")
    assert code == 0
    assert {"City = Akron", "Phone1 = 555", "Hold = 1", "ZCJ_SyncToCW = No"} <= set(shown.splitlines())
    assert run(path, "release", "AB00") == (0, "")
    assert run(path, "inactivate", "AB00") == (0, "")
    assert run(path, "assign-configuration", "AB00", "Deliveries") == (0, "")
    assert "ZCJ_SyncToCW" not in run(path, "show", "AB00")[1]


def test_contracts_employees_and_codes_are_played(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    assert run(path, "add", "AB00", "Abel Baker") == (0, "")
    assert run(path, "add-contract", "AB00", "CN9-01", "MIT", "--expires", "2030-01-31") == (0, "")
    assert run(path, "terminate-contract", "CN9-01") == (0, "")
    assert run(path, "add-employee", "S1", "Sue", "Sell", "--sales-rep") == (0, "")
    assert run(path, "edit-employee", "S1", "Email=sue@dealer.example") == (0, "")
    assert run(path, "set-employee-property", "S1", "ZCJ_CW_MemberID", "150") == (0, "")
    assert run(path, "assign-sales-rep", "AB00", "S1") == (0, "")
    assert run(path, "assign-sales-rep", "AB00") == (0, "")
    assert run(path, "rename-code", "GLBranches", "1", "01") == (0, "")
    assert Client(path).agent_properties("S1") == {"ZCJ_CW_MemberID": "150"}
    assert run(path, "rename-code", "GLBranches", "1", "01") == (1, "no branch 1\n")


def test_what_is_wrong_is_said_in_a_line(tmp_path: Path) -> None:
    assert run(tmp_path / "ea.db", "edit", "ZZ99") == (1, "no customer ZZ99\n")
    assert run(tmp_path / "ea.db", "edit", "ZZ99", "nonsense")[0] == 2


def test_an_emptied_id_is_no_id(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    run(path, "add", "AB00", "Abel Baker")
    run(path, "add", "AB00-T", "Abel Baker - Tulsa", "--parent", "AB00")
    assert run(path, "edit", "AB00-T", "LocationID=", "BillToID=") == (0, "")
    row = Client(path).customer("AB00-T")
    assert (row["LocationID"], row["BillToID"]) == (None, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "N" * 99, "Too long"), "CustomerNumber holds"),
        (("add", "AB00", "Taken"), "this CustomerNumber is taken"),
        (("edit", "AB00", "LocationID=AB00"), "LocationID is a whole number, not 'AB00'"),
        (("edit", "AB00", "Nonsense=1"), "ARCustomers has no columns ['Nonsense']"),
        (("add", "NEW01", "New", "--configuration", "Nobody's"), "no configuration Nobody's"),
    ],
)
def test_what_the_database_refuses_is_said_in_a_line_and_nothing_is_half_done(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "ea.db"
    run(path, "add", "AB00", "Abel Baker")
    code, output = run(path, *words)
    assert (code, output.count("\n")) == (1, 1)
    assert output.startswith(said)
    assert run(path, "show", "NEW01") == (1, "no customer NEW01\n")


def test_a_contract_is_kept_billed_paid_and_voided(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    run(path, "add", "AB00", "Abel Baker")
    run(path, "add-contract", "AB00", "CN9-01", "MIT")
    assert run(path, "add-item", "SEAT", "Seat", "--like", "CW-SERVICE") == (0, "")
    assert run(path, "edit-contract", "CN9-01", "StartDate=2026-06-01", "PONumber=501") == (0, "")
    code, line = run(path, "add-line", "CN9-01", "SEAT", "3", "8.333333")
    assert (code, line.strip().isdigit()) == (0, True)
    assert run(path, "set-billing", "CN9-01", "Monthly", "2026-06-01") == (0, "")
    assert "AB00      Abel Baker" in run(path, "queue", "--on", "2026-06-01")[1]
    shown = run(path, "preview", "CN9-01")[1].splitlines()
    assert shown[0] == "CN9-01, 2026-06-01 to 2026-06-30"
    assert shown[-1].split() == ["total", "25.00"]
    invoice = run(path, "bill", "CN9-01", "--on", "2026-06-01")[1].strip()
    assert run(path, "pay", invoice, "--amount", "5")[0] == 0
    assert run(path, "invoices", "CN9-01")[1].splitlines()[1].split() == [
        invoice, "2026-06-01", "501", "25.00", "20.00",
    ]  # fmt: skip
    assert run(path, "void", invoice) == (1, f"invoice {invoice} has receipts: un-apply them first\n")
    assert run(path, "unapply", invoice) == (0, "")
    assert run(path, "void", invoice) == (0, "")
    again = run(path, "bill-due", "--on", "2026-06-01")[1].split()[-1]
    assert run(path, "rename-invoice", again, "501") == (0, "")
    assert run(path, "mark-sent", "501") == (0, "")
    assert run(path, "credit", "501", "--amount", "1")[0] == 0
    assert run(path, "write-off", "501") == (0, "")
    assert [row.split()[-1] for row in run(path, "invoices", "CN9-01")[1].splitlines()] == [
        "state",
        "void",
        "sent",
    ]
    assert run(path, "void", "501", "--no-reset") == (0, "")


def test_a_contract_goes_through_its_life(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    run(path, "add", "AB00", "Abel Baker")
    run(path, "add-contract", "AB00", "CN9-01", "CPC")
    assert run(path, "add-equipment", "AB00", "EQ1", "KX 3050") == (0, "")
    line = run(path, "add-equipment-line", "CN9-01", "EQ1", "55")[1].strip()
    other = run(path, "add-line", "CN9-01", "CW-SERVICE", "1", "0")[1].strip()
    assert run(path, "add-meter-group", "CN9-01", "Mono", "5000", "0.0125") == (0, "")
    assert run(path, "edit-line", "CN9-01", line, "UnitBaseRate=60") == (0, "")
    assert run(path, "end-line", "CN9-01", line, "--on", "2026-06-30", "--code", "CUST") == (0, "")
    assert run(path, "remove-line", "CN9-01", other) == (0, "")
    shown = run(path, "show-contract", "CN9-01")[1]
    assert "ContractMajor = CN9" in shown
    assert shown.splitlines()[-1].split()[:2] == [line, "EQ1"]
    assert run(path, "open-contract", "CN9-01") == (0, "")
    assert run(path, "close-contract", "CN9-01") == (0, "")
    assert run(path, "acknowledge", "CN9-01") == (0, "")
    assert run(path, "inactivate-contract", "CN9-01") == (0, "")
    assert "inactive" in run(path, "contracts", "--customer", "AB00")[1]
    assert run(path, "activate-contract", "CN9-01") == (0, "")
    assert run(path, "renew-contract", "CN9-01", "2026-07-01") == (0, "CN9-02\n")
    assert run(path, "rename-contract", "CN9-02", "CN8-01") == (0, "")
    assert run(path, "terminate-contract", "CN8-01", "--on", "2026-06-30", "--code", "CUST") == (0, "")
    assert run(path, "contracts", "--customer", "AB00")[1].splitlines()[-1].endswith("terminated 2026-06-30")


def test_items_and_templates_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "ea.db"
    assert run(path, "rename-item", "**CW Labor", "**CW Labour") == (0, "")
    assert run(path, "edit-item", "**CW Labour", "SalesCodeID=") == (0, "")
    assert run(path, "inactivate-item", "CW-SERVICE") == (0, "")
    assert (Client(path).item("**CW Labour")["SalesCodeID"], Client(path).item("CW-SERVICE")["Active"]) == (
        None,
        0,
    )
    assert run(path, "edit-item", "CW-SERVICE", "InventoryCodeID=1") == (
        1,
        "an item has an inventory code or an expense code, one of them\n",
    )
    assert run(path, "add-templates", "ZZ99") == (1, "no customer ZZ99\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bill", "**CW Backup-01"), "contract **CW Backup-01 is not to be billed: Bill is off\n"),
        (("preview", "**CW Backup-01"), "contract **CW Backup-01 has no billing cycle\n"),
        (("pay", "IN9"), "no invoice IN9\n"),
        (("show-contract", "CN9-99"), "no contract CN9-99\n"),
        (("set-billing", "**CW Backup-01", "Weekly", "2026-06-01"), "no billing cycle Weekly\n"),
    ],
)
def test_what_cannot_be_billed_is_said_in_a_line(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    assert run(tmp_path / "ea.db", *words) == (1, said)


def test_what_is_no_amount_is_refused(tmp_path: Path) -> None:
    for amount in ("abc", "nan"):
        assert run(tmp_path / "ea.db", "pay", "IN9", "--amount", amount)[0] == 2
