"""What is loaded of agreements, invoices and their rows is whole, as no such record of the product is without it."""

from services.simulator.connectwise.business.totals import retotal, settled, totals
from services.simulator.connectwise.fields import Entity, Kind, Record
from services.simulator.connectwise.state import State
from services.simulator.connectwise.store import Row, Store
from services.simulator.connectwise.write import Author

KINDS = frozenset(
    ("agreement", "agreementType", "addition", "adjustment", "catalogItem", "invoice", "payment", "product")
)
_REQUIRED = {
    "employeeCompRate": "Hourly",
    "employeeCompNotExceed": "Billing",
    "invoicingCycle": "CalendarYear",
    "billTime": "Billable",
    "billExpenses": "Billable",
    "billProducts": "Billable",
    "billableOption": "Billable",
    "billCustomer": "Billable",
}
_COMPUTED = frozenset(("subtotal", "total", "balance", "productTotal", "salesTax"))


def fill(state: State, entity: Entity, record: Record, given: frozenset[str]) -> None:
    """Complete a record before it is stored; what is given stays as it is, also null."""
    store, now = state.store, state.clock.stamp()
    for field in entity.fields:
        if field.required and field.name in _REQUIRED and field.name not in given:
            record[field.name] = _REQUIRED[field.name]
    if entity.key == "agreement":
        _fill_agreement(store, record, given, state.clock.now())
    if entity.key == "catalogItem":
        _fill_item(store, record, given)
    if entity.rules is not None:
        entity.rules.complete(store, record, given, now)
    if entity.key == "invoice":
        computed = totals(store, record, int(record.get("id") or 0))
        if "subtotal" in given and "total" in given:
            computed = settled(store, record, int(record.get("id") or 0))
        record.update({name: value for name, value in computed.items() if name not in given})
        record["asLoaded"] = bool(_COMPUTED & given)


def follow(state: State, entity: Entity, row: Row) -> None:
    """Recompute the invoice that a loaded row or payment belongs to, unless its amounts were given."""
    if entity.key not in ("product", "payment"):
        return
    invoice = state.store.get("invoice", row.data.get("invoice"))
    if invoice is not None and not invoice.data.get("asLoaded"):
        retotal(state.writer(Author("zAdmin")), invoice.id, touch=False)


def _fill_agreement(store: Store, record: Record, given: frozenset[str], at: float) -> None:
    if not {"endDate", "noEndingDateFlag"} & given:
        record["noEndingDateFlag"] = True
    if "startDate" not in given:
        record["startDate"] = record.get("billStartDate") or record["_lastUpdated"][:4] + "-01-01T00:00:00Z"
    if "type" not in given:
        record["type"] = next((row.id for row in store.table("agreementType").after(0)), None)
    company = store.get("company", record.get("company"))
    if "contact" in given or company is None:
        return
    known = sorted(store.table("contact").find("company", company.id))
    if not known:
        person = {
            "firstName": "Accounts",
            "lastName": "Payable",
            "company": company.id,
            "site": company.data.get("site"),
        }
        known = [store.put("contact", None, _flags(store, "contact") | person, at).id]
    record["contact"] = company.data.get("defaultContact") or known[0]


def _fill_item(store: Store, record: Record, given: frozenset[str]) -> None:
    if "description" not in given:
        record["description"] = record.get("identifier")
    if "customerDescription" not in given:
        record["customerDescription"] = record.get("description")
    for name, table in (("type", "productType"), ("subcategory", "productSubCategory")):
        if name not in given:
            record[name] = next((row.id for row in store.table(table).after(0)), None)


def _flags(store: Store, name: str) -> Record:
    return {
        field.name: field.default
        for field in store.entities[name].fields
        if field.kind is Kind.BOOL and field.default is not None
    }
