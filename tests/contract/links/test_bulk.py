"""Suggestions and spreadsheets, from what two systems hold to links that hold."""

import json
from pathlib import Path

import pytest

from shared.links.sheet import read_sheet
from tests.contract.links.conftest import Desk


@pytest.fixture
def dealer_of_four(desk: Desk) -> dict[str, str]:
    """Customers by number, companies by Company ID: keys of both."""
    keys = {
        "1001": desk.add_customer("1001", "Acme Dental"),
        "0012": desk.add_customer("0012", "=Bakery, Inc.", City="Akron"),
        "1003": desk.add_customer("1003", "Cider House"),
        "1004": desk.add_customer("1004", "Delicatessen Smith"),
        "ACME": desk.add_company("ACME", "Something", accountNumber="1001"),
        "BAK": desk.add_company("BAK", "Bakery", city="Akron"),
        "CID": desk.add_company("CID", "Cider House LLC", city="Dayton"),
        "DEL": desk.add_company("DEL", "Delicatesen Smith"),
    }
    desk.add_customer("1009", "Acme Dental", Active=0)
    return keys


def test_suggestions_are_pruned_imported_and_nothing_is_suggested_twice(
    desk: Desk, dealer_of_four: dict[str, str], tmp_path: Path
) -> None:
    keys = dealer_of_four
    lines = [json.loads(line) for line in desk.run("suggest", "--json").stdout.splitlines()]
    assert [(one["number"], one["right"], one["confidence"]) for one in lines] == [
        ("1001", keys["ACME"], "certain"),
        ("0012", keys["BAK"], "high"),
        ("1003", keys["CID"], "medium"),
        ("1004", keys["DEL"], "low"),
    ]
    assert lines[0]["reason"] == "Account ID is the number"
    file = tmp_path / "suggested.csv"
    assert desk.run("suggest", "--kind", "customer-company", "--csv", str(file)).exit_code == 0
    pruned = [line for line in file.read_text("utf-8-sig").splitlines() if "low" not in line]
    file.write_text("\r\n".join(pruned).replace(",", ";"), encoding="cp1252")
    done = desk.run("import", str(file), "--by", "jo", stdin="y\n")
    assert done.exit_code == 0, done.output
    assert "linked 3, existed already 0, refused 0" in done.stderr
    made = {one["number"]: one for one in desk.links()}
    assert {number: one["right"] for number, one in made.items()} == {
        "1001": keys["ACME"],
        "0012": keys["BAK"],
        "1003": keys["CID"],
    }
    assert (made["1001"]["how"], made["1001"]["by"]) == ("by_hand", "jo")
    assert made["1001"]["why"] == "Account ID is the number"
    left = desk.run("suggest", "--kind", "customer-company", "--json").stdout.splitlines()
    assert [json.loads(line)["number"] for line in left] == ["1004"]


