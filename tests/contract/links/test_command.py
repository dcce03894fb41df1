"""Links by hand: numbers and names are what people type and see."""

import json

import pytest
from typer.testing import Result

from shared.links import sides
from tests.contract.links.conftest import Desk

WHY = ("--why", "wrong company")


@pytest.fixture
def acme(desk: Desk) -> tuple[str, str]:
    """A customer's id and a company's RecID."""
    for number in ("0991", "0992", "0993", "0994", "0995", "0996"):
        desk.add_customer(number, f"Filler {number}")
    return desk.add_customer("1001", "Acme Dental"), desk.add_company("ACME", "Acme Dental Inc")


def link(desk: Desk, right: str, *more: str, number: str = "1001") -> Result:
    asked = ("customer-company", number, right, "--why", "asked by the dealer", "--by", "ann", "--yes")
    return desk.run("link", *asked, *more)


def test_a_link_is_made_by_number_and_shown_with_numbers_and_names(desk: Desk, acme: tuple[str, str]) -> None:
    customer, company = acme
    made = link(desk, company)
    assert made.exit_code == 0, made.output
    wanted = f"linked: customer 1001 Acme Dental (id {customer}) - company {company} Acme Dental Inc (ACME)"
    assert made.stdout.startswith(wanted)
    table = desk.run("ls").stdout
    assert f"1001 Acme Dental (id {customer})" in table
    assert f"{company} Acme Dental Inc (ACME)" in table
    assert "by_hand" in table
    ((one),) = desk.links("--kind", "customer-company", "--left", "1001")
    assert (one["left"], one["right"], one["number"], one["right_name"], one["by"]) == (
        customer, company, "1001", "Acme Dental Inc", "ann",
    )  # fmt: skip
    shown = json.loads(desk.run("show", "customer-company", "1001", "--json").stdout)
    assert (shown["number"], shown["link"]["right"], shown["link"]["right_code"]) == ("1001", company, "ACME")


def test_the_id_is_taken_where_it_is_asked_for_or_nobody_has_the_number(
    desk: Desk, acme: tuple[str, str]
) -> None:
    customer, company = acme
    assert link(desk, company, "--id", number=customer).exit_code == 0
    shown = desk.run("show", "customer-company", customer)
    assert shown.exit_code == 0
    assert f"no customer has the number {customer}; taken as the internal id: customer 1001" in shown.stderr
    other = desk.add_customer(customer, "Has the other's id as its number")
    by_number = json.loads(desk.run("show", "customer-company", "1001", "--json").stdout)
    assert by_number["left"] == customer
    meant = desk.run("unlink", "customer-company", customer, *WHY, "--yes")
    assert meant.exit_code == 1
    assert f"(id {other})" not in desk.run("ls").stdout


def test_a_company_is_named_by_its_company_id_too(desk: Desk, acme: tuple[str, str]) -> None:
    _, company = acme
    asked = ("customer-company", "1001", "--company-id", "acme", *WHY, "--yes", "--json")
    made = json.loads(desk.run("link", *asked).stdout)
    assert (made["right"], made["right_name"]) == (company, "Acme Dental Inc")
    neither = desk.run("link", "customer-company", "1001", *WHY)
    assert "its RecID, or --company-id" in neither.stderr


def test_names_are_shown_before_anything_is_done_and_no_does_nothing(
    desk: Desk, acme: tuple[str, str]
) -> None:
    _, company = acme
    answer = desk.run("link", "customer-company", "1001", company, *WHY, stdin="n\n")
    assert answer.exit_code == 1
    assert "Link customer 1001 Acme Dental" in answer.stderr
    assert f"to company {company} Acme Dental Inc (ACME)?" in answer.stderr
    assert desk.links() == []


def test_what_does_not_exist_or_is_of_another_kind_is_refused(desk: Desk, acme: tuple[str, str]) -> None:
    _, company = acme
    desk.add_location("1001", "1001-B", "Acme Lakeside")
    gone = desk.add_company("GONE", "Gone")
    desk.delete_company(gone)
    by_code = desk.add_company("987654", "Digits")
    for asked, said in (
        (("customer-company", "9999", company), "e-automate has no customer with the number 9999"),
        (
            ("customer-company", "1001", "987654"),
            "there is one with the Company ID 987654: --company-id 987654",
        ),
        (("customer-company", "1001", "987655"), "ConnectWise has no company with the RecID 987655"),
        (("customer-company", "1001", "ACME"), "a Company ID is given by --company-id"),
        (("customer-company", "1001", gone), "Gone (GONE) is deleted"),
        (("customer-company", "1001-B", company), "is a location"),
        (("location-site", "1001", "5"), "is a head office"),
        (("location-site", "1001-B", "5"), "the head office of location 1001-B"),
    ):
        refused = desk.run("link", *asked, *WHY, "--yes")
        assert refused.exit_code == 1, asked
        assert said in refused.stderr
    assert desk.links() == []
    assert by_code


def test_a_site_must_belong_to_the_company_of_the_head_office(desk: Desk, acme: tuple[str, str]) -> None:
    customer, company = acme
    location = desk.add_location("1001", "1001-B", "Acme Lakeside")
    site = desk.add_site(company, "Lakeside")
    other = desk.add_site(desk.add_company("OTHER", "Other"), "Elsewhere")
    link(desk, company)
    refused = desk.run("link", "location-site", "1001-B", other, *WHY, "--yes")
    assert f"company {company}, which the head office is linked to, has no site {other}" in refused.stderr
    assert f"{site} Lakeside" in refused.stderr
    assert desk.run("link", "location-site", "1001-B", site, *WHY, "--yes").exit_code == 0
    (made,) = desk.links("--kind", "location-site")
    assert (made["left"], made["right"], made["order_key"], made["right_name"]) == (
        location, site, customer, "Lakeside",
    )  # fmt: skip
    ended = desk.run("unlink", "customer-company", "1001", *WHY, "--yes")
    assert f"links of its locations to sites of that company: 1001-B - site {site}; they stay" in ended.stderr


