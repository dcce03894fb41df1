"""Time blocks: prepaid hours or dollars become deposit contracts (spec/agreements.md 6.17). Pure."""

from services.agreement_sync.rules.amounts import ZERO, plain
from services.agreement_sync.rules.asked import yes
from services.agreement_sync.rules.billed import Bill
from shared.events.agreements import Agreement, Invoice
from shared.events.contracts import Contract
from shared.sync.decision import Checks, Reject


def is_deposit(
    source: Contract, agreement: Agreement, checks: Checks
) -> tuple[bool, tuple[tuple[str, str], ...]]:
    """Whether a contract or template is deposit-based; the template decides, the agreement is a cross-check.

    Returns:
        The answer, and a warning when the agreement looks otherwise.
    """
    units, limit = agreement.applicationUnits or "none", agreement.applicationLimit or ZERO
    block = agreement.oneTimeFlag or limit > 0
    said = f"{plain(limit)} {units}" if limit else units
    checks.note(
        "is a deposit contract",
        f"{yes(source.time_block_based)}, by {source.number}; agreement covers {said}",
    )
    if source.time_block_based and not block:
        text = (
            f"{source.number} is a deposit contract, but the agreement has neither a limit of hours or amount nor is "
            "it one-time: check the template of its type."
        )
        return True, (("B2", text),)
    if not source.time_block_based and agreement.oneTimeFlag:
        text = (
            f"the agreement is a one-time block, but {source.number} is no deposit contract: check the template of "
            "its type."
        )
        return False, (("B2", text),)
    return source.time_block_based, ()


def with_additions(invoice: Invoice, bill: Bill, checks: Checks) -> Reject | None:
    """A deposit contract has no lines, so additions beside the block are refused (B1)."""
    names = ", ".join(line.product or line.key for line in bill.additions)
    if checks.ask("additions beside the time block", not bill.additions, names or "none", "none"):
        return None
    return Reject(
        "B1",
        f"invoice {invoice.invoiceNumber} bills a time block and additions ({names}); an e-automate contract is either "
        "deposit-based or has lines. Split the agreement in ConnectWise.",
        checks.made,
    )


def unlike(agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """What a deposit contract does not do as ConnectWise does (B2)."""
    found = []
    if agreement.carryOverUnused:
        found.append("unused hours carry over in ConnectWise and are lost in e-automate at the next billing")
    if agreement.allowOverruns:
        found.append(
            "hours above the block may draw on the next one in ConnectWise; in e-automate bill them separately or "
            "with the next billing"
        )
    return tuple(("B2", f"{text}.") for text in found)
