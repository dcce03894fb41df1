"""What would become of an agreement invoice, in words: what `tandem explain` and `tandem preview ID964` say. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.agreement_sync.desk.pages import money, number, totals
from services.agreement_sync.desk.pages import rate as unit_rate
from services.agreement_sync.rules.gathered import Gathered
from services.agreement_sync.rules.plan import AgreementPlan, Change, FieldWrite, LineAction
from shared.eautomate.contract_rows import LineFields, line_amount
from shared.events.contracts import Contract, ContractLine
from shared.preview import IN_STEP, LEFT, REFUSED, WAITS, WOULD
from shared.sync.comparison import Comparison
from shared.sync.decision import Apply, Check, Decision, Reject, Skip, Wait

NOTHING = "nothing to write"
UNCHANGED = "nothing changes"
"""How the rules end the reason of an invoice whose contract is as it should be."""
STEPS = {
    Change.ADD: "add line",
    Change.UPDATE: "change line",
    Change.REOPEN: "reopen line",
    Change.END: "end line",
    Change.REMOVE: "remove line",
}


LABELS = {
    "customer_id": "customer",
    "bill_to_id": "bill-to customer",
    "branch_id": "branch (id)",
    "sales_rep_id": "sales rep (id)",
    "term_id": "terms (id)",
    "tax_code_id": "tax code (id)",
    "exp_date": "expiration date",
    "bill": "Bill contract",
    "billing_cycle_id": "billing cycle",
    "base_rate": "deposit",
    "base_next_billing_date": "next billing date",
    "base_billed_thru_date": "billed through",
    "base_billing_start_date": "billing start date",
    "sum_individual_base_rates": "use the lines' base rates",
    "po_number": "PO number",
    "acknowledge": "require acknowledgement",
}
"""What people call columns of the header, where the column's own words do not tell."""
HELD_BY_NAME = {
    "customer_id": "customer_number",
    "bill_to_id": "bill_to_number",
    "billing_cycle_id": "billing_cycle",
}
"""Columns whose value a contract's record tells by name."""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for.

    Attributes:
        customers: numbers by ``CustomerID``.
        cycles: names of billing cycles by id.
    """

    customers: Mapping[int, str] = field(default_factory=dict)
    cycles: Mapping[int, str] = field(default_factory=dict)


def names_of(gathered: Gathered) -> Names:
    """The names that were looked up for an invoice."""
    parties = [party.customer for party in gathered.parties.values()]
    if gathered.location is not None:
        parties.append(gathered.location.customer)
    return Names(
        {customer.customer_id: customer.number for customer in parties},
        {cycle.id: cycle.name for cycle in gathered.cycles},
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of an invoice.

    Attributes:
        steps: what would be done, in order; the same words for every invoice.
        target: the contract it would be done to.
        changes: by what would change: (now, wanted).
        reason: what decided it, in words that many invoices share.
        comparison: both sides after it.
    """

    verdict: str
    text: str
    steps: tuple[str, ...] = ()
    target: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    code: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()
    comparison: Comparison | None = None

    @property
    def coded(self) -> str:
        """``refused (G10)``."""
        return f"{self.verdict} ({self.code})" if self.code else self.verdict


def told(decision: Decision[AgreementPlan], names: Names | None = None) -> Verdict:
    """The verdict of a decision."""
    reason = _decisive(decision.checks)
    match decision:
        case Apply(plan=plan):
            return _planned(plan, names or Names())
        case Skip(comparison=held):
            verdict = IN_STEP if decision.reason.endswith(UNCHANGED) else LEFT
            return Verdict(verdict, decision.reason, reason=reason, comparison=held, warnings=_warned(held))
        case Wait(comparison=held):
            return Verdict(
                WAITS,
                decision.reason,
                code=decision.code,
                reason=reason,
                comparison=held,
                warnings=_warned(held),
            )
        case Reject(comparison=held):
            return Verdict(
                REFUSED,
                decision.reason,
                code=decision.code,
                reason=reason,
                comparison=held,
                warnings=_warned(held),
            )


def _planned(plan: AgreementPlan, names: Names) -> Verdict:
    steps = tuple(dict.fromkeys(_steps(plan)))
    trouble = plan.trouble[0] if plan.trouble else None
    words = [plan.text or "; ".join(steps) or NOTHING, totals(plan.comparison)]
    words += [one.text for one in plan.trouble]
    if trouble is not None:
        verdict = REFUSED
    else:
        verdict = WOULD if steps else IN_STEP
    return Verdict(
        verdict,
        "; ".join(words),
        steps,
        plan.contract.number if plan.contract is not None else "",
        dict(_changes(plan, names)),
        trouble.code if trouble is not None else "",
        comparison=plan.comparison,
        warnings=tuple(f"{code} {text}" for code, text in plan.warnings),
    )


