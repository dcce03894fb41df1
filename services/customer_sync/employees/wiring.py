"""Employees and members, wired."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.customer_sync.employees.gather import MemberGatherer, MemberStore
from services.customer_sync.employees.handlers import AgentCommandHandler, AgentHandler, MemberHandler
from services.customer_sync.employees.matching import MEMBER
from services.customer_sync.employees.writes import MemberWrites
from shared.connectwise.members import Members
from shared.eautomate.port import EAutomate
from shared.links.client import MappingClient
from shared.sync.agent import Handler

CREATE_MEMBER = "create member"
"""Never done: members are people of ConnectWise's."""


def member_store(engine: AsyncEngine) -> MemberStore:
    """Progress of employees; no index of members is kept."""
    return MemberStore(engine, MEMBER.kind, CREATE_MEMBER)


def member_handlers(
    store: MemberStore,
    eautomate: EAutomate,
    members: Members,
    mapping: MappingClient,
    redo_topic: str = "",
) -> dict[tuple[str, str], Handler[Any, Any, Any]]:
    """By (source, entity).

    Args:
        redo_topic: where commands to look again go; needed by whoever applies.
    """
    gatherer = MemberGatherer(store, eautomate, members, mapping)
    writes = MemberWrites(store, eautomate, mapping)
    return {
        ("eautomate", "agent"): AgentHandler(gatherer, writes),
        ("connectwise", "member"): MemberHandler(gatherer, writes, eautomate),
        ("tandem", "agent"): AgentCommandHandler(gatherer, writes, redo_topic),
    }
