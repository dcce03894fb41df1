"""Employees and members: an employee changed, a member changed, or a person linked or unlinked the two."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.customer_sync.asking import PUSH, SETTLE, Command, command
from services.customer_sync.employees.gather import MemberGatherer
from services.customer_sync.employees.gathered import MemberGathered
from services.customer_sync.employees.matching import MEMBER, MEMBER_PROPERTY, is_person, name_of
from services.customer_sync.employees.rules import MemberPlan, decide_agent
from services.customer_sync.employees.writes import MemberWrites
from shared.bus.delivery import Delivery
from shared.eautomate.errors import Superseded
from shared.eautomate.port import EAutomate
from shared.events.change import Change, RecordError, decode
from shared.events.envelope import Envelope
from shared.events.records import Agent, Member
from shared.sync.agent import Applied, decode_record
from shared.sync.commands import COMMAND, LINKED, UNLINKED, number_of
from shared.sync.decision import Apply, Checks, Decision, Skip
from shared.text import fold


class AgentHandler:
    """An e-automate employee changed."""

    def __init__(self, gatherer: MemberGatherer, writes: MemberWrites) -> None:
        """Wire reading and writing."""
        self._gatherer = gatherer
        self._writes = writes

    def read(self, delivery: Delivery) -> Agent:
        """The employee's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Agent(agent_id=number_of(delivery), number="", name="")
        agent: Agent = decode_record(Agent, delivery)
        return agent

    async def gather(self, changes: Sequence[Change[Agent]]) -> Mapping[str, MemberGathered]:
        """See ``MemberGatherer``."""
        return await self._gatherer.gather(changes)

    def decide(self, change: Change[Agent], gathered: MemberGathered) -> Decision[MemberPlan]:
        """See ``rules.decide_agent``."""
        return decide_agent(change, gathered)

    async def apply(self, change: Change[Agent], plan: MemberPlan) -> Applied:  # noqa: ARG002
        """See ``MemberWrites.apply``."""
        return await self._writes.apply(plan)

    def label(self, change: Change[Agent]) -> str:
        """``employee E001 Ana Fox``."""
        if not change.record.number:
            return f"employee with id {change.envelope.subject}"
        return f"employee {change.record.number} {change.record.name}".strip()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An employee that carries a member's number, and what its own rules need."""

    change: Change[Agent]
    gathered: MemberGathered


class MemberHandler:
    """A ConnectWise member changed: it may be the one an employee was waiting for."""

    def __init__(self, gatherer: MemberGatherer, writes: MemberWrites, eautomate: EAutomate) -> None:
        """Wire; whether they belong together is decided by the employee's own rules."""
        self._gatherer = gatherer
        self._writes = writes
        self._eautomate = eautomate

    def read(self, delivery: Delivery) -> Member:
        """The member's snapshot; of a deleted one all that is known is which it was."""
        if delivery.envelope.action == "deleted":
            return Member(id=number_of(delivery), identifier="")
        member: Member = decode_record(Member, delivery)
        return member

    async def gather(self, changes: Sequence[Change[Member]]) -> Mapping[str, tuple[Candidate, ...]]:
        """The employees with a member's number, as they are now."""
        asking = {
            change.envelope.subject: fold(change.record.employeeIdentifer or "")
            for change in changes
            if change.envelope.action == "changed" and is_person(change.record)
        }
        named = await self._eautomate.agents_by_numbers(set(asking.values()) - {""})
        asked = {
            agent.subject: Change(_envelope(changes[0].envelope, agent), agent, COMMAND)
            for agents in named.values()
            for agent in agents
            if agent.active
        }
        seen = [change.record for change in changes if change.envelope.subject in asking]
        gathered = await self._gatherer.gather(list(asked.values()), seen) if asked else {}
        return {
            change.envelope.subject: tuple(
                Candidate(asked[agent.subject], gathered[agent.subject])
                for agent in named.get(asking.get(change.envelope.subject, ""), ())
                if agent.subject in asked
            )
            for change in changes
        }

    def decide(self, change: Change[Member], gathered: tuple[Candidate, ...]) -> Decision[MemberPlan]:
        """Decide for the employee that carries the number and has no member yet; nothing else travels back."""
        checks = Checks()
        member = change.record
        if not checks.ask("exists in ConnectWise", change.envelope.action == "changed", "gone", "a member"):
            return Skip("the member is gone from ConnectWise", checks.made)
        checks.note("employee number", member.employeeIdentifer or "none")
        person = is_person(member)
        if not checks.ask("is active and no API account", person, _state(member), "yes"):
            return Skip("inactive members and API accounts are matched with nobody", checks.made)
        waiting = [one for one in gathered if _has_none(one.gathered)]
        told = ", ".join(one.change.record.number for one in waiting) or "none"
        if not checks.ask("an employee without a member has the number", bool(waiting), told, "an employee"):
            return Skip("no employee is waiting for this member", checks.made)
        decision = decide_agent(waiting[0].change, waiting[0].gathered)
        return replace(decision, checks=[*checks.made, *decision.checks])

    async def apply(self, change: Change[Member], plan: MemberPlan) -> Applied:  # noqa: ARG002
        """See ``MemberWrites.apply``."""
        return await self._writes.apply(plan)

    def label(self, change: Change[Member]) -> str:
        """``member 176 (mkova)``."""
        return name_of(change.record) if change.record.identifier else f"member {change.record.id}"


