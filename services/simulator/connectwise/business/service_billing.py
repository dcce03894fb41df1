"""The invoicing screen: invoices of the time, expenses and products of a ticket, a project or a phase.

How far the product's own screen agrees is inferred from what its invoices show.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount
from services.simulator.connectwise.business.billable import billed, is_ready, value_of
from services.simulator.connectwise.business.issuing import open_invoice
from services.simulator.connectwise.business.period import day, midnight
from services.simulator.connectwise.business.totals import totals
from services.simulator.connectwise.errors import ApiError
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person at the screen asks for.

    `through` is the invoice's date and the last day of what it bills, `progress` a part of a fixed fee.
    """

    through: date
    number: str = ""
    status: int | None = None
    progress: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is invoiced: a ticket, a phase or a project, and the project around it."""

    kind: str
    row: Row
    project: Row | None

    @property
    def method(self) -> str:
        """How its work is billed."""
        own = self.row.data.get("billingMethod")
        if self.kind == "ticket" and self.row.data.get("subBillingMethod") not in (None, "ActualRates"):
            own = self.row.data["subBillingMethod"]
        return str(own or "ActualRates")

    @property
    def fee(self) -> Decimal:
        """The agreed amount: the fee, or the most that is billed."""
        named = self.kind == "ticket" and self.row.data.get("subBillingMethod") not in (None, "ActualRates")
        return amount(self.row.data.get("subBillingAmount" if named else "billingAmount"))


_APPLY = {"ticket": "Ticket", "project": "Project", "phase": "ProjectPhase"}


def subject(store: Store, kind: str, row: Row) -> Subject:
    """What a person names at the screen, with the project it belongs to."""
    project = row if kind == "project" else store.get("project", row.data.get("project"))
    return Subject(kind, row, project)


def raise_invoice(writer: "Writer", what: Subject, wish: Wish) -> Row:
    """Bill what is unbilled and billable up to a day. Raises ApiError when that is nothing, or may not be."""
    store = writer.store
    _refuse_open(store, what)
    times = list(_entries(store, "timeEntry", what, "timeStart", wish.through))
    expenses = list(_entries(store, "expenseEntry", what, "date", wish.through))
    products = list(_products(store, what))
    service = _service(store, what, wish, times)
    if not (times or expenses or products or service["serviceTotal"]):
        raise ApiError(400, "InvalidObject", f"{_APPLY[what.kind]} {what.row.id} has nothing to invoice.")
    invoice = open_invoice(writer, {**_record(what, wish), **service}, wish.status)
    for row in times:
        entry = billed(row.data, invoice.id)
        if what.method == "FixedFee":
            entry["extendedInvoiceAmount"] = ZERO
        entry.update(invoiceFlag=True, invoiceReady=1)
        writer.store_again(writer.kind("timeEntry"), row, entry)
    for row in expenses:
        entry = {**billed(row.data, invoice.id), "invoiceAmount": value_of(row.data)}
        writer.store_again(writer.kind("expenseEntry"), row, entry)
    for row in products:
        writer.store_again(writer.kind("product"), row, {**row.data, "invoice": invoice.id})
    record = {**invoice.data, "expenseTotal": sum((value_of(row.data) for row in expenses), ZERO)}
    whole = {**record, **totals(store, record, invoice.id)}
    return writer.store_again(writer.kind("invoice"), invoice, whole)


def _refuse_open(store: Store, what: Subject) -> None:
    board = store.get("board", what.row.data.get("board"))
    late = what.kind == "ticket" and board is not None and board.data.get("billTicketsAfterClosedFlag")
    late = late or (what.kind == "project" and what.row.data.get("billProjectAfterClosedFlag"))
    if late and not what.row.data.get("closedFlag"):
        name = _APPLY[what.kind]
        raise ApiError(400, "InvalidObject", f"{name} {what.row.id} cannot be invoiced before it is closed.")


def _entries(store: Store, table: str, what: Subject, when: str, through: date) -> Iterator[Row]:
    rows = store.table(table)
    for ident in sorted(rows.find(what.kind, what.row.id)):
        row = rows.rows[ident]
        on = day(row.data.get(when))
        due = row.data.get("invoice") is None and on is not None and on <= through
        if due and _mine(store, what, row) and is_ready(store, row.data):
            yield row


def _mine(store: Store, what: Subject, row: Row) -> bool:
    # A project leaves to its phases what is billed separately.
    phase = store.get("projectPhase", row.data.get("phase"))
    return what.kind != "project" or phase is None or not phase.data.get("billSeparatelyFlag")


def _products(store: Store, what: Subject) -> Iterator[Row]:
    table = store.table("product")
    found = table.find(what.kind, what.row.id)
    if what.kind == "project":
        tickets = store.table("ticket").find("project", what.row.id)
        found = found.union(*(table.find("ticket", ident) for ident in tickets))
    for ident in sorted(found):
        data = table.rows[ident].data
        free = data.get("invoice") is None and not data.get("cancelledFlag")
        if free and data.get("billableOption") != "DoNotBill":
            yield table.rows[ident]


def _service(store: Store, what: Subject, wish: Wish, times: list[Row]) -> Record:
    # Actual rates, a fixed fee whole or in parts, or actual rates up to a limit.
    actual = sum((amount(row.data.get("extendedInvoiceAmount")) for row in times), ZERO)
    earlier = list(_earlier(store, what))
    before = sum((amount(one.get("serviceTotal")) for one in earlier), ZERO)
    if what.method == "FixedFee":
        if wish.progress is not None:
            return {"type": "Progress", "serviceTotal": wish.progress}
        if any(one.get("type") == "Standard" for one in earlier):
            return {"type": "Standard", "serviceTotal": ZERO}
        return {"type": "Standard", "serviceTotal": what.fee, "previousProgressApplied": before}
    found: Record = {"type": "Standard", "serviceTotal": actual}
    if what.method == "NotToExceed":
        adjusted = sum((amount(one.get("serviceAdjustmentAmount")) for one in earlier), ZERO)
        over = before + adjusted + actual - what.fee
        if over > 0:
            return {**found, "serviceAdjustmentAmount": -over, "adjustmentReason": "Not to exceed"}
    return found


def _earlier(store: Store, what: Subject) -> Iterator[Record]:
    # The invoices that billed the same before.
    table = store.table("invoice")
    for ident in sorted(table.find("applyToId", what.row.id)):
        data = table.rows[ident].data
        if data.get("applyToType") == _APPLY[what.kind] and data.get("type") in ("Standard", "Progress"):
            yield data


def _record(what: Subject, wish: Wish) -> Record:
    data = what.row.data
    project = what.project.data if what.project is not None else {}
    name = {"ticket": "summary", "project": "name", "phase": "description"}[what.kind]
    return {
        "invoiceNumber": wish.number or None,
        "company": data.get("company") or project.get("company"),
        "billToCompany": data.get("billToCompany") or project.get("billToCompany"),
        "billingSite": data.get("billToSite") or project.get("billToSite"),
        "billingTerms": data.get("billingTerms") or project.get("billingTerms"),
        "applyToType": _APPLY[what.kind],
        "applyToId": what.row.id,
        "ticket": what.row.id if what.kind == "ticket" else None,
        "project": what.project.id if what.project is not None else None,
        "phase": what.row.id if what.kind == "phase" else data.get("phase"),
        "date": midnight(wish.through),
        "reference": str(data.get(name) or "")[:50],
        "customerPO": data.get("poNumber") or data.get("customerPO") or project.get("customerPO"),
        "taxCode": data.get("taxCode") or project.get("taxCode"),
        "locationId": data.get("location") or data.get("locationId"),
        "departmentId": data.get("department") or data.get("businessUnitId"),
    }
