"""What was applied and what is intended, for one kind of link.

All reads and writes are short transactions without any wait for the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from sqlalchemy import and_, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.customer_sync.pairs.known import AppliedState
from services.customer_sync.tables import APPLIED, INTENT, OVERWRITTEN
from shared.batching import Batcher
from shared.events.named import named
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.store.engine import reading
from shared.store.upsert import chunks, insert, rounds
from shared.sync.intents import TOGETHER, WINDOW_SECONDS, Intents, R
from shared.sync.outcome import Overwritten
from shared.sync.overwritten import Untold


@dataclass(frozen=True, slots=True)
class _Claim:
    """Somebody begins to write for a sequence."""

    subject: str
    sequence: int
    generation: int
    overwritten: Overwritten | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """The right to write.

    Attributes:
        overwritten: what the outcome is to tell: of this claim, and of earlier ones that may not be told.
    """

    overwritten: tuple[Overwritten, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finish(Generic[R]):
    """A sequence is done."""

    subject: str
    sequence: int
    generation: int
    configuration: str | None
    target: R
    parent: int | None


class Progress(Intents[R]):
    """Reads in lists; writes of records that are worked on at the same time share a transaction.

    Args:
        engine: one on which the migrations have run.
        kind: what the records are linked by.
        action: what creating a target is called, e.g. ``create company``.
    """

    def __init__(self, engine: AsyncEngine, kind: LinkKind, action: str) -> None:
        super().__init__(engine, INTENT, action)
        self._kind = kind.value
        self._untold = Untold(engine, OVERWRITTEN)
        # Records worked on side by side write together: a transaction costs far more than its rows.
        self._claims: Batcher[_Claim, Claimed | None] = Batcher(self._claim_all, TOGETHER, WINDOW_SECONDS)
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

    async def claim(
        self, subject: str, sequence: int, generation: int, overwritten: Overwritten | None = None
    ) -> Claimed | None:
        """Take the right to write for a sequence; None when a newer change has it.

        Args:
            overwritten: of a customer or location: what it is about to overwrite, durable with the claim.
        """
        return await self._claims.ask(_Claim(subject, sequence, generation, overwritten))

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
        statement = insert(self._engine.dialect.name, APPLIED).values(
            kind=self._kind, subject=subject, **anew
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                statement.on_conflict_do_update(
                    index_elements=[own.kind, own.subject], set_=anew, where=own.generation < generation
                )
            )

    async def _claim_all(self, claims: Sequence[_Claim]) -> list[Claimed | None]:
        statement = insert(self._engine.dialect.name, APPLIED)
        new, own = statement.excluded, APPLIED.c
        lower = or_(
            own.generation < new.generation,
            and_(own.generation == new.generation, own.claimed <= new.claimed),
        )
        won: list[int] = []
        async with self._engine.begin() as connection:
            for places in rounds([claim.subject for claim in claims]):
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
                won += [place for place in places if claims[place].subject in winners]
            noted = await self._note(connection, [(place, claims[place]) for place in sorted(won)])
        return [Claimed(noted.get(place, ())) if place in won else None for place in range(len(claims))]

    async def _note(
        self, connection: AsyncConnection, won: Sequence[tuple[int, _Claim]]
    ) -> dict[int, tuple[Overwritten, ...]]:
        """What outcomes are to tell, by the place of the claim; its row is locked until the transaction ends."""
        coming = [
            (place, (named(Customer.SOURCE, Customer.ENTITY, claim.subject), claim.overwritten))
            for place, claim in won
            if claim.overwritten is not None
        ]
        if not coming:
            return {}
        noted = await self._untold.note(connection, [one for _, one in coming])
        return {place: (one,) for (place, _), one in zip(coming, noted, strict=True)}

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
