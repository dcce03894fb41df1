"""Taking back what was written into a wrong company: shown, asked, written once."""

import json
from datetime import UTC, datetime

import pytest

from shared.links import ending
from shared.sync.outcome import Outcome, Overwritten
from tests.contract.links.conftest import Desk

ASKED = ("unlink", "customer-company", "1001", "--why", "wrong company", "--by", "jo")
WRITTEN = {
    "name": ("Stranger Inc", "Acme Dental"),
    "addressLine1": ("9 Elm Street", "1 High Street"),
    "phoneNumber": ("", "555-0100"),
    "status": ("Active", "Inactive"),
}


@pytest.fixture
def wrong(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> str:
    """A company that a customer was linked to and pushed into; its RecID."""
    desk.add_customer("1001", "Acme Dental")
    fields = {"addressLine1": "1 High Street", "phoneNumber": "555-0100"}
    company = desk.add_company("STR", "Acme Dental", **fields)
    desk.edit_company(company, status={"id": desk.status("Inactive")})
    customer = desk.people.customer("1001")["CustomerID"]
    desk.run("link", "customer-company", "1001", company, "--why", "so", "--by", "jo", "--yes")
    overwritten = Overwritten(
        record=f"connectwise/company/{company}", generation=0, at=datetime.now(UTC), writes=(WRITTEN,)
    )
    outcome = Outcome(
        process="ID747", agent="customer_sync", record=f"eautomate/customer/{customer}", label="customer 1001",
        sequence=1, result="applied", text="", overwritten=(overwritten,), at=datetime.now(UTC),
    )  # fmt: skip

    async def read(settings: object, since: datetime, record: str) -> list[Outcome]:
        assert since < datetime.now(UTC)
        return [outcome] if record == outcome.record else []

    monkeypatch.setattr(ending, "read_outcomes", read)
    return company


def patches(desk: Desk) -> int:
    return len(desk.requests("PATCH"))


def values(desk: Desk, company: str) -> dict[str, str]:
    row = desk.company(company)
    return {name: row.get(name) or "" for name in WRITTEN} | {"status": row["status"]["name"]}


def before() -> dict[str, str]:
    return {name: old for name, (old, _) in WRITTEN.items()}


def test_the_fields_are_shown_and_put_back_after_a_yes(desk: Desk, wrong: str) -> None:
    done = desk.run(*ASKED, stdin="y\ny\n")
    assert done.exit_code == 0, done.output
    assert "Stranger Inc" in done.stderr
    assert f"Put 4 field(s) of company {wrong} back" in done.stderr
    assert "restored: addressLine1, name, phoneNumber, status" in done.stderr
    assert values(desk, wrong) == before()
    assert desk.links() == []


def test_with_yes_alone_nothing_is_put_back_and_it_can_be_asked_for_later(desk: Desk, wrong: str) -> None:
    done = desk.run(*ASKED, "--yes")
    assert "not restored; the same command with --restore" in done.stderr
    assert patches(desk) == 0
    again = desk.run(*ASKED, "--yes", "--restore")
    assert again.exit_code == 0, again.output
    assert "was unlinked before" in again.stdout
    assert values(desk, wrong) == before()


def test_a_repeat_writes_nothing(desk: Desk, wrong: str) -> None:
    desk.run(*ASKED, "--yes", "--restore")
    assert patches(desk) == 1
    again = json.loads(desk.run(*ASKED, "--yes", "--restore", "--json").stdout)
    assert patches(desk) == 1
    assert {one["what"] for one in again["overwritten"]} == {"as before"}
    assert again["restored"] is False


def test_what_a_person_edited_since_is_left_and_told(desk: Desk, wrong: str) -> None:
    desk.edit_company(wrong, phoneNumber="777-7777")
    done = json.loads(desk.run(*ASKED, "--yes", "--restore", "--json").stdout)
    assert {one["name"]: one["what"] for one in done["overwritten"]} == {
        "addressLine1": "restore", "name": "restore", "phoneNumber": "edited since", "status": "restore",
    }  # fmt: skip
    assert values(desk, wrong) == before() | {"phoneNumber": "777-7777"}


def test_an_answer_that_is_lost_after_the_write_leaves_every_field_as_it_was_before(
    desk: Desk, wrong: str
) -> None:
    desk.fault("cut_after", method="PATCH", times=1)
    done = desk.run(*ASKED, "--yes", "--restore")
    assert done.exit_code == 0, done.output
    assert values(desk, wrong) == before()


def test_a_company_that_is_linked_again_is_left_to_its_new_customer(desk: Desk, wrong: str) -> None:
    desk.run(*ASKED, "--yes")
    desk.add_customer("1002", "Bakery")
    desk.run("link", "customer-company", "1002", wrong, "--why", "so", "--yes")
    done = desk.run(*ASKED, "--yes", "--restore")
    assert f"not restored: company {wrong} is linked to the customer with id" in done.stderr
    assert patches(desk) == 0


def test_a_refusal_of_connectwise_is_told_and_the_link_has_ended(desk: Desk, wrong: str) -> None:
    desk.fault("409", method="PATCH")
    done = desk.run(*ASKED, "--yes", "--restore")
    assert done.exit_code == 1
    assert "the link has ended, but the fields could not be put back" in done.stderr
    assert desk.links() == []


def test_a_site_is_put_back_too_its_state_included(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    company = desk.add_company("ACME", "Acme Dental")
    site = desk.add_site(company, "Lakeside", city="Akron", stateReference={"id": desk.state("OH")})
    desk.add_customer("1001", "Acme Dental")
    location = desk.add_location("1001", "1001-B", "Lakeside")
    desk.run("link", "customer-company", "1001", company, "--why", "so", "--yes")
    desk.run("link", "location-site", "1001-B", site, "--why", "so", "--yes")
    told = {"city": ("Dallas", "Akron"), "stateReference": ("TX", "OH"), "zip": ("75001", "44301")}
    overwritten = Overwritten(
        record=f"connectwise/site/{site}", generation=0, at=datetime.now(UTC), writes=(told,)
    )
    outcome = Outcome(
        process="ID747", agent="customer_sync", record=f"eautomate/customer/{location}", label="location 1001-B",
        sequence=1, result="applied", text="", overwritten=(overwritten,), at=datetime.now(UTC),
    )  # fmt: skip

    async def read(settings: object, since: datetime, record: str) -> list[Outcome]:
        return [outcome]

    monkeypatch.setattr(ending, "read_outcomes", read)
    asked = ("unlink", "location-site", "1001-B", "--why", "wrong", "--yes", "--restore")
    done = desk.run(*asked)
    assert done.exit_code == 0, done.output
    assert "restored: city, stateReference" in done.stderr
    row = desk.site(company, site)
    assert (row["city"], row["stateReference"]["identifier"]) == ("Dallas", "TX")
