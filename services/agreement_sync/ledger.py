"""What e-automate's ledger calls things, and what a payment can be found by."""

from datetime import date
from decimal import Decimal

CONTRACT = "contract"
"""A contract that was made for an agreement."""


def ledger_invoice(invoice_id: int | str) -> str:
    """An invoice."""
    return f"invoice/{invoice_id}"


def ledger_agreement(agreement_id: int | str) -> str:
    """An agreement."""
    return f"agreement/{agreement_id}"


def ledger_contract(contract_id: int | str) -> str:
    """A contract an agreement let go of."""
    return f"contract/{contract_id}"


def payment_reference(amount: Decimal, day: date, after: int) -> str:
    """Amount and day of a payment, and that its RecID is higher than of those there before."""
    return f"{amount.quantize(Decimal('0.01'))} {day.isoformat()} {after}"


def read_reference(reference: str) -> tuple[Decimal, date, int]:
    """Amount, day and the highest RecID before it."""
    amount, day, after = reference.split()
    return Decimal(amount), date.fromisoformat(day), int(after)
