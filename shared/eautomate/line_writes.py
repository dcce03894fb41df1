"""Writing contract lines. A line has no stamp that is sure to exist: its contract is saved along with it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from shared.eautomate import fields as names
from shared.eautomate.cloning import Copier, inserted_key
from shared.eautomate.contract_rows import LineFields, line_amount
from shared.eautomate.contract_writes import ContractHeaders
from shared.eautomate.errors import LineBilled, RowChanged
from shared.eautomate.ledger import LOCKED
from shared.eautomate.tables import Tables
from shared.eautomate.values import storable_amount
from shared.eautomate.work import Key, Work

ADDRESS = ("Address", "City", "State", "Zip", "Country")
FIRST_LINE_TYPE = 1
"""``ContractDetailTypeID`` where no contract has an item yet and the profile names none."""


class LineWrites:
    """Effects on the lines of contracts inside one transaction."""

    def __init__(self, work: Work, headers: ContractHeaders) -> None:
        self._work = work
        self._headers = headers
        self._known_type: int | None = work.tables.profile.item_line_type
        self._addresses: dict[int, dict[str, Any]] = {}

    async def add(self, contract_id: int, given: LineFields) -> int:
        """See ``ContractWrites.add_line``."""
        contract = await self._headers.open(contract_id)
        fields: LineFields = {
            "location_id": contract.CustomerID,
            "taxable": bool(contract.Taxable),
            **given,
        }
        values = self._columns(fields)
        values |= await self._distribution(given["item_id"]) | await self._address(fields["location_id"])
        values |= {
            "ContractID": contract_id,
            "ContractDetailTypeID": await self._line_type(),
            "BaseRate": self._amount(values),
            **self._work.there(self._work.tables.contract_details, self._work.made),
        }
        copier = Copier(self._work.tables.contract_details, self._work.shape)
        result = await self._work.execute(*copier.new(values))
        await self._headers.touch(contract)
        return inserted_key(result)

    async def update(self, contract_detail_id: int, given: LineFields) -> bool:
        """See ``ContractWrites.update_line``."""
        contract, row = await self._open(contract_detail_id)
        values = self._columns(given)
        if {"Quantity", "UnitBaseRate"} & values.keys():
            values["BaseRate"] = self._amount(dict(row._mapping) | values)
        differing = names.differing(row, values)
        if not differing:
            return False
        if "ItemID" in differing:
            differing |= await self._distribution(differing["ItemID"])
        if "LocationID" in differing:
            differing |= await self._address(differing["LocationID"])
        await self._save(contract, row, differing)
        return True

    async def remove(self, contract_detail_id: int) -> bool:
        """See ``ContractWrites.remove_line``."""
        contract, row = await self._open(contract_detail_id)
        billed = (await self._work.execute(billings_of(self._work.tables, contract_detail_id))).one()
        if row.BaseBilledThruDate is not None or billed.rows > (billed.void or 0):
            raise LineBilled(
                f"line {contract_detail_id} of contract {contract.ContractNumber.strip()} was billed:"
                " it can be ended, not taken away"
            )
        if billed.rows:
            before = (row.StartDate or contract.StartDate) - timedelta(days=1)
            ended = names.differing(row, {"EndDate": before, "BillEndDate": before})
            if ended:
                await self._save(contract, row, ended)
            return False
        own = self._work.tables.contract_details
        await self._work.execute(own.delete().where(own.c.ContractDetailID == contract_detail_id))
        await self._headers.touch(contract)
        return True

    async def _open(self, contract_detail_id: int) -> tuple[Row[Any], Row[Any]]:
        """The line's contract, then the line, both locked."""
        tables = self._work.tables
        contract_id = (await self._work.execute(contract_of(tables, contract_detail_id))).scalar_one_or_none()
        if contract_id is not None:
            contract = await self._headers.open(contract_id)
            row = (await self._work.execute(locked_line(tables, contract_detail_id))).one_or_none()
            if row is not None:
                return contract, row
        raise RowChanged(f"contract line {contract_detail_id} is gone from {tables.contract_details.name}")

    async def _save(self, contract: Row[Any], row: Row[Any], values: dict[str, Any]) -> None:
        own = self._work.tables.contract_details
        stamped = values | self._work.there(own, self._work.saved)
        here = own.update().where(own.c.ContractDetailID == row.ContractDetailID)
        await self._work.execute(here.values({own.c[name]: value for name, value in stamped.items()}))
        await self._headers.touch(contract)

    def _columns(self, given: LineFields) -> dict[str, Any]:
        own = self._work.tables.contract_details
        return names.columns(own, self._work.shape, names.LINE, given)

    def _amount(self, values: dict[str, Any]) -> Any:
        own = self._work.tables.contract_details.c
        return storable_amount(own.BaseRate, line_amount(values["Quantity"], values["UnitBaseRate"]))

    async def _distribution(self, item_id: int) -> dict[str, Any]:
        found = await self._work.keyed(
            "distribution", lambda key: distribution_of(self._work.tables, key), item_id
        )
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"item {item_id} is gone from {self._work.tables.items.name}")
        return {"BaseDistributionCodeID": row.BaseDistributionCodeID}

    async def _address(self, customer_id: int) -> dict[str, Any]:
        """Of a location; most lines of a contract have the same."""
        if customer_id in self._addresses:
            return self._addresses[customer_id]
        found = await self._work.keyed("address", lambda key: address_of(self._work.tables, key), customer_id)
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"location {customer_id} is gone from {self._work.tables.customers.name}")
        self._addresses[customer_id] = dict(row._mapping)
        return self._addresses[customer_id]

    async def _line_type(self) -> int:
        if self._known_type is None:
            newest = (await self._work.execute(newest_item_line(self._work.tables))).scalar_one_or_none()
            self._known_type = FIRST_LINE_TYPE if newest is None else int(newest)
        return self._known_type


