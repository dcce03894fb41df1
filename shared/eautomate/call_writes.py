"""Writing service calls: a new one, and the header of one there is."""

from typing import Any

from sqlalchemy import Select, select

from shared.eautomate import fields as names
from shared.eautomate.call_rows import CallFields, NoteField
from shared.eautomate.cloning import Copier, inserted_key
from shared.eautomate.errors import RowChanged
from shared.eautomate.guarded import GuardedRows
from shared.eautomate.numbers import Numbers
from shared.eautomate.owners import call_kind
from shared.eautomate.profile import CallStatuses
from shared.eautomate.tables import Tables
from shared.eautomate.values import text
from shared.eautomate.work import Key, Work

SNAPSHOT = ("CustomerName", "Address", "City", "State", "Zip", "Phone1", "BranchID", "TerritoryID")
"""What a call keeps of its customer, under the same names."""
WANTED = (*SNAPSHOT, *names.CALL.values())
"""Columns that are written or decide about a call."""


class CallHeaders(GuardedRows):
    """Effects on calls' own rows inside one transaction."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, call_kind(work.tables), WANTED)
        self._numbers = Numbers(work)

    async def create(self, given: CallFields) -> tuple[int, str]:
        """See ``CallWrites.create_call``."""
        own = self._work.tables.calls
        fields: CallFields = {
            "status": self._statuses.pending,
            "use_contract_info": given.get("contract_id") is not None,
            "date": self._work.now,
            **given,
        }
        values = await self._of_customer(given["customer_id"])
        values |= await self._of_type(given["call_type_id"])
        values |= names.columns(own, self._work.shape, names.CALL, fields)
        number = await self._numbers.call_number()
        values |= {"CallNumber": number, "WorkOrderNumber": number, **self._work.made}
        insert = Copier(own, self._work.shape).new(
            {name: value for name, value in values.items() if value is not None}
        )
        call_id = inserted_key(await self._work.execute(*insert))
        self._made(call_id)
        return call_id, number

    async def update(self, call_id: int, given: CallFields, expected: str | None) -> bool:
        """See ``CallWrites.update_call``."""
        row = await self.open(call_id, expected)
        values = names.columns(self._work.tables.calls, self._work.shape, names.CALL, given)
        if "CustomerID" in names.differing(row, values):
            values = await self._of_customer(values["CustomerID"]) | values
        differing = names.differing(row, values)
        if not differing:
            return False
        await self._save(row, differing)
        return True

    async def hold(self, call_id: int, on_hold_code_id: int, expected: str | None) -> bool:
        """See ``CallWrites.hold_call``."""
        held: CallFields = {"status": self._statuses.on_hold, "on_hold_code_id": on_hold_code_id}
        return await self.update(call_id, held, expected)

    async def release(self, call_id: int, expected: str | None, status: str) -> bool:
        """See ``CallWrites.release_call``."""
        row = await self.open(call_id, expected)
        if text(row.Status) != self._statuses.on_hold:
            return False
        return await self.update(call_id, {"status": status or self._statuses.pending}, None)

    async def append(self, call_id: int, note: str, expected: str | None, field: NoteField) -> bool:
        """See ``CallWrites.append_note``."""
        row = await self.open(call_id, expected)
        there, added = text(row._mapping[names.CALL[field]]), note.strip()
        if not added or _lines(added) in _lines(there):
            return False
        whole = f"{there.rstrip()}\n\n{added}" if there.strip() else added
        grown: CallFields = {"notes": whole} if field == "notes" else {"work_order_remarks": whole}
        return await self.update(call_id, grown, None)

    @property
    def _statuses(self) -> CallStatuses:
        return self._work.tables.profile.call_statuses

    async def _of_customer(self, customer_id: int) -> dict[str, Any]:
        """What a call keeps of the customer; who pays is the customer itself unless it names another."""
        found = await self._work.keyed(
            "customer of a call", lambda key: customer_of_call(self._work.tables, key), customer_id
        )
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"customer {customer_id} is gone from {self._work.tables.customers.name}")
        kept = {name: row._mapping[name] for name in SNAPSHOT}
        return kept | {"BillToID": row.BillToID if row.BillToID is not None else customer_id}

    async def _of_type(self, call_type_id: int) -> dict[str, Any]:
        """What a call type brings to a new call."""
        found = await self._work.keyed(
            "type of a call", lambda key: type_of_call(self._work.tables, key), call_type_id
        )
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"call type {call_type_id} is gone from {self._work.tables.call_types.name}")
        return {"Duration": row.EstDuration, "PriorityID": row.PriorityID}


def _lines(note: str) -> str:
    """Whatever ends its lines: the client saves them in its own way."""
    return note.replace("\r\n", "\n")


def customer_of_call(tables: Tables, customer_id: Key) -> Select[Any]:
    """What a call keeps of its customer."""
    own = tables.customers.c
    wanted = (own[name].label(name) for name in ("BillToID", *SNAPSHOT))
    return select(*wanted).where(own.CustomerID == customer_id)


def type_of_call(tables: Tables, call_type_id: Key) -> Select[Any]:
    """What a call type brings to a new call."""
    own = tables.call_types.c
    wanted: Select[Any] = select(own.EstDuration.label("EstDuration"), own.PriorityID.label("PriorityID"))
    return wanted.where(own.CallTypeID == call_type_id)
