"""Tandem's ledger about contracts: which line stands for what, and which invoice a period was made ready for."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.contract_rows import ContractPeriod, ContractWrite
from shared.eautomate.ledger import LOCKED, put
from shared.eautomate.reader import chunks
from shared.eautomate.session import reading
from shared.eautomate.tables import Tables
from shared.eautomate.values import storable, storable_amount
from shared.eautomate.work import Work
from shared.events.contracts import ContractLine


class ContractLedger:
    """Reads of what was noted."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def lines_of(self, contract_ids: Iterable[int]) -> dict[int, dict[str, int]]:
        """``ContractDetailID`` by line key, by contract."""
        found: defaultdict[int, dict[str, int]] = defaultdict(dict)
        async with reading(self._engine) as connection:
            for chunk in chunks(set(contract_ids)):
                own = self._tables.noted_lines.c
                wanted = select(own.contract_id, own.line_key, own.contract_detail_id).where(
                    own.contract_id.in_(chunk)
                )
                for contract, key, detail in (await connection.execute(wanted)).all():
                    found[contract][key] = detail
        return dict(found)

    async def periods_of(self, contract_ids: Iterable[int]) -> dict[int, list[ContractPeriod]]:
        """Periods by contract, the earliest first."""
        found: defaultdict[int, list[ContractPeriod]] = defaultdict(list)
        async with reading(self._engine) as connection:
            for chunk in chunks(set(contract_ids)):
                own = self._tables.noted_periods
                wanted = (
                    select(own)
                    .where(own.c.contract_id.in_(chunk))
                    .order_by(own.c.contract_id, own.c.period_from)
                )
                for row in (await connection.execute(wanted)).all():
                    found[row.contract_id].append(_period(row))
        return dict(found)

    async def writes_of(self, contract_ids: Iterable[int]) -> dict[int, ContractWrite]:
        """How each contract was left; absent where Tandem wrote nothing."""
        found: dict[int, ContractWrite] = {}
        async with reading(self._engine) as connection:
            for chunk in chunks(set(contract_ids)):
                own = self._tables.noted_writes
                wanted = select(own).where(own.c.contract_id.in_(chunk))
                for row in (await connection.execute(wanted)).all():
                    found[row.contract_id] = ContractWrite(
                        row.contract_id,
                        row.invoice_id,
                        row.generation,
                        row.sequence,
                        row.row_version,
                        row.content,
                    )
        return found


class ContractNotes:
    """What is noted inside a transaction."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def lines(self, contract_id: int, lines: Mapping[str, int]) -> None:
        """Make the contract's rows these; what is noted already stays untouched.

        Raises:
            NotStorable, ValueTooLong: a key does not fit the ledger.
        """
        own = self._work.tables.noted_lines
        rows = (await self._work.execute(noted_lines(self._work.tables, contract_id))).all()
        noted = {row.line_key: row.contract_detail_id for row in rows}
        for key in sorted(noted.keys() - lines.keys()):
            await self._work.execute(
                own.delete().where(own.c.contract_id == contract_id, own.c.line_key == key)
            )
        new = [
            {
                "contract_id": contract_id,
                "line_key": storable(own.c.line_key, key),
                "contract_detail_id": detail,
            }
            for key, detail in sorted(lines.items())
            if key not in noted
        ]
        if new:
            await self._work.execute(own.insert(), new)
        for key, detail in sorted(lines.items()):
            if noted.get(key, detail) != detail:
                here = own.update().where(own.c.contract_id == contract_id, own.c.line_key == key)
                await self._work.execute(here.values(contract_detail_id=detail))

    async def period(self, period: ContractPeriod) -> None:
        """Write the period's row unless it is there as it should be.

        Raises:
            NotStorable, ValueTooLong: a value does not fit the ledger.
        """
        own = self._work.tables.noted_periods
        row = (await self._work.execute(noted_period(self._work.tables, period))).one_or_none()
        values = self._values(period)
        if row is None:
            await self._work.execute(own.insert().values(values))
        elif _period(row) != _period(values):
            here = own.update().where(
                own.c.contract_id == period.contract_id, own.c.period_from == period.period_from
            )
            await self._work.execute(here.values(values))

    async def write(self, left: ContractWrite) -> None:
        """Write how a contract was left, in place of what was noted.

        Raises:
            NotStorable, ValueTooLong: a value does not fit the ledger.
        """
        await put(self._work, self._work.tables.noted_writes, asdict(left))

    def _values(self, period: ContractPeriod) -> dict[str, Any]:
        own = self._work.tables.noted_periods.c
        return {
            "contract_id": period.contract_id,
            "period_from": period.period_from,
            "period_to": period.period_to,
            "invoice_id": period.invoice_id,
            "invoice_number": storable(own.invoice_number, period.invoice_number),
            "amount": storable_amount(own.amount, period.amount),
            "red": period.red,
            "released_by": storable(own.released_by, period.released_by),
            "before_lines": json.dumps(
                [line.model_dump(mode="json", exclude_none=True) for line in period.before_lines]
            ),
        }


def noted_lines(tables: Tables, contract_id: int) -> Select[Any]:
    """What is noted of a contract's lines, or the gap where it would be, locked."""
    own = tables.noted_lines
    return (
        select(own.c.line_key, own.c.contract_detail_id)
        .where(own.c.contract_id == contract_id)
        .with_hint(own, LOCKED, "mssql")
    )


def noted_period(tables: Tables, period: ContractPeriod) -> Select[Any]:
    """What is noted of a period, or the gap where it would be, locked."""
    own = tables.noted_periods
    return (
        select(own)
        .where(own.c.contract_id == period.contract_id, own.c.period_from == period.period_from)
        .with_hint(own, LOCKED, "mssql")
    )


def _period(row: Row[Any] | Mapping[str, Any]) -> ContractPeriod:
    values = row if isinstance(row, Mapping) else row._mapping
    lines = tuple(ContractLine.model_validate(line) for line in json.loads(values["before_lines"]))
    return ContractPeriod(
        contract_id=values["contract_id"],
        period_from=values["period_from"],
        period_to=values["period_to"],
        invoice_id=values["invoice_id"],
        invoice_number=values["invoice_number"],
        amount=values["amount"],
        red=bool(values["red"]),
        released_by=values["released_by"],
        before_lines=lines,
    )
