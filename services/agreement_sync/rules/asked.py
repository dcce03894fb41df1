"""Checks that several rules make alike, and how things are told. Pure."""

from datetime import date
from decimal import Decimal

from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractInvoice


def yes(value: bool) -> str:
    """For people."""
    return "yes" if value else "no"


def money(amount: Decimal) -> str:
    """Cents, for people."""
    return f"{amount:,.2f}"


def told(day: date | None) -> str:
    """A day for people."""
    return day.isoformat() if day is not None else "none"


def contract_record(contract_id: int) -> str:
    """A contract in the words of ``blocked_on``."""
    return f"record:{Contract.SOURCE}:{Contract.ENTITY}:{contract_id}"


def bill_record(invoice_id: int) -> str:
    """An e-automate invoice in the words of ``blocked_on``."""
    return f"record:{ContractInvoice.SOURCE}:{ContractInvoice.ENTITY}:{invoice_id}"


def invoice_record(invoice_id: int) -> str:
    """A ConnectWise invoice in the words of ``blocked_on``."""
    return f"record:{Invoice.SOURCE}:{Invoice.ENTITY}:{invoice_id}"


def setting(name: str) -> str:
    """A setting of this service in the words of ``blocked_on``."""
    return f"setting:agreement_sync.{name}"
