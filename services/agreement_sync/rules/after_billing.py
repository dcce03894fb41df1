"""What is left to do once e-automate has billed the period: gate, pair, number, paid status
(spec/agreements.md 6.9, 6.10, 6.12). Pure."""

from dataclasses import replace
from decimal import Decimal

from services.agreement_sync.rules.amounts import ZERO, cents
from services.agreement_sync.rules.asked import bill_record, contract_record, money, yes
from services.agreement_sync.rules.comparing import After, compared_lines, comparison
from services.agreement_sync.rules.custom_fields import (
    contract_number_field,
    invoice_number_field,
    may_write,
)
from services.agreement_sync.rules.facts import Facts
from services.agreement_sync.rules.paid import Paid, mark_paid, voided_after
from services.agreement_sync.rules.pairing import Pairing, billed_amount, pair
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import AgreementPlan, Trouble
from services.agreement_sync.rules.standing import Standing, voided_bill
from services.agreement_sync.rules.voiding import void_first
from shared.eautomate.contract_rows import ContractFields, ContractPeriod
from shared.events.contracts import Contract, ContractInvoice, ContractLine
from shared.sync.comparison import Comparison
from shared.sync.decision import Apply, Decision, Reject, Skip


def after_billing(
    facts: Facts, contract: Contract, row: ContractPeriod, standing: Standing
) -> Decision[AgreementPlan]:
    """Nothing about the contract changes but its place in the queue; write-backs are made where something differs."""
    invoice, checks, settings, gathered = facts.invoice, facts.checks, facts.settings, facts.gathered
    period = Period(row.period_from, row.period_to)
    bill = standing.bill
    checks.ask(
        f"{period} is billed in e-automate", True, bill.number if bill is not None else "billed", "billed"
    )
    shown = _comparison(facts, contract, bill, period)
    same = cents(row.amount) == facts.bill.total
    if not checks.ask("amount is the one that was billed", same, money(facts.bill.total), money(row.amount)):
        which = f"invoice {bill.number}" if bill is not None else "its invoice"
        return Reject(
            "G13",
            f"invoice {invoice.invoiceNumber} was changed to {money(facts.bill.total)} after e-automate had billed "
            f"{money(row.amount)} for {period} ({which}). Void and Reset {which}, let the sync update contract "
            f"{contract.number}, then bill again.{void_first(gathered.bills, contract.contract_id, period)}",
            checks.made,
            (contract_record(contract.contract_id), *((bill_record(bill.invoice_id),) if bill else ())),
            shown,
        )
    void = voided_bill(gathered.bills, contract.contract_id, period) if bill is None else None
    if void is not None and not checks.ask(
        "contract was reset when its invoice was voided",
        False,
        f"invoice {void.number} is void",
        "Void and Reset",
    ):
        return Reject(
            "G13",
            f"invoice {void.number} of contract {contract.number} was voided without reset, so e-automate takes {period} "
            f"for billed and invoice {invoice.invoiceNumber} is billed nowhere. Reset the contract in e-automate (Void "
            "and Reset), then bill again.",
            checks.made,
            (contract_record(contract.contract_id), bill_record(void.invoice_id)),
            shown,
        )
    pairing = Pairing()
    if bill is not None:
        pairing = pair(invoice, contract, bill, row, gathered, settings, checks)
    trouble = list(pairing.trouble)
    fields = _gate(facts, contract, standing)
    if fields and not checks.ask(
        "contract is open on somebody's screen", contract.locks == 0, yes(contract.locks > 0), "no"
    ):
        text = (
            f"contract {contract.number} is open on somebody's screen, so it stays in the billing queue. Close it; the "
            "sync tries again."
        )
        trouble.append(Trouble("G19", text, (contract_record(contract.contract_id),)))
        fields = {}
    by = (
        f"with invoice {pairing.number or bill.number}"
        if bill is not None
        else "by an invoice that is not known"
    )
    plan = AgreementPlan(
        invoice=invoice,
        sequence=gathered.sequence,
        generation=gathered.generation,
        comparison=shown,
        contract=contract,
        fields=fields,
        how=facts.choice.how,
        pair=pairing.bill if pairing.link else None,
        unpair=gathered.pair if pairing.link else None,
        rename=pairing.rename,
        text=f"e-automate has billed {period} {by}",
    )
    plan = _with_write_backs(plan, facts, contract, pairing, trouble)
    if plan.nothing:
        return Skip(f"{plan.text}; nothing changes", checks.made, comparison=plan.comparison)
    return Apply(plan, checks.made)


def _with_write_backs(
    plan: AgreementPlan, facts: Facts, contract: Contract, pairing: Pairing, trouble: list[Trouble]
) -> AgreementPlan:
    invoice, checks, settings, gathered = facts.invoice, facts.checks, facts.settings, facts.gathered
    gone = voided_after(invoice, gathered, checks)
    trouble += [gone] if gone is not None else []
    warnings: list[tuple[str, str]] = []
    paid = Paid()
    if may_write(settings, checks):
        number = contract_number_field(facts.agreement, contract.number, settings, checks)
        plan = replace(plan, contract_number=number.write)
        warnings += number.warnings
        if pairing.bill is not None:
            shown = invoice_number_field(invoice, pairing.number, settings, checks)
            paid = mark_paid(invoice, pairing.bill, gathered, settings, checks)
            plan = replace(plan, invoice_number=shown.write)
            warnings += [*shown.warnings, *paid.warnings]
    return replace(
        plan,
        payment=paid.payment,
        status=paid.status,
        trouble=(*trouble, *paid.trouble),
        warnings=tuple(warnings),
        comparison=plan.comparison.model_copy(
            update={
                "warnings": tuple(warnings),
                "billed": pairing.number or plan.comparison.billed,
                "bill": plan.fields.get("bill", contract.bill),
            }
        ),
    )


def _gate(facts: Facts, contract: Contract, standing: Standing) -> ContractFields:
    """A billed contract leaves the queue until its next invoice."""
    if not facts.settings.gate_bill_flag:
        facts.checks.note("billed contracts leave the queue", "no (gate_bill_flag)")
        return {}
    if contract.equipment_lines or contract.meter_groups:
        facts.checks.note("contract stays in the queue", "it has equipment or meter groups by now")
        return {}
    later = standing.later is not None
    facts.checks.note(
        "contract is in the billing queue", f"{yes(contract.bill)}{', for a later invoice' if later else ''}"
    )
    return {"bill": False} if contract.bill and not later else {}


def _comparison(facts: Facts, contract: Contract, bill: ContractInvoice | None, period: Period) -> Comparison:
    shown = comparison(facts.invoice, facts.bill, contract, period)
    if bill is None:
        return shown
    amounts: dict[int, Decimal] = {}
    for part in bill.periods:
        if part.contract_id == contract.contract_id and not part.void and part.contract_detail_id is not None:
            amounts[part.contract_detail_id] = amounts.get(part.contract_detail_id, ZERO) + part.amount
    keys = {ident: key for key, ident in facts.gathered.lines.items()}
    lines = [
        After(keys.get(line.contract_detail_id, ""), line)
        for line in contract.lines
        if line.contract_detail_id in amounts
    ]

    def amount(line: ContractLine) -> Decimal:
        return cents(amounts[line.contract_detail_id])

    deposit = billed_amount(bill, contract) if contract.time_block_based else None
    return shown.model_copy(
        update={
            "lines": compared_lines(facts.bill, lines, {}, amount, deposit),
            "ea_total": billed_amount(bill, contract),
            "billed": bill.number,
        }
    )
