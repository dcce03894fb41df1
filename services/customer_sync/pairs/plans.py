"""What there is to do for a record, whatever it is linked to."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, Generic

from shared.events.records import Customer
from shared.links.models import How
from shared.sync.intents import Intent, R


@dataclass(frozen=True, slots=True)
class Plan(ABC, Generic[R]):
    """What to do for one record, in this order: insert, link, store the RecID, patch.

    Attributes:
        insert: body of the company or site to create.
        intent: an earlier attempt to create it.
        how: the link to make, None when it exists.
        store: whether the RecID goes into the record's property.
        patch: fields to change by name, (now, wanted), for people.
        held_back: why fields that differ are not in ``patch``, and which; empty when none is held back.
    """

    customer: Customer
    sequence: int
    generation: int
    insert: dict[str, Any] | None = None
    intent: Intent | None = None
    how: How | None = None
    store: bool = False
    patch: dict[str, tuple[str, str]] = field(default_factory=dict)
    held_back: str = ""
    warnings: tuple[str, ...] = ()

    @property
    @abstractmethod
    def target(self) -> R | None:
        """The company or site as it is now, None for an insert."""

    @property
    def within(self) -> int | None:
        """Of a site: RecID of the company it is in."""
        return None
