"""A decision about a ticket in words: what `tandem explain` and `tandem preview` say. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.service_sync.desk.looking import Looked
from services.service_sync.rules.decide import Plan
from services.service_sync.rules.gathered import Stage, Staged
from services.service_sync.rules.invoices import InvoicePlan
from services.service_sync.rules.plan import CallPlan, StagePlan
from shared.preview import IN_STEP, LEFT, REFUSED, WAITS, WOULD
from shared.sync.decision import Apply, Check, Decision, Reject, Skip, Wait


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of a ticket, or an invoice.

    Attributes:
        reason: what decided it, in words that many tickets share.
    """

    verdict: str
    text: str
    code: str = ""
    reason: str = ""
    steps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def coded(self) -> str:
        """``waits (S1)``."""
        return f"{self.verdict} ({self.code})" if self.code else self.verdict


def told(decision: Decision[Plan] | Decision[InvoicePlan]) -> Verdict:
    """The verdict of a decision."""
    match decision:
        case Apply(plan=CallPlan() as plan):
            warnings = tuple(f"{code} {text}" for code, text in plan.warnings)
            return Verdict(WOULD, plan.text, steps=_steps(plan), warnings=warnings)
        case Apply(plan=StagePlan() | InvoicePlan() as plan):
            return Verdict(LEFT, plan.text)
        case Skip():
            verdict = IN_STEP if decision.again else LEFT
            return Verdict(verdict, decision.reason, reason=_decisive(decision.checks))
        case Wait():
            return Verdict(WAITS, decision.reason, decision.code, _decisive(decision.checks))
        case Reject():
            return Verdict(REFUSED, decision.reason, decision.code, _decisive(decision.checks))
    raise TypeError(f"no verdict for {type(decision).__name__}")


def stage_of(row: Staged | None) -> str:
    """How far a ticket has come, for people."""
    if row is None:
        return "never taken by service_sync"
    match row.stage:
        case Stage.CANDIDATE:
            return "chosen; it settles"
        case Stage.STAGED:
            return (
                f"taken {row.taken_at:%Y-%m-%d %H:%M} UTC; no call yet"
                if row.taken_at
                else "taken; no call yet"
            )
        case Stage.DONE:
            return f"call {row.call_number} was made of it"
        case Stage.IGNORED:
            return f"ignored by {row.by or 'a person'}"


def last_words(looked: Looked) -> Verdict:
    """The verdict of what it comes to in the end."""
    return told(looked.final)


def _steps(plan: CallPlan) -> tuple[str, ...]:
    if plan.header is not None:
        return ("create call",)
    return ("link call",) if plan.how is not None else ("complete call",)


def _decisive(checks: Sequence[Check]) -> str:
    return next((f"{check.name}: no" for check in reversed(checks) if not check.passed), "")
