"""Reading links out of the tables."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Table, func, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from services.mapping.rules import Known
from services.mapping.tables import ENDED, LINK, OUTBOX
from shared.links.kinds import LinkKind
from shared.links.models import Ending, How, Link, LinkState


def from_row(row: Row[Any]) -> Link:
    """A row of either link table as a link; an ended one carries the revision and generation of its end."""
    values = row._mapping
    ending = None
    if "ended_revision" in values:
        ending = Ending(
            by=values["ended_by"],
            why=values["ended_why"],
            at=values["ended_at"],
            by_hand=values["ended_by_hand"],
            revision=values["ended_revision"],
        )
    return Link(
        kind=LinkKind(values["kind"]),
        left=values["left_key"],
        right=values["right_key"],
        state=LinkState.ACTIVE if ending is None else LinkState.ENDED,
        how=How(values["how"]),
        by=values["made_by"],
        why=values["why"],
        made_at=values["made_at"],
        revision=values["revision"],
        generation=values["generation"] + (0 if ending is None else 1),
        order_key=values["order_key"],
        ending=ending,
    )


async def known(
    connection: AsyncConnection, kind: LinkKind, lefts: Iterable[str], rights: Iterable[str]
) -> Known:
    """Everything stored about the lefts, and the links that hold for the rights."""
    asked_lefts, asked_rights = sorted(set(lefts)), sorted(set(rights))
    result = Known()
    for row in await connection.execute(holding(kind, asked_lefts, asked_rights)):
        result.add(from_row(row))
    past = (
        select(ENDED)
        .where(ENDED.c.kind == kind.value, ENDED.c.left_key.in_(asked_lefts))
        .order_by(ENDED.c.ended_revision.desc())
    )
    for row in await connection.execute(past):
        link = from_row(row)
        result.ended.setdefault((link.kind, link.left), []).append(link)
    return result


def holding(kind: LinkKind, lefts: Sequence[str], rights: Sequence[str]) -> CompoundSelect[Any]:
    """Links that hold for one of the lefts or one of the rights."""
    # Not one condition with OR: SQLite then reads every link of the kind.
    of_kind = select(LINK).where(LINK.c.kind == kind.value)
    return union(of_kind.where(LINK.c.left_key.in_(lefts)), of_kind.where(LINK.c.right_key.in_(rights)))


async def page(
    connection: AsyncConnection, filters: dict[str, str], after: int, limit: int
) -> Sequence[Link]:
    """Links that hold, by rising revision.

    Args:
        filters: column name to wanted value; all must agree.
        after: only revisions above this.
    """
    conditions: list[ColumnElement[bool]] = [LINK.c[name] == value for name, value in filters.items()]
    wanted = select(LINK).where(LINK.c.revision > after, *conditions).order_by(LINK.c.revision).limit(limit)
    return [from_row(row) for row in await connection.execute(wanted)]


async def newest_states(connection: AsyncConnection) -> list[Link]:
    """The newest state of every left record that is or was linked, oldest revision first."""
    newest = (
        select(func.max(ENDED.c.ended_revision))
        .where(~select(LINK.c.revision).where(_same_left(LINK, ENDED)).exists())
        .group_by(ENDED.c.kind, ENDED.c.left_key)
    )
    active = [from_row(row) for row in await connection.execute(select(LINK))]
    past = await connection.execute(select(ENDED).where(ENDED.c.ended_revision.in_(newest)))
    return sorted([*active, *(from_row(row) for row in past)], key=lambda link: link.version)


def _same_left(one: Table, other: Table) -> ColumnElement[bool]:
    return (one.c.kind == other.c.kind) & (one.c.left_key == other.c.left_key)


async def backlog(connection: AsyncConnection) -> tuple[int, Any]:
    """How many messages wait to be sent, and since when the oldest does (None when none does)."""
    waiting = select(func.count(), func.min(OUTBOX.c.created_at)).where(OUTBOX.c.sent_at.is_(None))
    count, oldest = (await connection.execute(waiting)).one()
    return count, oldest


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """How many links hold, by kind."""
    rows = await connection.execute(select(LINK.c.kind, func.count().label("links")).group_by(LINK.c.kind))
    return {row.kind: row.links for row in rows}
