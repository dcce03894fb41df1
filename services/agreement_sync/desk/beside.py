"""The contract's side as it stands now, where the rules stopped before they compared. Pure but for the reading."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.agreement_sync.desk.looking import Looking
from services.agreement_sync.desk.verdict import told
from services.agreement_sync.rules.amounts import ZERO
from services.agreement_sync.rules.choice import known_contract
from services.agreement_sync.rules.comparing import after, compared_lines, in_force, line_preview
from services.agreement_sync.rules.facts import facts_of
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.standing import bill_of
from services.agreement_sync.settings import AgreementSyncSettings
from shared.events.agreements import Invoice
from shared.events.contracts import ContractLine
from shared.sync.comparison import Comparison
from shared.sync.decision import Checks


def beside(
    comparison: Comparison, invoice: Invoice, gathered: Gathered, settings: AgreementSyncSettings
) -> Comparison:
    """The comparison with the contract's lines as they are, unless it has a contract's side or there is no contract.

    Whether the contract is in the billing queue is said by one rule, see ``Contract.billable``.
    """
    choice = known_contract(gathered, Checks())
    contract = choice.contract
    if contract is None or contract.contract_id != comparison.contract_id:
        return comparison
    queued = comparison
    if not contract.billable:
        queued = comparison.model_copy(update={"bill": False})
    if (
        queued.ea_total is not None
        or invoice.agreement is None
        or queued.period_from is None
        or queued.period_to is None
    ):
        return queued
    period = Period(queued.period_from, queued.period_to)
    facts = facts_of(invoice, invoice.agreement, choice, gathered, settings, Checks())
    lines = in_force(after(contract.lines, (), gathered.lines), period)
    deposit = contract.base_rate if contract.time_block_based else None
    total = deposit if deposit is not None else sum((_amount(one.line, period) for one in lines), ZERO)
    bill = bill_of(gathered.bills, contract.contract_id, period)
    return queued.model_copy(
        update={
            "lines": compared_lines(facts.bill, lines, {}, lambda line: _amount(line, period), deposit),
            "ea_total": total,
            "billed": queued.billed or (bill.number if bill is not None else ""),
        }
    )


async def sides(look: Looking, invoices: Sequence[Invoice]) -> Mapping[int, Comparison]:
    """Both sides of invoices as they are now, by RecID; none of what no rule compares."""
    found = {}
    for looked in await look.decided(invoices):
        held = told(looked.decision).comparison
        if held is not None:
            found[looked.invoice.id] = beside(held, looked.invoice, looked.gathered, look.settings)
    return found


def _amount(line: ContractLine, period: Period) -> Decimal:
    # What the line brings in the period, also when it was billed by now.
    return line_preview(line.model_copy(update={"base_billed_thru_date": None}), period)
