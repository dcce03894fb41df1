"""What is known about the left side of a link before it is decided on, whatever it is linked to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from shared.events.records import Agent, Customer
from shared.links.models import Link
from shared.sync.intents import Intent

Left = Customer | Agent
"""The e-automate side of a link."""


@dataclass(frozen=True, slots=True)
class AppliedState:
    """What was done last for a record.

    Attributes:
        claimed: the highest sequence somebody began to write for.
        configuration: the custom-property configuration under which the RecID was stored.
        target_id: RecID of the company or site it is.
        parent_target_id: of a site: the company it is in.
    """

    sequence: int
    claimed: int
    generation: int
    configuration: str | None
    target_id: int | None
    parent_target_id: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything the rules of a stored RecID and of a link look at.

    Attributes:
        fresh: the change is newer than what was applied, or somebody asked for a redo.
        live: the row as it is now, None when it is gone (or was not looked up: ``fresh`` is False).
        link: the link that holds.
        separated: RecIDs a person separated this record from.
        taken: links of other records, by RecID.
        sequence: the one to write under: the change's own, or for a redo the highest applied before.
    """

    fresh: bool
    applied: AppliedState | None = None
    live: Customer | None = None
    link: Link | None = None
    generation: int = 0
    ever_linked: bool = False
    separated: frozenset[int] = frozenset()
    intent: Intent | None = None
    taken: Mapping[int, Link] = field(default_factory=dict)
    sequence: int = 0

    @property
    def rights(self) -> Collection[int]:
        """RecIDs that name something in ConnectWise."""
        return ()
