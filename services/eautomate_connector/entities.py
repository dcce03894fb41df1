"""The record kinds that are read, each as the four reads a pass is made of."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic

from shared.eautomate.port import EAutomate
from shared.eautomate.rows import Beside, Changes, Keyset, R
from shared.events.calls import Call
from shared.events.contracts import Contract, ContractInvoice
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


def entities(
    port: EAutomate,
    *,
    contracts: bool,
    calls: bool,
    invoices_since: Callable[[], date | None],
    calls_since: Callable[[], date | None],
) -> list[Entity[Any]]:
    """What is published of an e-automate database.

    Args:
        port: the database.
        contracts: contracts and the invoices made from them as well.
        calls: service calls as well.
        invoices_since: asked at each read: settled invoices of an earlier day are left out; None = none is.
        calls_since: likewise, calls that were invoiced or canceled and closed before.
    """
    found: list[Entity[Any]] = [
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
    if contracts:
        found += _of_contracts(port, invoices_since)
    if calls:
        found.append(_of_calls(port, calls_since))
    return found


def _of_contracts(port: EAutomate, since: Callable[[], date | None]) -> list[Entity[Any]]:
    async def changed(low: bytes, high: bytes, after: Keyset | None, limit: int) -> Changes[ContractInvoice]:
        return await port.contract_invoices_changed(low, high, after, limit, since=since())

    async def everything(after_id: int, limit: int) -> list[ContractInvoice]:
        return await port.contract_invoices_all(after_id, limit, since=since())

    def beside(page: int) -> AsyncIterator[list[Beside]]:
        return port.contract_invoices_beside(page, since=since())

    return [
        Entity(
            Contract.ENTITY,
            "contracts",
            port.contracts_changed,
            port.contracts_all,
            port.contracts_by_id,
            port.contracts_beside,
        ),
        Entity(
            ContractInvoice.ENTITY,
            "contract invoices",
            changed,
            everything,
            port.contract_invoices_by_id,
            beside,
        ),
    ]


def _of_calls(port: EAutomate, since: Callable[[], date | None]) -> Entity[Any]:
    async def changed(low: bytes, high: bytes, after: Keyset | None, limit: int) -> Changes[Call]:
        return await port.calls_changed(low, high, after, limit, since=since())

    async def everything(after_id: int, limit: int) -> list[Call]:
        return await port.calls_all(after_id, limit, since=since())

    def beside(page: int) -> AsyncIterator[list[Beside]]:
        return port.calls_beside(page, since=since())

    return Entity(Call.ENTITY, "service calls", changed, everything, port.calls_by_id, beside)
