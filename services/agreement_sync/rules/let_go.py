"""A contract an agreement was unlinked from must not bill beside the next one (spec/agreements.md 6.3, 6.9). Pure."""

from collections.abc import Sequence

from services.agreement_sync.rules.asked import told, yes
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.standing import bill_of
from shared.eautomate.contract_rows import ContractPeriod
from shared.events.contracts import Contract, ContractInvoice
from shared.sync.decision import Checks


def leaves_queue(
    contract: Contract,
    made: bool,
    owner: int | None,
    periods: Sequence[ContractPeriod],
    bills: Sequence[ContractInvoice],
    checks: Checks,
) -> bool:
    """Whether its Bill flag is to be unticked.

    It is when Tandem made the contract, or put an invoice into it that is not billed: the contract that comes after
    it bills that invoice.

    Args:
        owner: RecID of the agreement it is linked to by now.
    """
    begin = len(checks.made)
    checks.ask("the old contract is in the billing queue", contract.bill, yes(contract.bill), "yes")
    ended = contract.terminated
    checks.ask("end of the old contract", ended is None, told(ended), "none")
    seen = f"agreement {owner}" if owner is not None else "none"
    checks.ask("other agreement with the old contract", owner is None, seen, "none")
    copier = contract.equipment_lines + contract.meter_groups
    checks.ask("the old contract has more than item lines", copier == 0, f"{copier} others", "0 others")
    waiting = [row.invoice_number for row in periods if not _billed(row, contract, bills)]
    holds = f"unbilled invoice {waiting[-1]}" if waiting else "nothing unbilled"
    seen = f"{'made by Tandem' if made else 'not made by Tandem'}, {holds}"
    checks.ask(
        "the old contract bills for ConnectWise",
        made or bool(waiting),
        seen,
        "made by Tandem, or an unbilled invoice in it",
    )
    return all(check.passed for check in checks.made[begin:])


def _billed(row: ContractPeriod, contract: Contract, bills: Sequence[ContractInvoice]) -> bool:
    thru = contract.base_billed_thru_date
    if thru is not None and thru >= row.period_to:
        return True
    return bill_of(bills, contract.contract_id, Period(row.period_from, row.period_to)) is not None
