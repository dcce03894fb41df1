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
