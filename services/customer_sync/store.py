"""customer_sync's own tables: what was applied, what is intended, companies as last seen.

All reads and writes are short transactions without any wait for the network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Insert, and_, bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.customer_sync.fields import fold
from services.customer_sync.gathered import AppliedState, Intent
from services.customer_sync.tables import APPLIED, COMPANY, INTENT
from shared.batching import Batcher
from shared.events.records import Company
from shared.store.engine import reading

CREATE = "create company"
CHUNK = 500
TOGETHER = 100
WINDOW_SECONDS = 0.01

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


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody begins to write for a sequence."""

    customer: str
    sequence: int
    generation: int


@dataclass(frozen=True, slots=True)
class Creation:
    """A company was created."""

    customer: str
    generation: int
    company: Company


@dataclass(frozen=True, slots=True)
class Finish:
    """A sequence is done."""

    customer: str
    sequence: int
    generation: int
    configuration: str | None
    company: Company


class CustomerStore:
    """Reads in lists; writes of records that are worked on at the same time share a transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use an engine on which the migrations have run."""
        self._engine = engine
        # Records worked on side by side write together: a transaction costs far more than its rows.
        self._claims: Batcher[Claim, bool] = Batcher(self._claim_all, TOGETHER, WINDOW_SECONDS)
        self._intents: Batcher[Mapping[str, Any], bool] = Batcher(self._intend_all, TOGETHER, WINDOW_SECONDS)
        self._creations: Batcher[Creation, None] = Batcher(self._created_all, TOGETHER, WINDOW_SECONDS)
        self._finishes: Batcher[Finish, None] = Batcher(self._finish_all, TOGETHER, WINDOW_SECONDS)

    async def applied(self, customers: Sequence[str]) -> dict[str, AppliedState]:
        """What was applied, by customer; absent when nothing was."""
        own = APPLIED.c
        result: dict[str, AppliedState] = {}
        async with reading(self._engine) as connection:
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
        async with reading(self._engine) as connection:
            for part in _chunks(list(customers)):
                rows = await connection.execute(
                    select(INTENT).where(INTENT.c.customer.in_(part), INTENT.c.action == CREATE)
                )
                for row in rows:
                    if row.generation == customers[row.customer]:
                        result[row.customer] = Intent(
                            row.generation, row.reference, row.attempted_at, row.target
                        )
        return result

    async def claim(self, customer: str, sequence: int, generation: int) -> bool:
        """Take the right to write for a sequence; False when a newer change has it."""
        return await self._claims.ask(Claim(customer, sequence, generation))

    async def intend(
        self,
        customer: str,
        generation: int,
        reference: str,
        at: float,
        due: float,
        before: float | None = None,
    ) -> bool:
        """Write down, before a company is created, that it is about to be.

        Args:
            before: when the attempt that this one repeats was made; None: there was none.

        Returns:
            False when another attempt was written down meanwhile: then nothing may be created.
        """
        row = {
            "customer": customer,
            "action": CREATE,
            "generation": generation,
            "reference": reference,
            "attempted_at": at,
            "due_at": due,
        }
        if before is None:
            return await self._intents.ask(row)
        own = INTENT.c
        mine = [own.customer == customer, own.action == CREATE, own.generation == generation]
        async with self._engine.begin() as connection:
            unknown = delete(INTENT).where(*mine, own.target.is_(None), own.attempted_at == before)
            await connection.execute(unknown)
            return await _intend(self._engine, connection, [row]) == [True]

    async def created(self, customer: str, generation: int, company: Company) -> None:
        """Write down which company was created, and take it into the index."""
        await self._creations.ask(Creation(customer, generation, company))

    async def forget_intent(self, customer: str, generation: int) -> None:
        """The creation was refused: nothing came of it, and nothing needs looking for."""
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(INTENT).where(
                    INTENT.c.customer == customer,
                    INTENT.c.generation == generation,
                    INTENT.c.target.is_(None),
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
                    .where(
                        own.customer == row.customer, own.action == CREATE, own.generation == row.generation
                    )
                    .values(due_at=now + max(again, now - row.attempted_at))
                )
        return [DueIntent(row.customer, row.reference) for row in rows]

    async def finish(
        self, customer: str, sequence: int, generation: int, configuration: str | None, company: Company
    ) -> None:
        """Write down that a sequence is done, unless a newer one was meanwhile."""
        await self._finishes.ask(Finish(customer, sequence, generation, configuration, company))

    async def _claim_all(self, claims: Sequence[Claim]) -> list[bool]:
        statement = _insert(self._engine, APPLIED)
        new, own = statement.excluded, APPLIED.c
        lower = or_(
            own.generation < new.generation,
            and_(own.generation == new.generation, own.claimed <= new.claimed),
        )
        won: list[bool] = [False] * len(claims)
        async with self._engine.begin() as connection:
            for places in _rounds([claim.customer for claim in claims]):
                rows = [
                    {
                        "customer": claims[place].customer,
                        "claimed": claims[place].sequence,
                        "sequence": 0,
                        "generation": claims[place].generation,
                    }
                    for place in places
                ]
                taken = await connection.execute(
                    statement.values(rows)
                    .on_conflict_do_update(
                        index_elements=[own.customer],
                        set_={"claimed": new.claimed, "generation": new.generation},
                        where=lower,
                    )
                    .returning(own.customer)
                )
                winners = {row.customer for row in taken}
                for place in places:
                    won[place] = claims[place].customer in winners
        return won

    async def _intend_all(self, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
        async with self._engine.begin() as connection:
            return await _intend(self._engine, connection, rows)

    async def _created_all(self, creations: Sequence[Creation]) -> list[None]:
        own = INTENT.c
        statement = (
            update(INTENT)
            .where(
                own.customer == bindparam("of"),
                own.action == CREATE,
                own.generation == bindparam("in_generation"),
            )
            .values(target=bindparam("made"))
        )
        rows = [
            {"of": one.customer, "in_generation": one.generation, "made": str(one.company.id)}
            for one in creations
        ]
        async with self._engine.begin() as connection:
            await connection.execute(statement, rows)
            await self._see(connection, [(one.company, 0) for one in creations])
        return [None] * len(creations)

    async def _finish_all(self, finishes: Sequence[Finish]) -> list[None]:
        own = APPLIED.c
        statement = (
            update(APPLIED)
            .where(
                own.customer == bindparam("of"),
                own.generation == bindparam("in_generation"),
                own.sequence <= bindparam("done"),
            )
            .values(
                sequence=bindparam("done"), configuration=bindparam("held_in"), company_id=bindparam("to")
            )
        )
        rows = [
            {
                "of": one.customer,
                "in_generation": one.generation,
                "done": one.sequence,
                "held_in": one.configuration,
                "to": one.company.id,
            }
            for one in finishes
        ]
        async with self._engine.begin() as connection:
            await connection.execute(statement, rows)
            await self._see(connection, [(one.company, 0) for one in finishes])
        return [None] * len(finishes)

    async def _see(self, connection: AsyncConnection, companies: Sequence[tuple[Company, int]]) -> None:
        if companies:
            await connection.execute(_company_upsert(self._engine), [_company_row(*one) for one in companies])

    async def unlinked(self, customer: str, generation: int) -> None:
        """The link ended and was let go of: the next change is decided anew under the new generation."""
        anew = {
            "generation": generation,
            "sequence": 0,
            "claimed": 0,
            "company_id": None,
            "configuration": None,
        }
        statement = _insert(self._engine, APPLIED).values(customer=customer, **anew)
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[APPLIED.c.customer],
                    set_=anew,
                    where=APPLIED.c.generation < generation,
                )
            )

    async def see(self, companies: Iterable[tuple[Company, int]]) -> None:
        """Take companies into the index with the sequence they came under; older content is ignored."""
        async with self._engine.begin() as connection:
            await self._see(connection, list(companies))

    async def forget_companies(self, ids: Sequence[int]) -> None:
        """Companies that are gone match nothing any more."""
        async with self._engine.begin() as connection:
            for part in _chunks(ids):
                await connection.execute(update(COMPANY).where(COMPANY.c.id.in_(part)).values(deleted=True))

    async def candidates(self, numbers: Sequence[str]) -> list[Seen]:
        """Companies, not deleted, whose Company ID or Account ID is one of the numbers (folded)."""
        own = COMPANY.c
        found: dict[int, Seen] = {}
        async with reading(self._engine) as connection:
            for part in _chunks(numbers):
                rows = await connection.execute(
                    select(own.id, own.identifier_key, own.account_key).where(
                        own.deleted.is_(False), or_(own.identifier_key.in_(part), own.account_key.in_(part))
                    )
                )
                for row in rows:
                    found[row.id] = Seen(row.id, row.identifier_key, row.account_key)
        return list(found.values())

    async def last_seen(self, ids: Sequence[int]) -> dict[int, Company]:
        """Companies as last seen, by RecID; what was written by us is among it at once."""
        found: dict[int, Company] = {}
        async with self._engine.connect() as connection:
            for part in _chunks(ids):
                rows = await connection.execute(select(COMPANY.c.payload).where(COMPANY.c.id.in_(part)))
                for row in rows:
                    company = Company.model_validate_json(row.payload)
                    found[company.id] = company
        return found


