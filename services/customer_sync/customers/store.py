"""What was done for customers, and the companies as last seen, to match by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Insert, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.customer_sync.pairs.progress import Progress
from services.customer_sync.tables import COMPANY
from shared.batching import Batcher
from shared.events.records import Company
from shared.links.kinds import LinkKind
from shared.store.engine import reading
from shared.store.upsert import chunks, insert
from shared.sync.intents import TOGETHER, WINDOW_SECONDS
from shared.text import fold

CREATE = "create company"


@dataclass(frozen=True, slots=True)
class Seen:
    """A company as last seen: enough to match by."""

    id: int
    identifier_key: str
    account_key: str


class CustomerStore(Progress[Company]):
    """Progress of customers; what was written to ConnectWise is in the index of companies at once."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Use an engine on which the migrations have run."""
        super().__init__(engine, LinkKind.CUSTOMER_COMPANY, CREATE)
        self._seen: Batcher[tuple[Company, int], None] = Batcher(self._see_all, TOGETHER, WINDOW_SECONDS)
        self._gone: Batcher[int, None] = Batcher(self._forget_all, TOGETHER, WINDOW_SECONDS)

    async def see(self, company: Company, sequence: int) -> None:
        """Take a company into the index with the sequence it came under; older content is ignored."""
        await self._seen.ask((company, sequence))

    async def forget_company(self, ident: int) -> None:
        """A company that is gone matches nothing any more."""
        await self._gone.ask(ident)

    async def candidates(self, numbers: Sequence[str]) -> list[Seen]:
        """Companies, not deleted, whose Company ID or Account ID is one of the numbers (folded)."""
        own = COMPANY.c
        found: dict[int, Seen] = {}
        async with reading(self._engine) as connection:
            for part in chunks(numbers):
                rows = await connection.execute(
                    select(own.id, own.identifier_key, own.account_key).where(
                        own.deleted.is_(False), or_(own.identifier_key.in_(part), own.account_key.in_(part))
                    )
                )
                for row in rows:
                    found[row.id] = Seen(row.id, row.identifier_key, row.account_key)
        return list(found.values())

    async def last_seen(self, ids: Sequence[int]) -> dict[int, Company]:
        """Companies as last seen, by RecID; what was written by us is among it at once."""
        found: dict[int, Company] = {}
        async with self._engine.connect() as connection:
            for part in chunks(ids):
                rows = await connection.execute(select(COMPANY.c.payload).where(COMPANY.c.id.in_(part)))
                for row in rows:
                    company = Company.model_validate_json(row.payload)
                    found[company.id] = company
        return found

    async def _remember(self, connection: AsyncConnection, targets: Sequence[Company]) -> None:
        await self._upsert(connection, [(one, 0) for one in targets])

    async def _see_all(self, companies: Sequence[tuple[Company, int]]) -> list[None]:
        async with self._engine.begin() as connection:
            await self._upsert(connection, companies)
        return [None] * len(companies)

    async def _forget_all(self, ids: Sequence[int]) -> list[None]:
        async with self._engine.begin() as connection:
            await connection.execute(update(COMPANY).where(COMPANY.c.id.in_(ids)).values(deleted=True))
        return [None] * len(ids)

    async def _upsert(self, connection: AsyncConnection, companies: Iterable[tuple[Company, int]]) -> None:
        statement = _company_upsert(connection.dialect.name)
        await connection.execute(statement, [_company_row(*one) for one in companies])


def _company_row(company: Company, sequence: int) -> dict[str, Any]:
    info = (company.model_extra or {}).get("_info") or {}
    return {
        "id": company.id,
        "identifier_key": fold(company.identifier)[:60],
        "account_key": fold(company.accountNumber or "")[:60],
        "deleted": company.deletedFlag,
        "last_updated": str(info.get("lastUpdated", "")),
        "sequence": sequence,
        "payload": company.model_dump_json(exclude_none=True),
    }


@cache
def _company_upsert(dialect: str) -> Insert:
    """Newer by the server's stamp wins; at the same second the connector's order decides."""
    statement = insert(dialect, COMPANY)
    new, own = statement.excluded, COMPANY.c
    newer = or_(
        own.last_updated < new.last_updated,
        and_(own.last_updated == new.last_updated, or_(new.sequence == 0, own.sequence <= new.sequence)),
    )
    changed = {column.name: new[column.name] for column in own if column.name not in {"id", "sequence"}}
    # What was seen directly (0) does not lower the connector's order.
    changed["sequence"] = case((new.sequence > own.sequence, new.sequence), else_=own.sequence)
    upsert: Insert = statement.on_conflict_do_update(index_elements=[own.id], set_=changed, where=newer)
    return upsert
