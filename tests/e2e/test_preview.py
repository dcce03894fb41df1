"""`tandem preview` and `tandem explain` before the first start: what they say comes about, and they write nothing."""

import csv
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from services.customer_sync.customers.matching import PROPERTY
from services.simulator.eautomate.codes import CONFIGURATION
from services.simulator.stage import Stage
from tests.deployment import ADDRESS, Deployment, until
from tests.e2e.commands import tandem, told
from tests.e2e.test_members import add_member

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

SETTINGS = {
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "insert/update customers and locations",
    "TANDEM_CUSTOMER_SYNC__BRANCHES": "1,2",
}


@pytest.fixture(scope="module")
def waiting(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A dealer's records; of Tandem only mapping runs."""
    folder = tmp_path_factory.mktemp("waiting")
    prefix = f"w{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS) as stage:
        deployment = Deployment(stage)
        stage.run("mapping")
        deployment.add_company("3001", "Match Dental", phoneNumber="555-0000")
        deployment.add_company("3006", "Claimed by both", account="3007")
        deployment.add_company("MatchTwice", "Twice North", account="3002")
        deployment.add_company("MatchThrice", "Twice South", account="3002")
        for number, name, more in (
            ("3001", "Match Dental", {"Phone1": "555-3001", "BranchID": 1}),
            ("3002", "Twice", {"BranchID": 1}),
            ("3003", "Brand New", {"BranchID": 1}),
            ("3004", "Asleep", {"BranchID": 1, "Active": 0}),
            ("3005", "Unconfigured", {"BranchID": 1, "configured": False}),
            ("3006", "Claims by Company ID", {"BranchID": 1}),
            ("3007", "Claims by Account ID", {"BranchID": 1}),
        ):
            deployment.add_customer(number, name, **more)
        deployment.people.add_location(
            "3003", "3003-1", "Brand New East", ShTrackingConfigID=CONFIGURATION, BranchID=1, **ADDRESS
        )
        add_member(deployment, "afox", employeeIdentifer="W001")
        deployment.people.add_agent("W001", "Ana", "Fox")
        yield deployment


def everything(deployment: Deployment) -> dict[str, Any]:
    """Every row of e-automate and of Tandem's own databases, and how often ConnectWise was written to."""
    folder = deployment.stage.folder
    found: dict[str, Any] = {"writes": deployment.stage.writes()}
    for file in [deployment.stage.eautomate_file, *sorted((folder / "store").glob("*.db"))]:
        found[file.name] = dump(file)
    return found


def dump(file: Path) -> list[str]:
    """The database as statements; who holds a lease until when changes by itself."""
    with closing(sqlite3.connect(file)) as connection:
        return [line for line in connection.iterdump() if "lease" not in line.casefold()]


def previewed(deployment: Deployment, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Counts, and records by number."""
    [found] = told(deployment.stage, "preview", "customer_sync", *words)
    return found["counts"], {record["number"]: record for record in found["records"]}


def test_a_preview_tells_of_every_record_what_would_be_done_and_writes_nothing(waiting: Deployment) -> None:
    before = everything(waiting)
    counts, records = previewed(waiting)
    assert everything(waiting) == before
    assert before["writes"] == 0
    steps = {number: record["steps"] for number, record in records.items()}
    assert steps == {
        "3001": ["make the link", "store the RecID", "update fields"],
        "3002": [],
        "3003": ["create company", "store the RecID"],
        "3003-1": ["follow its head office"],
        "3004": [],
        "3005": [],
        "3006": ["make the link", "store the RecID", "update fields"],
        "3007": ["make the link", "store the RecID", "update fields"],
        "W001": ["make the link", "store the RecID"],
    }
    assert (records["W001"]["kind"], records["W001"]["target"][:6]) == ("employee", "member")
    assert records["3006"]["warnings"] == []
    [warning] = records["3007"]["warnings"]
    assert warning.startswith("3006 would take company")
    assert "555-3001" in records["3001"]["changes"]["phoneNumber"]
    assert (records["3002"]["verdict"], records["3002"]["code"]) == ("refused", "C4")
    assert (records["3005"]["verdict"], records["3005"]["code"]) == ("waits", "C2")
    assert (records["3004"]["verdict"], records["3004"]["reason"]) == ("left alone", "is active: no")
    assert counts["step"]["create company"] == 1
    assert counts["code"] == {"C4": 1, "C2": 1}
    assert counts["left alone"] == {"is active: no": 1}


def test_a_preview_under_other_settings_shows_their_plan(waiting: Deployment) -> None:
    counts, records = previewed(waiting, "--set", "sync_type=mapping only")
    assert records["3001"]["steps"] == ["make the link", "store the RecID"]
    assert records["3003"]["code"] == "C1"
    assert "create company" not in counts["step"]
    _, records = previewed(waiting, "--set", "branches=2", "--only", "3003")
    assert list(records) == ["3003"]
    assert records["3003"]["reason"] == "branch is selected: no"


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("--set", "sync_typ=x"), 64, "did you mean sync_type?"),
        (("--set", "sync_type=everything"), 78, "sync_type"),
        (("--set", "company_type="), 78, "company_type (variable 1) is needed"),
        (("--only", "3O01"), 1, "did you mean 3001 (Match Dental)"),
    ],
)
def test_what_cannot_be_previewed_is_told_in_words(
    waiting: Deployment, words: tuple[str, ...], code: int, text: str
) -> None:
    ended = tandem(waiting.stage, "preview", "ID747", *words)
    assert ended.returncode == code
    assert text in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_unknown_process_is_named(waiting: Deployment) -> None:
    ended = tandem(waiting.stage, "preview", "ID999")
    assert ended.returncode == 64
    assert "ID747 (customer_sync)" in ended.stderr


def test_people_read_counts_and_what_would_change(waiting: Deployment) -> None:
    ended = tandem(waiting.stage, "preview", "ID747")
    assert ended.returncode == 0
    assert "9 records, nothing was written" in ended.stdout
    for line in (
        "would create company",
        "waits or refused with error C4",
        "left alone: is active: no",
        "of all of these, with a warning",
    ):
        assert line in ended.stdout
    assert "phoneNumber: 555-0000 -> 555-3001" in ended.stdout
    assert "Asleep" not in ended.stdout


def test_every_record_goes_into_a_spreadsheet_and_a_limit_holds(waiting: Deployment, tmp_path: Path) -> None:
    path = tmp_path / "preview.csv"
    ended = tandem(waiting.stage, "preview", "ID747", "--limit", "3", "--csv", str(path))
    assert ended.returncode == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == ["3001", "3002", "3003"]
    assert rows[2]["steps"] == "create company, store the RecID"


def explained(deployment: Deployment, *words: str) -> dict[str, Any]:
    [found] = told(deployment.stage, "explain", *words)
    return found


def test_a_company_tells_which_customers_it_could_be_and_why(waiting: Deployment) -> None:
    before = everything(waiting)
    found = explained(waiting, "company", "3001")
    [claim] = found["claims"]
    assert (claim["customer"], claim["why"], claim["would_take"]) == (
        "3001",
        ["Company ID is its number"],
        True,
    )
    assert found["text"] == "it would be linked to customer 3001"
    twice = explained(waiting, "company", "MatchTwice")
    assert [claim["code"] for claim in twice["claims"]] == ["C4"]
    assert "customer 3002 could be it, but: companies" in twice["text"]
    assert everything(waiting) == before


def test_a_company_two_customers_claim_tells_both(waiting: Deployment) -> None:
    found = explained(waiting, "company", "3006")
    assert {claim["customer"]: claim["why"] for claim in found["claims"]} == {
        "3006": ["Company ID is its number"],
        "3007": ["Account ID is its number"],
    }
    assert (
        found["text"]
        == "customers 3006, 3007 would each take it: the first that comes gets it; correct its numbers"
    )


def test_a_company_nobody_is_says_what_to_do_and_a_deleted_one_why_not(waiting: Deployment) -> None:
    alone = waiting.add_company("Alone", "Alone Ltd")
    found = explained(waiting, "company", str(alone))
    assert found["claims"] == []
    assert f"its RecID {alone} into the customer's {PROPERTY}" in found["text"]
    waiting.delete_company(alone)
    assert "was deleted or merged" in explained(waiting, "company", str(alone))["text"]


def test_a_company_outside_the_territories_takes_no_part(waiting: Deployment) -> None:
    filtered = {"TANDEM_CONNECTWISE__TERRITORY_FILTER": "North Region"}
    [found] = told(waiting.stage, "explain", "company", "MatchTwice", **filtered)
    assert not found["takes_part"]


def test_numbers_and_companies_that_do_not_exist_get_near_misses(waiting: Deployment) -> None:
    ended = tandem(waiting.stage, "explain", "customer", "300")
    assert ended.returncode == 1
    assert "did you mean 3001 (Match Dental)" in ended.stderr
    assert "no employee W9" in tandem(waiting.stage, "explain", "employee", "W9").stderr
    ended = tandem(waiting.stage, "explain", "company", "MatchFour")
    assert ended.returncode == 1
    assert "(MatchTwice, Twice North)" in ended.stderr


def test_what_was_previewed_comes_about_and_explain_tells_the_link(waiting: Deployment) -> None:
    """The last of this stage: here everything runs."""
    waiting.stage.run("customer_sync", "eautomate_connector", "connectwise_connector", name="rest")
    waiting.created("3001")
    company = waiting.created("3003")
    until(
        lambda: waiting.people.properties("3003-1").get("ZCJ_CW_SiteAddressRecID"),
        "the location has its site",
    )
    until(
        lambda: waiting.people.agent_properties("W001").get("ZCJ_CW_MemberID"), "the employee has its member"
    )
    until(lambda: waiting.behind() == 0, "everything is done")
    _, records = previewed(waiting)
    in_step = {number for number, record in records.items() if record["verdict"] == "in step"}
    assert {"3001", "3003", "3003-1", "W001"} <= in_step
    assert not {"3002", "3004", "3005"} & in_step
    found = explained(waiting, "customer", "3003")
    assert (found["link"]["right"], found["link"]["how"]) == (str(company["id"]), "created")
    assert found["last"] == f"applied for company {company['id']}"
    assert found["pending"] == ""
    place = explained(waiting, "location", "3003-1")
    assert (place["kind"], place["verdict"], place["link"]["how"]) == ("location", "in step", "created")
    assert "applied for site" in place["last"]
    person = explained(waiting, "employee", "W001")
    assert (person["employee"], person["verdict"], person["link"]["kind"]) == (
        "W001",
        "in step",
        "agent-member",
    )
    owned = explained(waiting, "company", str(company["id"]))
    assert owned["text"] == "it is customer 3003 (Brand New)"
    assert set(owned["claims"][0]["why"]) == {
        "the link",
        "Company ID is its number",
        "Account ID is its number",
        f"{PROPERTY} holds the RecID",
    }
    people = tandem(waiting.stage, "explain", "customer", "3003").stdout
    assert f"link: to {company['id']} (created; " in people
    refused = tandem(waiting.stage, "explain", "customer", "3002").stdout
    assert "tandem cases show customer 3002" in refused
