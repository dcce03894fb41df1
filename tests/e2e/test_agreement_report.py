"""The ID954 report of what the agreement sync did (spec/agreements.md 7), through the running system."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from services.error_reporting.agreements.report import Tone
from services.error_reporting.agreements.workbook import FILLS
from tests.agreed import MAILBOX, NOVEMBER, Agreed, Dealership, dealership
from tests.deployment import until

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def dealer(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dealership]:
    """No filters, no push; bill dates are reminded of whenever they come."""
    settings = {"TANDEM_ERROR_REPORTING__REMINDER_DAYS": "366"}
    with dealership(kafka, tmp_path_factory, "reported", settings) as people:
        yield people


def reported(dealer: Dealership, *words: str, **settings: str) -> str:
    """The report of these days, as printed."""
    return dealer.at.stage.tandem("report", "agreements", *words, check=True, **settings)


def lines(dealer: Dealership, folder: Path, *words: str, **settings: str) -> list[dict[str, str]]:
    """The lines of the report's CSV file; yesterday too, for a test may run at midnight."""
    file = folder / "report.csv"
    days = () if "--reminder" in words else ("--from", "yesterday")
    reported(dealer, *days, "--out", str(file), *words, **settings)
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def totals(dealer: Dealership, folder: Path) -> dict[str, dict[str, str]]:
    """The line with the totals, by invoice."""
    return {one["invoice"]: one for one in lines(dealer, folder) if one["part"] == "total"}


def red(dealer: Dealership, agreed: Agreed, number: str) -> int:
    """An invoice whose subtotal says seven cents more than its parts: no contract line explains them."""
    amounts = {"agreementAmount": 500.0, "productTotal": 0, "subtotal": 500.07, "total": 500.07}
    return loaded(dealer, agreed, 29_001, invoiceNumber=number, type="Agreement", **amounts)


def loaded(dealer: Dealership, agreed: Agreed, ident: int, **more: Any) -> int:
    """An invoice as it is, unchecked; its RecID."""
    record = {
        "id": ident,
        "status": 1,
        "company": agreed.company,
        "agreement": agreed.agreement,
        "applyToType": "Agreement",
        "applyToId": agreed.agreement,
        "date": f"{NOVEMBER.isoformat()}T00:00:00Z",
    }
    dealer.at.stage.control.post("/seed", json={"invoice": [record | more]}).raise_for_status()
    return ident


@pytest.mark.scenario(67)
def test_one_contract_is_green_and_one_with_another_total_is_red(dealer: Dealership, tmp_path: Path) -> None:
    equal = dealer.agreed("6701", additions=((MAILBOX, 3, "12.50"),))
    differing = dealer.agreed("6702", additions=())
    dealer.applied(dealer.invoiced(equal, "67001"))
    dealer.refused(red(dealer, differing, "67002"), "G16")
    until(lambda: {"67001", "67002"} <= totals(dealer, tmp_path).keys(), "both are reported", every=0.5)

    found = totals(dealer, tmp_path)
    green, other = found["67001"], found["67002"]
    assert (green["totals"], green["cw amount"], green["ea amount"]) == ("equal", "537.50", "537.50")
    assert (green["made"], green["contract"]) == ("created", dealer.number(equal))
    assert (other["totals"], other["made"]) == ("differs", "created")
    assert Decimal(other["difference"]) == Decimal("-0.07")
    assert other["billing"] == "kept out of the billing queue"
    seats = next(one for one in lines(dealer, tmp_path) if one["line"] == MAILBOX)
    assert (seats["cw quantity"], seats["cw amount"], seats["ea unit rate"]) == ("3", "37.50", "12.50")

    book = tmp_path / "report.xlsx"
    reported(dealer, "--from", "yesterday", "--out", str(book))
    sheet = load_workbook(book)["Invoices"]
    rows = [row for row in sheet.iter_rows() if row[8].value == "total"]
    colours = {row[0].value: row[0].fill.fgColor.rgb for row in rows}
    assert colours["67001"] == FILLS[Tone.GOOD].fgColor.rgb
    assert colours["67002"] == FILLS[Tone.BAD].fgColor.rgb

    (error,) = [
        one for one in lines(dealer, tmp_path) if one["part"] == "error" and one["invoice"] == "67002"
    ]
    assert (error["code"], error["state"], error["company"]) == ("G16", "open", "Customer 6702")
    assert "release" in error["what happened"]
    assert error["what to do"]
    assert "1 green, 1 red" in reported(dealer, "--from", "yesterday")


@pytest.mark.scenario(70)
def test_an_ended_contract_is_listed_only_when_asked_for(dealer: Dealership, tmp_path: Path) -> None:
    agreed = dealer.agreed("7001")
    dealer.edited("agreement", agreed.agreement, cancelledFlag=True, dateCancelled="2026-11-15T00:00:00Z")
    dealer.applied(dealer.invoiced(agreed, "70001"))
    until(lambda: "70001" in totals(dealer, tmp_path), "it is reported", every=0.5)
    contract = dealer.number(agreed)

    def ended(setting: str) -> list[tuple[str, str]]:
        found = lines(dealer, tmp_path, TANDEM_AGREEMENT_SYNC__REPORT_TERMINATIONS=setting)
        return [(one["contract"], one["ended"]) for one in found if one["part"] == "ended contract"]

    assert ended("No") == []
    assert ended("Yes") == [(contract, "2026-11-15")]


def test_a_contract_is_reminded_of_until_it_is_billed(dealer: Dealership, tmp_path: Path) -> None:
    agreed = dealer.agreed("7101")
    dealer.applied(dealer.invoiced(agreed, "71001"))
    contract = dealer.number(agreed)

    def reminded() -> list[str]:
        return [one["contract"] for one in lines(dealer, tmp_path, "--reminder")]

    until(lambda: contract in reminded(), "it is to be billed", every=0.5)
    number = dealer.people.bill(contract, NOVEMBER)
    until(lambda: contract not in reminded(), "it is billed", every=0.5)
    assert totals(dealer, tmp_path)["71001"]["billing"] == f"billed as {number}"


def test_a_credit_memo_is_listed_with_its_amount(dealer: Dealership, tmp_path: Path) -> None:
    agreed = dealer.agreed("7201")
    amounts = {"subtotal": -40.0, "total": -40.0}
    memo = loaded(dealer, agreed, 40_001, invoiceNumber="72001", type="CreditMemo", **amounts)
    dealer.applied(memo)

    def listed() -> list[tuple[str, str, str]]:
        found = [one for one in lines(dealer, tmp_path) if one["part"] == "credit memo"]
        return [(one["invoice"], one["company"], one["cw amount"]) for one in found]

    found = until(listed, "it is listed", every=0.5)
    assert found == [("72001", "Customer 7201", "-40.00")]


def test_a_rebuild_makes_the_same_report(dealer: Dealership, tmp_path: Path) -> None:
    before = lines(dealer, tmp_path)
    assert before
    stage = dealer.at.stage
    stage.end("all")
    stage.tandem("cases", "rebuild")
    assert lines(dealer, tmp_path) == []
    stage.run()
    until(lambda: lines(dealer, tmp_path) == before, "the same lines are there again", 60.0, 0.5)
