"""What Tandem writes on agreements and invoices: a custom field, a billing status. Each is a desired state.

The record is read by itself first, so nothing is sent when it holds the value, and read back after a PATCH.
A closed invoice is changed through its own narrow door (reference connectwise-entities 6.5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared.connectwise.agreements import AGREEMENTS
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.errors import ConnectWiseError, NotFoundError
from shared.connectwise.invoices import CLOSED_INVOICES, INVOICES, bare
from shared.connectwise.paging import walk
from shared.connectwise.patch import confirm, operations
from shared.text import fold

BILLING_STATUSES = "/finance/billingStatuses"

Row = Mapping[str, Any]


class FieldMissingError(ConnectWiseError):
    """A record does not carry the custom field that was to be set; the text names both."""


class StatusMissingError(ConnectWiseError):
    """There is no such billing status; the text names those there are."""


@dataclass(frozen=True, slots=True)
class BillingStatusRow:
    """A billing status; ``closed``: an invoice that carries it is locked."""

    id: int
    name: str
    closed: bool
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceHead:
    """What a write-back must know about an invoice.

    Attributes:
        closed: whether it is locked but for status and notes.
        balance: what is open, 0 = paid.
        custom_fields: values by caption as ``patch.fold`` writes it.
    """

    id: int
    number: str
    status: str
    closed: bool
    total: Decimal
    balance: Decimal
    custom_fields: Mapping[str, str]


class AgreementWrites:
    """Writes on agreements and their invoices."""

    def __init__(self, client: ConnectWise) -> None:
        """Billing statuses are kept for the life of this object."""
        self._client = client
        self._statuses: dict[int, BillingStatusRow] = {}

    async def set_agreement_field(
        self, agreement_id: int, caption: str, value: str | None, *, instead_of: str | None = None
    ) -> bool:
        """Make a custom field of an agreement hold a value.

        Args:
            agreement_id: RecID.
            caption: of the field, as ``patch.fold`` compares.
            value: wanted, letter case counts, blanks do not; None clears.
            instead_of: write only while the field holds this, as ``patch.fold`` compares.

        Returns:
            Whether something was written.

        Raises:
            FieldMissingError: agreements carry no such field.
            IgnoredPatchError: the server said 200 and did not change it.
            RefusedError: also for old data the server no longer accepts (the whole record is validated).
            NotFoundError: no such agreement.
        """
        path = f"{AGREEMENTS}/{agreement_id}"
        return await self._set_field(path, path, await self._client.get(path), caption, value, instead_of)

    async def set_invoice_field(self, invoice_id: int, caption: str, value: str | None) -> bool:
        """Make a custom field of an invoice hold a value, closed or not.

        Returns:
            Whether something was written.

        Raises:
            As ``set_agreement_field``.
        """
        path = f"{INVOICES}/{invoice_id}"
        row = await self._client.get(path)
        door = f"{CLOSED_INVOICES}/{invoice_id}" if await self._closed(row) else path
        return await self._set_field(path, door, row, caption, value, None)

    async def set_status(self, invoice_id: int, name: str) -> bool:
        """Make an invoice carry a billing status.

        Args:
            invoice_id: RecID.
            name: of the status, as ``patch.fold`` compares.

        Returns:
            Whether something was written.

        Raises:
            StatusMissingError: there is no active status of that name.
            IgnoredPatchError, RefusedError, NotFoundError: as ``set_agreement_field``.
        """
        status = await self._status_named(name)
        path = f"{INVOICES}/{invoice_id}"
        row = await self._client.get(path)
        if _held_status(row) == status.id:
            return False
        door = f"{CLOSED_INVOICES}/{invoice_id}" if await self._closed(row) else path
        await self._patch(path, door, operations({"status": {"id": status.id}}))
        return True

    async def head(self, invoice_id: int) -> InvoiceHead | None:
        """An invoice without its parts, asked for by itself; None when there is none.

        Raises:
            TransientError, UnauthorizedError: as ``ConnectWise.get``.
            MalformedRecordError: its amounts are none.
        """
        try:
            row = await self._client.get(f"{INVOICES}/{invoice_id}")
        except NotFoundError:
            return None
        total, balance = row.get("total", 0), row.get("balance", 0)
        if not isinstance(total, int | Decimal) or not isinstance(balance, int | Decimal):
            raise MalformedRecordError(
                f"invoice {invoice_id} as ConnectWise sent it: balance or total is no amount"
            )
        fields = {
            fold(str(entry.get("caption", ""))): str(entry.get("value") or "")
            for entry in row.get("customFields") or ()
        }
        status = row.get("status")
        return InvoiceHead(
            id=invoice_id,
            number=str(row.get("invoiceNumber") or ""),
            status=str(status.get("name") or "") if isinstance(status, Mapping) else "",
            closed=await self._closed(row),
            total=Decimal(total),
            balance=Decimal(balance),
            custom_fields=fields,
        )

    async def billing_statuses(self) -> list[BillingStatusRow]:
        """Every billing status, inactive ones too.

        Raises:
            As ``ConnectWise.get``.
        """
        fields = ("id", "name", "closedFlag", "inactiveFlag")
        rows = [
            row async for page in walk(self._client, BILLING_STATUSES, fields=fields) for row in page.rows
        ]
        self._statuses = {
            int(row["id"]): BillingStatusRow(
                int(row["id"]),
                str(row.get("name") or ""),
                row.get("closedFlag") is True,
                row.get("inactiveFlag") is True,
            )
            for row in rows
        }
        return list(self._statuses.values())

    async def _set_field(
        self, path: str, door: str, row: Row, caption: str, value: str | None, instead_of: str | None
    ) -> bool:
        held = _field(row, caption)
        if held is None:
            raise FieldMissingError(f"{path.lstrip('/')} carries no custom field {caption!r}")
        now = str(held.get("value") or "")
        if _text(now) == _text(value or "") or (instead_of is not None and fold(now) != fold(instead_of)):
            return False
        await self._patch(path, door, operations({}, {int(held["id"]): value}))
        return True

    async def _patch(self, path: str, door: str, ops: Sequence[Mapping[str, Any]]) -> None:
        answer = await self._client.patch(door, ops)
        # The narrow door need not answer with the whole invoice.
        confirm(answer if door == path else await self._client.get(path), ops)

    async def _closed(self, row: Row) -> bool:
        status = row.get("status")
        if isinstance(status, Mapping) and isinstance(status.get("isClosed"), bool):
            return bool(status["isClosed"])
        # Before generation 2025.1 an invoice does not say it.
        key = _held_status(row)
        if key is not None and key not in self._statuses:
            await self.billing_statuses()
        known = self._statuses.get(key or 0)
        return known is not None and known.closed

    async def _status_named(self, name: str) -> BillingStatusRow:
        for known in (list(self._statuses.values()), None):
            statuses = await self.billing_statuses() if known is None else known
            for status in statuses:
                if fold(status.name) == fold(name) and not status.inactive:
                    return status
        there = ", ".join(status.name for status in self._statuses.values() if not status.inactive)
        raise StatusMissingError(f"ConnectWise has no billing status {name!r}; it has {there or 'none'}")


def _field(row: Row, caption: str) -> Row | None:
    wanted = fold(caption)
    for entry in row.get("customFields") or ():
        if fold(str(entry.get("caption", ""))) == wanted and "id" in entry:
            return bare(entry)  # type: ignore[no-any-return]
    return None


def _text(value: str) -> str:
    return " ".join(value.split())


def _held_status(row: Row) -> int | None:
    status = row.get("status")
    key = status.get("id") if isinstance(status, Mapping) else None
    return key if isinstance(key, int) else None
