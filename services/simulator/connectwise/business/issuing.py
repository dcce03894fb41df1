"""Opening an invoice that the product raises itself: its record, its number, and what forbids it."""

from typing import TYPE_CHECKING

from services.simulator.connectwise.business.invoice import is_closed, next_number, no_account
from services.simulator.connectwise.errors import Item, invalid
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


def open_invoice(writer: "Writer", sent: Record, status: int | None) -> Row:
    """Store the invoice with all that company, sites and set-up fill in; its amounts are still to come.

    `sent` is what it bills and whom; without a number it gets the next one. Raises ApiError when the number is
    taken or too long, and when the status closes it although the company has no account number.
    """
    store, entity = writer.store, writer.kind("invoice")
    sent = {name: value for name, value in sent.items() if value is not None}
    record = {**writer.defaults(entity), "invoiceNumber": next_number(store), **sent}
    (entity.rules or Rules()).complete(store, record, frozenset(sent), writer.clock.stamp())
    if status is not None:
        record["status"] = status
    _verify(store, record)
    if is_closed(store, record):
        record["closedBy"] = writer.author.member
    return writer.insert(entity, record)


def _verify(store: Store, record: Record) -> None:
    items: list[Item] = []
    number = str(record["invoiceNumber"])
    if len(number) > 15:
        message = "The field invoiceNumber must be a string with a maximum length of 15."
        items.append(Item("InvalidField", message, "invoice", "invoiceNumber"))
    if store.table("invoice").find("invoiceNumber", number):
        message = f"Invoice number {number} already exists."
        items.append(Item("ObjectExists", message, "invoice", "invoiceNumber"))
    refusal = no_account(store, record) if is_closed(store, record) else None
    if refusal is not None:
        items.append(refusal)
    if items:
        raise invalid("invoice", items)
