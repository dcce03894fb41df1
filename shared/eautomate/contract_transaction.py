"""What a process may do to contracts, items and invoices inside one transaction."""

from collections.abc import Mapping

from shared.eautomate.contract_ledger import ContractNotes
from shared.eautomate.contract_rows import ContractFields, ContractPeriod, ContractWrite, Item, LineFields
from shared.eautomate.contract_writes import ContractHeaders
from shared.eautomate.contracts import Contracts
from shared.eautomate.item_writes import ItemWrites
from shared.eautomate.line_writes import LineWrites
from shared.eautomate.work import Work
from shared.events.contracts import Contract


class ContractWrites:
    """Effects on contracts. The transaction must have been opened with ``area="contracts"``.

    Every write to a contract or its lines locks the contract, refuses when a person has it open, and stamps it
    once, as the client does on OK. Call ``update_contract`` first: its row version is the guard of all.
    """

    def __init__(self, work: Work, contracts: Contracts) -> None:
        self._work = work
        self._contracts = contracts
        self._headers = ContractHeaders(work)
        self._lines = LineWrites(work, self._headers)
        self._items = ItemWrites(work)
        self._notes = ContractNotes(work)

    async def clone_contract(
        self, template: Contract, fields: ContractFields, prefix: str = "", minor: str = "01", major: str = ""
    ) -> tuple[int, str]:
        """Copy the template's row, column by column as found, and override what is given.

        Not copied: number, parties' address and contact, dates and state of billing, balances, notes, locks,
        stamps. Lines are not copied either.

        Args:
            template: its row version is checked.
            fields: customer, bill-to and start date at least.
            prefix: what the number begins with; without one it begins as the dealer's own do.
            minor: the revision.
            major: the number before the revision, in place of the next one: a template's own
                (``**CW Managed Services``).

        Returns:
            ``ContractID`` and the full number.

        Raises:
            RowChanged: the template was saved or removed since it was read.
            UniqueViolation: there is a contract of the given number.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._headers.clone(template, fields, prefix, minor, major)

    async def update_contract(
        self, contract_id: int, fields: ContractFields, expected_row_version: str | None
    ) -> bool:
        """Write what differs; whether there was anything to write. Empty fields only check and lock.

        Args:
            expected_row_version: ``Contract.row_version`` as read; None takes whatever is there.

        Raises:
            RowChanged: the contract was saved or removed since.
            RecordLocked: a person has it open.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._headers.update(contract_id, fields, expected_row_version)

    async def add_line(self, contract_id: int, fields: LineFields) -> int:
        """Add an item line; its ``ContractDetailID``.

        The distribution code is the item's, the address that of the location (the contract's customer when no
        location is given).

        Args:
            fields: item, quantity and unit rate at least.

        Raises:
            RowChanged: the contract is gone.
            RecordLocked: a person has it open.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._lines.add(contract_id, fields)

    async def update_line(self, contract_detail_id: int, fields: LineFields) -> bool:
        """Write what differs; whether there was anything to write. To end a line, give it its end dates.

        Raises:
            RowChanged: the line is gone.
            RecordLocked: a person has the contract open.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._lines.update(contract_detail_id, fields)

    async def remove_line(self, contract_detail_id: int) -> bool:
        """Take a line away that has billed nothing; whether it could be deleted.

        One that a voided invoice names stays on its invoice: it is ended the day before it starts instead.

        Raises:
            RowChanged: the line is gone.
            LineBilled: an invoice that is not void billed it; end it instead.
            RecordLocked: a person has the contract open.
        """
        return await self._lines.remove(contract_detail_id)

    async def contract_as_left(self, contract_id: int) -> Contract | None:
        """The contract as this transaction leaves it, lines included; None while it has not saved it."""
        if not self._headers.has_saved(contract_id):
            return None
        return await self._contracts.inside(self._work, contract_id)

    async def create_item(self, template: Item, number: str, description: str, unit_id: int | None) -> int:
        """Copy an item's row, column by column as found; its ``ItemID``.

        Args:
            unit_id: of ``ICUnits``; None keeps the template's unit.

        Raises:
            RowChanged: the template was saved or removed since it was read.
            UniqueViolation: there is an item of this number.
            NotStorable, ValueTooLong: a column cannot hold its value.
        """
        return await self._items.create(template, number, description, unit_id)

    async def rename_invoice(self, invoice_id: int, number: str, expected_row_version: str | None) -> bool:
        """Give an invoice another number; whether there was anything to write.

        Raises:
            RowChanged: the invoice was saved or removed since.
            UniqueViolation: another invoice has the number.
            NotStorable, ValueTooLong: the column cannot hold it.
        """
        return await self._items.rename_invoice(invoice_id, number, expected_row_version)

    async def note_lines(self, contract_id: int, lines: Mapping[str, int]) -> None:
        """Ledger: which line of the contract stands for which key; replaces what was noted."""
        await self._notes.lines(contract_id, lines)

    async def note_period(self, period: ContractPeriod) -> None:
        """Ledger: the period's row, in place of the one of the same first day."""
        await self._notes.period(period)

    async def note_write(self, left: ContractWrite) -> None:
        """Ledger: how the contract is left; call it last, in place of the row of an earlier write."""
        await self._notes.write(left)
