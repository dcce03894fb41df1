"""In which order e-automate invoices of one contract are voided. Pure."""

from collections.abc import Iterable

from services.agreement_sync.rules.periods import Period
from shared.events.contracts import ContractInvoice


def void_first(bills: Iterable[ContractInvoice], contract_id: int, period: Period) -> str:
    """A sentence naming the invoices that billed later periods, newest first; empty when there is none.

    Void and Reset takes back a contract's newest billing only: what was billed later has to go before.
    """
    later = {
        bill.number: part.from_date
        for bill in bills
        for part in bill.periods
        if not bill.void
        and not part.void
        and part.contract_id == contract_id
        and part.from_date is not None
        and part.from_date > period.last
    }
    if not later:
        return ""
    numbers = sorted(later, key=lambda number: (later[number], number), reverse=True)
    return f" A later period is billed too: Void and Reset {', then '.join(numbers)} first."
