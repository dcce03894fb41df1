"""Agreements and contracts as links tell of them, propose them, and read them from a spreadsheet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.events.contracts import Contract
from shared.links.contracts import of_agreement, of_contract
from shared.links.judging import Known, Status, judge
from shared.links.kinds import LinkKind
from shared.links.models import FoundLeft, How, Link
from shared.links.records import Ours, Theirs
from shared.links.sheet import SheetError, read_sheet, write_sheet
from shared.links.suggest import Proposal
from shared.links.suggest_contracts import propose_contracts
from shared.links.wishes import cells, headings, wishes

KIND = LinkKind.AGREEMENT_CONTRACT


def contract(ident: int, number: str, customer: int = 7, **more: Any) -> Theirs:
    major, _, minor = number.rpartition("-")
    return of_contract(
        Contract(
            contract_id=ident,
            number=number,
            major=major,
            minor=minor,
            customer_id=customer,
            customer_number="1001",
            **more,
        )
    )


def agreement(ident: int, name: str = "Managed Care", company: int = 19, held: str = "", **more: Any) -> Ours:
    fields = [{"id": 1, "caption": "zcj_contractnumber", "value": held or None}]
    row = {"id": ident, "name": name, "company": {"id": company, "name": "Acme"}, "customFields": fields}
    return of_agreement(row | more, "ZCJ_ContractNumber")


def link(left: str, right: str) -> Link:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    return Link(
        kind=KIND, left=left, right=right, how=How.CREATED, by="ID964", why="x", made_at=at, revision=1
    )


def told(found: Sequence[Proposal]) -> list[tuple[str, str, str, str]]:
    return [(one.ours.key, one.theirs.code, one.confidence.value, one.conflict) for one in found]


def test_people_are_told_of_an_agreement_by_recid_name_and_company() -> None:
    assert agreement(88).told == "88 Managed Care of Acme"
    assert agreement(88, held=" CW-40757-01 ").held == "CW-40757-01"
    assert agreement(88, cancelledFlag=True).in_use is False
    assert agreement(88, agreementStatus="Expired").in_use is False


def test_people_are_told_of_a_contract_by_number_and_what_stands_against_it() -> None:
    assert contract(5, "CW-40757-01").told == "CW-40757-01 of customer 1001 (id 5)"
    assert contract(5, "CW-40757-01", active=False).told.endswith("(id 5, inactive)")
    ended = contract(5, "CW-40757-01", terminated=date(2026, 4, 30))
    assert ended.unusable == "was terminated on 2026-04-30"
    assert "is a template" in contract(5, "**CW Managed Services-01").unusable
    assert "G23" in contract(5, "CN7084-01", equipment_lines=2).unusable
    assert "G23" in contract(5, "CN7084-01", meter_groups=1).unusable
    assert contract(5, "CN7084-01").unusable == ""


def test_a_period_that_does_not_begin_on_the_first_is_said() -> None:
    assert "G18" in contract(5, "CN1-01", base_next_billing_date=date(2026, 5, 15)).note
    assert contract(5, "CN1-01", base_next_billing_date=date(2026, 5, 1)).note == ""


def test_the_field_is_certain_an_invoice_number_likely_the_only_one_of_a_customer_possible() -> None:
    agreements = [
        agreement(81, held="cw-1-01"),
        agreement(82, company=20),
        agreement(83, company=20),
        agreement(84, company=21),
        agreement(85, company=22),
        agreement(86, company=22),
        agreement(87, company=99),
    ]
    contracts = [
        contract(1, "CW-1-01"),
        contract(2, "CN2-01", customer=8, po_number="4711"),
        contract(3, "CN3-01", customer=8, remarks="Call first. CW Invoice: 4712, thanks"),
        contract(4, "CN4-01", customer=9),
        contract(5, "CN5-01", customer=10),
        contract(6, "**CW Gold-01"),
    ]
    companies = {"7": "19", "8": "20", "9": "21", "10": "22"}
    found = propose_contracts(agreements, contracts, [], companies, {"4711": "82", "4712": "83"})
    assert told(found) == [
        ("81", "CW-1-01", "certain", ""),
        ("82", "CN2-01", "high", ""),
        ("83", "CN3-01", "high", ""),
        ("84", "CN4-01", "medium", ""),
        ("85", "CN5-01", "low", "also proposed for agreement 86"),
        ("86", "CN5-01", "low", "also proposed for agreement 85"),
    ]
    assert found[2].reason == "its Remarks names invoice 4712 of the agreement"


def test_a_linked_contract_is_never_certain_and_a_linked_agreement_is_done() -> None:
    agreements = [agreement(81, held="CW-1-01"), agreement(82, held="CW-1-01")]
    found = propose_contracts(agreements, [contract(1, "CW-1-01")], [link("82", "1")], {}, {})
    assert told(found) == [("81", "CW-1-01", "high", "is linked to agreement 82 (id 82)")]


KNOWN = {
    KIND: Known(
        [agreement(81), agreement(82)],
        [contract(1, "CW-1-01"), contract(2, "CW-2-01"), contract(3, "CN3-01", equipment_lines=1)],
        {"82": FoundLeft(left="82", link=link("82", "2"), ever=True)},
        {"2": link("82", "2")},
        {},
    )
}


@pytest.mark.parametrize(
    ("line", "status", "reason"),
    [
        ("81,CW-1-01", Status.LINK, ""),
        ("81,cw-1-01", Status.LINK, ""),
        ("82,CW-2-01", Status.EXISTS, "since 2026-01-02, by ID964"),
        ("82,CW-1-01", Status.REFUSED, ("agreement 82 is linked to contract 2; `tandem links repoint "
         "agreement-contract 82 CW-1-01` moves it")),
        ("81,CW-2-01", Status.REFUSED, "contract CW-2-01 is linked to agreement 82 (id 82); unlink that first"),
        ("99,CW-1-01", Status.REFUSED, "column agreement recid: ConnectWise has no agreement 99"),
        ("81,CW-9-01", Status.REFUSED, "column contract number: e-automate has no contract CW-9-01"),
        ("81,CN3-01", Status.REFUSED, "contract CN3-01 of customer 1001 (id 3) has equipment lines"),
        (",CW-1-01", Status.REFUSED, "column agreement recid: empty"),
        ("81,", Status.REFUSED, "column contract id: empty, contract number too"),
    ],
)  # fmt: skip
def test_lines_of_a_spreadsheet(line: str, status: Status, reason: str) -> None:
    (one,) = judge(wishes(read_sheet(f"Agreement RecID,Contract number\n{line}\n".encode()), None), KNOWN)
    assert one.status is status
    assert one.reason.startswith(reason)


def test_what_is_exported_is_read_again() -> None:
    row = cells(KIND, agreement(81), contract(1, "CW-1-01"), link("81", "1"))
    assert dict(zip(headings(KIND), row, strict=True)) == {
        "kind": "agreement-contract",
        "agreement recid": "81",
        "agreement name": "Managed Care",
        "contract number": "CW-1-01",
        "contract customer": "1001",
        "contract id": "1",
    }
    (wish,) = wishes(read_sheet(write_sheet(headings(KIND), [row])), None)
    assert (wish.kind, wish.number, wish.recid, wish.code) == (KIND, "81", "1", "CW-1-01")


def test_links_of_invoices_are_not_imported() -> None:
    with pytest.raises(SheetError, match="agreement_sync makes these links"):
        wishes(read_sheet(b"kind,invoice number,e-automate invoice number\n"), LinkKind.INVOICE_INVOICE)
    (wish,) = wishes(read_sheet(b"kind,agreement recid,contract number\ninvoice-invoice,1,2\n"), None)
    assert "not imported" in wish.fault
