"""Writing labour and materials of calls. They have no stamp that is sure to exist: their call is saved along."""

from typing import Any

from sqlalchemy import Row, Select, Table, select

from shared.eautomate import fields as names
from shared.eautomate.call_rows import LaborFields, MaterialFields
from shared.eautomate.call_writes import CallHeaders
from shared.eautomate.cloning import Copier, inserted_key
from shared.eautomate.errors import RowChanged
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables
from shared.eautomate.work import Key, Work

FIRST_STATUS = 1
"""``UsageStatusID`` where no call has a material yet and the profile names none."""


class CallParts:
    """Effects on what belongs to calls inside one transaction."""

    def __init__(self, work: Work, headers: CallHeaders) -> None:
        self._work = work
        self._headers = headers
        self._known_status: int | None = work.tables.profile.material_status

    async def add_labor(self, call_id: int, given: LaborFields) -> int:
        """See ``CallWrites.add_labor``."""
        call = await self._headers.open(call_id)
        own = self._work.tables.call_labors
        fields: LaborFields = {"dispatched": given.get("arrived"), **given}
        return await self._add(call, own, names.columns(own, self._work.shape, names.LABOR, fields))

    async def update_labor(self, call_id: int, call_labor_id: int, given: LaborFields) -> bool:
        """See ``CallWrites.update_labor``."""
        call = await self._headers.open(call_id)
        own = self._work.tables.call_labors
        found = await self._work.keyed(
            "labour of a call",
            lambda key: labor_of_call(self._work.tables, self._work.shape, key),
            call_labor_id,
        )
        row = found.one_or_none()
        if row is None or row.CallID != call_id:
            raise RowChanged(f"labour {call_labor_id} is gone from the call in {own.name}")
        values = names.columns(own, self._work.shape, names.LABOR, given)
        differing = names.differing(row, values)
        if not differing:
            return False
        saved = self._work.there(own, self._work.saved)
        await self._work.execute(
            own.update()
            .where(own.c.CallLaborID == call_labor_id, own.c.CallID == call_id)
            .values({own.c[name]: value for name, value in (differing | saved).items()})
        )
        await self._headers.touch(call)
        return True

    async def add_material(self, call_id: int, given: MaterialFields) -> int:
        """See ``CallWrites.add_material``."""
        call = await self._headers.open(call_id)
        own = self._work.tables.call_materials
        fields: MaterialFields = {
            "description": await self._description(given["item_id"]),
            "usage_status_id": await self._status(),
            **given,
        }
        return await self._add(call, own, names.columns(own, self._work.shape, names.MATERIAL, fields))

    async def _add(self, call: Row[Any], own: Table, values: dict[str, Any]) -> int:
        given = {name: value for name, value in values.items() if value is not None}
        made = self._work.there(own, self._work.made)
        insert = Copier(own, self._work.shape).new(given | made | {"CallID": call.CallID})
        key = inserted_key(await self._work.execute(*insert))
        await self._headers.touch(call)
        return key

    async def _description(self, item_id: int) -> str:
        found = await self._work.keyed(
            "item of a material", lambda key: item_of_material(self._work.tables, key), item_id
        )
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"item {item_id} is gone from {self._work.tables.items.name}")
        return str(row.Description)

    async def _status(self) -> int:
        if self._known_status is None:
            newest = (await self._work.execute(newest_material(self._work.tables))).scalar_one_or_none()
            self._known_status = FIRST_STATUS if newest is None else int(newest)
        return self._known_status


def labor_of_call(tables: Tables, shape: Shape, call_labor_id: Key) -> Select[Any]:
    """A labour record's columns, under their documented names."""
    own = tables.call_labors
    wanted = {"CallLaborID", "CallID", *names.LABOR.values()}
    columns = [own.c[name].label(name) for name in sorted(wanted) if shape.has(own.c[name])]
    return select(*columns).where(own.c.CallLaborID == call_labor_id)


def item_of_material(tables: Tables, item_id: Key) -> Select[Any]:
    """What an item is called."""
    own = tables.items.c
    wanted: Select[Any] = select(own.Description.label("Description"))
    return wanted.where(own.ItemID == item_id)


def newest_material(tables: Tables) -> Select[Any]:
    """The usage status of the newest material."""
    own = tables.call_materials.c
    return select(own.UsageStatusID).order_by(own.CallMaterialID.desc()).limit(1)
