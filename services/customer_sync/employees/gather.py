"""Looks up, in lists, what the rules need for a batch of employees: one list of all members serves them all."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from services.customer_sync.customers.gather import is_fresh, redone
from services.customer_sync.employees.gathered import MemberGathered
from services.customer_sync.employees.matching import MEMBER, MEMBER_PROPERTY
from services.customer_sync.pairs.known import AppliedState
from services.customer_sync.pairs.pairing import recid
from services.customer_sync.pairs.progress import Progress
from shared.connectwise.errors import UnauthorizedError
from shared.connectwise.members import Members
from shared.eautomate.port import EAutomate
from shared.events.change import Change
from shared.events.records import Agent, Member
from shared.links.client import MappingClient
from shared.links.models import Found
from shared.sync.commands import COMMAND
from shared.text import fold

MemberStore = Progress[Member]

LEDGER_ENTITY = "agent"
FORBIDDEN = 403


class MemberGatherer:
    """Reads from all sides; never writes."""

    def __init__(
        self, store: MemberStore, eautomate: EAutomate, members: Members, mapping: MappingClient
    ) -> None:
        """Wire the sources."""
        self._store = store
        self._eautomate = eautomate
        self._members = members
        self._mapping = mapping

    async def gather(
        self, changes: Sequence[Change[Agent]], seen: Iterable[Member] = ()
    ) -> dict[str, MemberGathered]:
        """By subject; a change that was applied before costs one look into our own table and no request.

        Args:
            seen: members as they were just seen: ConnectWise's list may be behind.
        """
        applied = await self._store.applied([change.envelope.subject for change in changes])
        fresh = [change for change in changes if is_fresh(change, applied.get(change.envelope.subject))]
        result = {
            change.envelope.subject: MemberGathered(fresh=False, applied=applied.get(change.envelope.subject))
            for change in changes
        }
        if fresh:
            result.update(await self._fresh(fresh, applied, seen))
        return result

    async def _fresh(
        self, changes: Sequence[Change[Agent]], applied: Mapping[str, AppliedState], seen: Iterable[Member]
    ) -> dict[str, MemberGathered]:
        subjects = [change.envelope.subject for change in changes]
        found, live, ledger = await asyncio.gather(
            self._mapping.find(MEMBER.kind, lefts=subjects),
            self._eautomate.agents_by_id([int(subject) for subject in subjects]),
            redone(self._eautomate, changes, applied, LEDGER_ENTITY),
        )
        members = await self._all(_named(live.values(), found), seen)
        namesakes = await self._eautomate.agents_by_numbers(agent.number for agent in live.values())
        taken = (await self._mapping.find(MEMBER.kind, rights=_candidates(live.values(), members))).rights
        result = {}
        for change in changes:
            subject = change.envelope.subject
            known, agent = found.lefts[subject], live.get(int(subject))
            alike = namesakes.get(fold(agent.number), []) if agent is not None else []
            result[subject] = MemberGathered(
                fresh=True,
                applied=applied.get(subject),
                link=known.link,
                generation=known.generation,
                ever_linked=known.ever,
                separated=frozenset(int(right) for right in known.separated),
                taken={int(right): link for right, link in taken.items() if link.left != subject},
                sequence=ledger.get(subject, 0) if change.redo == COMMAND else change.envelope.sequence,
                agent=agent,
                members=members,
                twins=tuple(other for other in alike if other.subject != subject and other.active),
            )
        return result

    async def _all(self, named: Iterable[int], seen: Iterable[Member]) -> dict[int, Member] | None:
        """Every member as it is now; None when ConnectWise does not show them."""
        try:
            members = await self._members.all_members()
            for member in seen:
                if member.id not in members or _stamp(members[member.id]) < _stamp(member):
                    members[member.id] = member
            missing = sorted(set(named) - members.keys())
            for one in await asyncio.gather(*map(self._members.member_by_id, missing)):
                if one is not None:
                    members[one.id] = one
        except UnauthorizedError as error:
            # Companies are read with the same keys: only the right to see members may be missing.
            if error.status != FORBIDDEN:
                raise
            return None
        return members


def _named(agents: Iterable[Agent], found: Found) -> set[int]:
    """Members that a link or a property names."""
    linked = {int(known.link.right) for known in found.lefts.values() if known.link is not None}
    held = {recid(agent.properties.get(MEMBER_PROPERTY, "").strip()) for agent in agents}
    return (linked | held) - {0}


def _candidates(agents: Iterable[Agent], members: Mapping[int, Member] | None) -> list[str]:
    """Members that may be one of the employees, by property or by number."""
    rows = list(agents)
    numbers = {fold(agent.number) for agent in rows} - {""}
    named = {recid(agent.properties.get(MEMBER_PROPERTY, "").strip()) for agent in rows}
    return [
        str(member.id)
        for member in (members or {}).values()
        if member.id in named or fold(member.employeeIdentifer or "") in numbers
    ]


def _stamp(member: Member) -> str:
    info = (member.model_extra or {}).get("_info") or {}
    return str(info.get("lastUpdated", ""))