def test_an_import_is_shown_first_and_no_changes_nothing(
    desk: Desk, dealer_of_four: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("Customer Number,Company ID,Why\n1001,ACME,checked\n12,BAK,\n9999,CID,\n")
    shown = desk.run("import", str(file), stdin="n\n")
    assert shown.exit_code == 1
    assert "would link" in shown.stdout
    assert "is it 0012? (spreadsheets drop leading zeros)" in " ".join(shown.stdout.split())
    assert "Make 1 link(s) (2 refused line(s) are left out)?" in shown.stderr
    assert desk.links() == []


def test_refused_lines_are_named_others_are_made_and_a_repeat_changes_nothing(
    desk: Desk, dealer_of_four: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("customer number,company recid\n1001,77777\n1003,{CID}\n".format(**dealer_of_four))
    first = desk.run("import", str(file), "--yes", "--why", "spring clean", "--json")
    assert first.exit_code == 1
    assert [json.loads(line)["status"] for line in first.stdout.splitlines()] == ["refused", "linked"]
    assert "linked 1, existed already 0, refused 1" in first.stderr
    assert "refused: line 2" in first.stderr
    before = desk.links()
    assert before[0]["why"] == "spring clean"
    again = desk.run("import", str(file), "--yes")
    assert "linked 0, existed already 1, refused 1" in again.stderr
    assert desk.links() == before


def test_what_was_exported_is_told_to_exist_when_it_is_imported(
    desk: Desk, dealer_of_four: dict[str, str], tmp_path: Path
) -> None:
    keys = dealer_of_four
    asked = ("link", "customer-company", "0012", keys["BAK"], "--why", "so", "--by", "jo", "--yes")
    assert desk.run(*asked).exit_code == 0
    file = tmp_path / "links.csv"
    assert desk.run("export", "--csv", str(file)).exit_code == 0
    (row,) = read_sheet(file.read_bytes()).rows
    assert row.cells["customer number"] == "0012"
    assert row.cells["customer name"] == "=Bakery, Inc."
    assert b"'=Bakery" in file.read_bytes()
    assert (row.cells["company id"], row.cells["company recid"]) == ("BAK", keys["BAK"])
    assert (row.cells["how"], row.cells["by"], row.cells["why"]) == ("by_hand", "jo", "so")
    told = desk.run("import", str(file), "--yes")
    assert told.exit_code == 0
    assert "linked 0, existed already 1, refused 0" in told.stderr


def test_sites_and_members_are_suggested_and_imported_too(desk: Desk, tmp_path: Path) -> None:
    company = desk.add_company("ACME", "Acme Dental")
    head = desk.add_customer("1001", "Acme Dental")
    desk.add_location("1001", "1001-B", "Acme Lakeside")
    site = desk.add_site(company, "1001-b")
    desk.run("link", "customer-company", "1001", company, "--why", "so", "--yes")
    desk.people.add_agent("T1", "Jo", "Smith", Email="jo@dealer.example")
    member = desk.seed(
        "member", identifier="jsmith", firstName="Joanna", lastName="Smith", licenseClass="F",
        officeEmail="JO@dealer.example",
    )  # fmt: skip
    for kind, wanted in (("location-site", ("1001-B", site)), ("agent-member", ("T1", member))):
        file = tmp_path / f"{kind}.csv"
        assert desk.run("suggest", "--kind", kind, "--csv", str(file)).exit_code == 0
        done = desk.run("import", str(file), "--yes")
        assert done.exit_code == 0, done.output
        (made,) = desk.links("--kind", kind)
        assert (made["number"], made["right"]) == wanted
    (made,) = desk.links("--kind", "location-site")
    assert made["order_key"] == head


def test_many_links_are_made_in_few_requests_and_no_record_is_read_by_itself(
    desk: Desk, tmp_path: Path
) -> None:
    for number in range(60):
        desk.add_customer(f"N{number:03d}", f"Customer {number}")
        desk.seed("company", identifier=f"N{number:03d}", name=f"Customer {number}")
    file = tmp_path / "all.csv"
    desk.run("suggest", "--kind", "customer-company", "--csv", str(file))
    assert len(desk.requests("GET", "/company/companies")) == 1
    assert desk.run("import", str(file), "--yes").exit_code == 0
    assert len(desk.links()) == 60
    assert desk.requests("GET", "/company/companies/[0-9]") == []
    assert len(desk.requests("GET", "/company/companies")) < 6


def test_a_file_that_is_no_list_is_refused_in_words(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("a,b\n1,2\n")
    refused = desk.run("import", str(file))
    assert refused.exit_code == 1
    assert "the headings do not say what is to be linked" in refused.stderr
    assert "cannot be read" in desk.run("import", str(tmp_path / "none.csv")).stderr
    assert "say --kind" in desk.run("suggest", "--csv", str(file)).stderr
    assert "cannot be written" in desk.run("export", "--csv", str(tmp_path / "no" / "where.csv")).stderr