def _insert(engine: AsyncEngine, table: Any) -> Any:
    return (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)


async def _intend(
    engine: AsyncEngine, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> list[bool]:
    statement = _insert(engine, INTENT).values(list(rows)).on_conflict_do_nothing()
    made = await connection.execute(statement.returning(INTENT.c.customer, INTENT.c.generation))
    written = [(row.customer, row.generation) for row in made]
    answers = []
    for row in rows:
        mine = (row["customer"], row["generation"])
        answers.append(mine in written)
        if mine in written:
            # The same customer twice in one list: only one of them wrote it down.
            written.remove(mine)
    return answers


def _company_row(company: Company, sequence: int) -> dict[str, Any]:
    info = (company.model_extra or {}).get("_info") or {}
    return {
        "id": company.id,
        "identifier_key": fold(company.identifier)[:60],
        "account_key": fold(company.accountNumber or "")[:60],
        "deleted": company.deletedFlag,
        "last_updated": str(info.get("lastUpdated", "")),
        "sequence": sequence,
        "payload": company.model_dump_json(exclude_none=True),
    }


def _company_upsert(engine: AsyncEngine) -> Insert:
    """Newer by the server's stamp wins; at the same second the connector's order decides."""
    statement = _insert(engine, COMPANY)
    new, own = statement.excluded, COMPANY.c
    newer = or_(
        own.last_updated < new.last_updated,
        and_(own.last_updated == new.last_updated, or_(new.sequence == 0, own.sequence <= new.sequence)),
    )
    changed = {column.name: new[column.name] for column in own if column.name not in {"id", "sequence"}}
    # What was seen directly (0) does not lower the connector's order.
    changed["sequence"] = case((new.sequence > own.sequence, new.sequence), else_=own.sequence)
    upsert: Insert = statement.on_conflict_do_update(index_elements=[own.id], set_=changed, where=newer)
    return upsert


def _rounds(keys: Sequence[str]) -> Iterable[list[int]]:
    """Places of the keys, so that no key comes twice in a round: one statement cannot write a row twice."""
    waiting = list(range(len(keys)))
    while waiting:
        seen: set[str] = set()
        now: list[int] = []
        later: list[int] = []
        for place in waiting:
            (later if keys[place] in seen else now).append(place)
            seen.add(keys[place])
        yield now
        waiting = later


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
