"""What the port gives and takes about contracts, beside the records of ``shared.events.contracts``."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict

from shared.events.contracts import ContractLine

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Item:
    """An item (``ICItems``). Codes by name, None where the item has none."""

    item_id: int
    number: str
    description: str
    active: bool
    serviceable: bool
    inventory_code: str | None
    expense_code: str | None
    sales_code: str | None
    service_code: str | None
    category: str | None
    unit: str | None
    base_distribution_code: str | None
    row_version: str
    """16 hex digits."""


@dataclass(frozen=True, slots=True)
class BillingCycle:
    """A billing cycle (``SCBillingCycles``): its length is days, months and years together."""

    id: int
    name: str
    days: int
    months: int
    years: int
    active: bool


@dataclass(frozen=True, slots=True)
class CustomerBilling:
    """What a new contract takes from its customer (``ARCustomers``)."""

    customer_id: int
    branch_id: int
    sales_rep_id: int | None
    term_id: int | None
    tax_code_id: int | None
    taxable: bool


@dataclass(frozen=True, slots=True)
class ContractPeriod:
    """Ledger: the invoice a contract was made ready for, one a period.

    Attributes:
        period_from, period_to: first and last day.
        invoice_id: RecID of the ConnectWise invoice.
        invoice_number: its number.
        amount: its base and additions.
        red: whether the totals differed, so that the contract was left out of the billing queue.
        released_by: who let a red one be billed; empty when nobody has.
        before_lines: the contract's lines before the period was first written.
    """

    contract_id: int
    period_from: date
    period_to: date
    invoice_id: int
    invoice_number: str
    amount: Decimal
    red: bool = False
    released_by: str = ""
    before_lines: tuple[ContractLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ContractWrite:
    """Ledger: how the last write left a contract, read in its own transaction.

    Attributes:
        invoice_id: RecID of the ConnectWise invoice it was written for.
        generation, sequence: what it was written under.
        row_version: 16 hex digits.
        content: ``Contract.content_hash``, lines included.
    """

    contract_id: int
    invoice_id: int
    generation: int
    sequence: int
    row_version: str
    content: str


class ContractFields(TypedDict, total=False):
    """Columns of a contract; only what is given is written, None empties the column."""

    customer_id: int
    bill_to_id: int
    branch_id: int
    sales_rep_id: int | None
    term_id: int | None
    tax_code_id: int | None
    taxable: bool
    start_date: date
    exp_date: date | None
    activated: date | None
    terminated: date | None
    active: bool
    bill: bool
    group_invoices: bool
    billing_cycle_id: int | None
    base_next_billing_date: date | None
    base_billed_thru_date: date | None
    base_billing_start_date: date | None
    base_rate: Decimal
    """Of a deposit contract: the deposit. Lines keep their own."""
    sum_individual_base_rates: bool
    po_number: str
    remarks: str
    message: str
    acknowledge: bool
    """Left out where the database has no ``MessReqAcknowledgment``."""


class LineFields(TypedDict, total=False):
    """Columns of an item line; only what is given is written, None empties the column.

    ``BaseRate`` is not among them: quantity x unit rate, in cents, half up, as the product computes it.
    """

    item_id: int
    description: str
    quantity: Decimal
    unit_base_rate: Decimal
    location_id: int
    start_date: date | None
    end_date: date | None
    bill_start_date: date | None
    bill_end_date: date | None
    base_billed_thru_date: date | None
    tax_code_id: int | None
    taxable: bool


def line_amount(quantity: Decimal, unit_base_rate: Decimal) -> Decimal:
    """``BaseRate`` of a line: cents, half up (spec/agreements.md 6.7)."""
    return (quantity * unit_base_rate).quantize(CENT, rounding=ROUND_HALF_UP)
