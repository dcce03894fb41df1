"""`tandem explain`, `preview`, `reprocess` and `config check` of ID964 as people type them."""

import json

from tests.contract.agreement_sync.desk.conftest import Command, told
from tests.contract.links.conftest import Desk

NOWHERE = {"TANDEM_CONNECTWISE__URL": "http://127.0.0.1:1", "TANDEM_CONNECTWISE__CODEBASE": "v2025_1"}


def test_explain_invoice_answers_the_checklist_and_says_what_to_do(
    desk: Desk, tandem: Command, billed: str
) -> None:
    shown = tandem("explain", "invoice", "4711")
    assert shown.exit_code == 0, shown.output
    for words in (
        "invoice 4711 (RecID",
        f"agreement {billed} Managed Care (Managed Services)",
        "last time: never seen by agreement_sync",
        "what was done before cannot be told",
        "billing status is selected (variable 10)",
        "customer is linked",
        "would be applied: ",
        "contract: blank -> a copy of template **CW Managed Services-01",
        "next: agreement_sync does it by itself",
    ):
        assert words in shown.stdout, words
    [facts] = told(tandem("explain", "invoice", "4711", "--days", "0", "--json"))
    assert (facts["verdict"], facts["steps"][0]) == ("would be applied", "create contract")
    assert desk.requests("POST") == []


def test_explain_invoice_names_a_filter_with_seen_and_wanted(tandem: Command, billed: str) -> None:
    settings = {"TANDEM_AGREEMENT_SYNC__INVOICE_STATUSES": "Approved"}
    [facts] = told(tandem("explain", "invoice", "4711", "--days", "0", "--json", **settings))
    [check] = [one for one in facts["checklist"] if "billing status" in one["name"]]
    assert (check["passed"], check["seen"], check["wanted"]) == (False, "New", "Approved")
    assert facts["next"][0].startswith("G20")


def test_an_invoice_nobody_has_is_said(tandem: Command, billed: str) -> None:
    refused = tandem("explain", "invoice", "9999")
    assert refused.exit_code == 1
    assert "ConnectWise has no invoice 9999" in refused.stderr


def test_what_a_person_decides_has_a_reason(tandem: Command, billed: str) -> None:
    for action in ("release", "reprocess"):
        refused = tandem(action, "invoice", "4711", "--why", " ")
        assert refused.exit_code == 1
        assert "--why: " in refused.stderr


def test_days_ahead_belong_to_the_reminder(tandem: Command) -> None:
    refused = tandem("report", "agreements", "--days", "3")
    assert refused.exit_code == 64
    assert "--days belongs to --reminder" in refused.stderr


def test_when_connectwise_is_away_what_was_known_is_told(tandem: Command, billed: str) -> None:
    away = tandem("explain", "invoice", "4711", "--days", "0", **NOWHERE)
    assert away.exit_code == 69
    assert "not asked: " in away.stderr
    assert "Tandem never saw an invoice 4711" in away.stderr


def test_explain_agreement_and_contract(desk: Desk, tandem: Command, billed: str) -> None:
    shown = tandem("explain", "agreement", "managed care", "--days", "0")
    assert shown.exit_code == 0, shown.output
    assert f"agreement {billed} Managed Care (Managed Services) of Acme Dental Inc, Active" in shown.stdout
    assert "link: none; the next invoice finds the contract by its number, or makes one" in shown.stdout
    assert "the newest invoice" in shown.stdout
    desk.people.add_contract("1001", "CW-40757-01", "MIT")
    alone = tandem("explain", "contract", "cw-40757-01", "--days", "0")
    assert "contract CW-40757-01 (id" in alone.stdout
    assert "no agreement is linked to it: Tandem leaves it alone" in alone.stdout
    desk.run("link", "agreement-contract", billed, "CW-40757-01", "--why", "so", "--yes")
    both = tandem("explain", "contract", "CW-40757-01", "--days", "0", "--json")
    [facts] = told(both)
    assert (facts["link"]["left"], facts["contract"]["number"]) == (billed, "CW-40757-01")
    assert facts["newest"]["invoice"] == "4711"
    nobody = tandem("explain", "contract", "CW-40758-01", "--days", "0")
    assert nobody.exit_code == 1
    assert "e-automate has no contract CW-40758-01" in nobody.stderr
    assert "no agreement with the RecID or exact name x" in tandem("explain", "agreement", "x").stderr


def test_preview_shows_lines_totals_and_the_template_and_writes_nothing(
    desk: Desk, tandem: Command, billed: str
) -> None:
    shown = tandem("preview", "ID964", "--invoice", "4711", COLUMNS="400")
    assert shown.exit_code == 0, shown.output
    for words in (
        "ID964: 1 record,",
        "would create contract",
        "a copy of template **CW Managed Services-01",
        "1 x 500.00 = 500.00",
        "customer: blank -> 1001",
        "ConnectWise 500.00, e-automate 500.00: equal",
    ):
        assert words in " ".join(shown.stdout.split()), words
    whole = json.loads(tandem("preview", "ID964", "--json").stdout)
    assert [one["number"] for one in whole["records"]] == ["4711"]
    tried = tandem("preview", "ID964", "--set", "agreement_types=Backup", "--json")
    assert json.loads(tried.stdout)["counts"]["verdict"] == {"left alone": 1}
    assert desk.requests("POST") == []
    assert desk.people.contracts("1001") == []
    missing = tandem("preview", "ID964", "--invoice", "9")
    assert "ConnectWise has no invoice 9" in missing.stderr


def test_reprocess_and_release_want_an_agreement_invoice_and_a_reason(tandem: Command, billed: str) -> None:
    for action in ("reprocess", "release"):
        assert tandem(action, "invoice", "4711").exit_code == 2
        refused = tandem(action, "invoice", "9999", "--why", "asked")
        assert (refused.exit_code, refused.stderr) == (
            1,
            "ConnectWise has no invoice 9999; nothing was asked\n",
        )
