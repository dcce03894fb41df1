"""Members: ConnectWise's own people, and its API accounts. Tandem never writes them."""

from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import STAMP, made, without_links
from shared.connectwise.errors import NotFoundError
from shared.connectwise.paging import walk
from shared.events.records import Member

MEMBERS = "/system/members"
MEMBER_FIELDS = (
    "id", "identifier", "firstName", "lastName", "licenseClass", "employeeIdentifer", "officeEmail",
    "primaryEmail", "inactiveFlag", STAMP,
)  # fmt: skip


class Members:
    """What a process needs to know about members."""

    def __init__(self, client: ConnectWise) -> None:
        """Nothing is cached: a member's employee number may just have been typed in."""
        self._client = client

    async def all_members(self) -> dict[int, Member]:
        """Every member by RecID, inactive ones and API accounts too; a dealer has as many as people.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: a member is not one.
        """
        pages = walk(self._client, MEMBERS, fields=MEMBER_FIELDS)
        found = [member(row) async for page in pages for row in page.rows]
        return {record.id: record for record in found}

    async def member_by_id(self, member_id: int) -> Member | None:
        """One member, asked for by itself: lists may be behind, a record is not; None when there is none.

        Raises:
            As ``all_members``.
        """
        try:
            return member(await self._client.get(f"{MEMBERS}/{member_id}"))
        except NotFoundError:
            return None


def member(row: Any) -> Member:
    """A member from its JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type.
    """
    return made(Member, without_links(row))
