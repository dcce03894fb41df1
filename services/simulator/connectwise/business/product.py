"""What the server does with product rows beyond their table of fields."""

from decimal import Decimal
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.invoice import SPECIAL, is_closed
from services.simulator.connectwise.business.totals import charged, extended, retotal, rows_of
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_PARENTS = ("ticket", "project", "salesOrder", "opportunity")
_PRICED = ("quantity", "price", "discount", "quantityCancelled")


def extended_cost(record: Record) -> Decimal:
    """`extCost`."""
    return cents(amount(record.get("quantity")) * amount(record.get("cost")))


class ProductRules(Rules):
    """Defaults come from the catalog; rows of a closed invoice are locked, those of an open one move its totals."""

    def complete(self, store: Store, record: Record, given: frozenset[str], _now: str) -> None:
        """Prices, texts and unit of the item; company of what the row is on; the extended price."""
        for name, value in _defaults(store, record).items():
            if name not in given and value is not None:
                record[name] = value
        _describe(store, record)
        if "extPrice" not in given or record.get("extPrice") is None:
            _extend(record)

    def prepare(self, write: Write) -> None:
        """A row is on something, and only on one thing."""
        record = write.record
        found = [name for name in _PARENTS if record.get(name) is not None]
        if len(found) > 1:
            message = f"A product can have one parent only, not {' and '.join(found)}."
            write.items.append(Item("InvalidField", message, "productItem", found[1]))
        if not found and record.get("invoice") is None and record.get("company") is None:
            message = "A ticket, project, salesOrder, opportunity, invoice or company is required."
            write.items.append(Item("MissingRequiredField", message, "productItem", "invoice"))

    def update(self, write: Write) -> None:
        """A new price, quantity or discount gives a new extended price, unless a person has set that one."""
        record = write.record
        before = write.before.data if write.before is not None else {}
        _describe(write.store, record)
        moved = any(record.get(name) != before.get(name) for name in _PRICED)
        if "extPrice" in write.names and write.writer.by_people:
            return
        if moved or record.get("extPrice") is None:
            record["extPrice"] = None
            _extend(record)

    def check(self, write: Write) -> None:
        """What the state of the invoice locks; which invoices take rows (reported: open special ones)."""
        record, before = write.record, write.before.data if write.before is not None else {}
        invoice = write.store.get("invoice", record.get("invoice"))
        earlier = write.store.get("invoice", before.get("invoice"))
        for one in (invoice, earlier):
            if one is not None and is_closed(write.store, one.data):
                message = f"Invoice {one.data.get('invoiceNumber')} is closed and cannot be changed."
                write.items.append(Item("InvalidObject", message, "productItem", "invoice"))
                return
        if invoice is None:
            return
        added = before.get("invoice") != record.get("invoice")
        if added and invoice.data.get("type") not in SPECIAL and not write.writer.by_people:
            message = "Products can be added to special invoices only."
            write.items.append(Item("InvalidField", message, "productItem", "invoice"))
        if invoice.data.get("type") == "CreditMemo" and _memo_total(write, invoice) > 0:
            message = "The total of a credit memo must be less than or equal to zero."
            write.items.append(Item("InvalidField", message, "productItem", "price"))

    def written(self, write: Write, row: Row) -> None:
        """Recompute the invoices the row is on and was on."""
        before = write.before.data if write.before is not None else {}
        for ident in {row.data.get("invoice"), before.get("invoice")}:
            retotal(write.writer, ident, touch=write.writer.knobs.rows_bump_invoice)

    def removing(self, writer: "Writer", row: Row) -> Item | None:
        """A row of a closed invoice stays."""
        invoice = writer.store.get("invoice", row.data.get("invoice"))
        if invoice is None or not is_closed(writer.store, invoice.data):
            return None
        message = f"Invoice {invoice.data.get('invoiceNumber')} is closed and cannot be changed."
        return Item("InvalidObject", message, "productItem", "invoice")

    def removed(self, writer: "Writer", row: Row) -> None:
        """Recompute the invoice without the row."""
        retotal(writer, row.data.get("invoice"), touch=writer.knobs.rows_bump_invoice)


def _memo_total(write: Write, invoice: Row) -> Decimal:
    others = [row.data for row in rows_of(write.store, invoice.id) if row.id != write.own_id]
    return sum((charged(invoice.data, one) for one in (*others, write.record)), ZERO)


def _defaults(store: Store, record: Record) -> Record:
    found: Record = {
        "quantity": Decimal(1),
        "priceMethod": "FlatRateForRange",
        "locationId": next((row.id for row in store.table("location").after(0)), None),
        "businessUnitId": next((row.id for row in store.table("department").after(0)), None),
    }
    item = store.get("catalogItem", record.get("catalogItem"))
    if item is not None:
        same = ("description", "price", "cost", "customerDescription", "taxableFlag", "vendor", "vendorSku")
        found |= {name: item.data.get(name) for name in (*same, "unitOfMeasure")}
        found["listPrice"] = item.data.get("price")
    for name in (*_PARENTS, "invoice", "agreement"):
        above = store.get(name, record.get(name))
        if above is not None and above.data.get("company") is not None:
            found["company"] = above.data["company"]
            break
    invoice = record.get("invoice")
    found["sequenceNumber"] = Decimal(
        len(store.table("product").find("invoice", invoice)) + 1 if invoice else 1
    )
    return found


def _describe(store: Store, record: Record) -> None:
    item = store.get("catalogItem", record.get("catalogItem"))
    unit = store.get("unitOfMeasure", record.get("unitOfMeasure"))
    record["productClass"] = item.data.get("productClass") if item is not None else None
    record["uom"] = unit.data.get("name") if unit is not None else None


def _extend(record: Record) -> None:
    record["extPrice"] = None
    record["extPrice"] = extended(record)
