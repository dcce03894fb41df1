"""The effects on employees, each safe to repeat after a crash or a lost answer at any place."""

from services.customer_sync.employees.gather import LEDGER_ENTITY, MemberStore
from services.customer_sync.employees.matching import MEMBER, MEMBER_PROPERTY, name_of
from services.customer_sync.employees.rules import MemberPlan
from services.customer_sync.pairs.writes import PairWrites
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.links.client import MappingClient
from shared.links.models import How
from shared.sync.agent import Applied
from shared.sync.outcome import Effect
from shared.sync.trouble import Refused


class MemberWrites:
    """Carries out plans."""

    def __init__(self, store: MemberStore, eautomate: EAutomate, mapping: MappingClient) -> None:
        """Wire the targets."""
        self._store = store
        self.pair = PairWrites(MEMBER, LEDGER_ENTITY, store, mapping, eautomate)

    async def apply(self, plan: MemberPlan) -> Applied:
        """Link, store the RecID, remember: in this order, each step only if it is needed.

        Raises:
            Stale: the row or the link moved since it was read.
        """
        agent, member = plan.agent, plan.member
        if not await self._store.claim(agent.subject, plan.sequence, plan.generation):
            return Applied("a newer change is being applied", result="superseded")
        effects: list[Effect] = []
        try:
            if plan.how is not None:
                why = _why(plan.how, agent.number)
                effects += await self.pair.link(agent, member.id, plan.how, why, plan.generation)
            if plan.store:
                effects += await self.pair.store(agent, member.id, plan.sequence, plan.generation)
        except Refused as refused:
            return Applied(refused.fault.text, tuple(effects), refused.fault)
        except Superseded:
            return Applied("a newer change was applied meanwhile", tuple(effects), result="superseded")
        held_in = self.pair.held_in(agent)
        await self._store.finish(agent.subject, plan.sequence, plan.generation, held_in, member)
        return Applied(_told(plan, effects), tuple(effects))


def _why(how: How, number: str) -> str:
    return {
        How.PROPERTY: f"{MEMBER_PROPERTY} names the member",
        How.EMPLOYEE_NUMBER: f"the member carries the employee number {number}",
    }[how]


def _told(plan: MemberPlan, effects: list[Effect]) -> str:
    name = f"employee {plan.agent.number} {plan.agent.name}".strip()
    if plan.how is not None:
        text = f"{name} linked to {name_of(plan.member)}: {_why(plan.how, plan.agent.number)}"
    elif effects:
        text = f"RecID of {name_of(plan.member)} stored with {name}"
    else:
        text = f"{name} is {name_of(plan.member)}, nothing to write"
    return text + (f" (warning: {'; '.join(plan.warnings)})" if plan.warnings else "")
