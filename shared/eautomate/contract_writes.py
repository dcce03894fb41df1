"""Writing contracts: a new one from its template, and the header of one there is."""

from typing import Any

from sqlalchemy import Select, Table, select

from shared.eautomate import fields as names
from shared.eautomate.cloning import Copier
from shared.eautomate.contract_rows import ContractFields
from shared.eautomate.contract_state import EMPTY, NONE, ZERO
from shared.eautomate.customer_columns import ADDRESS_WIDTHS
from shared.eautomate.errors import RowChanged
from shared.eautomate.guarded import GuardedRows
from shared.eautomate.ledger import LOCKED
from shared.eautomate.numbers import Numbers
from shared.eautomate.owners import contract_kind
from shared.eautomate.rows import hex_version
from shared.eautomate.tables import Tables
from shared.eautomate.work import Key, Work
from shared.events.contracts import Contract

WANTED = ("SyncBillToAddress", *names.CONTRACT.values())
"""Columns that are written or decide about a contract."""


class ContractHeaders(GuardedRows):
    """Effects on contracts' own rows inside one transaction."""

    def __init__(self, work: Work) -> None:
        super().__init__(work, contract_kind(work.tables), WANTED)
        self._numbers = Numbers(work)

    async def clone(
        self, template: Contract, given: ContractFields, prefix: str, minor: str, major: str
    ) -> tuple[int, str]:
        """See ``ContractWrites.clone_contract``."""
        tables = self._work.tables
        await self._unchanged(template)
        fields: ContractFields = {"active": True, "activated": given["start_date"], **given}
        values = names.columns(tables.contracts, self._work.shape, names.CONTRACT, fields)
        contract_id = await self._numbers.contract_id()
        if major:
            number = await self._numbers.given(major, minor)
        else:
            number = await self._numbers.contract_number(contract_id, prefix, minor)
        values |= await self._address(given["bill_to_id"])
        values |= {
            "ContractID": contract_id,
            "ContractNumber": str(number),
            "ContractMajor": number.major,
            "ContractMinor": number.minor,
            **self._work.made,
        }
        copier = Copier(tables.contracts, self._work.shape)
        await self._work.execute(
            *copier.copy(tables.contracts.c.ContractID, template.contract_id, values, NONE, ZERO, EMPTY)
        )
        self._made(contract_id)
        return contract_id, str(number)

    async def update(self, contract_id: int, given: ContractFields, expected: str | None) -> bool:
        """See ``ContractWrites.update_contract``."""
        row = await self.open(contract_id, expected)
        own = self._work.tables.contracts
        values = names.columns(own, self._work.shape, names.CONTRACT, given)
        differing = names.differing(row, values)
        if not differing:
            return False
        if "BillToID" in differing and row.SyncBillToAddress:
            differing |= await self._address(differing["BillToID"])
        await self._save(row, differing)
        return True

    async def _unchanged(self, template: Contract) -> None:
        found = await self._work.keyed(
            "locked template",
            lambda key: locked_version(self._work.tables.contracts, key),
            template.contract_id,
        )
        row = found.one_or_none()
        seen = None if row is None else hex_version(row.timestamp)
        if seen != template.row_version:
            raise RowChanged(f"template {template.number} was saved or removed since it was read")

    async def _address(self, customer_id: int) -> dict[str, Any]:
        """``BillTo...`` of a contract that is invoiced to the customer."""
        found = await self._work.keyed(
            "bill-to address", lambda key: bill_to_address(self._work.tables, key), customer_id
        )
        row = found.one_or_none()
        if row is None:
            raise RowChanged(f"customer {customer_id} is gone")
        own = "BillTo" if row.UseBillToAddress else ""
        return {f"BillTo{name}": row._mapping[f"{own}{name}"] for name in ADDRESS_WIDTHS}


def locked_version(own: Table, key: Key) -> Select[Any]:
    """A row's rowversion, locked."""
    [column] = own.primary_key.columns
    return select(own.c.timestamp.label("timestamp")).where(column == key).with_hint(own, LOCKED, "mssql")


def bill_to_address(tables: Tables, customer_id: Key) -> Select[Any]:
    """A customer's address and the one its invoices go to."""
    own = tables.customers.c
    addresses = [f"{prefix}{name}" for prefix in ("", "BillTo") for name in ADDRESS_WIDTHS]
    return select(
        own.UseBillToAddress.label("UseBillToAddress"), *(own[name].label(name) for name in addresses)
    ).where(own.CustomerID == customer_id)