def _steps(plan: AgreementPlan) -> Iterator[str]:
    if plan.creates:
        yield "create contract"
    elif plan.fields:
        yield "update contract"
    if plan.items:
        yield "create item"
    yield from (STEPS[action.change] for action in plan.lines)
    does = {
        "note the period": plan.period is not None and plan.template is None,
        "make the link": plan.how is not None and plan.template is None,
        "link the e-automate invoice": plan.pair is not None,
        "rename the e-automate invoice": plan.rename is not None,
        "write the contract number to the agreement": plan.contract_number is not None,
        "write the e-automate number to the invoice": plan.invoice_number is not None,
        "pay the ConnectWise invoice": plan.payment is not None,
        "set the billing status": bool(plan.status),
    }
    yield from (step for step, done in does.items() if done)


def _changes(plan: AgreementPlan, names: Names) -> Iterator[tuple[str, tuple[str, str]]]:
    """Header, items, lines, write-backs: what each is and would be."""
    if plan.template is not None:
        yield "contract", ("", f"a copy of template {plan.template.number}")
    for name, wanted in plan.fields.items():
        now, new = _held(plan.contract, name), _named(name, wanted, names)
        if now != new:
            yield LABELS.get(name, name.replace("_", " ")), (now, new)
    for item in plan.items:
        yield f"item {item.number}", ("", f"{item.description}, a copy of {item.template.number}")
    lines = {
        line.contract_detail_id: line for line in (plan.contract.lines if plan.contract is not None else ())
    }
    for place, action in enumerate(plan.lines, 1):
        line = lines.get(action.contract_detail_id or 0)
        yield f"line {place} {action.item}".rstrip(), (_line_now(line), _line_wanted(action, line))
    if plan.rename is not None:
        yield "e-automate invoice number", (plan.rename.bill.number, plan.rename.number)
    for write in (plan.contract_number, plan.invoice_number):
        if write is not None:
            yield write.caption, (write.now, _written(write))
    if plan.payment is not None:
        paid = f"{money(plan.payment.amount)} of {plan.payment.day}, for e-automate invoice {plan.payment.bill.number}"
        yield "payment", ("", paid)
    if plan.status:
        yield "billing status", (plan.comparison.status, plan.status)


def _written(write: FieldWrite) -> str:
    return "the new contract's number" if write.value is None else write.value


def _line_now(line: ContractLine | None) -> str:
    return "" if line is None else _amounts(line.quantity, line.unit_base_rate)


def _line_wanted(action: LineAction, line: ContractLine | None) -> str:
    match action.change:
        case Change.REMOVE:
            return "removed"
        case Change.END:
            return f"ended on {_plain(action.fields.get('end_date'))}"
        case _:
            return _amounts_of(action.fields, line)


def _amounts_of(fields: LineFields, line: ContractLine | None) -> str:
    quantity = fields.get("quantity", line.quantity if line is not None else Decimal())
    rate = fields.get("unit_base_rate", line.unit_base_rate if line is not None else Decimal())
    return _amounts(quantity, rate)


def _amounts(quantity: Decimal, rate: Decimal) -> str:
    """``3 x 8.333333 = 25.00``."""
    return f"{number(quantity)} x {unit_rate(rate)} = {money(line_amount(quantity, rate))}"


def _held(contract: Contract | None, name: str) -> str:
    """What the header holds, as far as the contract's record tells."""
    return "" if contract is None else _plain(getattr(contract, HELD_BY_NAME.get(name, name), ""))


def _named(name: str, wanted: object, names: Names) -> str:
    """The value to write; an id by its name where that is known."""
    known = {"customer_id": names.customers, "bill_to_id": names.customers, "billing_cycle_id": names.cycles}
    if isinstance(wanted, int) and wanted in known.get(name, {}):
        return known[name][wanted]
    return _plain(wanted)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return money(value)
    return "" if value is None else str(value)


def _warned(held: Comparison | None) -> tuple[str, ...]:
    return tuple(f"{code} {text}" for code, text in held.warnings) if held is not None else ()


def _decisive(checks: Sequence[Check]) -> str:
    """The question that decided, with its answer."""
    return next((f"{check.name}: no" for check in reversed(checks) if not check.passed), "")


def facts(verdict: Verdict) -> Mapping[str, object]:
    """The verdict for programs."""
    return {
        "verdict": verdict.coded,
        "text": verdict.text,
        "code": verdict.code,
        "steps": verdict.steps,
        "changes": verdict.changes,
        "warnings": verdict.warnings,
    }
