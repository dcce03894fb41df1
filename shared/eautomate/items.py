"""Reading items, billing cycles, and what customers bring to a new contract."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate import contract_statements as statements
from shared.eautomate.contract_rows import BillingCycle, CustomerBilling, Item
from shared.eautomate.like import ESCAPE, beginning
from shared.eautomate.owners import item_kind
from shared.eautomate.reader import chunks
from shared.eautomate.rows import hex_version
from shared.eautomate.session import reading
from shared.eautomate.statements import by_number
from shared.eautomate.tables import Tables
from shared.eautomate.values import fits, folded, text, text_or_none


class Items:
    """Reads of ICItems and small tables."""

    def __init__(self, engine: AsyncEngine, tables: Tables) -> None:
        self._engine = engine
        self._tables = tables

    async def by_number(self, numbers: Iterable[str]) -> dict[str, Item]:
        """Items by number, trimmed and casefolded."""
        kind, rows = item_kind(self._tables), statements.item_rows(self._tables)
        wanted = {number.strip() for number in numbers}
        found: dict[str, Item] = {}
        async with reading(self._engine) as connection:
            for chunk in chunks({n for n in wanted if n and fits(self._tables.items.c.Item, n)}):
                for row in (await connection.execute(by_number(rows, kind, chunk))).all():
                    item = _item(row)
                    found[folded(item.number)] = item
        return found

    async def starting(self, prefix: str) -> list[Item]:
        """Items whose number begins with the text, by id."""
        own = self._tables.items.c
        wanted = (
            statements.item_rows(self._tables)
            .where(own.Item.like(beginning(prefix), escape=ESCAPE))
            .order_by(own.ItemID)
        )
        async with reading(self._engine) as connection:
            return [_item(row) for row in (await connection.execute(wanted)).all()]

    async def cycles(self) -> list[BillingCycle]:
        """All billing cycles, by id."""
        async with reading(self._engine) as connection:
            rows = (await connection.execute(statements.billing_cycles(self._tables))).all()
        return [
            BillingCycle(key, text(name), days, months, years, bool(active))
            for key, name, days, months, years, active in rows
        ]

    async def customer_billing(self, customer_ids: Iterable[int]) -> dict[int, CustomerBilling]:
        """What a new contract takes from its customer, by id."""
        found: dict[int, CustomerBilling] = {}
        async with reading(self._engine) as connection:
            for chunk in chunks(set(customer_ids)):
                rows = await connection.execute(statements.customer_billing(self._tables, chunk))
                for key, branch, rep, term, tax, taxable in rows.all():
                    found[key] = CustomerBilling(key, branch, rep, term, tax, bool(taxable))
        return found


def _item(row: Row[Any]) -> Item:
    return Item(
        item_id=row.ItemID,
        number=text(row.Item),
        description=text(row.Description),
        active=bool(row.Active),
        serviceable=bool(row.ServiceableAsItem),
        inventory_code=text_or_none(row.InventoryCode),
        expense_code=text_or_none(row.ExpenseCode),
        sales_code=text_or_none(row.SalesCode),
        service_code=text_or_none(row.ServiceCode),
        category=text_or_none(row.Category),
        unit=text_or_none(row.UM),
        base_distribution_code=text_or_none(row.DistributionCode),
        row_version=hex_version(row.timestamp),
    )
