"""Reading service calls with their labour and materials."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import call_statements as statements
from shared.eautomate.children import Children
from shared.eautomate.owners import call_kind
from shared.eautomate.reader import Fields, FieldsOf, RecordReader, chunks
from shared.eautomate.rows import hex_version
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits, text, text_or_none
from shared.eautomate.work import Executes
from shared.events.calls import Call, CallLabor, CallMaterial

TEXTS = 100
"""Texts that are looked for in one statement: each is compared with every description."""


class Calls(RecordReader[Call]):
    """Reads of SCCalls with labour and materials; four statements a page more."""

    def __init__(self, engine: AsyncEngine, tables: Tables, shape: Shape, since: date | None = None) -> None:
        """Prepare.

        Args:
            shape: tells which columns the database has.
            since: leave out what was closed before, for good.
        """
        rows, bare = (
            statements.call_rows(tables, names, since) for names in (statements.OWN, statements.BARE)
        )
        super().__init__(engine, tables, call_kind(tables), rows, bare)
        self._labors = Children(tables.call_labors.c.CallID, statements.LABOR, shape)
        self._materials = Children(tables.call_materials.c.CallID, statements.MATERIAL, shape)

    async def of_customers(self, customer_ids: Iterable[int]) -> dict[int, list[Call]]:
        """Calls that are still to be worked on, by customer, by id."""
        found: defaultdict[int, list[Call]] = defaultdict(list)
        for chunk in chunks(set(customer_ids)):
            for call in await self._read(statements.open_calls(self._tables, self._rows, chunk)):
                found[call.customer_id].append(call)
        return dict(found)

    async def described(
        self, texts: Iterable[str], customer_ids: Iterable[int] | None = None
    ) -> dict[str, list[Call]]:
        """Calls with a text anywhere in their description, whatever its case, by text, by id."""
        column = self._tables.calls.c.Description
        wanted = sorted({one for one in texts if one.strip() and fits(column, one)})
        owners: Sequence[list[int] | None] = [None] if customer_ids is None else chunks(set(customer_ids))
        found: defaultdict[str, list[Call]] = defaultdict(list)
        for start in range(0, len(wanted), TEXTS):
            some = wanted[start : start + TEXTS]
            for chunk in owners:
                for call in await self._read(statements.described(self._tables, self._rows, some, chunk)):
                    held = call.description.casefold()
                    for one in some:
                        if one.casefold() in held:
                            found[one].append(call)
        return dict(found)

    async def inside(self, work: Executes, call_id: int) -> Call | None:
        """A call as a transaction sees it, with what it has written itself; None when it is gone."""
        rows = (await work.execute(self._rows.where(self._tables.calls.c.CallID == call_id))).all()
        found = await self._snapshots(work, rows)
        return found[0] if found else None

    async def _once(self, connection: AsyncConnection) -> FieldsOf:  # noqa: ARG002 - the rows have it all
        return _codes

    async def _between(self, connection: AsyncConnection, after: int, last: int) -> FieldsOf:
        labors, materials = self._labors, self._materials
        of_labors = await labors.stamps(connection, (labors.owner > after) & (labors.owner <= last))
        of_materials = await materials.stamps(
            connection, (materials.owner > after) & (materials.owner <= last)
        )
        return lambda row: _children(row.CallID, of_labors, of_materials)

    async def _snapshots(self, connection: Executes, rows: Sequence[Row[Any]]) -> list[Call]:
        labors: defaultdict[int, list[CallLabor]] = defaultdict(list)
        materials: defaultdict[int, list[CallMaterial]] = defaultdict(list)
        labor_stamps: dict[int, str] = {}
        material_stamps: dict[int, str] = {}
        for chunk in chunks({row.CallID for row in rows}):
            of_labors, of_materials = self._labors.owner.in_(chunk), self._materials.owner.in_(chunk)
            wanted = statements.labor_rows(self._tables).where(of_labors)
            for part in (await connection.execute(wanted)).all():
                labors[part.CallID].append(_labor(part))
            wanted = statements.material_rows(self._tables).where(of_materials)
            for part in (await connection.execute(wanted)).all():
                materials[part.CallID].append(_material(part))
            labor_stamps |= await self._labors.stamps(connection, of_labors)
            material_stamps |= await self._materials.stamps(connection, of_materials)
        return [
            _call(
                row,
                labors=tuple(labors[row.CallID]),
                materials=tuple(materials[row.CallID]),
                **_children(row.CallID, labor_stamps, material_stamps),
            )
            for row in rows
        ]


def _children(call: int, labors: Mapping[int, str], materials: Mapping[int, str]) -> Fields:
    return {"children_stamp": f"{labors.get(call, '')} {materials.get(call, '')}".strip(" ")}


def _codes(row: Row[Any]) -> Fields:
    return {
        "customer_number": text(row.CustomerNumber),
        "contract_number": text(row.ContractNumber),
        "item": text(row.Item),
        "call_type": text_or_none(row.CallType),
        "bill_code": text_or_none(row.BillCode),
        "priority": text_or_none(row.Priority),
        "on_hold_code": text_or_none(row.OnHoldCode),
        "technician_number": text(row.AgentNumber),
        "branch": text_or_none(row.BranchNumber),
        "territory": text_or_none(row.Territory),
    }


def _call(row: Row[Any], **children: Any) -> Call:
    return Call(
        call_id=row.CallID,
        number=text(row.CallNumber),
        status=text(row.Status),
        customer_id=row.CustomerID,
        customer_name=text(row.CustomerName),
        bill_to_id=row.BillToID,
        contract_id=row.ContractID,
        equipment_id=row.EquipmentID,
        item_id=row.ItemID,
        technician_id=row.TechnicianID,
        branch_id=row.BranchID,
        date=_utc(row.Date),
        close_date=_utc(row.CloseDate),
        caller=text(row.Caller),
        description=text(row.Description),
        location=text(row.Location),
        notes=text(row.Notes),
        work_order_remarks=text(row.WorkOrderRemarks),
        po_number=text(row.PONumber),
        address=text(row.Address),
        city=text(row.City),
        state=text(row.State),
        zip=text(row.Zip),
        phone1=text(row.Phone1),
        invoice_id=row.InvoiceID,
        tracking_key=text(row.TrackingKey),
        external_id=text(row.ExternalID),
        locks=row.Locks,
        row_version=hex_version(row.timestamp),
        **_codes(row),
        **children,
    )


def _labor(row: Row[Any]) -> CallLabor:
    return CallLabor(
        call_labor_id=row.CallLaborID,
        technician_id=row.TechnicianID,
        technician_number=text(row.AgentNumber),
        activity_code=text(row.ActivityCode),
        dispatched=_utc(row.DispatchDate),
        arrived=_utc(row.ArrivalDate),
        departed=_utc(row.DepartureDate),
        travel_hours=row.TravelHours,
        labor_hours=row.LaborHours,
        labor_rate=row.LaborRate,
        overtime_rate=row.OvertimeRate,
        labor_override=row.LaborOverride,
        remarks=text(row.Remarks),
        notes=text(row.Notes),
    )


def _material(row: Row[Any]) -> CallMaterial:
    return CallMaterial(
        call_material_id=row.CallMaterialID,
        item_id=row.ItemID,
        item=text(row.Item),
        description=text(row.Description),
        quantity=row.Quantity,
        price=row.Price,
        cost=row.Cost,
    )


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
