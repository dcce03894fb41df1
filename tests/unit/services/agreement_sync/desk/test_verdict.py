from datetime import date
from decimal import Decimal

from services.agreement_sync.desk.verdict import Names, told
from services.agreement_sync.rules.plan import AgreementPlan, Change, LineAction, NewItem, Rename, Trouble
from shared.eautomate.contract_rows import ContractFields, LineFields
from shared.events.agreements import Invoice
from shared.events.contracts import ContractInvoice, ContractLine
from shared.sync.comparison import Comparison
from shared.sync.decision import Apply, Check, Reject, Skip, Wait
from tests.unit.services.agreement_sync.desk.world import item, template

INVOICE = Invoice(id=18001, invoiceNumber="4711", type="Agreement")
EQUAL = Comparison(invoice_id=18001, invoice="4711", cw_total=Decimal("25"), ea_total=Decimal("25"))
RED = EQUAL.model_copy(update={"ea_total": Decimal("24.99")})
LINES = (
    ContractLine(contract_detail_id=11, item="A", quantity=Decimal(1), unit_base_rate=Decimal("500")),
    ContractLine(contract_detail_id=12, item="B", quantity=Decimal(2), unit_base_rate=Decimal("3.5")),
)
NO = Check(name="billing status is selected (variable 10)", passed=False, seen="New", wanted="Approved")


def plan(**more: object) -> AgreementPlan:
    whole: dict[str, object] = {"invoice": INVOICE, "sequence": 7, "generation": 0, "comparison": EQUAL}
    return AgreementPlan(**(whole | more))  # type: ignore[arg-type]


def test_lines_are_told_as_quantity_times_rate_with_what_was_there() -> None:
    contract = template("CW-1").model_copy(update={"lines": LINES})
    actions = (
        LineAction(Change.UPDATE, "addition:1", "A", 11, LineFields(unit_base_rate=Decimal("510.25"))),
        LineAction(Change.END, "addition:2", "B", 12, LineFields(end_date=date(2026, 4, 30))),
        LineAction(
            Change.ADD,
            "addition:3",
            "C",
            fields=LineFields(quantity=Decimal(3), unit_base_rate=Decimal("8.333333")),
        ),
        LineAction(Change.REMOVE, "", "D", 13),
    )
    verdict = told(Apply(plan(contract=contract, lines=actions, text="for May"), []))
    assert verdict.steps == ("change line", "end line", "add line", "remove line")
    assert verdict.changes == {
        "line 1 A": ("1 x 500.00 = 500.00", "1 x 510.25 = 510.25"),
        "line 2 B": ("2 x 3.50 = 7.00", "ended on 2026-04-30"),
        "line 3 C": ("", "3 x 8.333333 = 25.00"),
        "line 4 D": ("", "removed"),
    }
    assert verdict.text == "for May; ConnectWise 25.00, e-automate 25.00: equal"
    assert (verdict.verdict, verdict.target) == ("would be applied", "CW-1-01")


def test_header_values_are_told_by_name_and_what_stays_is_left_out() -> None:
    contract = template("CW-1", bill_to_number="0001", bill_to_id=1, billing_cycle="Monthly")
    fields = ContractFields(bill_to_id=7, billing_cycle_id=3, bill=True, exp_date=None, po_number="4711")
    names = Names({7: "1001"}, {3: "Quarterly"})
    verdict = told(Apply(plan(contract=contract, fields=fields), []), names)
    assert verdict.changes == {
        "bill-to customer": ("0001", "1001"),
        "billing cycle": ("Monthly", "Quarterly"),
        "Bill contract": ("no", "yes"),
        "PO number": ("", "4711"),
    }


def test_a_new_contract_names_its_template_and_new_items_theirs() -> None:
    new = NewItem(item("**CW Licence"), "LIC-1", "A licence", None)
    verdict = told(Apply(plan(template=template("**CW Gold"), items=(new,)), []))
    assert verdict.steps == ("create contract", "create item")
    assert verdict.changes == {
        "contract": ("", "a copy of template **CW Gold-01"),
        "item LIC-1": ("", "A licence, a copy of **CW Licence"),
    }


def test_what_could_not_be_done_is_refused_while_the_rest_is_told() -> None:
    bill = ContractInvoice(invoice_id=5, number="IN1", customer_id=7)
    trouble = (Trouble("G16", "totals differ"),)
    verdict = told(Apply(plan(comparison=RED, rename=Rename(bill, "4711"), trouble=trouble), []))
    assert (verdict.verdict, verdict.code) == ("refused", "G16")
    assert verdict.coded == "refused (G16)"
    assert verdict.changes["e-automate invoice number"] == ("IN1", "4711")
    assert verdict.text.endswith("ConnectWise 25.00, e-automate 24.99: differ by -0.01; totals differ")


def test_decisions_without_a_plan_keep_reason_code_and_comparison() -> None:
    left = told(Skip("seen New, wanted Approved (G20)", [NO], comparison=EQUAL))
    assert (left.verdict, left.reason) == ("left alone", "billing status is selected (variable 10): no")
    in_step = told(Skip("contract CW-1-01 holds invoice 4711; nothing changes", [], comparison=EQUAL))
    assert in_step.verdict == "in step"
    assert told(Wait("G1", "no customer", [NO])).coded == "waits (G1)"
    warned = EQUAL.model_copy(update={"warnings": (("G12", "inactive"),)})
    refused = told(Reject("G10", "terminated", [NO], comparison=warned))
    assert (refused.coded, refused.warnings) == ("refused (G10)", ("G12 inactive",))
