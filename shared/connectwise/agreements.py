"""Agreement invoices with all that explains them, read with as few requests as the API allows.

Of a hundred invoices: one request each for their product rows, agreements, child agreements, companies and
catalog items, and one an agreement for additions, which have no list over agreements. Lists may be behind;
``fresh`` asks for the invoice and its agreement by themselves.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from shared.connectwise.catalog import Catalog
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError, shaped
from shared.connectwise.conditions import UnquotableError, compare, equals, every, in_lists
from shared.connectwise.errors import NotFoundError, UnauthorizedError
from shared.connectwise.invoices import (
    ADDITION_FIELDS,
    AGREEMENT,
    AGREEMENT_FIELDS,
    BILLED_ROW_FIELDS,
    BILLED_ROWS,
    INVOICE_FIELDS,
    INVOICES,
    Parts,
    Row,
    agreement_of,
    agreements_on,
    bare,
    invoice,
    joined,
    ref_id,
)
from shared.connectwise.paging import walk
from shared.connectwise.territories import territories
from shared.events.agreements import Agreement, Invoice
from shared.events.records import Reference

AGREEMENTS = "/finance/agreements"
AGREEMENT_TYPES = "/finance/agreements/types"
BILLING_INFO = "/finance/info/invoice"
AT_ONCE = 4


class AgreementInvoices:
    """Invoices as ``shared.events.agreements.Invoice``, whoever asks for them."""

    def __init__(
        self, client: ConnectWise, *, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Catalog items are kept for a few minutes, nothing else.

        Args:
            client: of the service.
            at_once: requests for single records that may be under way together.
            clock: seconds, rising.
        """
        self._client = client
        self._at_once = at_once
        self.catalog = Catalog(client, clock)

    async def by_ids(self, ids: Iterable[int]) -> list[Invoice]:
        """Invoices of any type with these RecIDs, by list; unknown ids are left out.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: an invoice, or a part of it, is not one; the text names invoice and field.
        """
        return await self._invoices(in_lists("id", ids))

    async def by_number(self, number: str) -> Invoice | None:
        """The invoice with this number, by list; None when there is none.

        Raises:
            As ``by_ids``.
        """
        try:
            condition = equals("invoiceNumber", number.strip())
        except UnquotableError:
            return None
        found = await self._invoices([condition])
        return max(found, key=lambda one: one.id, default=None)

    async def of_agreement(self, agreement_id: int, since: date | None = None) -> list[Invoice]:
        """Agreement invoices of an agreement, by list, newest first (date, then RecID).

        Args:
            agreement_id: RecID.
            since: only those dated on this day or later.

        Raises:
            As ``by_ids``.
        """
        condition = every(
            equals("type", AGREEMENT), equals("agreement/id", agreement_id), dated_from("date", since)
        )
        return sorted(await self._invoices([condition]), key=_age, reverse=True)

    async def newest_of_agreement(self, agreement_id: int) -> Invoice | None:
        """The newest agreement invoice of an agreement, by list; None when there is none.

        Raises:
            As ``by_ids``.
        """
        rows = await self._rows(every(equals("type", AGREEMENT), equals("agreement/id", agreement_id)))
        if not rows:
            return None
        newest = max(rows, key=lambda row: (str(row.get("date") or ""), int(row["id"])))
        return invoice((await self.whole([newest]))[0])

    async def fresh(self, invoice_id: int) -> Invoice | None:
        """One invoice, it and its agreement asked for by themselves; None when there is none.

        Raises:
            As ``by_ids``.
        """
        row = await self._record(f"{INVOICES}/{invoice_id}", INVOICE_FIELDS)
        return None if row is None else invoice((await self.whole([row], fresh=True))[0])

    async def agreement(self, agreement_id: int) -> Agreement | None:
        """One agreement, asked for by itself; None when there is none.

        Raises:
            As ``by_ids``.
        """
        row = await self._record(f"{AGREEMENTS}/{agreement_id}", AGREEMENT_FIELDS)
        return None if row is None else agreement(row)

    async def agreement_types(self) -> list[Reference]:
        """Every agreement type; ``inactiveFlag`` passes through.

        Raises:
            As ``ConnectWise.get``.
        """
        pages = walk(self._client, AGREEMENT_TYPES, fields=("id", "name", "inactiveFlag"))
        return [Reference.model_validate(row) async for page in pages for row in page.rows]

    async def whole(
        self,
        rows: Sequence[Row],
        lines: Mapping[int, Sequence[Row]] | None = None,
        *,
        fresh: bool = False,
    ) -> list[Row]:
        """Invoices with their parts, as JSON; ``invoices.invoice`` makes a record of each.

        Args:
            rows: invoices as listed with ``INVOICE_FIELDS``.
            lines: their product rows, where they are at hand.
            fresh: ask for agreements one by one and for every catalog item.

        Raises:
            UnauthorizedError: also when invoices bill products and no product at all is shown.
            TransientError, RefusedError: as ``ConnectWise.get``.
        """
        if not rows:
            return []
        own = {key for row in rows if (key := agreement_of(row)) is not None}
        companies = {key for row in rows if (key := ref_id(row, "company")) is not None}
        if lines is None:
            lines = await self.billed_rows(int(row["id"]) for row in rows)
        await self._ensure_rows_are_shown(rows, lines)
        named = {key for row in rows for key in agreements_on(row, lines.get(int(row["id"]), ()))}
        items = {ref_id(line, "catalogItem") or 0 for held in lines.values() for line in held} - {0}
        agreements, named_territories, catalog, additions, parents = await asyncio.gather(
            self._agreements(own, one_by_one=fresh),
            territories(self._client, companies),
            self.catalog.items(items, fresh=fresh),
            self._together(sorted(named), self._additions),
            self._parents(own),
        )
        with_children = [int(row["id"]) for row in rows if agreement_of(row) in parents]
        billing = await self._together(with_children, self._billing)
        parts = Parts(lines, agreements, additions, catalog, named_territories, billing)
        return [joined(row, parts) for row in rows]

    async def billed_rows(self, invoice_ids: Iterable[int]) -> dict[int, list[Row]]:
        """Product rows by invoice, cancelled ones too; one request for some 140 invoices with 1,000 rows.

        Raises:
            As ``ConnectWise.get``.
        """
        found: defaultdict[int, list[Row]] = defaultdict(list)
        for condition in in_lists("invoice/id", invoice_ids):
            async for page in walk(self._client, BILLED_ROWS, conditions=condition, fields=BILLED_ROW_FIELDS):
                for row in page.rows:
                    found[ref_id(row, "invoice") or 0].append(row)
        return dict(found)

    async def _ensure_rows_are_shown(self, rows: Sequence[Row], lines: Mapping[int, Sequence[Row]]) -> None:
        # Some lists are empty where the right to them is missing: no invoice must lose its lines by that.
        if any(lines.values()) or not any(row.get("productTotal") for row in rows):
            return
        if not await self._client.list(BILLED_ROWS, fields=("id",), page_size=1):
            raise UnauthorizedError(
                "ConnectWise shows no product at all although invoices bill some: the API member's role lacks"
                " Procurement / Products: Inquire All",
                status=403,
            )

    async def _invoices(self, conditions: Iterable[str]) -> list[Invoice]:
        rows = [row for condition in conditions for row in await self._rows(condition)]
        return [invoice(row) for row in await self.whole(rows)]

    async def _rows(self, condition: str) -> list[Row]:
        pages = walk(self._client, INVOICES, conditions=condition, fields=INVOICE_FIELDS)
        return [row async for page in pages for row in page.rows]

    async def _agreements(self, ids: Collection[int], *, one_by_one: bool) -> dict[int, Row]:
        found: dict[int, Row] = {}
        if not one_by_one:
            for condition in in_lists("id", sorted(ids)):
                async for page in walk(
                    self._client, AGREEMENTS, conditions=condition, fields=AGREEMENT_FIELDS
                ):
                    found |= {int(row["id"]): row for row in page.rows}
        # The list may be behind an agreement that was just made; one that was deleted stays absent.
        missing = await self._together(sorted(set(ids) - found.keys()), self._agreement_row)
        return found | {key: row for key, row in missing.items() if row is not None}

    async def _agreement_row(self, agreement_id: int) -> Row | None:
        return await self._record(f"{AGREEMENTS}/{agreement_id}", AGREEMENT_FIELDS)

    async def _parents(self, ids: Collection[int]) -> set[int]:
        found: set[int] = set()
        for condition in in_lists("parentAgreement/id", sorted(ids)):
            async for page in walk(
                self._client, AGREEMENTS, conditions=condition, fields=("id", "parentAgreement/id")
            ):
                found |= {ref_id(row, "parentAgreement") or 0 for row in page.rows}
        return found - {0}

    async def _additions(self, agreement_id: int) -> list[Row]:
        path = f"{AGREEMENTS}/{agreement_id}/additions"
        try:
            return [
                row async for page in walk(self._client, path, fields=ADDITION_FIELDS) for row in page.rows
            ]
        except NotFoundError:
            return []

    async def _billing(self, invoice_id: int) -> list[Row]:
        try:
            answer = await self._client.get(f"{BILLING_INFO}/{invoice_id}")
        except NotFoundError:
            return []
        held = answer.get("agreementBillingInfo") if isinstance(answer, dict) else None
        return [entry for entry in held or () if isinstance(entry, dict)]

    async def _record(self, path: str, fields: Sequence[str]) -> Row | None:
        try:
            row = await self._client.get(path, {"fields": ",".join(fields)})
        except NotFoundError:
            return None
        if not isinstance(row, dict) or "id" not in row:
            raise MalformedRecordError(f"{path} as ConnectWise sent it is no record")
        return row

    async def _together(self, keys: Sequence[int], ask: Callable[[int], Any]) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for start in range(0, len(keys), self._at_once):
            group = keys[start : start + self._at_once]
            found |= zip(group, await asyncio.gather(*(ask(key) for key in group)), strict=True)
        return found


def agreement(row: Any) -> Agreement:
    """An agreement from its JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type; the text names it.
    """
    return shaped(Agreement, bare(row), "agreement")


def dated_from(path: str, day: date | None) -> str:
    """A condition: dated on this day or later; none for None."""
    if day is None:
        return ""
    return compare(path, ">=", datetime(day.year, day.month, day.day, tzinfo=UTC))


def _age(one: Invoice) -> tuple[datetime, int]:
    return one.date or datetime.min.replace(tzinfo=UTC), one.id
