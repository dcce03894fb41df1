"""Where a contract carries the number of the ConnectWise invoice (spec/agreements.md 6.5). Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from services.agreement_sync.settings import NumberTarget
from shared.eautomate.values import folded
from shared.sync.decision import Checks

NUMBER_MOST = 15
"""Characters of ``ARInvoices.InvoiceNumber``; ConnectWise's own limit."""
REMARKS_MOST = 1024
TOKEN = re.compile(r"CW Invoice:\s*([^\s,;]+)")


@dataclass(frozen=True, slots=True)
class Carried:
    """PO number and Remarks as they shall be.

    Attributes:
        kept: the customer's own PO number that was kept, empty when none was.
        too_long: the field that cannot take the number, empty when all fits.
    """

    po_number: str
    remarks: str
    kept: str = ""
    too_long: str = ""


def token(number: str) -> str:
    """What stands in Remarks."""
    return f"CW Invoice: {number}"


def carried(
    number: str, target: NumberTarget, po_number: str, remarks: str, ours: Collection[str], checks: Checks
) -> Carried:
    """Put a number where it belongs; a customer's own PO number stays, the number then goes to Remarks.

    Args:
        ours: numbers that Tandem may have written, of this agreement's invoices.
    """
    written = {folded(one) for one in (*ours, number)}
    po = po_number.strip()
    checks.note("invoice number goes to", target.value)
    kept = ""
    if target is NumberTarget.PO:
        free = not po or folded(po) in written
        checks.ask("PO number may be replaced", free, po or "empty", "empty or a number of this agreement")
        if not free:
            kept = po
    into_remarks = target is NumberTarget.REMARKS or bool(kept)
    # A token of an earlier month must not contradict the PO number.
    new_remarks = _with_token(remarks, number) if into_remarks or TOKEN.search(remarks) else remarks
    new_po = po_number if into_remarks else number
    too_long = "" if number else "invoice number (it is empty)"
    if len(number) > NUMBER_MOST:
        too_long = f"invoice number ({len(number)} characters, e-automate takes {NUMBER_MOST})"
    elif len(new_remarks) > REMARKS_MOST:
        too_long = f"Remarks ({len(new_remarks)} characters with the invoice number, e-automate takes {REMARKS_MOST})"
    checks.ask(
        "invoice number fits", not too_long, too_long or number, f"{NUMBER_MOST} characters and room for it"
    )
    return Carried(new_po, new_remarks, kept, too_long)


def carries(number: str, po_number: str, remarks: str) -> bool:
    """Whether a contract or an invoice made from it carries a number."""
    found = TOKEN.search(remarks)
    return folded(po_number) == folded(number) or (
        found is not None and folded(found.group(1)) == folded(number)
    )


def carried_number(po_number: str, remarks: str) -> str:
    """What it carries, for people."""
    found = TOKEN.search(remarks)
    return found.group(1) if found is not None else po_number.strip()


def _with_token(remarks: str, number: str) -> str:
    if TOKEN.search(remarks):
        return TOKEN.sub(lambda _: token(number), remarks, count=1)
    return f"{remarks.rstrip()}\n{token(number)}" if remarks.strip() else token(number)
