"""Links of agreements by hand: RecID, name and contract number are what people type and see."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

from shared.links import sides
from tests.contract.links.conftest import Desk

KIND = "agreement-contract"
WHY = ("--why", "the old contract is terminated", "--by", "ann", "--yes")


@pytest.fixture
def acme(desk: Desk) -> tuple[str, str]:
    """An agreement's RecID and a contract's id; customer and company are linked."""
    desk.add_customer("1001", "Acme Dental")
    company = desk.add_company("ACME", "Acme Dental Inc")
    desk.run("link", "customer-company", "1001", company, *WHY)
    contract = desk.people.add_contract("1001", "CW-40757-01", "MIT")
    desk.people.set_billing("CW-40757-01", "Monthly", date(2026, 5, 1))
    return desk.add_agreement(company, "Managed Care"), str(contract)


def link(desk: Desk, left: str = "Managed Care", right: str = "CW-40757-01") -> Result:
    return desk.run("link", KIND, left, right, *WHY)


def test_a_link_is_made_by_name_and_contract_number(desk: Desk, acme: tuple[str, str]) -> None:
    agreement, contract = acme
    made = link(desk, "managed care", "cw-40757-01")
    assert made.exit_code == 0, made.output
    wanted = (
        f"linked: agreement {agreement} Managed Care of Acme Dental Inc - contract CW-40757-01 of customer 1001 "
        f"(id {contract})"
    )
    assert made.stdout.startswith(wanted)
    assert made.stderr == ""
    [one] = desk.links("--kind", KIND)
    assert (one["left"], one["right"], one["right_code"], one["by"]) == (
        agreement,
        contract,
        "CW-40757-01",
        "ann",
    )
    row = next(line for line in desk.run("ls").stdout.splitlines() if KIND in line)
    assert row.index("CW-40757-01") < row.index("Managed Care")


def test_everything_is_found_by_the_contract_number_too(desk: Desk, acme: tuple[str, str]) -> None:
    agreement, contract = acme
    link(desk)
    shown = desk.run("show", KIND, "CW-40757-01", "--json")
    assert json.loads(shown.stdout)["left"] == agreement
    assert (
        f"the agreement that contract CW-40757-01 of customer 1001 (id {contract}) is linked to"
        in shown.stderr
    )
    assert [one["left"] for one in desk.links("--kind", KIND, "--right", "CW-40757-01")] == [agreement]
    nobody = desk.run("show", KIND, "CW-1-01")
    assert nobody.exit_code == 1
    assert "no agreement with the RecID or exact name CW-1-01, and e-automate no contract" in nobody.stderr


def test_a_name_that_several_agreements_have_is_refused_with_their_recids(
    desk: Desk, acme: tuple[str, str]
) -> None:
    other = desk.add_agreement(desk.add_company("BAKERY", "Bakery"), "Managed Care")
    refused = link(desk)
    assert refused.exit_code == 1
    assert "several agreement records are called Managed Care" in refused.stderr
    assert f"{other} Managed Care of Bakery" in refused.stderr
    assert link(desk, acme[0]).exit_code == 0


def test_unlinking_a_terminated_contract_says_what_becomes_of_the_field(
    desk: Desk, acme: tuple[str, str]
) -> None:
    agreement, _ = acme
    desk.name_contract(agreement, "CW-40757-01")
    link(desk)
    desk.people.terminate_contract("CW-40757-01", date(2026, 4, 30))
    assert "terminated 2026-04-30" in desk.run("ls").stdout
    ended = desk.run("unlink", KIND, "CW-40757-01", *WHY)
    assert ended.exit_code == 0, ended.output
    assert "contract number CW-40757-01 in the agreement's field; it is blanked" in ended.stderr
    assert ended.stdout.startswith(f"unlinked: agreement {agreement} Managed Care")
    history = json.loads(desk.run("show", KIND, agreement, "--json").stdout)
    assert (history["link"], history["generation"]) == (None, 1)
    [before] = history["ended"]
    assert (before["ending"]["by"], before["ending"]["why"]) == ("ann", "the old contract is terminated")
    again = link(desk)
    assert again.exit_code == 1
    assert "was terminated on 2026-04-30" in again.stderr


def test_what_may_not_be_linked_says_why(desk: Desk, acme: tuple[str, str]) -> None:
    desk.people.add_contract("1001", "**CW Managed Services-01", "MIT")
    desk.people.add_contract("1001", "CN7084-01", "MIT")
    desk.people.add_equipment("1001", "EQ1", "KX 3050")
    desk.people.add_equipment_line("CN7084-01", "EQ1", 45)
    for right, said in (
        ("CW-9-01", "e-automate has no contract with the number CW-9-01; contract numbers have a revision"),
        ("**CW Managed Services-01", "is a template, which is copied and never billed"),
        ("CN7084-01", "has equipment lines or meter groups, which would be ended (G23)"),
    ):
        refused = link(desk, right=right)
        assert refused.exit_code == 1, right
        assert said in refused.stderr
    assert desk.links("--kind", KIND) == []
    assert desk.run("link", KIND, "Managed Care", *WHY).stderr.startswith("name the contract by its number")


def test_another_customers_contract_and_an_odd_period_are_noted(desk: Desk, acme: tuple[str, str]) -> None:
    desk.add_customer("1002", "Bakery")
    desk.people.add_contract("1002", "CN2-01", "MIT")
    desk.people.set_billing("CN2-01", "Monthly", date(2026, 5, 15))
    made = link(desk, right="CN2-01")
    assert made.exit_code == 0, made.output
    assert "contract CN2-01 is of a customer that is linked to no company" in made.stderr
    assert "begins on 2026-05-15, not on the first of a month" in made.stderr


def test_a_link_moves_to_another_contract(desk: Desk, acme: tuple[str, str]) -> None:
    link(desk)
    second = desk.people.add_contract("1001", "CW-40800-01", "MIT")
    moved = desk.run("repoint", KIND, "Managed Care", "CW-40800-01", *WHY)
    assert moved.exit_code == 0, moved.output
    assert [one["right"] for one in desk.links("--kind", KIND)] == [str(second)]


def test_property_and_restore_are_for_customers(desk: Desk, acme: tuple[str, str]) -> None:
    link(desk)
    refused = desk.run("unlink", KIND, "CW-40757-01", "--restore", *WHY)
    assert refused.exit_code == 64
    assert "--restore is for customer-company and location-site" in refused.stderr
    for command in (("link", "invoice-invoice", "4711", "IN1"), ("unlink", "invoice-invoice", "4711")):
        refused = desk.run(*command, *WHY)
        assert refused.exit_code == 1
        assert "agreement_sync makes these links by the invoice's number" in refused.stderr


def test_suggestions_say_why_and_are_imported(desk: Desk, acme: tuple[str, str], tmp_path: Path) -> None:
    agreement, _ = acme
    company = desk.add_company("BAKERY", "Bakery")
    billed = desk.add_agreement(company, "Bakery Care")
    desk.bill(billed, "2026-05-01", "4711")
    desk.add_customer("1002", "Bakery")
    desk.people.add_contract("1002", "CN2-01", "MIT", Remarks="CW Invoice: 4711")
    desk.name_contract(agreement, "CW-40757-01")
    desk.people.add_templates("1001")
    file = tmp_path / "suggested.csv"
    suggested = desk.run("suggest", "--kind", KIND, "--csv", str(file))
    assert suggested.exit_code == 0, suggested.output
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert [(row["agreement recid"], row["contract number"], row["confidence"]) for row in rows] == [
        (agreement, "CW-40757-01", "certain"), (billed, "CN2-01", "high"),
    ]  # fmt: skip
    assert rows[1]["why"] == "its Remarks names invoice 4711 of the agreement"
    done = desk.run("import", str(file), "--by", "ann", "--yes")
    assert done.exit_code == 0, done.output
    assert "linked 2" in done.stderr
    exported = tmp_path / "links.csv"
    assert desk.run("export", "--kind", KIND, "--csv", str(exported)).exit_code == 0
    assert "CW-40757-01" in exported.read_text(encoding="utf-8-sig")
    again = desk.run("import", str(exported), "--yes")
    assert "existed already 2" in again.stderr
    assert desk.run("suggest", "--kind", KIND).stdout.startswith("nothing to suggest")


def test_a_wrong_link_comes_apart_by_its_recid_while_connectwise_is_away(
    desk: Desk, acme: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sides, "RETRY_SECONDS", 0.5)
    link(desk)
    desk.fault("500")
    ended = desk.run("unlink", KIND, acme[0], *WHY)
    assert ended.exit_code == 0, ended.output
    assert "without names: " in ended.stderr
    assert desk.run("unlink", KIND, "Managed Care", *WHY).exit_code != 0


def test_agreements_are_not_suggested_where_their_process_does_not_run(
    desk: Desk, acme: tuple[str, str]
) -> None:
    desk.name_contract(acme[0], "CW-40757-01")
    assert "CW-40757-01" in desk.run("suggest").stdout
    assert "CW-40757-01" not in desk.run("suggest", TANDEM_PROCESSES__ENABLED="ID747").stdout
