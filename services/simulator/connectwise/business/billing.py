"""The recurring run: agreement invoices, as the product raises them from agreements and their additions.

How far the product's own run agrees is inferred from what its invoices show.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.addition import options_of
from services.simulator.connectwise.business.agreement import billed_until, last_day
from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.billing_lines import Part, behind, missed, regular
from services.simulator.connectwise.business.invoice import next_number
from services.simulator.connectwise.business.issuing import open_invoice
from services.simulator.connectwise.business.period import (
    Period,
    day,
    following,
    midnight,
    period,
    preceding,
)
from services.simulator.connectwise.business.totals import totals
from services.simulator.connectwise.errors import ApiError
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


def raise_invoice(
    writer: "Writer", agreement: Row, on: date | None = None, number: str = "", status: int | None = None
) -> Row:
    """Bill an agreement and its children for the period that begins on a date, by default the next one due.

    Raises ApiError when nothing is due, the number is taken, or it cannot be closed.
    """
    store = writer.store
    begins = on or day(agreement.data.get("nextBillDate"))
    if begins is None:
        raise ApiError(400, "InvalidObject", f"Agreement {agreement.id} has nothing to invoice.")
    parts = list(_parts(store, agreement, begins))
    lines = [line for part in parts for line in _of_part(writer, part)]
    invoice = _issue(writer, _record(writer, agreement, begins, number), status, parts, lines)
    for part in parts:
        _note(writer, part, invoice.id)
    return invoice


def raise_prorated(
    writer: "Writer", agreement: Row, on: date | None = None, number: str = "", status: int | None = None
) -> Row:
    """Bill at once what was added to an agreement within the period that is billed already.

    The next regular invoice stays due when it was. Raises ApiError as `raise_invoice` does.
    """
    store, options = writer.store, options_of(writer.store, agreement.data)
    due_next = day(agreement.data.get("nextBillDate"))
    begun = preceding(due_next, options) if due_next is not None else None
    covered = Period(begun, due_next) if begun is not None and due_next is not None else None
    part = Part(agreement, covered, ZERO, None) if covered is not None else None
    lines = list(missed(store, part)) if part is not None else []
    if part is None or not lines:
        raise ApiError(400, "InvalidObject", f"Agreement {agreement.id} has nothing to invoice.")
    dated = on or date.fromisoformat(writer.clock.stamp()[:10])
    invoice = _issue(writer, _record(writer, agreement, dated, number), status, [part], lines)
    store.put("agreementBilling", None, _billing(store, part, invoice.id), writer.clock.now())
    return invoice


def _of_part(writer: "Writer", part: Part) -> Iterator[Record]:
    yield from regular(writer.store, part)
    begun = preceding(part.period.start, options_of(writer.store, part.agreement.data))
    if writer.knobs.missed_additions_follow and part.agreement.data.get("prorateFlag") and begun is not None:
        yield from missed(writer.store, replace(part, period=Period(begun, part.period.start)))


def _issue(
    writer: "Writer", record: Record, status: int | None, parts: list[Part], lines: list[Record]
) -> Row:
    separate = not writer.knobs.additions_in_agreement_amount
    invoice = open_invoice(writer, {**record, "additionsInAmount": not separate}, status)
    for place, line in enumerate(lines, start=1):
        _insert_line(writer, {**line, "invoice": invoice.id}, place)
    flat = sum((part.flat for part in parts), ZERO)
    added = ZERO if separate else sum((cents(line["quantity"] * line["price"]) for line in lines), ZERO)
    record = {**invoice.data, "agreementAmount": flat + added}
    whole = {**record, **totals(writer.store, record, invoice.id)}
    return writer.store_again(writer.kind("invoice"), invoice, whole)


def due(store: Store, through: date) -> list[Row]:
    """Agreements whose next invoice is due by a date; children are billed with their parents."""
    return [
        row
        for row in store.table("agreement").after(0)
        if (begins := day(row.data.get("nextInvoiceDate"))) is not None
        and begins <= through
        and store.get("agreement", row.data.get("parentAgreement")) is None
    ]


def _parts(store: Store, agreement: Row, begins: date) -> Iterator[Part]:
    table = store.table("agreement")
    children = (table.rows[ident] for ident in sorted(table.find("parentAgreement", agreement.id)))
    for row in (agreement, *children):
        if row is not agreement and row.data.get("agreementStatus") not in (None, "Active"):
            continue
        covered = period(begins, options_of(store, row.data))
        parent = None if row is agreement else agreement.id
        yield Part(row, covered, _flat(store, row, covered), parent)


def _flat(store: Store, row: Row, covered: Period) -> Decimal:
    # The flat amount; less for a first period that was agreed on, or a last one cut short.
    data = row.data
    first = not store.table("agreementBilling").find("agreement", row.id)
    if first and amount(data.get("prorateFirstBill")) > 0:
        return amount(data["prorateFirstBill"])
    flat, last = amount(data.get("billAmount")), last_day(data)
    if not data.get("prorateFlag") or last is None:
        return flat
    return cents(flat * covered.share(None, behind(last)))


def _record(writer: "Writer", agreement: Row, begins: date, number: str) -> Record:
    data = agreement.data
    return {
        "type": "Agreement",
        "invoiceNumber": number or _numbered(writer.store, agreement),
        "company": data.get("company"),
        "agreement": agreement.id,
        "applyToType": "Agreement",
        "applyToId": agreement.id,
        "date": midnight(begins),
        "reference": str(data.get("name") or "")[:50],
        "customerPO": data.get("customerPO"),
        "topComment": data.get("invoiceDescription"),
        "billToCompany": data.get("billToCompany"),
        "billingSite": data.get("billToSite"),
        "billingTerms": data.get("billingTerms"),
        "taxCode": data.get("taxCode"),
        "currency": data.get("currency"),
        "locationId": data.get("location"),
        "departmentId": data.get("department"),
        "invoiceTemplate": data.get("invoiceTemplate"),
        "taxableFlag": bool(data.get("taxable")),
    }


def _numbered(store: Store, agreement: Row) -> str:
    kind = store.get("agreementType", agreement.data.get("type"))
    mark = str(kind.data.get("invoicePreSuffix") or "") if kind is not None else ""
    number = next_number(store)
    if kind is not None and kind.data.get("prefixSuffixOption") == "Prefix":
        return f"{mark}{number}"[:15]
    return f"{number}{mark}"[:15]


def _insert_line(writer: "Writer", line: Record, place: int) -> None:
    entity = writer.kind("product")
    sent = {name: value for name, value in line.items() if value is not None}
    record = {**writer.defaults(entity), **sent, "sequenceNumber": Decimal(place)}
    rules = entity.rules or Rules()
    rules.complete(writer.store, record, frozenset((*sent, "sequenceNumber")), writer.clock.stamp())
    writer.insert(entity, record)


def _note(writer: "Writer", part: Part, invoice: int) -> None:
    # What was billed of whom, and from when on it is to be billed next.
    store, row = writer.store, part.agreement
    begins = following(part.period.start, options_of(store, row.data))
    period_of = {
        "billedFrom": midnight(part.period.start),
        "billedNext": midnight(begins) if begins is not None else None,
    }
    store.put("agreementBilling", None, {**_billing(store, part, invoice), **period_of}, writer.clock.now())
    billed_until(store, row, begins, writer.clock.now())


def _billing(store: Store, part: Part, invoice: int) -> Record:
    kind = store.get("agreementType", part.agreement.data.get("type"))
    return {
        "invoice": invoice,
        "agreement": part.agreement.id,
        "parent": part.parent,
        "agreementName": part.agreement.data.get("name"),
        "agreementType": kind.data.get("name") if kind is not None else None,
        "agreementAmount": part.flat,
    }