def test_an_employee_is_linked_by_its_number_and_api_members_are_nobody(desk: Desk) -> None:
    agent = desk.people.add_agent("T1", "Jo", "Smith")
    member = desk.seed("member", identifier="jsmith", firstName="Jo", lastName="Smith", licenseClass="F")
    robot = desk.seed("member", identifier="robot", firstName="A", lastName="P", licenseClass="A")
    refused = desk.run("link", "agent-member", "T1", robot, *WHY, "--yes")
    assert "is an API member" in refused.stderr
    assert desk.run("link", "agent-member", "t1", member, *WHY, "--yes").exit_code == 0
    (made,) = desk.links("--kind", "agent-member")
    assert (made["left"], made["number"], made["right_code"]) == (str(agent), "T1", "jsmith")


def test_a_refused_link_exits_1_and_names_who_is_in_the_way(desk: Desk, acme: tuple[str, str]) -> None:
    _, company = acme
    desk.add_customer("1002", "Bakery")
    link(desk, company)
    refused = desk.run("link", "customer-company", "1002", company, *WHY, "--yes")
    assert refused.exit_code == 1
    assert "in the way: 1001 Acme Dental" in refused.stderr


def test_unlinking_asks_first_and_does_nothing_on_no(desk: Desk, acme: tuple[str, str]) -> None:
    _, company = acme
    link(desk, company)
    answer = desk.run("unlink", "customer-company", "1001", *WHY, stdin="n\n")
    assert answer.exit_code == 1
    assert f"to company {company} Acme Dental Inc (ACME) (by_hand, by ann)?" in answer.stderr
    assert len(desk.links()) == 1


def test_unlinking_keeps_who_and_why_and_says_what_was_made(desk: Desk, acme: tuple[str, str]) -> None:
    _, company = acme
    link(desk, company)
    desk.people.set_property("1001", "ZCJ_CW_CompanyID", company)
    ended = desk.run("unlink", "customer-company", "1001", *WHY, "--by", "bob", "--yes")
    assert ended.exit_code == 0
    assert f"RecID {company} in the property of customer 1001; it is cleared" in ended.stderr
    assert "what was overwritten cannot be told now" in ended.stderr
    shown = json.loads(desk.run("show", "customer-company", "1001", "--json").stdout)
    assert (shown["link"], shown["generation"]) == (None, 1)
    assert (shown["ended"][0]["ending"]["by"], shown["ended"][0]["ending"]["why"]) == ("bob", "wrong company")
    assert "ended by bob: wrong company" in desk.run("show", "customer-company", "1001").stdout
    again = desk.run("unlink", "customer-company", "1001", *WHY, "--yes")
    assert again.exit_code == 1
    assert "is not linked" in again.stderr


def test_the_link_of_a_customer_that_is_gone_can_be_ended(desk: Desk, acme: tuple[str, str]) -> None:
    customer, company = acme
    desk.add_customer("1002", "Bakery")
    link(desk, company)
    desk.people.merge("1001", "1002")
    ended = desk.run("unlink", "customer-company", customer, *WHY, "--yes")
    assert ended.exit_code == 0, ended.output
    assert "id of a customer that is gone" in ended.stderr


def test_repointing_moves_the_link(desk: Desk, acme: tuple[str, str]) -> None:
    _, company = acme
    other = desk.add_company("OTHER", "Other")
    link(desk, company)
    moved = desk.run("repoint", "customer-company", "1001", other, *WHY, "--yes")
    assert moved.exit_code == 0, moved.output
    (one,) = desk.links()
    assert (one["right"], one["right_name"]) == (other, "Other")


def test_a_reason_is_required(desk: Desk, acme: tuple[str, str]) -> None:
    assert desk.run("link", "customer-company", "1001", acme[1]).exit_code == 2


def test_a_reason_of_two_lines_is_refused_before_anything_is_asked(desk: Desk) -> None:
    refused = desk.run("link", "customer-company", "1001", "19", "--why", "one\ntwo", "--yes")
    assert refused.exit_code == 1
    assert "--why: must not contain control characters" in refused.stderr
    blank = desk.run("link", "customer-company", "1001", "19", "--why", " ", "--yes")
    assert blank.exit_code == 1
    assert "--why: it is blank" in blank.stderr


def test_a_name_with_brackets_is_shown_as_it_is(desk: Desk) -> None:
    desk.add_customer("1001", "Acme [North] [/red]")
    company = desk.add_company("ACME", "[bold]Acme")
    link(desk, company)
    table = " ".join(desk.run("ls").stdout.split())
    assert "Acme [North] [/red]" in table
    assert "[bold]Acme" in table
    assert "Acme [North] [/red]" in " ".join(desk.run("customers", "--days", "0").stdout.split())


def test_links_are_listed_without_names_when_connectwise_is_away(
    desk: Desk, acme: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, company = acme
    link(desk, company)
    monkeypatch.setattr(sides, "RETRY_SECONDS", 0.1)
    listed = desk.run("ls", TANDEM_CONNECTWISE__URL="http://127.0.0.1:1")
    assert listed.exit_code == 0
    assert f"(id {customer})" in listed.stdout
    assert "without names" in listed.stderr


def test_mapping_that_is_away_exits_69(desk: Desk) -> None:
    away = desk.run("ls", "--url", "http://127.0.0.1:1")
    assert away.exit_code == 69
    assert "mapping does not answer" in away.stderr
