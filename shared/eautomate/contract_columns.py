"""Columns of contracts, items and the invoices made from contracts (reference eautomate.md 4, 6.2, 6.4)."""

from datetime import tzinfo
from typing import Any

from sqlalchemy import Column

from shared.eautomate.columns import (
    bit,
    day,
    key,
    made,
    money,
    only,
    optional,
    rate,
    row_version,
    saved,
    whole,
    words,
)
from shared.eautomate.customer_columns import bill_to_columns


def contract_columns(zone: tzinfo) -> list[Column[Any]]:
    """``SCContracts``: what customers are judged by, and what the agreement sync needs beyond."""
    return [
        key("ContractID"),
        whole("CustomerID", False),
        whole("ContractCodeID", False),
        day("StartDate", False),
        day("ExpDate"),
        day("Terminated"),
        bit("Active"),
        *only(("contracts", "calls"), [words("ContractNumber", 35)]),
        *only("contracts", _kept_in_step(zone)),
    ]


def _kept_in_step(zone: tzinfo) -> list[Column[Any]]:
    return [
        words("ContractMajor", 30),
        words("ContractMinor", 4),
        whole("BillToID", False),
        whole("BillCodeID", False),
        whole("BillGroupID"),
        whole("TaxCodeID"),
        bit("Taxable"),
        day("Activated"),
        money("BaseRate"),
        bit("SumIndividualBaseRates"),
        whole("BaseBillingCycleID"),
        day("BaseNextBillingDate"),
        day("BaseLastBillingDate"),
        day("BaseBilledThruDate"),
        day("BaseBillingStartDate"),
        bit("Bill"),
        bit("Billed"),
        bit("GroupInvoices"),
        bit("TimeBlockBased"),
        words("PONumber", 32),
        words("Remarks", 1024),
        words("Message", 255),
        *optional([bit("MessReqAcknowledgment")]),
        whole("BranchID", False),
        whole("SalesRepID"),
        whole("TermID"),
        whole("ContractStatusID", False),
        whole("BaseDistributionCodeID", False),
        whole("ReportDefinitionGroupID", False),
        bit("SyncBillToAddress"),
        *bill_to_columns(),
        whole("Locks", False),
        *made(zone),
        *saved(zone),
    ]


def line_columns(zone: tzinfo) -> list[Column[Any]]:
    """``SCContractDetails``."""
    return [
        key("ContractDetailID", identity=True),
        whole("ContractID", False),
        whole("ContractDetailTypeID", False),
        whole("EquipmentID"),
        whole("ItemID"),
        words("Description", 255),
        rate("Quantity"),
        rate("UnitBaseRate"),
        money("BaseRate", nullable=True),
        whole("BaseDistributionCodeID"),
        whole("LocationID", False),
        words("Address", 64),
        words("City", 32),
        words("State", 16),
        words("Zip", 16),
        words("Country", 16),
        day("StartDate"),
        day("EndDate"),
        day("BillStartDate"),
        day("BillEndDate"),
        day("BaseBilledThruDate"),
        whole("TaxCodeID"),
        bit("Taxable"),
        *optional([*made(zone), *saved(zone)]),
    ]


def item_columns(zone: tzinfo) -> list[Column[Any]]:
    """``ICItems``."""
    return [
        key("ItemID", identity=True),
        words("Item", 32),
        words("Description", 255),
        *only("contracts", _item_codes(zone)),
    ]


def _item_codes(zone: tzinfo) -> list[Column[Any]]:
    return [
        whole("ServiceableAsItem", False),
        whole("InventoryCodeID"),
        whole("ExpenseCodeID"),
        whole("SalesCodeID"),
        whole("ServiceCodeID"),
        whole("CategoryID"),
        whole("UMID"),
        whole("BaseDistributionCodeID"),
        bit("Active"),
        *made(zone),
        *saved(zone),
    ]


def cycle_columns() -> list[Column[Any]]:
    """``SCBillingCycles``."""
    return [
        key("BillingCycleID"),
        words("BillingCycle", 15),
        whole("Days", False),
        whole("Months", False),
        whole("Years", False),
        bit("Active"),
    ]


def invoice_columns(zone: tzinfo) -> list[Column[Any]]:
    """``ARInvoices``. Whether the table has a rowversion is not known."""
    stamp = optional([row_version()])
    return [
        key("InvoiceID", identity=True),
        words("InvoiceNumber", 15),
        whole("CustomerID", False),
        whole("BillToID", False),
        day("Date", False),
        words("PONumber", 32),
        words("Remarks", 1024),
        money("Tax"),
        money("Total"),
        money("Due"),
        bit("Void"),
        bit("Sent"),
        *saved(zone)[:-1],
        *stamp,
    ]


def billed_columns() -> list[Column[Any]]:
    """``SCBillingContracts``."""
    return [
        key("BillingContractID", identity=True),
        whole("InvoiceID", False),
        whole("ContractID", False),
        whole("ContractDetailID"),
        day("BaseFromDate"),
        day("BaseToDate"),
        money("Amount"),
        whole("VoidFlag", False),
    ]


def receipt_columns() -> list[Column[Any]]:
    """``ARReceipts``."""
    return [key("ReceiptID", identity=True), words("ReceiptNumber", 15), day("Date", False)]


def receipt_detail_columns() -> list[Column[Any]]:
    """``ARReceiptDetails``."""
    return [
        key("ReceiptDetailID", identity=True),
        whole("ReceiptID", False),
        whole("InvoiceID", False),
        money("Amount"),
    ]
