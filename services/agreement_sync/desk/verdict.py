"""What would become of an agreement invoice, in words: what `tandem explain` and `tandem preview ID964` say. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from services.agreement_sync.desk.pages import money, number, totals
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


def told(decision: Decision[AgreementPlan]) -> Verdict:
    """The verdict of a decision."""
    reason = _decisive(decision.checks)
    match decision:
        case Apply(plan=plan):
            return _planned(plan)
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


def _planned(plan: AgreementPlan) -> Verdict:
    steps = tuple(dict.fromkeys(_steps(plan)))
    trouble = plan.trouble[0] if plan.trouble else None
    words = [*([plan.text] if plan.text else []), "; ".join(steps) or NOTHING, totals(plan.comparison)]
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
        dict(_changes(plan)),
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


def _changes(plan: AgreementPlan) -> Iterator[tuple[str, tuple[str, str]]]:
    """Header, items, lines, write-backs: what each is and would be."""
    if plan.template is not None:
        yield "contract", ("", f"a copy of template {plan.template.number}")
    for name, wanted in plan.fields.items():
        yield name.replace("_", " "), (_held(plan.contract, name), _plain(wanted))
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
    return f"{number(quantity)} x {number(rate)} = {money(line_amount(quantity, rate))}"


def _held(contract: Contract | None, name: str) -> str:
    """What the header holds, as far as the contract's record tells."""
    return "" if contract is None else _plain(getattr(contract, name, ""))


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
