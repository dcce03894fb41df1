"""What an agreement invoice and its contract hold, side by side: the matter of the ID954 report.

It travels in the outcome of the invoice, so that the report can be made, and made again, from topics alone
(spec/agreements.md 7).
"""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True)


class ComparedLine(_Model):
    """One line on both sides; what a side does not have is None.

    Attributes:
        item: product id and item number, which are the same text.
        cw_amount, ea_amount: extended, without tax.
    """

    item: str
    description: str = ""
    cw_quantity: Decimal | None = None
    cw_amount: Decimal | None = None
    ea_quantity: Decimal | None = None
    ea_unit_rate: Decimal | None = None
    ea_amount: Decimal | None = None


class Comparison(_Model):
    """One invoice beside its contract.

    Attributes:
        invoice_day: date of the invoice.
        contract_id, contract: e-automate's, None and empty while there is none.
        made: ``created``, ``updated`` or ``unchanged``.
        lines: base first, then as on the invoice.
        cw_total: base and additions as billed, without tax.
        ea_total: what e-automate's preview of the period will say; None while there is no contract.
        apart: further amounts of the invoice that no contract bills (time, expenses, products), by what they are.
        period_from, period_to: what the invoice bills, both days included.
        next_billing: the contract's next base billing date.
        billed: number of the e-automate invoice that billed the period; empty until then.
        bill: whether the contract enters the billing queue.
        terminated: the contract's end, when the sync ended it or found it ended.
        warnings: codes and sentences, e.g. ``("G5", "template ... not found, the default was used")``.
    """

    invoice_id: int
    invoice: str
    invoice_day: date | None = None
    invoice_type: str = "Agreement"
    status: str = ""
    company: str = ""
    agreement_id: int | None = None
    agreement: str = ""
    agreement_type: str = ""
    contract_id: int | None = None
    contract: str = ""
    made: str = "unchanged"
    lines: tuple[ComparedLine, ...] = ()
    cw_total: Decimal = Decimal()
    ea_total: Decimal | None = None
    apart: dict[str, Decimal] = {}
    period_from: date | None = None
    period_to: date | None = None
    next_billing: date | None = None
    billed: str = ""
    bill: bool | None = None
    terminated: date | None = None
    warnings: tuple[tuple[str, str], ...] = ()

    @property
    def difference(self) -> Decimal | None:
        """e-automate's total minus ConnectWise's; None while there is no contract."""
        return None if self.ea_total is None else self.ea_total - self.cw_total

    @property
    def equal(self) -> bool:
        """Whether the totals agree: green in the report, else red."""
        return self.difference == 0
