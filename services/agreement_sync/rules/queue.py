"""Contracts that must not be billed as they stand leave the billing queue (spec/agreements.md 6.7, 6.9). Pure."""

from dataclasses import replace

from services.agreement_sync.rules.asked import contract_record, yes
from services.agreement_sync.rules.comparing import comparison
from services.agreement_sync.rules.facts import Facts
from services.agreement_sync.rules.periods import Period, month
from services.agreement_sync.rules.plan import AgreementPlan, Trouble
from services.agreement_sync.rules.standing import stand
from shared.events.contracts import Contract
from shared.sync.decision import Apply, Decision, Reject, Wait

BILLED_OTHERWISE = "G13"


def kept_out(facts: Facts, decision: Decision[AgreementPlan]) -> Decision[AgreementPlan]:
    """A refusal, or a wait, together with what it means for the billing queue.

    The contract holds an earlier state of the invoice, unbilled: billing it would bill the wrong amount
    (``hold_when_red``). Or e-automate billed the period otherwise (G13): billing it again would bill the same lines
    for the next period (``gate_bill_flag``). The contract enters the queue again once an invoice is put into it.
    """
    contract = facts.contract
    if not isinstance(decision, (Reject, Wait)) or contract is None:
        return decision
    why = _why(facts, contract, decision)
    if not why:
        return decision
    checks = facts.checks
    checks.ask("contract is out of the billing queue", not contract.bill, yes(not contract.bill), "yes")
    if contract.bill and contract.locks:
        return replace(
            decision,
            reason=f"{decision.reason} {why}: but it is open on somebody's screen, so it is in the billing queue still. "
            "Close it; the sync tries again.",
            blocked_on=tuple(dict.fromkeys((*decision.blocked_on, contract_record(contract.contract_id)))),
        )
    text = f"{decision.reason} {why}, so it is kept out of the billing queue until that is mended."
    if not contract.bill:
        return replace(decision, reason=text)
    shown = decision.comparison or comparison(facts.invoice, facts.bill, contract, facts.noted_period)
    plan = AgreementPlan(
        invoice=facts.invoice,
        sequence=facts.gathered.sequence,
        generation=facts.gathered.generation,
        comparison=shown.model_copy(update={"bill": False}),
        contract=contract,
        fields={"bill": False},
        trouble=(Trouble(decision.code, text, tuple(decision.blocked_on)),),
        text=text,
    )
    return Apply(plan, checks.made)


def _why(facts: Facts, contract: Contract, decision: Reject | Wait) -> str:
    """Why the contract must not be billed as it stands; empty when it may, or when it is none of ours."""
    if contract.terminated is not None or contract.equipment_lines or contract.meter_groups:
        return ""
    held = facts.noted_period
    standing = stand(facts.invoice, contract, held, facts.gathered) if held is not None else None
    if standing is not None and standing.own is not None and not standing.billed:
        if standing.later is not None or not facts.settings.hold_when_red:
            return ""
        return f"Contract {contract.number} holds what invoice {facts.invoice.invoiceNumber} had before, for {held}"
    span: Period | None = held or month(facts.invoice)
    if decision.code != BILLED_OTHERWISE or span is None or not facts.settings.gate_bill_flag:
        return ""
    if stand(facts.invoice, contract, span, facts.gathered).later is not None:
        return ""
    return f"Contract {contract.number} would bill the same lines again for the next period"
