"""`tandem templates check` and `create` against both stand-ins."""

import pytest

from tests.contract.agreement_sync.desk.conftest import Command, told
from tests.contract.links.conftest import Desk


@pytest.fixture
def backup(desk: Desk, billed: str) -> str:
    """An agreement of a type that has no template, but one that is nearly called so."""
    company = desk.add_company("BAKERY", "Bakery")
    desk.seed("agreementType", name="Backups")
    return desk.add_agreement(company, "Backup", type={"name": "Backups"})


def states(tandem: Command, **settings: str) -> dict[str, tuple[str, str]]:
    found = told(tandem("templates", "check", "--json", **settings))
    return {one["key"]: (one["state"], one["told"]) for one in found}


def test_all_is_well_with_templates_for_every_type_in_use(desk: Desk, tandem: Command, billed: str) -> None:
    checked = tandem("templates", "check")
    assert "**CW Managed Services" in checked.stdout
    found = states(tandem)
    assert found["**CW Managed Services"][0] == "ok"
    assert found["**CWBase Managed Services"][0] == "ok"
    named = {"TANDEM_AGREEMENT_SYNC__DEFAULT_CONTRACT_TEMPLATE": "**CW Defaults-01"}
    assert states(tandem, **named)["**CW Defaults-01"][0] == "missing"
    assert desk.requests("POST") == []


def test_a_missing_template_fails_the_check_and_names_the_near_miss(tandem: Command, backup: str) -> None:
    checked = tandem("templates", "check")
    assert checked.exit_code == 1
    found = states(tandem)
    assert found["**CW Backups"][0] == "missing"
    assert found["**CWBase Backups"][0] == "missing"


def test_templates_are_made_from_a_pattern_after_a_yes(desk: Desk, tandem: Command, backup: str) -> None:
    asked = ("templates", "create", "--from", "**CW Backup-01", "Backups")
    no = tandem(*asked, stdin="n\n")
    assert no.exit_code == 1
    assert "would create" in no.stdout
    assert "**CW Backups" not in states(tandem) or states(tandem)["**CW Backups"][0] == "missing"
    done = tandem(*asked, "--yes")
    assert done.exit_code == 0, done.output
    assert "created: contract template **CW Backups" in done.stdout
    row = desk.people.contract("**CW Backups-01")
    pattern = desk.people.contract("**CW Backup-01")
    assert (row["Bill"], row["BaseBillingCycleID"], row["CustomerID"]) == (0, None, pattern["CustomerID"])
    assert row["ContractCodeID"] == pattern["ContractCodeID"]
    item = tandem("templates", "create", "--from", "**CWBase Backup", "Backups", "--kind", "base", "--yes")
    assert item.exit_code == 0, item.output
    made = desk.people.item("**CWBase Backups")
    assert made["SalesCodeID"] == desk.people.item("**CWBase Backup")["SalesCodeID"]
    assert states(tandem)["**CW Backups"][0] == "ok"
    assert states(tandem)["**CWBase Backups"][0] == "ok"
    again = tandem(*asked, "--yes", "--json")
    assert [(one["key"], one["becomes"]) for one in told(again)] == [("**CW Backups", "exists")]


def test_what_is_missing_is_made_without_naming_it(tandem: Command, backup: str) -> None:
    made = tandem("templates", "create", "--from", "**CW Backup-01", "--missing", "--yes", "--json")
    assert [(one["type_name"], one["becomes"]) for one in told(made)] == [("Backups", "created")]
    nothing = tandem("templates", "create", "--from", "**CW Backup-01", "--missing", "--yes")
    assert (nothing.exit_code, nothing.stderr) == (0, "no contract template is missing\n")


def test_what_cannot_be_made_says_why(desk: Desk, tandem: Command, backup: str) -> None:
    for words, said in (
        (("--from", "**CW Nothing", "Backups"), "neither a contract nor an item **CW Nothing"),
        (("--from", "**CW Backup-01"), "name the types, or say --missing"),
        (("--from", "**CW Backup-01", "Bakups"), "refused: Bakups"),
    ):
        refused = tandem("templates", "create", *words, "--yes")
        assert refused.exit_code in {1, 64}, words
        assert said in refused.stderr
    desk.people.add_item("CABLE", "Patch cable")
    lacking = tandem("templates", "create", "--from", "CABLE", "Backups", "--yes")
    assert lacking.exit_code == 1
    assert "item CABLE lacks " in lacking.stderr
    assert "what is copied from it would lack the same" in lacking.stderr
