"""What was applied and what is intended, for one kind of link.

All reads and writes are short transactions without any wait for the network.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.customer_sync.pairs.known import AppliedState, Intent
from services.customer_sync.tables import APPLIED, INTENT
from shared.batching import Batcher
from shared.links.kinds import LinkKind
from shared.store.engine import reading

CHUNK = 500
TOGETHER = 100
WINDOW_SECONDS = 0.01


class Target(Protocol):
    """A record of ConnectWise."""

    @property
    def id(self) -> int:
        """Its RecID."""


R = TypeVar("R", bound=Target)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DueIntent:
    """A creation with an unknown answer that is due to be looked at."""

    customer: str
    reference: str
    order_key: str | None = None


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody begins to write for a sequence."""

    subject: str
    sequence: int
    generation: int


@dataclass(frozen=True, slots=True)
class _Creation(Generic[R]):
    """A record was created."""

    subject: str
    generation: int
    target: R


@dataclass(frozen=True, slots=True)
class _Finish(Generic[R]):
    """A sequence is done."""

    subject: str
    sequence: int
    generation: int
    configuration: str | None
    target: R
    parent: int | None


class Progress(Generic[R]):
    """Reads in lists; writes of records that are worked on at the same time share a transaction.

    Args:
        engine: one on which the migrations have run.
        kind: what the records are linked by.
        action: what creating a target is called, e.g. ``create company``.
    """

    def __init__(self, engine: AsyncEngine, kind: LinkKind, action: str) -> None:
        self._engine = engine
        self._kind = kind.value
        self._action = action
        # Records worked on side by side write together: a transaction costs far more than its rows.
        self._claims: Batcher[_Claim, bool] = Batcher(self._claim_all, TOGETHER, WINDOW_SECONDS)
        self._intents: Batcher[Mapping[str, Any], bool] = Batcher(self._intend_all, TOGETHER, WINDOW_SECONDS)
        self._creations: Batcher[_Creation[R], None] = Batcher(self._created_all, TOGETHER, WINDOW_SECONDS)
        self._finishes: Batcher[_Finish[R], None] = Batcher(self._finish_all, TOGETHER, WINDOW_SECONDS)

    async def applied(self, subjects: Sequence[str]) -> dict[str, AppliedState]:
        """What was applied, by subject; absent when nothing was."""
        own = APPLIED.c
        result: dict[str, AppliedState] = {}
        async with reading(self._engine) as connection:
            for part in chunks(subjects):
                rows = await connection.execute(
                    select(APPLIED).where(own.kind == self._kind, own.subject.in_(part))
                )
                for row in rows:
                    result[row.subject] = AppliedState(
                        row.sequence,
                        row.claimed,
                        row.generation,
                        row.configuration,
                        row.target_id,
                        row.parent_target_id,
                    )
        return result

    async def intents(self, subjects: Mapping[str, int]) -> dict[str, Intent]:
        """The intent of each subject's generation, by subject."""
        result: dict[str, Intent] = {}
        async with reading(self._engine) as connection:
            for part in chunks(list(subjects)):
                rows = await connection.execute(
                    select(INTENT).where(INTENT.c.subject.in_(part), INTENT.c.action == self._action)
                )
                for row in rows:
                    if row.generation == subjects[row.subject]:
                        result[row.subject] = Intent(
                            row.generation, row.reference, row.attempted_at, row.target, row.within
                        )
        return result

    async def claim(self, subject: str, sequence: int, generation: int) -> bool:
        """Take the right to write for a sequence; False when a newer change has it."""
        return await self._claims.ask(_Claim(subject, sequence, generation))

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
        own = INTENT.c
        mine = [own.subject == subject, own.action == self._action, own.generation == generation]
        async with self._engine.begin() as connection:
            unknown = delete(INTENT).where(*mine, own.target.is_(None), own.attempted_at == before)
            await connection.execute(unknown)
            return await _intend(self._engine, connection, [row]) == [True]

    async def created(self, subject: str, generation: int, target: R) -> None:
        """Write down which record was created."""
        await self._creations.ask(_Creation(subject, generation, target))

    async def forget_intent(self, subject: str, generation: int) -> None:
        """The creation was refused: nothing came of it, and nothing needs looking for."""
        own = INTENT.c
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(INTENT).where(
                    own.subject == subject,
                    own.action == self._action,
                    own.generation == generation,
                    own.target.is_(None),
                )
            )

    async def due_intents(self, now: float, again: float, limit: int = 100) -> list[DueIntent]:
        """Intents with an unknown answer that are due, of every kind.

        Each comes again ``again`` seconds later, and ever more seldom while nothing can be done about it.
        """
        own = INTENT.c
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
                    update(INTENT)
                    .where(
                        own.subject == row.subject,
                        own.action == row.action,
                        own.generation == row.generation,
                    )
                    .values(due_at=now + max(again, now - row.attempted_at))
                )
        return [DueIntent(row.subject, row.reference, row.order_key) for row in rows]

    async def finish(
        self,
        subject: str,
        sequence: int,
        generation: int,
        configuration: str | None,
        target: R,
        parent: int | None = None,
    ) -> None:
        """Write down that a sequence is done, unless a newer one was meanwhile.

        Args:
            parent: of a site: the company it is in.
        """
        await self._finishes.ask(_Finish(subject, sequence, generation, configuration, target, parent))

    async def unlinked(self, subject: str, generation: int) -> None:
        """The link ended and was let go of: the next change is decided anew under the new generation."""
        anew = {
            "generation": generation,
            "sequence": 0,
            "claimed": 0,
            "target_id": None,
            "parent_target_id": None,
            "configuration": None,
        }
        own = APPLIED.c
        statement = insert(self._engine, APPLIED).values(kind=self._kind, subject=subject, **anew)
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[own.kind, own.subject], set_=anew, where=own.generation < generation
                )
            )

    async def _remember(self, connection: AsyncConnection, targets: Sequence[R]) -> None:
        """Take records just created or written into an index, in the same transaction; here: there is none."""

    async def _claim_all(self, claims: Sequence[_Claim]) -> list[bool]:
        statement = insert(self._engine, APPLIED)
        new, own = statement.excluded, APPLIED.c
        lower = or_(
            own.generation < new.generation,
            and_(own.generation == new.generation, own.claimed <= new.claimed),
        )
        won: list[bool] = [False] * len(claims)
        async with self._engine.begin() as connection:
            for places in _rounds([claim.subject for claim in claims]):
                rows = [
                    {
                        "kind": self._kind,
                        "subject": claims[place].subject,
                        "claimed": claims[place].sequence,
                        "sequence": 0,
                        "generation": claims[place].generation,
                    }
                    for place in places
                ]
                taken = await connection.execute(
                    statement.values(rows)
                    .on_conflict_do_update(
                        index_elements=[own.kind, own.subject],
                        set_={"claimed": new.claimed, "generation": new.generation},
                        where=lower,
                    )
                    .returning(own.subject)
                )
                winners = {row.subject for row in taken}
                for place in places:
                    won[place] = claims[place].subject in winners
        return won

    async def _intend_all(self, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
        async with self._engine.begin() as connection:
            return await _intend(self._engine, connection, rows)

    async def _created_all(self, creations: Sequence[_Creation[R]]) -> list[None]:
        own = INTENT.c
        statement = (
            update(INTENT)
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

    async def _finish_all(self, finishes: Sequence[_Finish[R]]) -> list[None]:
        own = APPLIED.c
        statement = (
            update(APPLIED)
            .where(
                own.kind == self._kind,
                own.subject == bindparam("of"),
                own.generation == bindparam("in_generation"),
                own.sequence <= bindparam("done"),
            )
            .values(
                sequence=bindparam("done"),
                configuration=bindparam("held_in"),
                target_id=bindparam("to"),
                parent_target_id=bindparam("in_parent"),
            )
        )
        rows = [
            {
                "of": one.subject,
                "in_generation": one.generation,
                "done": one.sequence,
                "held_in": one.configuration,
                "to": one.target.id,
                "in_parent": one.parent,
            }
            for one in finishes
        ]
        async with self._engine.begin() as connection:
            await connection.execute(statement, rows)
            await self._remember(connection, [one.target for one in finishes])
        return [None] * len(finishes)


def insert(engine: AsyncEngine, table: Any) -> Any:
    """An INSERT that may say what happens on a conflict."""
    return (postgresql if engine.dialect.name == "postgresql" else sqlite).insert(table)


def chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    """As many at a time as a statement may name."""
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


async def _intend(
    engine: AsyncEngine, connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]
) -> list[bool]:
    statement = insert(engine, INTENT).values(list(rows)).on_conflict_do_nothing()
    made = await connection.execute(statement.returning(INTENT.c.subject, INTENT.c.generation))
    written = [(row.subject, row.generation) for row in made]
    answers = []
    for row in rows:
        mine = (row["subject"], row["generation"])
        answers.append(mine in written)
        if mine in written:
            # The same record twice in one list: only one of them wrote it down.
            written.remove(mine)
    return answers


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
