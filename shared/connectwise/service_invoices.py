"""Invoices of work with the tickets and the time they bill, read with as few requests as the API allows.

Of a thousand invoices: a request for each 120 of them for their time, one for each 120 tickets, and one for
each 120 companies. Lists may be behind; ``fresh`` asks for the invoice by itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import STAMP, MalformedRecordError, made
from shared.connectwise.conditions import UnquotableError, equals, every, in_lists, some
from shared.connectwise.errors import NotFoundError
from shared.connectwise.invoices import INVOICES, bare, ref_id
from shared.connectwise.paging import walk
from shared.connectwise.territories import territories
from shared.connectwise.ticket_rows import PROJECT, SERVICE, Row, TicketParts, joined, ticket_of
from shared.connectwise.tickets import IN_LIST_ROOM, Listed, Tickets
from shared.events.service_invoices import ServiceInvoice

SERVICE_INVOICE_TYPES = ("Standard", "Progress", "DownPayment", "Miscellaneous")
"""Everything but agreement invoices and credit memos."""

SERVICE_INVOICE_FIELDS = (
    "id", "invoiceNumber", "type", "status/id", "status/name", "status/isClosed", "company/id",
    "company/identifier", "company/name", "billToCompany/id", "billToCompany/identifier",
    "billToCompany/name", "date", "applyToType", "applyToId", "ticket/id", "ticket/summary", "project/id",
    "project/name", "phase/id", "phase/name", "salesOrder/id", "salesOrder/identifier", "agreement/id",
    "agreement/name", "agreement/type", "customerPO", "currency/id", "currency/name",
    "currency/currencyCode", "serviceTotal", "serviceAdjustmentAmount", "expenseTotal", "productTotal",
    "agreementAmount", "previousProgressApplied", "downpaymentApplied", "subtotal", "salesTax", "total",
    STAMP,
)  # fmt: skip


class ServiceInvoices:
    """Invoices as ``shared.events.service_invoices.ServiceInvoice``, whoever asks for them."""

    def __init__(self, client: ConnectWise, tickets: Tickets) -> None:
        """Nothing is kept.

        Args:
            client: of the service.
            tickets: tells where tickets are looked for.
        """
        self._client = client
        self.tickets = tickets

    async def by_ids(self, ids: Iterable[int]) -> list[ServiceInvoice]:
        """Invoices with these RecIDs, by list; unknown ids are left out.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: an invoice, or a part of it, is not one; the text names invoice and field.
        """
        return await self._invoices(in_lists("id", ids, IN_LIST_ROOM))

    async def ids(self, *conditions: str) -> list[int]:
        """RecIDs of the invoices of work for which all of these hold, rising.

        Raises:
            As ``ConnectWise.get``.
        """
        kinds = some(*(equals("type", kind) for kind in SERVICE_INVOICE_TYPES))
        pages = walk(self._client, INVOICES, conditions=every(kinds, *conditions), fields=("id",))
        return [int(row["id"]) async for page in pages for row in page.rows]

    async def by_number(self, number: str) -> ServiceInvoice | None:
        """The invoice with this number, by list; None when there is none.

        Raises:
            As ``by_ids``.
        """
        try:
            condition = equals("invoiceNumber", number.strip())
        except UnquotableError:
            return None
        return max(await self._invoices([condition]), key=lambda one: one.id, default=None)

    async def fresh(self, invoice_id: int) -> ServiceInvoice | None:
        """One invoice, asked for by itself; None when there is none. Its time comes from a list, as ever.

        Raises:
            As ``by_ids``.
        """
        path = f"{INVOICES}/{invoice_id}"
        try:
            row = await self._client.get(path, {"fields": ",".join(SERVICE_INVOICE_FIELDS)})
        except NotFoundError:
            return None
        if not isinstance(row, dict) or "id" not in row:
            raise MalformedRecordError(f"{path} as ConnectWise sent it is no record")
        return service_invoice((await self.whole([row]))[0])

    async def whole(self, rows: Sequence[Row], time: Mapping[int, Sequence[Row]] | None = None) -> list[Row]:
        """Invoices with their tickets and time, as JSON; ``service_invoice`` makes a record of each.

        Args:
            rows: invoices as listed with ``SERVICE_INVOICE_FIELDS``.
            time: the entries they bill, where they are at hand.

        Raises:
            UnauthorizedError: also when invoices bill services and no time at all is shown.
            TransientError, RefusedError: as ``ConnectWise.get``.
        """
        if not rows:
            return []
        if time is None:
            time = await self.tickets.time_of_invoices(int(row["id"]) for row in rows)
        if not any(time.values()) and any(row.get("serviceTotal") for row in rows):
            await self.tickets.ensure_any_time_is_shown()
        named = {int(row["id"]): tickets_on(row, time.get(int(row["id"]), ())) for row in rows}
        heads = await self._heads(named.values())
        companies = {
            key
            for row in (*rows, *(head for _, head in heads.values()))
            if (key := ref_id(row, "company")) is not None
        }
        of_companies = await territories(self._client, companies)
        return [
            _joined(row, time.get(int(row["id"]), ()), named[int(row["id"])], heads, of_companies)
            for row in rows
        ]

    async def _heads(self, named: Iterable[Mapping[int, str]]) -> dict[int, Listed]:
        kinds: dict[int, str] = {}
        for one in named:
            kinds |= one
        found: dict[int, Listed] = {}
        for where in (SERVICE, PROJECT):
            likely = [
                key for key, kind in sorted(kinds.items()) if (kind == "ServiceTicket") == (where is SERVICE)
            ]
            found |= await self.tickets.heads(likely, where)
        return found

    async def _invoices(self, conditions: Iterable[str]) -> list[ServiceInvoice]:
        rows = [
            row
            for condition in conditions
            async for page in walk(
                self._client, INVOICES, conditions=condition, fields=SERVICE_INVOICE_FIELDS
            )
            for row in page.rows
        ]
        return [service_invoice(row) for row in await self.whole(rows)]


def service_invoice(row: Any) -> ServiceInvoice:
    """An invoice from its joined JSON.

    Raises:
        MalformedRecordError: a field is missing or of another type; the text names it.
    """
    return made(ServiceInvoice, row)


def tickets_on(row: Mapping[str, Any], time: Iterable[Row]) -> dict[int, str]:
    """Kinds of the tickets an invoice names or whose time it bills, by RecID."""
    found = {key: str(entry["chargeToType"]) for entry in time if (key := ticket_of(entry)) is not None}
    own = ref_id(row, "ticket")
    if own is None and row.get("applyToType") == "Ticket" and isinstance(row.get("applyToId"), int):
        own = int(row["applyToId"])
    if own:
        found.setdefault(own, "ServiceTicket" if ref_id(row, "project") is None else "ProjectTicket")
    return dict(sorted(found.items()))


def _joined(
    row: Row,
    time: Sequence[Row],
    named: Mapping[int, str],
    heads: Mapping[int, Listed],
    of_companies: Mapping[int, str],
) -> Row:
    whole = {name: value for name, value in bare(row).items() if value is not None and value != ""}
    company = ref_id(row, "company")
    if company is not None and company in of_companies:
        whole["companyTerritory"] = of_companies[company]
    by_ticket: dict[int, list[Row]] = {key: [] for key in named}
    for entry in time:
        key = ticket_of(entry)
        if key is not None:
            by_ticket[key].append(entry)
    parts = TicketParts(by_ticket, {}, of_companies)
    whole["tickets"] = [
        joined(heads[key][1], parts, heads[key][0])
        if key in heads
        else {**joined({"id": key}, parts), "recordType": kind}
        for key, kind in named.items()
    ]
    return whole
