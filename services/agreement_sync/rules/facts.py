"""What is known about an invoice once it takes part: handed from rule to rule. Pure."""

from dataclasses import dataclass

from services.agreement_sync.rules.billed import Bill, take_apart
from services.agreement_sync.rules.choice import Choice
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.periods import Period, month
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import ContractPeriod, line_amount
from shared.eautomate.values import folded
from shared.events.agreements import Agreement, Invoice
from shared.events.contracts import Contract
from shared.sync.decision import Checks


@dataclass(frozen=True, slots=True)
class Facts:
    """An invoice with its agreement, taken apart, and its contract as far as it is known.

    Attributes:
        row: the ledger's row of this invoice, None when it is in no contract.
    """

    invoice: Invoice
    agreement: Agreement
    bill: Bill
    choice: Choice
    row: ContractPeriod | None
    gathered: Gathered
    settings: AgreementSyncSettings
    checks: Checks

    @property
    def contract(self) -> Contract | None:
        """The contract, None while there is none."""
        return self.choice.contract

    @property
    def noted_period(self) -> Period | None:
        """The period of the ledger's row."""
        return Period(self.row.period_from, self.row.period_to) if self.row is not None else None


def facts_of(
    invoice: Invoice,
    agreement: Agreement,
    choice: Choice,
    gathered: Gathered,
    settings: AgreementSyncSettings,
    checks: Checks,
) -> Facts:
    """Take an invoice apart, by what the ledger knows of an earlier run of it."""
    own = month(invoice)
    rows = [row for row in gathered.periods if row.invoice_id == invoice.id]
    # An invoice that was dated anew has a row for each month it was in.
    row = next((row for row in rows if own is not None and row.period_from == own.first), None)
    row = row if row is not None or not rows else rows[-1]
    known = {}
    if row is not None and choice.contract is not None:
        lines = {line.contract_detail_id: line for line in choice.contract.lines}
        known = {
            key: (folded(line.item), line_amount(line.quantity, line.unit_base_rate))
            for key, ident in gathered.lines.items()
            if (line := lines.get(ident)) is not None and line.end_date is None
        }
    return Facts(invoice, agreement, take_apart(invoice, known), choice, row, gathered, settings, checks)
