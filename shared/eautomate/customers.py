"""Reading customers and locations."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import statements
from shared.eautomate.codes import code_texts, full_name
from shared.eautomate.owners import customer_owner
from shared.eautomate.property_reader import PropertyRecords
from shared.eautomate.reader import Fields, chunks
from shared.eautomate.rows import hex_version
from shared.eautomate.tables import Tables
from shared.eautomate.values import text, text_or_none
from shared.events.records import Customer

HeadOffices = dict[int, tuple[str, ...]]
"""What decides about a customer's locations too, in words, by its ``CustomerID``."""
ContractTypes = Mapping[int, tuple[str, ...]]
"""Types of the contracts that hold today, sorted, by ``CustomerID``."""


class Customers(PropertyRecords[Customer]):
    """Reads of ARCustomers, with the types of the contracts that hold today (reference eautomate 4.1)."""

    def __init__(self, engine: AsyncEngine, tables: Tables, now: Callable[[], datetime]) -> None:
        """Prepare; ``now`` tells the time of the server's zone, which decides what day it is."""
        rows, bare = statements.customer_rows(tables), statements.bare_customer_rows(tables)
        super().__init__(engine, tables, customer_owner(tables), rows, bare)
        self._now = now

    async def locations_of(self, parents: Iterable[int]) -> dict[int, list[Customer]]:
        """Locations by the ``CustomerID`` of their head office, by id; absent when it has none."""
        found: defaultdict[int, list[Customer]] = defaultdict(list)
        for chunk in chunks(set(parents)):
            for location in await self._read(statements.locations(self._tables, chunk)):
                if location.parent_id is not None:
                    found[location.parent_id].append(location)
        return dict(found)

    async def _records(
        self, connection: AsyncConnection, rows: Sequence[tuple[Row[Any], Fields]]
    ) -> list[Customer]:
        types: dict[int, tuple[str, ...]] = {}
        for chunk in chunks({row.CustomerID for row, _ in rows}):
            types |= await self._contract_types(connection, chunk)
        offices: HeadOffices = {}
        for chunk in chunks({row.LocationID for row, _ in rows if _is_location(row)}):
            offices |= await self._head_offices(connection, self._tables.customers.c.CustomerID.in_(chunk))
        return [
            _customer(row, types.get(row.CustomerID, ()), fields | _head_office(row, offices))
            for row, fields in rows
        ]

    async def _beside_the_rows(self, connection: AsyncConnection) -> Callable[[Row[Any]], Fields]:
        kinds = await code_texts(connection, self._tables, "customer_type")
        branches = await code_texts(connection, self._tables, "branch")
        holds = await code_texts(connection, self._tables, "on_hold_code")
        territories = await code_texts(connection, self._tables, "territory")
        names = (await connection.execute(statements.agent_names(self._tables))).all()
        reps = {row.AgentID: row for row in names}
        types = await self._contract_types(connection)
        parents = self._tables.customers.c.CustomerID.in_(statements.parents(self._tables))
        offices = await self._head_offices(connection, parents)

        def fields(row: Row[Any]) -> Fields:
            rep = reps.get(row.SalesRepID)
            return {
                "branch": branches.get(row.BranchID),
                "contract_types": types.get(row.CustomerID, ()),
                "customer_type": kinds.get(row.CustomerTypeID),
                "on_hold_code": holds.get(row.OnHoldCodeID),
                "sales_rep_name": None if rep is None else full_name(rep),
                "sales_rep_number": None if rep is None else text_or_none(rep.AgentNumber),
                "territory": territories.get(row.TerritoryID),
                **_head_office(row, offices),
            }

        return fields

    async def _head_offices(self, connection: AsyncConnection, which: ColumnElement[bool]) -> HeadOffices:
        wanted = statements.head_offices(self._tables, self._owner).where(which)
        found = (await connection.execute(wanted)).all()
        return {row.CustomerID: _words(row) for row in found}

    async def _contract_types(
        self, connection: AsyncConnection, ids: Sequence[int] | None = None
    ) -> ContractTypes:
        """Of these customers, or of all."""
        wanted = statements.contract_types(self._tables, self._now().date())
        if ids is not None:
            wanted = wanted.where(self._tables.contracts.c.CustomerID.in_(ids))
        found: defaultdict[int, set[str]] = defaultdict(set)
        for owner, code in (await connection.execute(wanted)).all():
            if stripped := text(code):
                found[owner].add(stripped)
        return {owner: tuple(sorted(codes)) for owner, codes in found.items()}


def _is_location(row: Row[Any]) -> bool:
    return _id(row.LocationID) not in {None, row.CustomerID}


def _id(value: int | str | None) -> int | None:
    # SQLite keeps whatever somebody's SQL puts into a whole-number column; empty is what NULL is.
    return None if value is None or value == "" else int(value)


def _head_office(row: Row[Any], offices: HeadOffices) -> Fields:
    return {"head_office": offices.get(row.LocationID, ()) if _is_location(row) else ()}


def _words(row: Row[Any]) -> tuple[str, ...]:
    switch = text(row.Switch).strip()
    words = {"dealer": row.CompanyCustomer, "inactive": not row.Active, "prospect": row.Prospect}
    return (*(word for word, holds in words.items() if holds), *((f"sync: {switch}",) if switch else ()))


def _customer(row: Row[Any], contract_types: tuple[str, ...], properties: Fields) -> Customer:
    return Customer(
        customer_id=row.CustomerID,
        number=text(row.CustomerNumber),
        name=text(row.CustomerName),
        attn=text(row.Attn),
        address=text(row.Address),
        city=text(row.City),
        state=text(row.State),
        zip=text(row.Zip),
        country=text(row.Country),
        phone1=text(row.Phone1),
        fax=text(row.Fax),
        email=text(row.Email),
        website=text(row.WebSite),
        active=bool(row.Active),
        prospect=bool(row.Prospect),
        company_customer=bool(row.CompanyCustomer),
        hold=bool(row.Hold),
        on_hold_code=text_or_none(row.OnHoldCode),
        parent_id=_id(row.LocationID),
        bill_to_id=_id(row.BillToID),
        branch=text_or_none(row.BranchNumber),
        customer_type=text_or_none(row.CustomerType),
        territory=text_or_none(row.Territory),
        sales_rep_number=text_or_none(row.AgentNumber),
        sales_rep_name=full_name(row),
        contract_types=contract_types,
        row_version=hex_version(row.timestamp),
        **properties,
    )
