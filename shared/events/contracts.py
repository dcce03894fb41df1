"""E-automate's contracts and the invoices made from them, as they travel.

Dates are the dealer's own days (e-automate stores local time). Money, rates and quantities are Decimal.
"""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from shared.events.records import Record


class _Part(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)


class ContractLine(_Part):
    """A line of a contract (``SCContractDetails``)."""

    contract_detail_id: int
    item_id: int | None = None
    item: str = ""
    """Item number; empty on an equipment line."""
    equipment_id: int | None = None
    description: str = ""
    quantity: Decimal = Decimal()
    unit_base_rate: Decimal = Decimal()
    base_rate: Decimal | None = None
    """Quantity x unit rate as the product computed it."""
    location_id: int | None = None
    start_date: date | None = None
    end_date: date | None = None
    bill_start_date: date | None = None
    bill_end_date: date | None = None
    base_billed_thru_date: date | None = None
    """Set once the line was billed."""


class Contract(Record):
    """A contract (``SCContracts``) with its lines."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "eautomate"
    ENTITY: ClassVar[str] = "contract"

    contract_id: int
    number: str
    major: str = ""
    minor: str = ""
    customer_id: int
    customer_number: str = ""
    bill_to_id: int | None = None
    bill_to_number: str = ""
    contract_type: str | None = None
    bill_code: str | None = None
    bill_group: str | None = None
    distribution_code: str | None = None
    contract_status: str | None = None
    report_group_id: int | None = None
    branch_id: int | None = None
    sales_rep_id: int | None = None
    term_id: int | None = None
    tax_code_id: int | None = None
    start_date: date | None = None
    exp_date: date | None = None
    activated: date | None = None
    terminated: date | None = None
    active: bool = True
    bill: bool = False
    """Whether it enters the billing queue."""
    billed: bool = False
    """Whether it has ever been billed."""
    billing_cycle: str | None = None
    base_rate: Decimal = Decimal()
    base_next_billing_date: date | None = None
    base_last_billing_date: date | None = None
    base_billed_thru_date: date | None = None
    base_billing_start_date: date | None = None
    sum_individual_base_rates: bool = False
    time_block_based: bool = False
    po_number: str = ""
    remarks: str = ""
    message: str = ""
    acknowledge: bool | None = None
    """``MessReqAcknowledgment``; None where the database has no such column."""
    locks: int = 0
    equipment_lines: int = 0
    meter_groups: int = 0
    lines: tuple[ContractLine, ...] = ()
    """All lines, ended ones too, by ``ContractDetailID``."""
    children_stamp: str = ""
    """Moves when a line does: its row is not the contract's."""
    row_version: str = ""
    """``[timestamp]`` of the contract's row as 16 hex digits."""

    @property
    def subject(self) -> str:
        """``ContractID``."""
        return str(self.contract_id)

    @property
    def billable(self) -> bool:
        """Whether the billing queue takes it once Bill is on: it is active and not terminated."""
        return self.active and self.terminated is None

    @property
    def in_billing_queue(self) -> bool:
        """Whether it waits to be billed: Bill is on, it is active and not terminated."""
        return self.bill and self.billable

    def volatile(self) -> set[str]:
        """The row version moves with every no-op save, the lines' too."""
        return {"row_version", "children_stamp"}


class BilledPeriod(_Part):
    """What an invoice billed of one contract line (``SCBillingContracts``)."""

    contract_id: int
    contract_detail_id: int | None = None
    from_date: date | None = None
    to_date: date | None = None
    amount: Decimal = Decimal()
    void: bool = False


class Receipt(_Part):
    """Part of a receipt that was applied to an invoice (``ARReceiptDetails``)."""

    receipt_id: int
    number: str = ""
    day: date | None = None
    amount: Decimal = Decimal()


class ContractInvoice(Record):
    """An invoice made from contracts (``ARInvoices`` with ``SCBilling``), and how far it is paid."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "eautomate"
    ENTITY: ClassVar[str] = "contract_invoice"

    invoice_id: int
    number: str
    customer_id: int
    bill_to_id: int | None = None
    day: date | None = None
    po_number: str = ""
    remarks: str = ""
    tax: Decimal = Decimal()
    total: Decimal = Decimal()
    """With tax."""
    due: Decimal = Decimal()
    """Open balance; 0 is settled, by receipts or otherwise."""
    void: bool = False
    sent: bool = False
    periods: tuple[BilledPeriod, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    children_stamp: str = ""
    """Moves when a billed period or a receipt does: their rows are not the invoice's."""
    row_version: str = ""
    """``[timestamp]`` as 16 hex digits; where the table has none, when the row was last saved."""

    @property
    def subject(self) -> str:
        """``InvoiceID``."""
        return str(self.invoice_id)

    @property
    def order_key(self) -> str:
        """An invoice stays in order with its contract."""
        contracts = sorted({period.contract_id for period in self.periods})
        return f"contract-{contracts[0]}" if contracts else self.subject

    def volatile(self) -> set[str]:
        """The row version moves with every no-op save."""
        return {"row_version", "children_stamp"}

    @property
    def received(self) -> Decimal:
        """What receipts have paid of it."""
        return sum((receipt.amount for receipt in self.receipts), Decimal())
