"""Members: ConnectWise's own people, and its API accounts."""

from collections.abc import Iterable
from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import STAMP, askable, made, without_links
from shared.connectwise.conditions import in_lists
from shared.connectwise.errors import NotFoundError
from shared.connectwise.paging import walk
from shared.events.records import Member

MEMBERS = "/system/members"
MEMBER_FIELDS = (
    "id", "identifier", "firstName", "lastName", "licenseClass", "employeeIdentifer", "officeEmail",
    "primaryEmail", "inactiveFlag", STAMP,
)  # fmt: skip


class Members:
    """What a process needs to know about members; Tandem never writes them."""

    def __init__(self, client: ConnectWise) -> None:
        """Nothing is cached: a member's number may just have been typed in."""
        self._client = client

    async def members_by_ids(self, ids: Iterable[int]) -> list[Member]:
        """Members with these RecIDs, inactive ones included; unknown ids are left out.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: a member is not one.
        """
        return await self._members(in_lists("id", ids))

    async def member_by_id(self, member_id: int) -> Member | None:
        """One member, asked for by itself: lists may be behind, a record is not; None when there is none.

        Raises:
            As ``members_by_ids``.
        """
        try:
            return member(await self._client.get(f"{MEMBERS}/{member_id}"))
        except NotFoundError:
            return None

    async def members_by_employee_numbers(self, numbers: Iterable[str]) -> list[Member]:
        """Members whose employee number is one of these, inactive ones and API accounts included.

        Raises:
            As ``members_by_ids``.
        """
        return await self._members(in_lists("employeeIdentifer", askable(numbers)))

    async def all_members(self) -> list[Member]:
        """Every member; there are as many as a dealer has people.

        Raises:
            As ``members_by_ids``.
        """
        return await self._members([""])

    async def _members(self, conditions: Iterable[str]) -> list[Member]:
        found: dict[int, Member] = {}
        for condition in conditions:
            async for page in walk(self._client, MEMBERS, conditions=condition, fields=MEMBER_FIELDS):
                for row in page.rows:
                    record = member(row)
                    found[record.id] = record
        return list(found.values())


def member(row: Any) -> Member:
    """A member from its JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    return made(Member, without_links(row))
