"""Messages of the bus into the store."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import structlog
from pydantic import ValidationError
from sqlalchemy.exc import DataError, SQLAlchemyError

from services.error_reporting.facts import Fact, read_deed, read_letter, read_outcome
from services.error_reporting.store import CaseStore
from shared import telemetry
from shared.bus.deadletter import Raw
from shared.bus.delivery import Transient
from shared.bus.fold import Fold
from shared.bus.rewind import Place
from shared.events import topics

log = structlog.get_logger(__name__)


def folded_topics(prefix: str) -> list[str]:
    """All topics cases are made of."""
    letters = [topics.dead_letters(prefix, agent) for agent in topics.AGENTS]
    return [topics.outcomes(prefix), topics.case_events(prefix), *letters]


class CaseFold(Fold):
    """Takes in outcomes, letters of every agent and case events.

    Args:
        store: where they go.
        prefix: of the topics.
        folded: called after each batch.
    """

    def __init__(self, store: CaseStore, prefix: str, folded: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._outcomes = topics.outcomes(prefix)
        self._events = topics.case_events(prefix)
        self._agents = {topics.dead_letters(prefix, agent): agent for agent in topics.AGENTS}
        self._folded = folded

    async def fold(self, raws: Sequence[Raw]) -> None:
        """Take in a batch.

        Raises:
            Transient: the store does not answer.
        """
        facts = [fact for raw in raws if (fact := self._read(raw)) is not None]
        try:
            await self._take(facts, raws)
        except DataError:
            # One of them holds what the database will not have; the others must not wait for it.
            log.exception("a batch cannot be stored, each message is by itself")
            for raw in raws:
                await self._one(raw)
        self._folded()

    async def _one(self, raw: Raw) -> None:
        fact = self._read(raw)
        try:
            await self._take([] if fact is None else [fact], [raw])
        except DataError as error:
            self._unreadable(raw, type(error).__name__)
            await self._take([], [raw])

    async def _take(self, facts: Sequence[Fact], raws: Sequence[Raw]) -> None:
        positions: dict[Place, int] = {(raw.topic, raw.partition): raw.offset + 1 for raw in raws}
        try:
            await self._store.take(facts, positions, datetime.now(UTC))
        except DataError:
            raise
        except (SQLAlchemyError, OSError) as error:
            raise Transient(f"the store does not answer: {type(error).__name__}") from error

    def _read(self, raw: Raw) -> Fact | None:
        try:
            if raw.topic == self._outcomes:
                return read_outcome(raw)
            if raw.topic == self._events:
                return read_deed(raw)
            return read_letter(raw, self._agents[raw.topic])
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            self._unreadable(raw, f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}")
            return None

    def _unreadable(self, raw: Raw, why: str) -> None:
        telemetry.UNREADABLE.labels(raw.topic).inc()
        place = f"{raw.topic}:{raw.partition}:{raw.offset}"
        log.error(
            "a message cannot be taken in; its topic keeps it", place=place, why=re.sub(r"\s+", " ", why)
        )
