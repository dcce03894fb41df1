"""What the server does with agreements beyond their table of fields: defaults, status, next billing date."""

from datetime import date
from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.business.addition import refresh_additions
from services.simulator.connectwise.business.period import day, midnight
from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_SAME = (
    *("location", "department", "restrictLocationFlag", "restrictDepartmentFlag", "sla", "applicationUnits"),
    *("applicationLimit", "applicationCycle", "applicationUnlimitedFlag", "oneTimeFlag", "expiredDays"),
    *("limit", "expireWhenZero", "employeeCompRate", "employeeCompNotExceed", "compHourlyRate"),
    *("compLimitAmount", "billingCycle", "billOneTimeFlag", "billingTerms", "invoicingCycle", "billAmount"),
    *("invoiceDescription", "workRole", "workType", "projectType", "invoiceTemplate", "billTime"),
    *("billExpenses", "billProducts", "prorateFlag", "autoInvoiceFlag"),
)
_FLAGGED = (
    *("coverAgreementTime", "coverAgreementProduct", "coverAgreementExpense", "coverSalesTax"),
    *("carryOverUnused", "allowOverruns", "chargeToFirm", "taxable", "restrictDownPayment", "topComment"),
    *("bottomComment", "billableTimeInvoice", "billableExpenseInvoice", "billableProductInvoice"),
)
_FALLBACK = {
    "applicationUnits": "Hours",
    "employeeCompRate": "Hourly",
    "employeeCompNotExceed": "Billing",
    "invoicingCycle": "CalendarYear",
    "billTime": "Billable",
    "billExpenses": "Billable",
    "billProducts": "Billable",
}


