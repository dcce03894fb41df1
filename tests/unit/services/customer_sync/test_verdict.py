from dataclasses import replace

from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.desk.verdict import told
from shared.events.records import Company, Customer
from shared.links.models import How
from shared.preview import IN_STEP, LEFT, REFUSED, WAITS, WOULD
from shared.sync.decision import Apply, Check, Reject, Skip, Wait

CUSTOMER = Customer(customer_id=7, number="1001", name="Acme Dental")
CHECKS = [Check(name="is active", passed=True), Check(name="branch is selected", passed=False)]


def plan(**more: object) -> Apply[CustomerPlan]:
    return Apply(CustomerPlan(customer=CUSTOMER, sequence=1, generation=0, **more), [])  # type: ignore[arg-type]


def test_a_plan_is_told_in_the_order_of_its_steps() -> None:
    verdict = told(plan(how=How.COMPANY_ID, store=True, patch={"phoneNumber": ("1", "2"), "city": ("", "x")}))
    assert verdict.verdict == WOULD
    assert verdict.steps == ("make the link", "store the RecID", "update fields")
    assert verdict.text == "make the link; store the RecID; update city, phoneNumber"
    assert verdict.changes == {"phoneNumber": ("1", "2"), "city": ("", "x")}


def test_a_created_company_is_linked_as_it_is_created() -> None:
    assert told(plan(insert={"identifier": "1001"}, how=How.CREATED, store=True)).steps == (
        "create company",
        "store the RecID",
    )


def test_nothing_to_write_is_in_step() -> None:
    verdict = told(plan())
    assert (verdict.verdict, verdict.text) == (IN_STEP, "nothing to write")


def test_what_is_not_done_names_what_decided_it() -> None:
    left = told(Skip("branch 3 is not selected", CHECKS))
    assert (left.verdict, left.reason, left.code) == (LEFT, "branch is selected: no", "")
    waits = told(Wait("C1", "no company", CHECKS))
    assert (waits.verdict, waits.code) == (WAITS, "C1")
    refused = told(Reject("C4", "two companies", CHECKS))
    assert (refused.verdict, refused.code, refused.text) == (REFUSED, "C4", "two companies")


def test_what_differs_and_may_not_be_written_is_left_alone_not_in_step() -> None:
    why = "ZCJ_SyncToCW allows it: seen No, wanted not No (C7); would differ: name"
    company = Company(id=19, identifier="1001", name="Acme")
    held = told(replace(plan(company=company, held_back=why), checks=CHECKS))
    assert (held.verdict, held.steps) == (LEFT, ())
    assert held.text == f"not written to company 19 (1001): {why}"
    linked = told(plan(company=company, held_back=why, how=How.COMPANY_ID))
    assert linked.verdict == WOULD
    assert linked.text == f"make the link; not written to company 19 (1001): {why}"
