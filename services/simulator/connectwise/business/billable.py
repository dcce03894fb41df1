"""Time and expenses on their way to an invoice: what may be billed, what is locked, what billing leaves on them."""

from decimal import Decimal

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Store

STATUSES = (
    *("Open", "Rejected", "PendingApproval", "ErrorsCorrected", "PendingProjectApproval"),
    *("ApprovedByTierOne", "RejectBySecondTier", "ApprovedByTierTwo", "ReadyToBill", "Billed"),
    *("WrittenOff", "BilledAgreement"),
)
"""All states of an entry and of a sheet (documented)."""
EDITABLE = frozenset(("Open", "Rejected", "ErrorsCorrected", "RejectBySecondTier"))
"""States in which an entry may be changed; in all others its sheet is handed in, or it is billed."""
APPROVED = frozenset(("ApprovedByTierOne", "ApprovedByTierTwo", "ReadyToBill"))
_DONE = frozenset(("Billed", "BilledAgreement", "WrittenOff"))


def is_ready(store: Store, entry: Record) -> bool:
    """`invoiceReady`: whether the invoicing screen offers the entry (by the board's flags), or it is billed."""
    if entry.get("invoice") is not None:
        return True
    if entry.get("billableOption") == "DoNotBill" or entry.get("status") in _DONE:
        return False
    ticket = store.get("ticket", entry.get("ticket"))
    board = store.get("board", ticket.data.get("board")) if ticket is not None else None
    if ticket is None or board is None:
        return entry.get("company") is not None
    if board.data.get("billTicketsAfterClosedFlag") and not ticket.data.get("closedFlag"):
        return False
    return bool(board.data.get("billUnapprovedTimeExpenseFlag")) or entry.get("status") in APPROVED


def invoiced(entry: Record) -> Decimal:
    """`extendedInvoiceAmount`: the hours that are not covered at their rate, unless they cost nothing."""
    if entry.get("billableOption") != "Billable":
        return ZERO
    return cents(amount(entry.get("invoiceHours")) * amount(entry.get("hourlyRate")))


def billed(entry: Record, invoice: int) -> Record:
    """An entry on an invoice; what the agreement covers in full is `BilledAgreement` (inferred)."""
    covered = amount(entry.get("agreementHours")) > 0 and amount(entry.get("invoiceHours")) == 0
    status = "BilledAgreement" if covered else "Billed"
    return {**entry, "invoice": invoice, "statusBefore": entry.get("status"), "status": status}


def released(entry: Record) -> Record:
    """An entry whose invoice is gone: ready to bill again, as it was before."""
    status = entry.get("statusBefore") or "Open"
    freed = {**entry, "invoice": None, "status": status, "statusBefore": None}
    if "extendedInvoiceAmount" in freed:
        freed["extendedInvoiceAmount"] = invoiced(freed)
    return freed


def value_of(entry: Record) -> Decimal:
    """What an invoice charges for an expense: `billAmount`, else the amount, unless it is not charged."""
    if entry.get("billableOption") not in (None, "Billable"):
        return ZERO
    return amount(entry.get("billAmount") if entry.get("billAmount") is not None else entry.get("amount"))
