"""Rows that are locked before they are written, left alone while a person has them open, and stamped once."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, Select, select

from shared.eautomate.errors import RecordLocked, RowChanged
from shared.eautomate.ledger import LOCKED
from shared.eautomate.owners import Kind
from shared.eautomate.rows import hex_version
from shared.eautomate.schema_reader import Shape
from shared.eautomate.values import text
from shared.eautomate.work import Key, Work


class GuardedRows:
    """The rows of one kind of record inside one transaction, as the client would save them."""

    def __init__(self, work: Work, kind: Kind, names: Iterable[str]) -> None:
        """Prepare.

        Args:
            kind: its rows carry ``Locks``, stamps and a rowversion.
            names: columns that are written or decide about it, by documented name.
        """
        self._work = work
        self._kind = kind
        self._names = frozenset(names)
        self._saved: dict[int, str] = {}
        """Rowversion each record had before this transaction saved it."""
        self._locked: dict[int, Row[Any]] = {}
        """Rows as locked, while they are as they were read: nobody else can change them."""

    async def open(self, key: int, expected: str | None = None) -> Row[Any]:
        """The record's row, locked to the end of the transaction.

        Raises:
            RowChanged: it is gone, or its rowversion is not the expected one.
            RecordLocked: a person has it open.
        """
        if expected is None and key in self._locked:
            return self._locked[key]
        kind = self._kind
        found = await self._work.keyed(
            f"locked {kind.kind}", lambda one: locked_row(kind, self._names, self._work.shape, one), key
        )
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"{kind.kind} {key} is gone from {kind.table.name}")
        told = f"{kind.kind} {text(row._mapping[kind.number]).strip()}"
        seen = self._saved.get(key, hex_version(row.timestamp))
        if expected is not None and seen != expected:
            raise RowChanged(f"{told} was saved since: rowversion {seen}, not {expected}")
        if row.Locks > 0:
            raise RecordLocked(f"{told} is open on somebody's screen in e-automate")
        self._locked[key] = row
        return row

    def has_saved(self, key: int) -> bool:
        """Whether this transaction made the record, or wrote to it or to what belongs to it."""
        return key in self._saved

    async def touch(self, row: Row[Any]) -> None:
        """Save the record because something of it changed; once a transaction."""
        if not self.has_saved(row._mapping[self._kind.key]):
            await self._save(row, {})

    def _made(self, key: int) -> None:
        self._saved[key] = ""

    async def _save(self, row: Row[Any], values: dict[str, Any]) -> None:
        own, key = self._kind.table, row._mapping[self._kind.key]
        here = own.update().where(own.c[self._kind.key] == key, own.c.timestamp == row.timestamp)
        await self._work.execute(
            here.values({own.c[name]: value for name, value in (values | self._work.saved).items()})
        )
        self._saved.setdefault(key, hex_version(row.timestamp))
        self._locked.pop(key, None)


def locked_row(kind: Kind, names: Iterable[str], shape: Shape, key: Key) -> Select[Any]:
    """A record's columns, under their documented names, locked."""
    own = kind.table
    wanted = {kind.key, kind.number, "Locks", "timestamp", *names}
    columns = [own.c[name].label(name) for name in sorted(wanted) if shape.has(own.c[name])]
    return select(*columns).where(own.c[kind.key] == key).with_hint(own, LOCKED, "mssql")
