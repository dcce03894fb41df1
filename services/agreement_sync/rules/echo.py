"""Whether a contract that changed is only what Tandem itself wrote (spec/agreements.md 6.1). Pure.

A contract that is written comes back as a change. To look at its invoice because of it would find nothing, at the
price of reading it from ConnectWise again. What is told apart is content, never time; any doubt has it looked at.
"""

from collections.abc import Collection
from dataclasses import dataclass

from services.agreement_sync.rules.comparing import after
from services.agreement_sync.rules.plan import AgreementPlan
from shared.eautomate.contract_rows import ContractWrite
from shared.events.contracts import Contract, ContractLine
from shared.sync.decision import Checks


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a contract that changed.

    Attributes:
        left: how Tandem left it, None when it wrote nothing.
        generation: of its agreement's link.
        invoice_id: RecID of the invoice to look at, the agreement's newest.
        seen, done: sequences of that invoice: of what was seen last, and the highest that is done.
    """

    left: ContractWrite | None
    generation: int
    invoice_id: int
    seen: int
    done: int


def left_by(plan: AgreementPlan, left: Contract, added: Collection[int]) -> ContractWrite | None:
    """What to note of a contract as its transaction leaves it; None when somebody's hand is in it too.

    The row version guards the contract's own row. Lines and meter groups move without it, so they are compared with
    what was read and planned: an edit that came in between must be looked at.

    Args:
        added: ``ContractDetailID`` of the lines the transaction added.
    """
    before = plan.contract
    planned = after(before.lines if before is not None else (), plan.lines, {})
    wanted = {one.line.contract_detail_id: one.line for one in planned if one.line.contract_detail_id > 0}
    there = {line.contract_detail_id: line for line in left.lines}
    groups = before.meter_groups if before is not None else 0
    as_planned = (
        left.meter_groups == groups
        and there.keys() == wanted.keys() | set(added)
        and all(_plain(there[ident]) == _plain(line) for ident, line in wanted.items())
    )
    if not as_planned:
        return None
    return ContractWrite(
        left.contract_id,
        plan.invoice.id,
        plan.generation,
        plan.sequence,
        left.row_version,
        left.content_hash(),
    )


def is_echo(contract: Contract, known: Known, checks: Checks) -> bool:
    """Whether the contract is, to the last line, as a write left it that is finished and still the newest."""
    why = _why_not(contract, known)
    seen = why or f"all of it is as Tandem left it, row version {contract.row_version}"
    return not checks.ask("somebody else changed it", bool(why), seen, "a change Tandem did not make")


def _why_not(contract: Contract, known: Known) -> str:
    """Why it may be more than an echo, empty when it is one."""
    left = known.left
    if left is None:
        return "no write of Tandem is noted"
    if (left.row_version, left.content) != (contract.row_version, contract.content_hash()):
        return "it is not as Tandem left it"
    if left.generation != known.generation:
        return "its agreement was linked anew since Tandem wrote it"
    if left.invoice_id != known.invoice_id:
        return "Tandem wrote it for another invoice"
    if left.sequence != known.done or known.done < known.seen:
        return "what Tandem wrote it for is not finished"
    return ""


def _plain(line: ContractLine) -> ContractLine:
    """Without the amount, which the product computes."""
    return line.model_copy(update={"base_rate": None})
