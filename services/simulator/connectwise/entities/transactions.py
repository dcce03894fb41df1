"""Expenses, orders, opportunities and purchase orders: for reading only so far.

Their main fields are here, so that filters over them can be tried; what they do comes with their flows.
"""

from services.simulator.connectwise.business.billable import STATUSES
from services.simulator.connectwise.business.time_defaults import CHARGED
from services.simulator.connectwise.entities.billing import BILL
from services.simulator.connectwise.entities.setup import lookup
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    Shown,
    flag,
    key,
    moment,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)

_CUSTOM = Field("customFields", Kind.CUSTOM)
_WHERE = (ref("location", "location"), ref("department", "department"))


def _table(
    name: str,
    noun: str,
    path: str,
    guard: str,
    *fields: Field,
    reference: tuple[Shown, ...] = (shown("name"),),
    mine: str = "",
    located_by: str = "company",
) -> Entity:
    return Entity(
        key=name,
        noun=noun,
        mounts=(Mount(path),),
        href=name,
        stamps=ALL_STAMPS,
        guard=guard,
        located_by=located_by,
        mine=mine,
        frozen=True,
        reference=reference,
        fields=(key(), *fields, _CUSTOM),
    )


EXPENSE_ENTRY = _table(
    "expenseEntry",
    "ExpenseEntry",
    "expense/entries",
    "Expense Entry",
    ref("company", "company", indexed=True),
    number("chargeToId", indexed=True),
    one_of("chargeToType", *CHARGED),
    ref("member", "member"),
    money("amount", required=True),
    one_of("billableOption", *BILL),
    moment("date", required=True),
    number("locationId"),
    number("businessUnitId"),
    text("notes"),
    ref("agreement", "agreement"),
    money("invoiceAmount", read_only=True),
    ref("invoice", "invoice", read_only=True, indexed=True),
    one_of("status", *STATUSES, read_only=True),
    money("billAmount"),
    money("agreementAmount", read_only=True),
    ref("ticket", "ticket", read_only=True, indexed=True),
    ref("project", "project", read_only=True, indexed=True),
    ref("phase", "projectPhase", read_only=True, indexed=True),
    text("statusBefore", read_only=True, hidden=True),
    reference=(),
    mine="member",
)

SALES_ORDER = _table(
    "salesOrder",
    "Order",
    "sales/orders",
    "Sales Orders",
    ref("company", "company", required=True, indexed=True),
    ref("contact", "contact"),
    ref("site", "site"),
    ref("status", "orderStatus", required=True),
    ref("opportunity", "opportunity"),
    moment("orderDate"),
    moment("dueDate"),
    ref("billingTerms", "billingTerm"),
    ref("taxCode", "taxCode"),
    text("poNumber", 50),
    ref("salesRep", "member", required=True),
    text("notes"),
    flag("billClosedFlag"),
    flag("billShippedFlag"),
    ref("billToCompany", "company"),
    ref("shipToCompany", "company"),
    money("total", read_only=True),
    money("taxTotal", read_only=True),
    money("subTotal", read_only=True),
    *_WHERE,
    reference=(),
    mine="salesRep",
)

OPPORTUNITY = _table(
    "opportunity",
    "Opportunity",
    "sales/opportunities",
    "Opportunities",
    text("name", 100, required=True),
    moment("expectedCloseDate"),
    ref("status", "opportunityStatus"),
    ref("primarySalesRep", "member", required=True),
    number("locationId"),
    number("businessUnitId"),
    ref("company", "company", required=True, indexed=True),
    ref("contact", "contact", required=True),
    ref("site", "site"),
    text("customerPO", 25),
    moment("closedDate", read_only=True),
    mine="primarySalesRep",
)

PURCHASE_ORDER = _table(
    "purchaseOrder",
    "PurchaseOrder",
    "procurement/purchaseorders",
    "Purchase Orders",
    number("businessUnitId"),
    flag("closedFlag", read_only=True),
    ref("customerCompany", "company"),
    ref("vendorCompany", "company", required=True),
    number("locationId"),
    moment("poDate"),
    text("poNumber", 50),
    ref("status", "purchaseOrderStatus", required=True),
    ref("terms", "billingTerm", required=True),
    ref("taxCode", "taxCode"),
    money("subTotal", read_only=True),
    money("salesTax", read_only=True),
    money("total", read_only=True),
    reference=(shown("name", "poNumber"),),
    located_by="",
)

ENTITIES = (
    *(EXPENSE_ENTRY, SALES_ORDER, OPPORTUNITY, PURCHASE_ORDER),
    lookup("orderStatus", "sales/orders/statuses", "status"),
    lookup("opportunityStatus", "sales/opportunities/statuses", "status"),
    lookup("purchaseOrderStatus", "procurement/purchaseorderstatuses", "status"),
)
