"""Invoices of every kind, what the contract ones billed, and receipts (reference eautomate.md 4.6, 6.4)."""

from typing import Any

from sqlalchemy import Column

from services.simulator.eautomate.columns import (
    audit,
    flag,
    identity,
    key,
    letters,
    moment,
    money,
    number,
    owner,
    rate,
    reference,
    stamp,
    table,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA


def _party(prefix: str) -> list[Column[Any]]:
    widths = {"Attn": 64, "Name": 128, "Address": 64, "City": 32, "State": 16, "Zip": 16, "Country": 16}
    return [words(f"{prefix}{name}", width) for name, width in widths.items()]


ARInvoices = table(
    METADATA,
    "ARInvoices",
    identity("InvoiceID"),
    words("InvoiceNumber", 15, unique=True),
    letters("Type", 2),
    owner("CustomerID", "ARCustomers.CustomerID"),
    owner("BillToID", "ARCustomers.CustomerID"),
    reference("LocationID"),
    reference("ApplyToID"),
    reference("MasterInvoiceID"),
    stamp("Date"),
    number("DatePeriod"),
    number("Period"),
    moment("DueDate"),
    words("Description", 255),
    words("PONumber", 32),
    reference("TermID"),
    reference("SalesRepID"),
    *_party("MailTo"),
    *_party("ShipTo"),
    words("Remarks", 1024),
    rate("DiscountRate"),
    money("Discount"),
    money("Freight"),
    reference("TaxCodeID"),
    flag("Taxable"),
    money("Tax"),
    money("Total"),
    money("AdjTotal"),
    money("Due"),
    reference("VoidID"),
    flag("Void"),
    words("Module", 15),
    words("Source", 32),
    words("Reference", 32),
    words("ExtReferenceNumber", 64),
    number("TransactionTypeID"),
    number("ReceivablePayableID"),
    flag("Consolidate"),
    flag("Sent"),
    number("NoteFlag"),
    number("NoteCount"),
    *audit(),
)

ARInvoiceDetails = table(
    METADATA,
    "ARInvoiceDetails",
    key("InvoiceID"),
    key("DetailID"),
    words("Description", 255),
    money("Amount"),
    money("Cost"),
    number("TaxFlag"),
    number("TaxFlagID"),
    reference("TaxCodeID"),
    flag("Taxable"),
    words("LineNumber", 15),
    *audit(),
)

SCBilling = table(METADATA, "SCBilling", key("InvoiceID"), *audit())

SCBillingContracts = table(
    METADATA,
    "SCBillingContracts",
    identity("BillingContractID"),
    owner("InvoiceID", "ARInvoices.InvoiceID"),
    owner("ContractID", "SCContracts.ContractID"),
    reference("ContractDetailID"),
    moment("BaseFromDate"),
    moment("BaseToDate"),
    moment("OverageFromDate"),
    moment("OverageToDate"),
    money("BaseAmount"),
    money("OverageAmount"),
    money("Amount"),
    number("VoidFlag"),
)

ARReceipts = table(
    METADATA,
    "ARReceipts",
    identity("ReceiptID"),
    words("ReceiptNumber", 15),
    owner("CustomerID", "ARCustomers.CustomerID"),
    stamp("Date"),
    money("Amount"),
    money("Unapplied"),
    words("PaymentMethod", 15),
    words("ReferenceNumber", 32),
    *audit(),
)

ARReceiptDetails = table(
    METADATA,
    "ARReceiptDetails",
    identity("ReceiptDetailID"),
    owner("ReceiptID", "ARReceipts.ReceiptID"),
    owner("InvoiceID", "ARInvoices.InvoiceID"),
    money("Amount"),
    money("TermDiscount"),
)
