"""Which member an employee is: link, property, employee number (spec/customers.md 5.5). Pure.

An equal e-mail address links nothing: it is told, and a person confirms it (spec/open-questions.md 28).
"""

from services.customer_sync.employees.gathered import MemberGathered
from services.customer_sync.pairs.pairing import Match, NoMatch, Words, known_pair
from services.customer_sync.pairs.selection import yes
from shared.events.records import Agent, Member
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.sync.decision import Checks
from shared.text import fold

MEMBER_PROPERTY = "ZCJ_CW_MemberID"
MEMBER = Words(
    LinkKind.AGENT_MEMBER,
    MEMBER_PROPERTY,
    "employee",
    "member",
    "ConnectWise has no such member",
    entity="agent",
)
API_LICENSE = "A"


def match_member(agent: Agent, gathered: MemberGathered, checks: Checks) -> Match | NoMatch:
    """Apply the rules in their order of precedence.

    Args:
        agent: the row as it is now; its properties count, not an older snapshot's.
    """
    known = known_pair(MEMBER, agent, gathered, checks)
    return known if known is not None else _by_number(agent, gathered, checks)


def is_person(member: Member) -> bool:
    """Whether somebody works under this member: it is active, and no API account."""
    return not member.inactiveFlag and member.licenseClass != API_LICENSE


def name_of(member: Member) -> str:
    """``member 176 (mkova)``."""
    return f"member {member.id} ({member.identifier})"


def _by_number(agent: Agent, gathered: MemberGathered, checks: Checks) -> Match | NoMatch:
    members = gathered.members or {}
    number = agent.number.strip()
    carrying = [
        one for one in members.values() if number and fold(one.employeeIdentifer or "") == fold(number)
    ]
    candidates = [one for one in carrying if is_person(one) and one.id not in gathered.taken]
    checks.note("members with the employee number", _list(candidates))
    if len(carrying) > len(candidates):
        left_out = [one for one in carrying if one not in candidates]
        checks.note("members left out: inactive, API account, or another employee's", _list(left_out))
    if not candidates:
        _by_mail(agent, gathered, checks)
        return NoMatch()
    waits = (
        MEMBER.own(agent.subject),
        *(MEMBER.record(one.id) for one in candidates),
        MEMBER.link(agent.subject),
    )
    by_hand = f"choose with `tandem links link agent-member {agent.subject} RECID --id --why ...`"
    others = ", ".join(f"{other.number} {other.name} (id {other.agent_id})" for other in gathered.twins)
    if not checks.ask("other employees with the number", not others, others or "none", "none"):
        return NoMatch(
            "C4",
            f"employee {number} {agent.name} has its number in common with {others}; Tandem does not guess which of "
            f"them {_list(candidates)} is. Correct the number in e-automate, or {by_hand}.",
            (*waits, *(MEMBER.own(other.subject) for other in gathered.twins)),
        )
    if not checks.ask("exactly one member matches", len(candidates) == 1, _list(candidates), "one member"):
        return NoMatch(
            "C4",
            f"{_list(candidates)} carry the employee number {number}; Tandem does not guess. Clean up in ConnectWise "
            f"(System > Members), or {by_hand}.",
            waits,
        )
    [member] = candidates
    if not checks.ask(
        "member was separated by hand",
        member.id not in gathered.separated,
        yes(member.id in gathered.separated),
        "no",
    ):
        return NoMatch(
            "C3",
            f"{name_of(member)} carries the employee number {number}, but somebody separated it from this employee. "
            "Correct the employee number in ConnectWise (System > Members), or link by hand.",
            waits,
        )
    return Match(member.id, How.EMPLOYEE_NUMBER)


def _by_mail(agent: Agent, gathered: MemberGathered, checks: Checks) -> None:
    mail = fold(agent.email)
    alike = [
        one
        for one in (gathered.members or {}).values()
        if mail and is_person(one) and mail in {fold(one.officeEmail or ""), fold(one.primaryEmail or "")}
    ]
    if alike:
        checks.note("members with the same e-mail, for a person to confirm", _list(alike))


def _list(members: list[Member]) -> str:
    return ", ".join(name_of(one) for one in sorted(members, key=lambda one: one.id)) or "none"
