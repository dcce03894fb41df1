"""Reading contracts with their lines."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from shared.eautomate import contract_statements as statements
from shared.eautomate.children import Children
from shared.eautomate.owners import contract_kind
from shared.eautomate.reader import Fields, FieldsOf, RecordReader, chunks
from shared.eautomate.rows import hex_version
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits, folded, text, text_or_none
from shared.eautomate.work import KEY, Executes
from shared.events.contracts import Contract, ContractLine


class Contracts(RecordReader[Contract]):
    """Reads of SCContracts with lines and meter groups; three statements a page more."""

    def __init__(self, engine: AsyncEngine, tables: Tables, shape: Shape) -> None:
        """Prepare; ``shape`` tells which columns the database has."""
        rows, bare = statements.contract_rows(tables, shape), statements.bare_contract_rows(tables)
        super().__init__(engine, tables, contract_kind(tables), rows, bare)
        self._lines = Children(tables.contract_details.c.ContractID, statements.LINE, shape)
        # Of one contract, built once: it is read in each transaction that writes.
        self._one = rows.where(tables.contracts.c.ContractID == KEY)
        self._its_lines = statements.line_rows(tables).where(tables.contract_details.c.ContractID == KEY)
        self._its_groups = statements.meter_groups(tables).where(tables.meter_groups.c.ContractID == KEY)

    async def by_major(self, majors: Iterable[str]) -> dict[str, list[Contract]]:
        """Contracts by major, trimmed and casefolded."""
        column = self._tables.contracts.c.ContractMajor
        wanted = {major.strip() for major in majors}
        found: defaultdict[str, list[Contract]] = defaultdict(list)
        for chunk in chunks({major for major in wanted if major and fits(column, major)}):
            for contract in await self._read(statements.by_major(self._tables, self._rows, chunk)):
                found[folded(contract.major)].append(contract)
        return dict(found)

    async def starting(self, prefix: str) -> list[Contract]:
        """Contracts whose major begins with the text."""
        return await self._read(statements.starting(self._tables, self._rows, prefix))

    async def holding(self, item_id: int, customer_ids: Iterable[int]) -> dict[int, list[Contract]]:
        """Active contracts that have the item on a line, by customer, by id."""
        found: defaultdict[int, list[Contract]] = defaultdict(list)
        for chunk in chunks(set(customer_ids)):
            for contract in await self._read(statements.holding(self._tables, self._rows, item_id, chunk)):
                found[contract.customer_id].append(contract)
        return dict(found)

    async def inside(self, work: Executes, contract_id: int) -> Contract | None:
        """A contract as a transaction sees it, with what it has written itself; None when it is gone.

        Without ``children_stamp``, which is no content.
        """
        given = {"key": contract_id}
        row = (await work.execute(self._one, given)).one_or_none()
        if row is None:
            return None
        lines = (await work.execute(self._its_lines, given)).all()
        groups: Sequence[Any] = (await work.execute(self._its_groups, given)).all()
        return _contract(row, tuple(map(contract_line, lines)), _children(contract_id, {}, dict(groups)))

    async def _once(self, connection: AsyncConnection) -> FieldsOf:  # noqa: ARG002 - the rows have it all
        return _codes

    async def _between(self, connection: AsyncConnection, after: int, last: int) -> FieldsOf:
        lines, groups = self._lines.owner, self._tables.meter_groups.c.ContractID
        stamps = await self._lines.stamps(connection, (lines > after) & (lines <= last))
        counts = await self._meter_groups(connection, (groups > after) & (groups <= last))
        return lambda row: _children(row.ContractID, stamps, counts)

    async def _snapshots(self, connection: Executes, rows: Sequence[Row[Any]]) -> list[Contract]:
        lines: defaultdict[int, list[ContractLine]] = defaultdict(list)
        stamps: dict[int, str] = {}
        counts: dict[int, int] = {}
        own, groups = self._lines.owner, self._tables.meter_groups.c.ContractID
        for chunk in chunks({row.ContractID for row in rows}):
            wanted = statements.line_rows(self._tables).where(own.in_(chunk))
            for line in (await connection.execute(wanted)).all():
                lines[line.ContractID].append(contract_line(line))
            stamps |= await self._lines.stamps(connection, own.in_(chunk))
            counts |= await self._meter_groups(connection, groups.in_(chunk))
        return [
            _contract(row, tuple(lines[row.ContractID]), _children(row.ContractID, stamps, counts))
            for row in rows
        ]

    async def _meter_groups(self, connection: Executes, which: ColumnElement[bool]) -> dict[int, int]:
        wanted = statements.meter_groups(self._tables).where(which)
        rows: Sequence[Any] = (await connection.execute(wanted)).all()
        return dict(rows)


def contract_line(row: Row[Any]) -> ContractLine:
    """A line from a row of ``line_rows``."""
    return ContractLine(
        contract_detail_id=row.ContractDetailID,
        item_id=row.ItemID,
        item=text(row.Item),
        equipment_id=row.EquipmentID,
        description=text(row.Description),
        quantity=row.Quantity,
        unit_base_rate=row.UnitBaseRate,
        base_rate=row.BaseRate,
        location_id=row.LocationID,
        start_date=row.StartDate,
        end_date=row.EndDate,
        bill_start_date=row.BillStartDate,
        bill_end_date=row.BillEndDate,
        base_billed_thru_date=row.BaseBilledThruDate,
    )


def _children(contract: int, stamps: Mapping[int, str], meter_groups: Mapping[int, int]) -> Fields:
    return {"children_stamp": stamps.get(contract, ""), "meter_groups": meter_groups.get(contract, 0)}


def _codes(row: Row[Any]) -> Fields:
    return {
        "customer_number": text(row.CustomerNumber),
        "bill_to_number": text(row.BillToNumber),
        "contract_type": text_or_none(row.ContractCode),
        "bill_code": text_or_none(row.BillCode),
        "bill_group": text_or_none(row.BillGroup),
        "distribution_code": text_or_none(row.DistributionCode),
        "contract_status": text_or_none(row.ContractStatus),
        "billing_cycle": text_or_none(row.BillingCycle),
    }


def _contract(row: Row[Any], lines: tuple[ContractLine, ...], children: Fields) -> Contract:
    acknowledge = row.MessReqAcknowledgment
    return Contract(
        contract_id=row.ContractID,
        number=text(row.ContractNumber),
        major=text(row.ContractMajor),
        minor=text(row.ContractMinor),
        customer_id=row.CustomerID,
        bill_to_id=row.BillToID,
        report_group_id=row.ReportDefinitionGroupID,
        branch_id=row.BranchID,
        sales_rep_id=row.SalesRepID,
        term_id=row.TermID,
        tax_code_id=row.TaxCodeID,
        start_date=row.StartDate,
        exp_date=row.ExpDate,
        activated=row.Activated,
        terminated=row.Terminated,
        active=bool(row.Active),
        bill=bool(row.Bill),
        billed=bool(row.Billed),
        base_rate=row.BaseRate,
        base_next_billing_date=row.BaseNextBillingDate,
        base_last_billing_date=row.BaseLastBillingDate,
        base_billed_thru_date=row.BaseBilledThruDate,
        base_billing_start_date=row.BaseBillingStartDate,
        sum_individual_base_rates=bool(row.SumIndividualBaseRates),
        time_block_based=bool(row.TimeBlockBased),
        po_number=text(row.PONumber),
        remarks=text(row.Remarks),
        message=text(row.Message),
        acknowledge=None if acknowledge is None else bool(acknowledge),
        locks=row.Locks,
        equipment_lines=sum(1 for line in lines if line.equipment_id is not None),
        lines=lines,
        row_version=hex_version(row.timestamp),
        **_codes(row),
        **children,
    )
