"""A decision in words: what `tandem explain` and `tandem preview` say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.employees.matching import name_of
from services.customer_sync.employees.rules import MemberPlan
from services.customer_sync.locations.rules import LocationPlan, LookAgain
from shared.preview import IN_STEP, LEFT, REFUSED, WAITS, WOULD
from shared.sync.decision import Apply, Check, Decision, Reject, Skip, Wait

AnyPlan = CustomerPlan | LocationPlan | LookAgain | MemberPlan
LINK, STORE, UPDATE, AFTER_PARENT = (
    "make the link",
    "store the RecID",
    "update fields",
    "follow its head office",
)

NOTHING = "nothing to write"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of a record.

    Attributes:
        reason: what decided it, in words that many records share.
    """

    verdict: str
    text: str
    steps: tuple[str, ...] = ()
    target: str = ""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    code: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()


def told(decision: Decision[AnyPlan]) -> Verdict:
    """The verdict of a decision."""
    match decision:
        case Apply(plan=CustomerPlan() | LocationPlan() as plan):
            return _planned(plan, decision.checks)
        case Apply(plan=MemberPlan() as plan):
            return _linked(plan)
        case Apply():
            text = "its head office gets or finds its company first; then it is looked at again"
            return Verdict(WOULD, text, (AFTER_PARENT,))
        case Skip():
            return Verdict(LEFT, decision.reason, reason=_decisive(decision.checks))
        case Wait():
            return Verdict(WAITS, decision.reason, code=decision.code, reason=_decisive(decision.checks))
        case Reject():
            return Verdict(REFUSED, decision.reason, code=decision.code, reason=_decisive(decision.checks))


def _planned(plan: CustomerPlan | LocationPlan, checks: Sequence[Check]) -> Verdict:
    kind, right = ("site", plan.site) if isinstance(plan, LocationPlan) else ("company", plan.company)
    would = {
        f"create {kind}": plan.insert is not None,
        LINK: plan.how is not None and plan.insert is None,
        STORE: plan.store,
        UPDATE: bool(plan.patch),
    }
    steps = tuple(step for step, does in would.items() if does)
    words = [f"update {', '.join(sorted(plan.patch))}" if step == UPDATE else step for step in steps]
    target = "" if right is None else f"{kind} {right.id} ({getattr(right, 'identifier', right.name)})"
    if plan.held_back:
        words.append(f"not written to {target}: {plan.held_back}")
    without_steps = LEFT if plan.held_back else IN_STEP
    return Verdict(
        WOULD if steps else without_steps,
        "; ".join(words) or NOTHING,
        steps,
        target,
        plan.patch,
        reason=_decisive(checks) if plan.held_back and not steps else "",
        warnings=plan.warnings,
    )


def _linked(plan: MemberPlan) -> Verdict:
    would = {LINK: plan.how is not None, STORE: plan.store}
    steps = tuple(step for step, does in would.items() if does)
    return Verdict(
        WOULD if steps else IN_STEP,
        "; ".join(steps) or NOTHING,
        steps,
        name_of(plan.member),
        warnings=plan.warnings,
    )


def _decisive(checks: Sequence[Check]) -> str:
    """The question that decided, with its answer: its words alone would say the opposite."""
    return next((f"{check.name}: no" for check in reversed(checks) if not check.passed), "")
