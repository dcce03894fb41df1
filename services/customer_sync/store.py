"""customer_sync's own tables: what was applied, what is intended, companies as last seen.

All reads and writes are short transactions without any wait for the network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Insert, and_, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from services.customer_sync.fields import fold
from services.customer_sync.gathered import AppliedState, Intent
from services.customer_sync.tables import APPLIED, COMPANY, INTENT
from shared.events.records import Company

CREATE = "create company"
CHUNK = 500

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DueIntent:
    """A company whose creation has an unknown answer and is due to be looked at."""

    customer: str
    reference: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A company as last seen: enough to match by."""

    id: int
    identifier_key: str
    account_key: str


class CustomerStore:
    """Reads in lists, writes one record a transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use an engine on which the migrations have run."""
        self._engine = engine

    async def applied(self, customers: Sequence[str]) -> dict[str, AppliedState]:
        """What was applied, by customer; absent when nothing was."""
        own = APPLIED.c
        result: dict[str, AppliedState] = {}
        async with self._engine.connect() as connection:
            for part in _chunks(customers):
                rows = await connection.execute(select(APPLIED).where(own.customer.in_(part)))
                for row in rows:
                    result[row.customer] = AppliedState(
                        row.sequence, row.claimed, row.generation, row.configuration, row.company_id
                    )
        return result

    async def intents(self, customers: Mapping[str, int]) -> dict[str, Intent]:
        """The intent of each customer's generation, by customer."""
        result: dict[str, Intent] = {}
        async with self._engine.connect() as connection:
            for part in _chunks(list(customers)):
                rows = await connection.execute(
                    select(INTENT).where(INTENT.c.customer.in_(part), INTENT.c.action == CREATE)
                )
                for row in rows:
                    if row.generation == customers[row.customer]:
                        result[row.customer] = Intent(row.generation, row.reference, row.attempted_at, row.target)
        return result

    async def claim(self, customer: str, sequence: int, generation: int) -> bool:
        """Take the right to write for a sequence; False when a newer change has it."""
        own = APPLIED.c
        async with self._engine.begin() as connection:
            await connection.execute(
                _insert_ignore(
                    self._engine,
                    APPLIED,
                    {"customer": customer, "claimed": sequence, "sequence": 0, "generation": generation},
                )
            )
            lower = or_(own.generation < generation, and_(own.generation == generation, own.claimed <= sequence))
            result = await connection.execute(
                update(APPLIED).where(own.customer == customer, lower).values(claimed=sequence, generation=generation)
            )
        return result.rowcount == 1

    async def intend(
        self, customer: str, generation: int, reference: str, at: float, due: float, before: float | None = None
    ) -> bool:
        """Write down, before a company is created, that it is about to be.

        Args:
            before: when the attempt that this one repeats was made; None: there was none.

        Returns:
            False when another attempt was written down meanwhile: then nothing may be created.
        """
        values = {
            "customer": customer,
            "action": CREATE,
            "generation": generation,
            "reference": reference,
            "attempted_at": at,
            "due_at": due,
        }
        async with self._engine.begin() as connection:
            if before is not None:
                await connection.execute(
                    delete(INTENT).where(
                        INTENT.c.customer == customer,
                        INTENT.c.action == CREATE,
                        INTENT.c.generation == generation,
                        INTENT.c.target.is_(None),
                        INTENT.c.attempted_at == before,
                    )
                )
            result = await connection.execute(_insert_ignore(self._engine, INTENT, values))
        return result.rowcount == 1

    async def created(self, customer: str, generation: int, company: Company) -> None:
        """Write down which company was created, and take it into the index."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(INTENT)
                .where(INTENT.c.customer == customer, INTENT.c.action == CREATE, INTENT.c.generation == generation)
                .values(target=str(company.id))
            )
            await connection.execute(_company_upsert(self._engine, company, 0))

    async def forget_intent(self, customer: str, generation: int) -> None:
        """The creation was refused: nothing came of it, and nothing needs looking for."""
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(INTENT).where(
                    INTENT.c.customer == customer, INTENT.c.generation == generation, INTENT.c.target.is_(None)
                )
            )

    async def due_intents(self, now: float, again: float, limit: int = 100) -> list[DueIntent]:
        """Intents with an unknown answer that are due.

        Each comes again ``again`` seconds later, and ever more seldom while nothing can be done about it.
        """
        own = INTENT.c
        async with self._engine.begin() as connection:
            rows = (
                await connection.execute(
                    select(own.customer, own.generation, own.reference, own.attempted_at)
                    .where(own.target.is_(None), own.due_at <= now)
                    .order_by(own.due_at)
                    .limit(limit)
                )
            ).all()
            for row in rows:
                await connection.execute(
                    update(INTENT)
                    .where(own.customer == row.customer, own.action == CREATE, own.generation == row.generation)
                    .values(due_at=now + max(again, now - row.attempted_at))
                )
        return [DueIntent(row.customer, row.reference) for row in rows]

    async def finish(
        self, customer: str, sequence: int, generation: int, configuration: str | None, company: Company
    ) -> None:
        """Write down that a sequence is done, unless a newer one was meanwhile."""
        own = APPLIED.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(APPLIED)
                .where(own.customer == customer, own.generation == generation, own.sequence <= sequence)
                .values(sequence=sequence, configuration=configuration, company_id=company.id)
            )
            await connection.execute(_company_upsert(self._engine, company, 0))

    async def unlinked(self, customer: str, generation: int) -> None:
        """The link ended: the next change is decided anew under the new generation."""
        own = APPLIED.c
        async with self._engine.begin() as connection:
            await connection.execute(
                update(APPLIED)
                .where(own.customer == customer, own.generation < generation)
                .values(generation=generation, sequence=0, claimed=0, company_id=None, configuration=None)
            )

    async def see(self, companies: Iterable[tuple[Company, int]]) -> None:
        """Take companies into the index with the sequence they came under; older content is ignored."""
        async with self._engine.begin() as connection:
            for company, sequence in companies:
                await connection.execute(_company_upsert(self._engine, company, sequence))

    async def forget_companies(self, ids: Sequence[int]) -> None:
        """Companies that are gone match nothing any more."""
        async with self._engine.begin() as connection:
            for part in _chunks(ids):
                await connection.execute(update(COMPANY).where(COMPANY.c.id.in_(part)).values(deleted=True))

    async def candidates(self, numbers: Sequence[str]) -> list[Seen]:
        """Companies, not deleted, whose Company ID or Account ID is one of the numbers (folded)."""
        own = COMPANY.c
        found: dict[int, Seen] = {}
        async with self._engine.connect() as connection:
            for part in _chunks(numbers):
                rows = await connection.execute(
                    select(own.id, own.identifier_key, own.account_key).where(
                        own.deleted.is_(False), or_(own.identifier_key.in_(part), own.account_key.in_(part))
                    )
                )
                for row in rows:
                    found[row.id] = Seen(row.id, row.identifier_key, row.account_key)
        return list(found.values())

    async def companies(self) -> list[Company]:
        """Every company as last seen, deleted ones left out (for tables people look at)."""
        own = COMPANY.c
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(own.payload).where(own.deleted.is_(False)).order_by(own.id))
            return [Company.model_validate_json(row.payload) for row in rows]


def _insert(engine: AsyncEngine, table: Any) -> Any:
    return (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)


def _insert_ignore(engine: AsyncEngine, table: Any, values: Mapping[str, Any]) -> Insert:
    statement: Insert = _insert(engine, table).values(**values).on_conflict_do_nothing()
    return statement


def _company_upsert(engine: AsyncEngine, company: Company, sequence: int) -> Insert:
    """Newer by the server's stamp wins; at the same second the connector's order decides."""
    info = (company.model_extra or {}).get("_info") or {}
    values = {
        "id": company.id,
        "identifier_key": fold(company.identifier)[:60],
        "account_key": fold(company.accountNumber or "")[:60],
        "deleted": company.deletedFlag,
        "last_updated": str(info.get("lastUpdated", "")),
        "sequence": sequence,
        "payload": company.model_dump_json(exclude_none=True),
    }
    statement = _insert(engine, COMPANY).values(**values)
    new, own = statement.excluded, COMPANY.c
    newer = or_(
        own.last_updated < new.last_updated,
        and_(own.last_updated == new.last_updated, or_(new.sequence == 0, own.sequence <= new.sequence)),
    )
    changed = {name: new[name] for name in values if name not in {"id", "sequence"}}
    # What was seen directly (0) does not lower the connector's order.
    changed["sequence"] = case((new.sequence > own.sequence, new.sequence), else_=own.sequence)
    upsert: Insert = statement.on_conflict_do_update(index_elements=[own.id], set_=changed, where=newer)
    return upsert


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
