"""What an invoice billed: base amounts, additions, and what no contract bills (spec/agreements.md 6.6). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.agreement_sync.rules.amounts import ZERO, cents
from services.agreement_sync.rules.matching import Known, matched
from services.agreement_sync.rules.wanted import agreement_type
from shared.events.agreements import Addition, AgreementBilling, BilledLine, Invoice

BASE = "base"
_UNBILLED = frozenset({"donotbill", "nocharge"})


@dataclass(frozen=True, slots=True)
class Billed:
    """One line of the invoice as it was billed.

    Attributes:
        key: what it is in the ledger: ``base``, ``base:<child RecID>``, ``addition:<RecID>`` or ``product:<RecID>``.
        product: product id; empty of a base amount.
        type_name: of a base amount the agreement type, else the product type; empty when unknown.
        price: unit price after discount.
        amount: extended, in cents, without tax.
        unit: name of ConnectWise's unit of measure.
        catalog_text: the catalog's own description.
        addition: the addition that explains it, as it stands today.
    """

    key: str
    product: str
    type_name: str
    description: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    unit: str = ""
    catalog_text: str = ""
    addition: Addition | None = None

    @property
    def is_base(self) -> bool:
        """Whether it is a flat amount."""
        return self.key.startswith(BASE)


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice taken apart.

    Attributes:
        lines: base amounts, then additions as on the invoice; nothing with quantity and amount 0.
        left_out: additions with quantity and amount 0.
        total: base and additions as the invoice's own totals have them; what the contract must bill.
        apart: what else is on the invoice, by what it is; no contract bills it.
        ties: the invoice's own totals agree with its lines.
    """

    lines: tuple[Billed, ...]
    left_out: tuple[Billed, ...]
    total: Decimal
    apart: dict[str, Decimal] = field(default_factory=dict)
    ties: bool = True

    @property
    def base(self) -> Decimal:
        """The flat amounts."""
        return sum((line.amount for line in self.lines if line.is_base), ZERO)

    @property
    def additions(self) -> tuple[Billed, ...]:
        """Everything but the flat amounts."""
        return tuple(line for line in self.lines if not line.is_base)


def take_apart(invoice: Invoice, known: Known | None = None) -> Bill:
    """An invoice as base amounts, additions and the rest.

    Args:
        known: items and amounts of the contract's lines by key, when this invoice was applied before: they decide
            which of several like rows is which addition, even if additions changed since.
    """
    ours = [row for row in invoice.lines if row.agreement is not None]
    others = [row for row in invoice.lines if row.agreement is None]
    counted, flat, ties = _reading(invoice, ours, others)
    additions = {row.id: addition for row, addition in matched(invoice, ours, known or {}, _amount)}
    lines = [*_base(invoice, flat), *(_billed(row, additions.get(row.id), counted) for row in ours)]
    apart = _apart(invoice, others)
    total = flat + sum((line.amount for line in lines if not line.is_base), ZERO)
    if invoice.subtotal is not None:
        total = cents(invoice.subtotal) - sum(apart.values(), ZERO)
    empty = [line for line in lines if line.quantity == 0 and line.amount == 0]
    return Bill(
        lines=tuple(line for line in lines if line not in empty),
        left_out=tuple(empty),
        total=total,
        apart=apart,
        ties=ties,
    )


def amount_of(row: BilledLine) -> Decimal:
    """Extended price of a product row, in cents; older ConnectWise does not say it."""
    if row.extPrice is not None:
        return cents(row.extPrice)
    return cents(row.quantity * _price(row))


def _amount(row: BilledLine, counted: bool = False) -> Decimal:
    option = (row.billableOption or "").casefold()
    return ZERO if option in _UNBILLED and not counted else amount_of(row)


def _price(row: BilledLine) -> Decimal:
    return (row.price or ZERO) - (row.discount or ZERO)