class AgentCommand(Command):
    """What somebody wants done about an employee."""

    kind: str = MEMBER.kind.value


@dataclass(frozen=True, slots=True)
class LetGo:
    """Clear the RecID of an ended link."""

    agent: Agent | None
    subject: str
    member: str
    generation: int
    sequence: int


class AgentCommandHandler:
    """A person linked or unlinked an employee, or asked to look at it again."""

    def __init__(self, gatherer: MemberGatherer, writes: MemberWrites, redo_topic: str) -> None:
        """Wire; what is not about letting go is decided by the employee's own rules."""
        self._gatherer = gatherer
        self._writes = writes
        self._redo_topic = redo_topic

    def read(self, delivery: Delivery) -> AgentCommand:
        """The command's body."""
        number_of(delivery)
        if delivery.envelope.action not in {LINKED, UNLINKED, PUSH, SETTLE}:
            raise RecordError(f"unknown command {delivery.envelope.action!r} about an employee")
        return decode(AgentCommand, delivery.value)

    async def gather(self, changes: Sequence[Change[AgentCommand]]) -> Mapping[str, MemberGathered]:
        """The employees as they are now, gathered for as if they had just changed."""
        return await self._gatherer.gather([_as_agent(change) for change in changes])

    def decide(self, change: Change[AgentCommand], gathered: MemberGathered) -> Decision[MemberPlan | LetGo]:
        """Let go of an ended link, or decide as for any change."""
        checks = Checks()
        command = change.record
        checks.note("asked by", f"{command.by or 'Tandem'}: {command.why or change.envelope.action}")
        if change.envelope.action == UNLINKED:
            again = gathered.generation > command.generation or gathered.link is not None
            if not checks.ask("is still unlinked", not again, "linked again" if again else "yes", "yes"):
                return Skip("the employee was linked again meanwhile", checks.made, result="superseded")
            subject = change.envelope.subject
            plan = LetGo(gathered.agent, subject, command.right, command.generation, gathered.sequence)
            return Apply(plan, checks.made)
        decision = decide_agent(_as_agent(change), gathered)
        told = [*checks.made, *decision.checks]
        if isinstance(decision, Apply):
            return Apply(decision.plan, told, decision.wakes)
        return replace(decision, checks=told)

    async def apply(self, change: Change[AgentCommand], plan: MemberPlan | LetGo) -> Applied:  # noqa: ARG002
        """Clear the property, or carry out the employee's plan."""
        if isinstance(plan, MemberPlan):
            return await self._writes.apply(plan)
        try:
            effects = await self._writes.pair.let_go(
                plan.agent, plan.subject, plan.member, plan.sequence, plan.generation
            )
        except Superseded:
            return Applied("a newer change was applied meanwhile", result="superseded")
        number = plan.agent.number if plan.agent is not None else f"with id {plan.subject}"
        text = f"employee {number} let go of member {plan.member}"
        if effects or plan.agent is None:
            # The cleared property is a change of its own, by which the employee is decided anew.
            return Applied(text, effects)
        again = command(
            self._redo_topic, plan.subject, SETTLE, why=text, kind=MEMBER.kind, entity=Agent.ENTITY
        )
        return Applied(text, messages=(again,))

    def label(self, change: Change[AgentCommand]) -> str:
        """``employee with id 7``."""
        return f"employee with id {change.envelope.subject}"


def _envelope(envelope: Envelope, agent: Agent) -> Envelope:
    """What is asked for has no sequence of the source."""
    return replace(envelope, source=Agent.SOURCE, entity=Agent.ENTITY, subject=agent.subject, sequence=0)


def _as_agent(change: Change[AgentCommand]) -> Change[Agent]:
    return Change(change.envelope, Agent(agent_id=int(change.envelope.subject), number="", name=""), COMMAND)


def _has_none(gathered: MemberGathered) -> bool:
    agent = gathered.agent
    return (
        gathered.link is None and agent is not None and not agent.properties.get(MEMBER_PROPERTY, "").strip()
    )


def _state(member: Member) -> str:
    if member.inactiveFlag:
        return "inactive"
    return "active" if is_person(member) else "an API account"
