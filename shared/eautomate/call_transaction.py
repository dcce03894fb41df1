"""What a process may do to service calls inside one transaction."""

from shared.eautomate.call_ledger import note_write
from shared.eautomate.call_parts import CallParts
from shared.eautomate.call_rows import CallFields, CallWrite, LaborFields, MaterialFields, NoteField
from shared.eautomate.call_writes import CallHeaders
from shared.eautomate.calls import Calls
from shared.eautomate.work import Work
from shared.events.calls import Call


class CallWrites:
    """Effects on calls. The transaction must have been opened with ``area="calls"``.

    Every write to a call, its labour or its materials locks the call, refuses when a person has it open, and stamps
    it once, as the client does on OK. Call ``update_call`` first: its row version is the guard of all.
    """

    def __init__(self, work: Work, calls: Calls) -> None:
        self._call_work = work
        self._call_reader = calls
        self._call_headers = CallHeaders(work)
        self._call_parts = CallParts(work, self._call_headers)

    async def create_call(self, fields: CallFields) -> tuple[int, str]:
        """Make a call, which is a work order of its own.

        Name, address, telephone, branch, territory and payer are taken from the customer, duration and priority
        from the call type, unless they are given.

        Args:
            fields: customer, call type and bill code at least.

        Returns:
            ``CallID`` and ``CallNumber``.

        Raises:
            RowChanged: customer or call type are gone.
            ConstraintViolation: a code, item or contract is gone, or the database refuses the call.
            PermanentError: the number series is far behind the numbers in use.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._call_headers.create(fields)

    async def update_call(self, call_id: int, fields: CallFields, expected_row_version: str | None) -> bool:
        """Write what differs; whether there was anything to write. Empty fields only check and lock.

        Another customer brings his name, address, telephone, branch, territory and payer.

        Args:
            expected_row_version: ``Call.row_version`` as read; None takes whatever is there.

        Raises:
            RowChanged: the call was saved or removed since.
            RecordLocked: a person has it open.
            ConstraintViolation: the database refuses it.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._call_headers.update(call_id, fields, expected_row_version)

    async def set_call_status(self, call_id: int, status: str, expected_row_version: str | None) -> bool:
        """Give a call another status; as ``update_call``."""
        return await self._call_headers.update(call_id, {"status": status}, expected_row_version)

    async def hold_call(self, call_id: int, on_hold_code_id: int, expected_row_version: str | None) -> bool:
        """Put a call on hold; as ``update_call``."""
        return await self._call_headers.hold(call_id, on_hold_code_id, expected_row_version)

    async def release_call(self, call_id: int, expected_row_version: str | None, status: str = "") -> bool:
        """Take a call off hold; whether it was on hold. Its hold code stays, as in the client.

        Args:
            status: afterwards; pending when empty.

        Raises:
            As ``update_call``.
        """
        return await self._call_headers.release(call_id, expected_row_version, status)

    async def append_note(
        self, call_id: int, note: str, expected_row_version: str | None, field: NoteField = "notes"
    ) -> bool:
        """Add a paragraph to a call's notes unless they contain it; whether it was added.

        Raises:
            As ``update_call``.
        """
        return await self._call_headers.append(call_id, note, expected_row_version, field)

    async def add_labor(self, call_id: int, fields: LaborFields) -> int:
        """Add a labour record; its ``CallLaborID``.

        Args:
            fields: technician and activity code at least.

        Raises:
            RowChanged: the call is gone.
            RecordLocked: a person has it open.
            ConstraintViolation: the database refuses it, as that of a closed period.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._call_parts.add_labor(call_id, fields)

    async def update_labor(self, call_id: int, call_labor_id: int, fields: LaborFields) -> bool:
        """Write what differs of a labour record; whether there was anything to write.

        Raises:
            RowChanged: call or labour are gone.
            RecordLocked: a person has the call open.
            ConstraintViolation: the database refuses it, as that of a closed period.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._call_parts.update_labor(call_id, call_labor_id, fields)

    async def add_material(self, call_id: int, fields: MaterialFields) -> int:
        """Add a material that was used; its ``CallMaterialID``.

        Args:
            fields: item and quantity at least.

        Raises:
            RowChanged: call or item are gone.
            RecordLocked: a person has the call open.
            ConstraintViolation: the database refuses it.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._call_parts.add_material(call_id, fields)

    async def call_as_left(self, call_id: int) -> Call | None:
        """The call as this transaction leaves it, labour and materials included; None while it has not saved it."""
        if not self._call_headers.has_saved(call_id):
            return None
        return await self._call_reader.inside(self._call_work, call_id)

    async def note_call_write(self, left: CallWrite) -> None:
        """Ledger: how the call is left; call it last, in place of the row of an earlier write."""
        await note_write(self._call_work, left)
