"""Rows that belong to a record: lines of a contract, labour of a call. Their own changes move no row of the record."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, func, select

from shared.eautomate.schema_reader import Shape
from shared.eautomate.types import highest
from shared.eautomate.work import Executes


class Children:
    """Tells, for each record, whether one of the rows that belong to it came, changed or went."""

    def __init__(self, owner: Column[int], names: str, shape: Shape) -> None:
        """Prepare.

        Args:
            owner: whose a row is.
            names: columns that are compared where the rows have no rowversion, by documented name.
            shape: tells whether they have.
        """
        self.owner = owner
        self._stamped = shape.has(owner.table.c.timestamp)
        self._wanted = child_stamps(owner) if self._stamped else bare_children(owner, names)

    async def stamps(self, connection: Executes, which: ColumnElement[bool]) -> dict[int, str]:
        """By record, what moves when one of its rows does; absent where it has none."""
        rows: Sequence[Any] = (await connection.execute(self._wanted.where(which))).all()
        if self._stamped:
            return {owner: f"{count}:{_plain(version)}" for owner, count, version in rows}
        digests: defaultdict[int, Any] = defaultdict(lambda: hashlib.blake2b(digest_size=16))
        for row in rows:
            digests[row._mapping[self.owner.key]].update(repr(tuple(row)).encode())
        return {owner: digest.hexdigest() for owner, digest in digests.items()}


def child_stamps(owner: Column[int]) -> Select[Any]:
    """(record, rows, highest rowversion): one of them moves when a row does."""
    wanted: list[ColumnElement[Any]] = [owner, func.count(), highest(owner.table.c.timestamp)]
    return select(*wanted).group_by(owner)


def bare_children(owner: Column[int], names: str) -> Select[Any]:
    """Whole rows without a join: what stands for their rowversion where they have none."""
    own = owner.table
    wanted = (own.c[name].label(name) for name in names.split())
    return select(*wanted).order_by(owner, *own.primary_key)


def _plain(version: bytes | int) -> str:
    return version.hex() if isinstance(version, bytes) else str(version)
