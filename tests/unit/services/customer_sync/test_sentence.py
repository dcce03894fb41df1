"""What an outcome says was done."""

from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.pairs.writes import effect, sentence
from shared.events.records import Customer
from shared.links.models import How

CUSTOMER = Customer(customer_id=7, number="1001", name="Acme")
NAME = "company 19 (1001)"
HELD = "ZCJ_SyncToCW allows it: seen No, wanted not No (C7); would differ: name, phoneNumber"


def test_in_step_is_only_said_when_nothing_differs() -> None:
    assert sentence(CustomerPlan(CUSTOMER, 1, 0), NAME, {}, ()) == f"in step with {NAME}, nothing to write"
    held = CustomerPlan(CUSTOMER, 1, 0, held_back=HELD)
    assert sentence(held, NAME, {}, ()) == f"not written to {NAME}: {HELD}"


def test_what_was_done_goes_before_what_was_held_back() -> None:
    linked = CustomerPlan(CUSTOMER, 1, 0, how=How.COMPANY_ID, held_back=HELD)
    why = {How.COMPANY_ID: "the number"}
    assert sentence(linked, NAME, why, ()) == f"linked to {NAME}: the number; not written: {HELD}"
    stored = CustomerPlan(CUSTOMER, 1, 0, held_back=HELD)
    done = effect("e-automate", "stored", "ZCJ_CW_CompanyID = 19")
    assert sentence(stored, NAME, why, (done,)) == f"RecID of {NAME} stored; not written: {HELD}"
