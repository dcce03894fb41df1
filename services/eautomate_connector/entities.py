"""The record kinds that are read, each as the four reads a pass is made of."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic

from shared.eautomate.port import EAutomate
from shared.eautomate.rows import Beside, Changes, Keyset, R
from shared.events.records import Agent, Customer


@dataclass(frozen=True, slots=True)
class Entity(Generic[R]):
    """One record kind.

    Attributes:
        name: as in topics.
        plural: for people.
        changed: a page of a rowversion window.
        all: a page by id.
        by_id: records by id; who is gone is absent.
        beside: what changes without moving the rows, of all records, in pages.
    """

    name: str
    plural: str
    changed: Callable[[bytes, bytes, Keyset | None, int], Awaitable[Changes[R]]]
    all: Callable[[int, int], Awaitable[list[R]]]
    by_id: Callable[[Iterable[int]], Awaitable[dict[int, R]]]
    beside: Callable[[int], AsyncIterator[list[Beside]]]


def entities(port: EAutomate) -> list[Entity[Any]]:
    """What is published of an e-automate database."""
    return [
        Entity(
            Customer.ENTITY,
            "customers",
            port.customers_changed,
            port.customers_all,
            port.customers_by_id,
            port.customers_beside,
        ),
        Entity(
            Agent.ENTITY,
            "employees",
            port.agents_changed,
            port.agents_all,
            port.agents_by_id,
            port.agents_beside,
        ),
    ]
