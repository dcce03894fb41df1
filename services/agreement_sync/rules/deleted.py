"""A ConnectWise invoice was deleted: what it put into the contract is taken back (G21). Pure."""

from services.agreement_sync.rules.asked import bill_record, contract_record, yes
from services.agreement_sync.rules.choice import known_contract
from services.agreement_sync.rules.comparing import comparison
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.lines import back_to
from services.agreement_sync.rules.numbers import TOKEN, carries
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.rules.standing import bill_of
from shared.eautomate.contract_rows import ContractFields, ContractPeriod
from shared.eautomate.values import folded
from shared.events.agreements import Invoice
from shared.events.contracts import Contract
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait


def decide_deleted(
    invoice: Invoice, invoice_id: int, gathered: Gathered, checks: Checks
) -> Decision[AgreementPlan]:
    """Restore the contract's lines unless they were billed or replaced by now.

    The ledger's row stays: the invoice that is issued instead is planned from the same lines.
    """
    checks.ask("exists in ConnectWise", False, "deleted", "an invoice")
    row = next((row for row in gathered.periods if row.invoice_id == invoice_id), None)
    contract = known_contract(gathered, checks).contract
    if (
        not checks.ask("is in a contract", row is not None, yes(row is not None), "yes")
        or row is None
        or contract is None
    ):
        return Skip("the invoice was deleted in ConnectWise; no contract holds it", checks.made)
    period = Period(row.period_from, row.period_to)
    shown = comparison(invoice, None, contract, period).model_copy(update={"invoice": row.invoice_number})
    bill = bill_of(gathered.bills, contract.contract_id, period)
    if (
        not checks.ask(f"{period} is billed in e-automate", bill is None, bill.number if bill else "no", "no")
        and bill
    ):
        return Reject(
            "G21",
            f"invoice {row.invoice_number} was deleted in ConnectWise, but e-automate has billed it as invoice "
            f"{bill.number} of contract {contract.number}. Void and Reset that invoice if it is not owed.",
            checks.made,
            (bill_record(bill.invoice_id), contract_record(contract.contract_id)),
            shown,
        )
    later = [other for other in gathered.periods if other.period_from > row.period_from]
    if not checks.ask(
        "later invoice in the contract", not later, later[0].invoice_number if later else "none", "none"
    ):
        return Skip(
            "the invoice was deleted in ConnectWise; a later one is in the contract by now", checks.made
        )
    plan = _taken_back(invoice, row, contract, gathered)
    if not plan.writes_contract:
        return Skip("the invoice was deleted in ConnectWise; its lines were taken back before", checks.made)
    if not checks.ask(
        "contract is open on somebody's screen", contract.locks == 0, yes(contract.locks > 0), "no"
    ):
        text = f"contract {contract.number} is open on somebody's screen; close it, the sync tries again."
        return Wait("G19", text, checks.made, (contract_record(contract.contract_id),), shown)
    return Apply(plan, checks.made)


def _taken_back(
    invoice: Invoice, row: ContractPeriod, contract: Contract, gathered: Gathered
) -> AgreementPlan:
    lines = back_to(row.before_lines, contract.lines, gathered.lines)
    fields: ContractFields = {"bill": False} if contract.bill else {}
    if folded(contract.po_number) == folded(row.invoice_number):
        fields["po_number"] = ""
    if carries(row.invoice_number, "", contract.remarks):
        fields["remarks"] = TOKEN.sub("", contract.remarks, count=1).strip()
    changed = bool(lines.actions) or dict(lines.keys) != dict(gathered.lines)
    text = (
        f"invoice {row.invoice_number} was deleted in ConnectWise: contract {contract.number} has the lines it had "
        "before, and is out of the billing queue until the next invoice (G21)"
    )
    shown = comparison(invoice, None, contract, Period(row.period_from, row.period_to), (("G21", text),))
    return AgreementPlan(
        invoice=invoice,
        sequence=gathered.sequence,
        generation=gathered.generation,
        comparison=shown.model_copy(update={"invoice": row.invoice_number, "made": "updated", "bill": False}),
        contract=contract,
        fields=fields,
        lines=lines.actions,
        keys=lines.keys if changed else None,
        warnings=(("G21", text),),
        text=text,
    )
