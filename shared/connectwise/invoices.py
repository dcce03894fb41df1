"""An invoice's JSON and that of everything that explains it, put together. Nothing here waits.

Only the fields named here are asked for: what is not one of them neither travels nor causes a change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.connectwise.companies import STAMP, made, without_links
from shared.events.agreements import Invoice

INVOICES = "/finance/invoices"
CLOSED_INVOICES = "/finance/closedInvoices"
BILLED_ROWS = "/procurement/products"

AGREEMENT = "Agreement"
"""Type of the invoices that bill an agreement."""

INVOICE_FIELDS = (
    "id", "invoiceNumber", "type", "status/id", "status/name", "status/isClosed", "company/id",
    "company/identifier", "company/name", "billToCompany/id", "billToCompany/identifier",
    "billToCompany/name", "date", "applyToType", "applyToId", "currency/id", "currency/name",
    "currency/currencyCode", "agreementAmount", "serviceTotal", "serviceAdjustmentAmount", "expenseTotal",
    "productTotal", "downpaymentApplied", "previousProgressApplied", "subtotal", "salesTax", "total",
    "payments", "credits", "balance", "agreement/id", "agreement/name", "customFields", STAMP,
)  # fmt: skip
AGREEMENT_FIELDS = (
    "id", "name", "type/id", "type/name", "company/id", "company/identifier", "company/name", "site/id",
    "site/name", "billToCompany/id", "billToCompany/identifier", "billToCompany/name", "parentAgreement/id",
    "parentAgreement/name", "customerPO", "startDate", "endDate", "noEndingDateFlag", "cancelledFlag",
    "dateCancelled", "agreementStatus", "applicationUnits", "applicationLimit", "oneTimeFlag",
    "carryOverUnused", "allowOverruns", "billingCycle/id", "billingCycle/name", "billAmount",
    "billStartDate", "prorateFlag", "nextInvoiceDate", "currency/id", "currency/name",
    "currency/currencyCode", "customFields",
)  # fmt: skip
BILLED_ROW_FIELDS = (
    "id", "invoice/id", "catalogItem/id", "catalogItem/identifier", "description", "customerDescription",
    "quantity", "price", "discount", "extPrice", "billableOption", "agreement/id", "agreement/name",
    "sequenceNumber", "unitOfMeasure/id", "unitOfMeasure/name", "uom", "cancelledFlag",
)  # fmt: skip
ADDITION_FIELDS = (
    "id", "product/id", "product/identifier", "quantity", "lessIncluded", "billedQuantity", "unitPrice",
    "extPrice", "billCustomer", "effectiveDate", "cancelledDate", "description", "invoiceDescription", "uom",
    "sequenceNumber", "proratePrice", "extendedProratePrice", "prorateCurrentPeriodFlag", "agreementId",
)  # fmt: skip

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is known about the invoices of a page, as JSON.

    Attributes:
        lines: product rows by invoice.
        agreements: by RecID.
        additions: by agreement.
        catalog: catalog items by RecID.
        territories: name of the territory by company.
        billing: rows of ``agreementBillingInfo`` by invoice.
    """

    lines: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    agreements: Mapping[int, Row] = field(default_factory=dict)
    additions: Mapping[int, Sequence[Row]] = field(default_factory=dict)
    catalog: Mapping[int, Row] = field(default_factory=dict)
    territories: Mapping[int, str] = field(default_factory=dict)
    billing: Mapping[int, Sequence[Row]] = field(default_factory=dict)


def invoice(row: Any) -> Invoice:
    """An invoice from its joined JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type; the text names it.
    """
    return made(Invoice, row)


def joined(row: Row, parts: Parts) -> Row:
    """The JSON of an invoice with its parts in it; ``invoice`` makes the record of it.

    Args:
        row: the invoice itself.
        parts: of the page it belongs to; what is missing there stays out.
    """
    key = int(row["id"])
    own = agreement_of(row)
    lines = billed(parts.lines.get(key, ()))
    whole: Row = {name: bare(value) for name, value in without_links(row).items() if name != "_info"}
    whole["_info"] = without_links({"_info": row.get("_info")})["_info"]
    if own is not None:
        # An agreement that was deleted is still what the invoice names.
        whole["agreement"] = bare(parts.agreements.get(own) or row.get("agreement") or {"id": own})
    company = ref_id(row, "company")
    if company is not None and company in parts.territories:
        whole["companyTerritory"] = parts.territories[company]
    whole["lines"] = [_line(line, parts.catalog) for line in lines]
    whole["additions"] = [
        bare({"agreementId": agreement, **addition})
        for agreement in agreements_on(row, lines)
        for addition in sorted(parts.additions.get(agreement, ()), key=lambda one: int(one["id"]))
    ]
    whole["billing"] = [bare(entry) for entry in parts.billing.get(key, ())]
    return whole


def billed(lines: Iterable[Row]) -> list[Row]:
    """Rows that were billed, by sequence, then RecID; cancelled ones are left out."""
    return sorted((line for line in lines if line.get("cancelledFlag") is not True), key=_position)


def agreements_on(row: Row, lines: Iterable[Row]) -> list[int]:
    """The agreement an invoice bills, then the others its rows name (children billed with their parent)."""
    own = agreement_of(row)
    others = sorted({ref_id(line, "agreement") or 0 for line in lines} - {0, own})
    return [*([own] if own is not None else []), *others]


def agreement_of(row: Mapping[str, Any]) -> int | None:
    """RecID of the agreement an invoice bills, None when it names none."""
    own = ref_id(row, "agreement")
    if own is None and row.get("applyToType") == AGREEMENT and isinstance(row.get("applyToId"), int):
        own = int(row["applyToId"])
    return own


def ref_id(row: Mapping[str, Any], name: str) -> int | None:
    """RecID of a reference, None when it is missing or has another shape."""
    value = row.get(name)
    key = value.get("id") if isinstance(value, Mapping) else None
    return key if isinstance(key, int) else None


def bare(value: Any) -> Any:
    """JSON without any ``_info``: stamps and hrefs move without a change of content."""
    if isinstance(value, Mapping):
        return {name: bare(held) for name, held in value.items() if name != "_info"}
    return [bare(entry) for entry in value] if isinstance(value, list) else value


def _line(row: Row, catalog: Mapping[int, Row]) -> Row:
    item = catalog.get(ref_id(row, "catalogItem") or 0, {})
    unit = _name(row, "unitOfMeasure") or row.get("uom") or _name(item, "unitOfMeasure")
    named = {"productType": _name(item, "type"), "unitOfMeasureName": unit}
    return {**bare(row), **{name: value for name, value in named.items() if value}}


def _name(row: Mapping[str, Any], name: str) -> Any:
    value = row.get(name)
    return value.get("name") if isinstance(value, Mapping) else None


def _position(row: Row) -> tuple[float, int]:
    sequence = row.get("sequenceNumber")
    try:
        return float(sequence or 0), int(row["id"])
    except (TypeError, ValueError):
        return 0.0, int(row["id"])