def _unit_price(row: BilledLine, amount: Decimal) -> Decimal:
    price = row.price or ZERO
    # The discount is an amount a unit on some tenants and for the whole row on others: what multiplies out, counts.
    return price if cents(row.quantity * price) == amount else _price(row)


def _reading(
    invoice: Invoice, ours: Sequence[BilledLine], others: Sequence[BilledLine]
) -> tuple[bool, Decimal, bool]:
    """Whether rows that are not to be billed count, the flat amount, and whether the totals tie out.

    ``agreementAmount`` is the flat amount on some tenants and includes the additions on others.
    """
    stated = cents(invoice.agreementAmount or ZERO)
    products = sum((_amount(row) for row in others), ZERO)
    for counted in (False, True):
        additions = sum((_amount(row, counted) for row in ours), ZERO)
        for flat, in_products in ((stated, products + additions), (stated - additions, products)):
            if _ties(invoice, stated, in_products):
                return counted, flat, True
    return False, stated, False


def _ties(invoice: Invoice, stated: Decimal, products: Decimal) -> bool:
    if invoice.subtotal is None:
        return invoice.productTotal is None or cents(invoice.productTotal) == products
    rest = sum(_beside(invoice).values(), ZERO)
    return cents(invoice.subtotal) == stated + products + rest


def _beside(invoice: Invoice) -> dict[str, Decimal]:
    return {
        "time": cents((invoice.serviceTotal or ZERO) + (invoice.serviceAdjustmentAmount or ZERO)),
        "expenses": cents(invoice.expenseTotal or ZERO),
        "down payment applied": -cents(invoice.downpaymentApplied or ZERO),
        "progress billing applied": -cents(invoice.previousProgressApplied or ZERO),
    }


def _apart(invoice: Invoice, others: Sequence[BilledLine]) -> dict[str, Decimal]:
    found = _beside(invoice) | {"products": sum((_amount(row) for row in others), ZERO)}
    return {what: amount for what, amount in found.items() if amount != 0}


def _base(invoice: Invoice, flat: Decimal) -> list[Billed]:
    """The flat amount, an own line for each child billed with its parent where the amounts are known."""
    agreement = invoice.agreement
    own = agreement_type(agreement)
    rows = [row for row in invoice.billing if cents(row.agreementAmount or ZERO) != 0]
    children = [row for row in rows if agreement is None or row.agreementRecId != agreement.id]
    if not children or sum((cents(row.agreementAmount or ZERO) for row in rows), ZERO) != flat:
        text = agreement.name if agreement is not None else ""
        return [_flat(BASE, own, text, flat)] if flat != 0 else []
    return [_child(row, invoice, own) for row in rows]


def _child(row: AgreementBilling, invoice: Invoice, own: str) -> Billed:
    agreement = invoice.agreement
    parent = agreement is not None and row.agreementRecId == agreement.id
    key = BASE if parent else f"{BASE}:{row.agreementRecId or row.agreementName or ''}"
    name = row.agreementName or (agreement.name if agreement is not None and parent else "")
    return _flat(
        key, own if parent else (row.agreementType or own).strip(), name, row.agreementAmount or ZERO
    )


def _flat(key: str, type_name: str, description: str, amount: Decimal) -> Billed:
    whole = cents(amount)
    return Billed(key, "", type_name, description, Decimal(1), whole, whole)


def _billed(row: BilledLine, addition: Addition | None, counted: bool) -> Billed:
    amount = _amount(row, counted)
    told = (row.customerDescription, addition and addition.invoiceDescription, row.description)
    return Billed(
        key=f"addition:{addition.id}" if addition is not None else f"product:{row.id}",
        product=((row.catalogItem.identifier if row.catalogItem else None) or "").strip(),
        type_name=(row.productType or "").strip(),
        description=next((text for text in told if text and text.strip()), ""),
        quantity=row.quantity,
        price=_unit_price(row, amount),
        amount=amount,
        unit=(row.unitOfMeasureName or row.uom or "").strip(),
        catalog_text=row.description or "",
        addition=addition,
    )
