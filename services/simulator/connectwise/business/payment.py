"""What the server does with payments: what may be paid, and the invoice's balance."""

from decimal import Decimal
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount
from services.simulator.connectwise.business.invoice import is_closed
from services.simulator.connectwise.business.totals import settled
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_MONEY, _CREDIT = "P", "C"


class PaymentRules(Rules):
    """Money (`P`) and applied credit memos (`C`); allowed on closed invoices, which is what they are for."""

    def complete(self, _store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """Paid now, in money."""
        if "type" not in given:
            record["type"] = _CREDIT if record.get("credit") is not None else _MONEY
        if "paymentDate" not in given:
            record["paymentDate"] = now

    def prepare(self, write: Write) -> None:
        """Note by whom; the body names the invoice though the path does too (reported)."""
        write.record.update(appliedBy=write.writer.author.member, source=write.writer.author.source)
        if write.body.get("invoice") is None:
            message = "The invoice field is required."
            write.items.append(Item("MissingRequiredField", message, "payment", "invoice"))

    def update(self, write: Write) -> None:
        """A payment stays with its invoice."""
        if write.before is not None and write.record.get("invoice") != write.before.data.get("invoice"):
            message = "The invoice of a payment cannot be changed."
            write.items.append(Item("InvalidField", message, "payment", "invoice"))

    def check(self, write: Write) -> None:
        """A positive amount; a credit needs a closed memo with as much left."""
        record, store = write.record, write.store
        wanted = amount(record.get("amount"))
        if record.get("amount") is not None and wanted <= 0:
            message = "The amount must be greater than zero."
            write.items.append(Item("OutOfRange", message, "payment", "amount"))
        record["type"] = str(record.get("type") or _MONEY).upper()
        if record["type"] not in (_MONEY, _CREDIT):
            message = "The field type is invalid."
            write.items.append(Item("InvalidField", message, "payment", "type"))
        if record["type"] == _CREDIT:
            _check_credit(write, wanted)
        invoice = store.get("invoice", record.get("invoice"))
        earlier = write.before.data.get("amount") if write.before is not None else None
        room = amount(invoice.data.get("balance")) + amount(earlier) if invoice is not None else wanted
        if write.writer.knobs.overpayment == "refuse" and wanted > room:
            message = "The amount must not exceed the balance of the invoice."
            write.items.append(Item("OutOfRange", message, "payment", "amount"))

    def written(self, write: Write, row: Row) -> None:
        """The invoice's balance, and the memo's; the payment shows what it left."""
        for ident in (row.data.get("invoice"), row.data.get("credit")):
            _settle(write.writer, ident)
        invoice = write.store.get("invoice", row.data.get("invoice"))
        if invoice is None:
            return
        balance = amount(invoice.data.get("balance"))
        shown = {
            "balance": max(-balance, ZERO),
            "invoiceBalance": balance,
            "invoiceTotal": invoice.data.get("total"),
        }
        write.store.put("payment", row.id, {**row.data, **shown}, write.writer.clock.now())

    def removed(self, writer: "Writer", row: Row) -> None:
        """The balance as it was without the payment."""
        for ident in (row.data.get("invoice"), row.data.get("credit")):
            _settle(writer, ident)


def _check_credit(write: Write, wanted: Decimal) -> None:
    memo = write.store.get("invoice", write.record.get("credit"))
    if memo is None:
        message = "The credit field is required."
        write.items.append(Item("MissingRequiredField", message, "payment", "credit"))
        return
    if memo.data.get("type") != "CreditMemo" or not is_closed(write.store, memo.data):
        message = "A credit memo must be closed before it can be applied."
        write.items.append(Item("InvalidField", message, "payment", "credit"))
        return
    before = write.before.data if write.before is not None else {}
    again = before.get("amount") if before.get("credit") == memo.id else None
    if wanted > amount(again) - amount(memo.data.get("balance")):
        message = "The amount must not exceed what is left of the credit memo."
        write.items.append(Item("OutOfRange", message, "payment", "amount"))


def _settle(writer: "Writer", ident: int | None) -> None:
    # By default without a new stamp on the invoice: some computed columns move alone (inferred).
    row = writer.store.get("invoice", ident)
    if row is None:
        return
    changed = {**row.data, **settled(writer.store, row.data, row.id)}
    if changed != row.data:
        touch = writer.knobs.payments_bump_invoice
        writer.store_again(writer.kind("invoice"), row, changed, touch=touch)