class AgreementRules(Rules):
    """Defaults come from the type and the company; dates give the status and the next invoice date."""

    def complete(self, store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """What the type, the company and the start date decide (documented: billing defaults of the type)."""
        for name, value in _defaults(store, record).items():
            if name not in given and value is not None:
                record[name] = value
        if "nextBillDate" not in given:
            first = record.get("billStartDate") or record.get("startDate")
            record["nextBillDate"] = record.get("nextInvoiceDate") or first
        if "nextInvoiceDate" not in given:
            record["nextInvoiceDate"] = record["nextBillDate"]
        _settle(store, record, now, given)

    def update(self, write: Write) -> None:
        """Recompute; a person may move or blank the next invoice date, as the product's set-up does."""
        record, before, now = write.record, write.before, write.writer.clock.stamp()
        record["cancelledFlag"] = bool(record.get("cancelledFlag"))
        if before is None:
            return
        if write.writer.by_people and "nextInvoiceDate" in write.names:
            record["nextBillDate"] = record.get("nextInvoiceDate") or record.get("nextBillDate")
        elif _first(record) != _first(before.data) and not _billed(write.store, before.id):
            record["nextBillDate"] = record["nextInvoiceDate"] = _first(record)
        elif ended(before.data, before.data.get("nextBillDate")):
            record["nextInvoiceDate"] = record.get("nextBillDate")
        _settle(write.store, record, now, frozenset())

    def check(self, write: Write) -> None:
        """An agreement ends some day or says that it does not; dates are in order; no agreement is its own parent."""
        record = write.record
        start, end = day(record.get("startDate")), day(record.get("endDate"))
        if end is None and not record.get("noEndingDateFlag"):
            message = "The endDate field is required unless noEndingDateFlag is true."
            write.items.append(Item("MissingRequiredField", message, "agreement", "endDate"))
        if start is not None and end is not None and end < start and not record.get("noEndingDateFlag"):
            message = "The endDate must be on or after the startDate."
            write.items.append(Item("InvalidField", message, "agreement", "endDate"))
        if record.get("parentAgreement") == write.own_id != 0:
            message = "An agreement cannot be its own parent."
            write.items.append(Item("InvalidField", message, "agreement", "parentAgreement"))

    def written(self, write: Write, row: Row) -> None:
        """Additions show the status of their agreement, and what they are prorated to."""
        refresh_additions(write.store, row, write.writer.clock.now())

    def removed(self, writer: "Writer", row: Row) -> None:
        """Additions and adjustments go with their agreement."""
        for name in ("addition", "adjustment"):
            for ident in sorted(writer.store.table(name).find("agreement", row.id)):
                writer.store.remove(name, ident, writer.clock.now())


class AgreementTypeRules(VocabularyRules):
    """A type's name shows in the references to its agreements."""

    def written(self, write: Write, row: Row) -> None:
        """Carry a new name to the agreements; their stamps stay."""
        super().written(write, row)
        table = write.store.table("agreement")
        for ident in sorted(table.find("type", row.id)):
            renamed = {**table.rows[ident].data, "typeName": row.data.get("name")}
            write.store.put("agreement", ident, renamed, write.writer.clock.now())


def _defaults(store: Store, record: Record) -> Record:
    kind = store.get("agreementType", record.get("type"))
    company = store.get("company", record.get("company"))
    found: Record = dict(_FALLBACK)
    if kind is not None:
        found |= {name: kind.data[name] for name in _SAME if kind.data.get(name) is not None}
        found |= {name: kind.data.get(f"{name}Flag") for name in _FLAGGED}
    if company is not None:
        found["site"] = company.data.get("site")
        found["billToCompany"] = company.data.get("billToCompany") or company.id
        found["taxCode"] = company.data.get("taxCode")
        found["currency"] = company.data.get("currency")
        found.setdefault("billingTerms", company.data.get("billingTerms"))
    found["billStartDate"] = record.get("startDate")
    if "department" not in found:
        found["department"] = next((row.id for row in store.table("department").after(0)), None)
    found["companyLocation"] = record.get("location")
    return found


def _settle(store: Store, record: Record, now: str, given: frozenset[str]) -> None:
    # What follows from the rest of the record.
    kind = store.get("agreementType", record.get("type"))
    record["typeName"] = kind.data.get("name") if kind is not None else None
    if record.get("cancelledFlag") and record.get("dateCancelled") is None:
        record["dateCancelled"] = now[:10] + "T00:00:00Z"
    record["agreementStatus"] = status(record, date.fromisoformat(now[:10]))
    if ended(record, record.get("nextBillDate")) and "nextInvoiceDate" not in given:
        record["nextInvoiceDate"] = None


def _first(record: Record) -> Any:
    return record.get("billStartDate") or record.get("startDate")


def _billed(store: Store, ident: int) -> bool:
    return bool(store.table("agreementBilling").find("agreement", ident))


def last_day(record: Record) -> date | None:
    """The day on which an agreement ends, by cancellation or by its end date; None for never."""
    days = [
        day(record.get("dateCancelled")) if record.get("cancelledFlag") else None,
        None if record.get("noEndingDateFlag") else day(record.get("endDate")),
    ]
    return min((one for one in days if one is not None), default=None)


def ended(record: Record, begins: str | None) -> bool:
    """Whether nothing is to be billed from a date on: the agreement is over by then, or there is no date."""
    last, first = last_day(record), day(begins)
    return first is None or (last is not None and first > last)


def status(record: Record, today: date) -> str:
    """`agreementStatus`, which dates and flags decide (inferred)."""
    cancelled, end = day(record.get("dateCancelled")), day(record.get("endDate"))
    if record.get("cancelledFlag") and (cancelled is None or cancelled <= today):
        return "Cancelled"
    if not record.get("noEndingDateFlag") and end is not None and end < today:
        return "Expired"
    start = day(record.get("startDate"))
    return "Inactive" if start is not None and start > today else "Active"


def age(store: Store, now: str, at: float) -> None:
    """The clock has moved: agreements begin and expire."""
    today = date.fromisoformat(now[:10])
    for row in list(store.table("agreement").rows.values()):
        wanted = status(row.data, today)
        if wanted != row.data.get("agreementStatus"):
            changed = store.put("agreement", row.id, {**row.data, "agreementStatus": wanted}, at)
            refresh_additions(store, changed, at)


def billed_until(store: Store, row: Row, begins: date | None, at: float) -> Row:
    """Note the day from which an agreement is to be billed next; its stamps stay (inferred of computed dates)."""
    following = midnight(begins) if begins is not None else None
    shown = None if ended(row.data, following) else following
    changed = {**row.data, "nextBillDate": following, "nextInvoiceDate": shown}
    new = store.put("agreement", row.id, changed, at)
    refresh_additions(store, new, at)
    return new
