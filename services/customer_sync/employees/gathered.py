"""What is looked up before an employee is decided on: plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from services.customer_sync.pairs.known import Known
from shared.events.records import Agent, Member


@dataclass(frozen=True, slots=True)
class MemberGathered(Known):
    """Everything ``decide_agent`` may look at beside the change of an employee.

    Attributes:
        agent: the employee as it is now, None when it is gone.
        members: ConnectWise's members by RecID, inactive ones and API accounts too; None: it does not show them.
        twins: other active employees with the same number.
    """

    agent: Agent | None = None
    members: Mapping[int, Member] | None = None
    twins: tuple[Agent, ...] = ()

    @property
    def rights(self) -> Collection[int]:
        """Members there are."""
        return self.members.keys() if self.members is not None else ()
