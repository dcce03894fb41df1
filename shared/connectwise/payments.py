"""Payments of an invoice. They have no key of ours: amount and day of those that are there tell them apart."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import shaped
from shared.connectwise.invoices import INVOICES, bare
from shared.connectwise.paging import walk
from shared.events.records import Reference

PAYMENT = "P"
"""The type of an ordinary payment; a credit memo that is applied has another one."""

_CENT = Decimal("0.01")


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: int
    type: str = ""
    amount: Decimal
    payment_date: datetime | None = Field(default=None, alias="paymentDate")
    applied_by: str = Field(default="", alias="appliedBy")
    credit: Reference | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands.

    Attributes:
        id: RecID.
        type: ``P`` for a payment.
        amount: in the invoice's currency.
        day: of the payment, None when it was not sent.
        applied_by: identifier of the member who entered it.
        credit: the credit memo that was applied, None for money.
        stamp: when it was last changed, UTC, None when it was not sent.
    """

    id: int
    type: str
    amount: Decimal
    day: date | None
    applied_by: str = ""
    credit: int | None = None
    stamp: datetime | None = None


class Payments:
    """Reads and adds payments of invoices."""

    def __init__(self, client: ConnectWise) -> None:
        """Nothing is kept."""
        self._client = client

    async def payments_of(self, invoice_id: int) -> list[Payment]:
        """Payments and applied credits of an invoice by RecID.

        Raises:
            NotFoundError: no such invoice.
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: a payment is not one.
        """
        pages = walk(self._client, f"{INVOICES}/{invoice_id}/payments")
        found = [payment(row) async for page in pages for row in page.rows]
        return sorted(found, key=lambda one: one.id)

    async def add_payment(
        self, invoice_id: int, amount: Decimal, day: date, payment_type: str = PAYMENT
    ) -> Payment:
        """Enter a payment; repeated only when it surely did not arrive.

        Args:
            invoice_id: RecID, of an open, closed or batched invoice.
            amount: above 0, in whole cents.
            day: of the payment.
            payment_type: as the tenant has it.

        Returns:
            The payment as the server made it.

        Raises:
            ValueError: the amount is none.
            UnknownOutcomeError: sent, and the answer was lost: look at ``payments_of`` before sending again.
            RefusedError: the answer's lines say why.
            NotFoundError: no such invoice.
        """
        if amount <= 0 or amount != amount.quantize(_CENT):
            raise ValueError(f"{amount} is no amount to pay")
        body = {
            "type": payment_type,
            "amount": amount.quantize(_CENT),
            "paymentDate": datetime(day.year, day.month, day.day, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "invoice": {"id": invoice_id},
        }
        return payment(await self._client.post(f"{INVOICES}/{invoice_id}/payments", body))


def payment(row: Any) -> Payment:
    """A payment from its JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    read = shaped(_Wire, bare(row), "payment")
    day = read.payment_date.date() if read.payment_date else None
    credit = read.credit.id if read.credit else None
    return Payment(read.id, read.type, read.amount, day, read.applied_by, credit, _stamp(row))


def _stamp(row: dict[str, Any]) -> datetime | None:
    info = row.get("_info")
    text = info.get("lastUpdated") if isinstance(info, dict) else None
    try:
        return datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
