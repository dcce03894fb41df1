"""ID747's decision about one employee and its member (spec/customers.md 5.5). Pure.

Only a link and the RecID in the employee's property come of it: nothing is written to ConnectWise.
"""

from dataclasses import dataclass

from services.customer_sync.employees.gathered import MemberGathered
from services.customer_sync.employees.matching import (
    MEMBER,
    MEMBER_PROPERTY,
    is_person,
    match_member,
    name_of,
)
from services.customer_sync.pairs.pairing import Match, NoMatch
from services.customer_sync.pairs.selection import gone, not_newer, not_storable, yes
from shared.events.change import Change
from shared.events.records import Agent, Member
from shared.links.models import How
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """What to do for one employee, in this order: link, store the RecID.

    Attributes:
        how: the link to make, None when it exists.
        store: whether the RecID goes into the employee's property.
    """

    agent: Agent
    member: Member
    sequence: int
    generation: int
    how: How | None = None
    store: bool = False
    warnings: tuple[str, ...] = ()


def decide_agent(change: Change[Agent], gathered: MemberGathered) -> Decision[MemberPlan]:
    """Decide what becomes of an employee."""
    checks = Checks()
    late = not_newer(change, gathered, checks)
    if late is not None:
        return late
    agent = gathered.agent
    if change.envelope.action == "deleted" or agent is None:
        return _gone(change, gathered, checks)
    active = agent.active
    if not checks.ask("is active", active, yes(active), "yes"):
        return Skip("inactive employees are left alone", checks.made)
    if gathered.members is None:
        return _unseen(agent, gathered, checks)
    match match_member(agent, gathered, checks):
        case Match() as found:
            return _matched(agent, found, gathered, checks)
        case NoMatch(code=""):
            checks.ask(
                "a member carries its number", False, agent.number.strip() or "no number", "one member"
            )
            return Skip(f"no member carries the employee number {agent.number.strip()}", checks.made)
        case NoMatch() as none:
            return Reject(none.code, none.reason, checks.made, none.blocked_on)


def _gone(change: Change[Agent], gathered: MemberGathered, checks: Checks) -> Decision[MemberPlan]:
    checks.ask("exists in e-automate", False, "gone", "an employee")
    if gathered.link is None:
        return Skip("the employee is gone from e-automate", checks.made)
    left = change.envelope.subject
    member = (gathered.members or {}).get(int(gathered.link.right))
    name = name_of(member) if member is not None else f"member {gathered.link.right}"
    return Reject(
        "C11",
        f"the {gone(MEMBER, change)} was deleted in e-automate, but {name} is still linked to "
        f"it. End the link with `tandem links unlink agent-member {left} --id --why ...`.",
        checks.made,
        (MEMBER.link(left),),
    )


def _unseen(agent: Agent, gathered: MemberGathered, checks: Checks) -> Decision[MemberPlan]:
    checks.ask("ConnectWise shows its members", False, "no right to see them", "the right to see them")
    held = agent.properties.get(MEMBER_PROPERTY, "").strip()
    if gathered.link is not None or not held:
        return Skip("ConnectWise does not show its members, so none can be looked for", checks.made)
    return Wait(
        "A3",
        f"{MEMBER_PROPERTY} of employee {agent.number} names member {held[:40]}, but ConnectWise does not show its "
        "members. ConnectWise: System > Security Roles, give the API member's role Member Maintenance: Inquire All.",
        checks.made,
        (MEMBER.own(agent.subject),),
    )


def _matched(agent: Agent, found: Match, gathered: MemberGathered, checks: Checks) -> Decision[MemberPlan]:
    member = (gathered.members or {}).get(found.right)
    if (
        not checks.ask("the member exists", member is not None, "gone" if member is None else "yes", "yes")
        or member is None
    ):
        return Reject(
            "C8",
            f"employee {agent.number} belongs to member {found.right}, which ConnectWise does not have any more. End "
            f"the link with `tandem links unlink agent-member {agent.subject} --id --why ...`.",
            checks.made,
            (MEMBER.record(found.right), MEMBER.link(agent.subject)),
        )
    warnings: tuple[str, ...] = ()
    if not is_person(member):
        state = "inactive" if member.inactiveFlag else "an API account"
        checks.note("the member is", state)
        warnings = (f"{name_of(member)} is {state}",)
    blocked = not_storable(MEMBER, agent, member.id, checks)
    if blocked is not None:
        if found.how is not None:
            return Wait("C2", blocked, checks.made, (MEMBER.own(agent.subject),))
        warnings += (blocked,)
    return Apply(
        MemberPlan(
            agent=agent,
            member=member,
            sequence=gathered.sequence,
            generation=gathered.generation,
            how=found.how,
            store=blocked is None and agent.properties.get(MEMBER_PROPERTY, "").strip() != str(member.id),
            warnings=warnings,
        ),
        checks.made,
    )
