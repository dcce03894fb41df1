"""What is about to be created in ConnectWise, written down before it is (design 5).

All reads and writes are short transactions without any wait for the network.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.batching import Batcher
from shared.store.engine import reading
from shared.store.upsert import chunks, insert

TOGETHER = 100
WINDOW_SECONDS = 0.01


class Target(Protocol):
    """A record of ConnectWise."""

    @property
    def id(self) -> int:
        """Its RecID."""


R = TypeVar("R", bound=Target)


@dataclass(frozen=True, slots=True)
class Intent:
    """A record that was about to be created in ConnectWise.

    Attributes:
        reference: what it can be found by: a company's Company ID, a site's name, a payment's amount and day.
        attempted_at: epoch seconds.
        target: the created record's RecID, None while the answer is unknown.
        within: RecID of the record it was to be created in, where that is another than the subject's own.
    """

    generation: int
    reference: str
    attempted_at: float
    target: str | None
    within: int | None = None


@dataclass(frozen=True, slots=True)
class DueIntent:
    """A creation with an unknown answer that is due to be looked at."""

    subject: str
    reference: str
    order_key: str | None = None


@dataclass(frozen=True, slots=True)
class _Creation(Generic[R]):
    """A record was created."""

    subject: str
    generation: int
    target: R


def intent_table(metadata: MetaData, service: str) -> Table:
    """The table of one service's intents."""
    name = f"{service}_intent"
    return Table(
        name,
        metadata,
        Column("subject", String(20), primary_key=True),
        Column("action", String(20), primary_key=True),
        Column("generation", Integer, primary_key=True),
        # What the record in ConnectWise can be found by when the answer was lost.
        Column("reference", String(60), nullable=False),
        # Of a site: the company it was to be created in.
        Column("within", BigInteger, nullable=True),
        # What the subject stays in order with: a location's head office, an invoice's agreement.
        Column("order_key", String(20), nullable=True),
        Column("attempted_at", Float, nullable=False),
        Column("due_at", Float, nullable=False),
        # The created record's id: set means done.
        Column("target", String(20), nullable=True),
        Index(f"{name}_due", "target", "due_at"),
    )


class Intents(Generic[R]):
    """Reads in lists; writes of records that are worked on at the same time share a transaction.

    Args:
        engine: one on which the service's migrations have run.
        table: of ``intent_table``.
        action: what creating a target is called, e.g. ``create company``.
    """

    def __init__(self, engine: AsyncEngine, table: Table, action: str) -> None:
        self._engine = engine
        self._table = table
        self._action = action
        # Records worked on side by side write together: a transaction costs far more than its rows.
        self._intents: Batcher[Mapping[str, Any], bool] = Batcher(self._intend_all, TOGETHER, WINDOW_SECONDS)
        self._creations: Batcher[_Creation[R], None] = Batcher(self._created_all, TOGETHER, WINDOW_SECONDS)

    async def intents(self, subjects: Mapping[str, int]) -> dict[str, Intent]:
        """The intent of each subject's generation, by subject."""
        own = self._table.c
        result: dict[str, Intent] = {}
        async with reading(self._engine) as connection:
            for part in chunks(list(subjects)):
                rows = await connection.execute(
                    select(self._table).where(own.subject.in_(part), own.action == self._action)
                )
                for row in rows:
                    if row.generation == subjects[row.subject]:
                        result[row.subject] = Intent(
                            row.generation, row.reference, row.attempted_at, row.target, row.within
                        )
        return result

    async def intend(
        self,
        subject: str,
        generation: int,
        reference: str,
        at: float,
        due: float,
        before: float | None = None,
        within: int | None = None,
        order_key: str | None = None,
    ) -> bool:
        """Write down, before a record is created, that it is about to be.

        Args:
            before: when the attempt that this one repeats was made; None: there was none.
            within: of a site: the company it is to be created in.
            order_key: what the subject stays in order with; None: itself.

        Returns:
            False when another attempt was written down meanwhile: then nothing may be created.
        """
        row = {
            "subject": subject,
            "action": self._action,
            "generation": generation,
            "reference": reference,
            "within": within,
            "order_key": order_key,
            "attempted_at": at,
            "due_at": due,
        }
        if before is None:
            return await self._intents.ask(row)
        own = self._table.c
        mine = [own.subject == subject, own.action == self._action, own.generation == generation]
        async with self._engine.begin() as connection:
            unknown = delete(self._table).where(*mine, own.target.is_(None), own.attempted_at == before)
            await connection.execute(unknown)
            return await self._intend(connection, [row]) == [True]

    async def created(self, subject: str, generation: int, target: R) -> None:
        """Write down which record was created."""
        await self._creations.ask(_Creation(subject, generation, target))

    async def forget_intent(self, subject: str, generation: int) -> None:
        """The creation was refused: nothing came of it, and nothing needs looking for."""
        own = self._table.c
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(self._table).where(
                    own.subject == subject,
                    own.action == self._action,
                    own.generation == generation,
                    own.target.is_(None),
                )
            )

    async def due_intents(self, now: float, again: float, limit: int = 100) -> list[DueIntent]:
        """Intents of the service with an unknown answer that are due, whatever is to be created.

        Each comes again ``again`` seconds later, and ever more seldom while nothing can be done about it.
        """
        own = self._table.c
        async with self._engine.begin() as connection:
            rows = (
                await connection.execute(
                    select(
                        own.subject,
                        own.action,
                        own.generation,
                        own.reference,
                        own.attempted_at,
                        own.order_key,
                    )
                    .where(own.target.is_(None), own.due_at <= now)
                    .order_by(own.due_at)
                    .limit(limit)
                )
            ).all()
            for row in rows:
                await connection.execute(
                    update(self._table)
                    .where(
                        own.subject == row.subject,
                        own.action == row.action,
                        own.generation == row.generation,
                    )
                    .values(due_at=now + max(again, now - row.attempted_at))
                )
        return [DueIntent(row.subject, row.reference, row.order_key) for row in rows]

    async def _remember(self, connection: AsyncConnection, targets: Sequence[R]) -> None:
        """Take records just created or written into an index, in the same transaction; here: there is none."""

    async def _intend_all(self, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
        async with self._engine.begin() as connection:
            return await self._intend(connection, rows)

    async def _intend(self, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
        statement = insert(self._engine.dialect.name, self._table).values(list(rows)).on_conflict_do_nothing()
        made = await connection.execute(statement.returning(self._table.c.subject, self._table.c.generation))
        written = [(row.subject, row.generation) for row in made]
        answers = []
        for row in rows:
            mine = (row["subject"], row["generation"])
            answers.append(mine in written)
            if mine in written:
                # The same record twice in one list: only one of them wrote it down.
                written.remove(mine)
        return answers

    async def _created_all(self, creations: Sequence[_Creation[R]]) -> list[None]:
        own = self._table.c
        statement = (
            update(self._table)
            .where(
                own.subject == bindparam("of"),
                own.action == self._action,
                own.generation == bindparam("in_generation"),
            )
            .values(target=bindparam("made"))
        )
        rows = [
            {"of": one.subject, "in_generation": one.generation, "made": str(one.target.id)}
            for one in creations
        ]
        async with self._engine.begin() as connection:
            await connection.execute(statement, rows)
            await self._remember(connection, [one.target for one in creations])
        return [None] * len(creations)