def contract_of(tables: Tables, contract_detail_id: int) -> Select[Any]:
    """Whose line it is."""
    own = tables.contract_details.c
    return select(own.ContractID).where(own.ContractDetailID == contract_detail_id)


def locked_line(tables: Tables, contract_detail_id: int) -> Select[Any]:
    """The columns that are written or decide about it, under their documented names, locked."""
    own = tables.contract_details
    wanted = {"ContractDetailID", "BaseRate", *names.LINE.values()}
    return (
        select(*(own.c[name].label(name) for name in sorted(wanted)))
        .where(own.c.ContractDetailID == contract_detail_id)
        .with_hint(own, LOCKED, "mssql")
    )


def billings_of(tables: Tables, contract_detail_id: int) -> Select[Any]:
    """(rows of invoices that name the line, how many of them are void)."""
    own = tables.billed.c
    void = case((own.VoidFlag != 0, 1), else_=0)
    counts: list[ColumnElement[Any]] = [func.count().label("rows"), func.sum(void).label("void")]
    return select(*counts).where(own.ContractDetailID == contract_detail_id)


def distribution_of(tables: Tables, item_id: Key) -> Select[Any]:
    """The distribution code an item brings to its lines."""
    own = tables.items.c
    wanted: Select[Any] = select(own.BaseDistributionCodeID.label("BaseDistributionCodeID"))
    return wanted.where(own.ItemID == item_id)


def address_of(tables: Tables, customer_id: Key) -> Select[Any]:
    """A location's address."""
    own = tables.customers.c
    return select(*(own[name].label(name) for name in ADDRESS)).where(own.CustomerID == customer_id)


def newest_item_line(tables: Tables) -> Select[Any]:
    """The kind of the newest line with an item."""
    own = tables.contract_details.c
    return (
        select(own.ContractDetailTypeID)
        .where(own.ItemID.is_not(None), own.EquipmentID.is_(None))
        .order_by(own.ContractDetailID.desc())
        .limit(1)
    )
