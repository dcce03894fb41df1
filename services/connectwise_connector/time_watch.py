"""Time entries that changed: they move without their tickets and invoices, whose snapshots carry them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.connectwise_connector.invoices import InvoiceReader
from services.connectwise_connector.rules import next_position, stamp_of
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from services.connectwise_connector.ticket_pages import TicketPages
from shared.connector.runner import Session
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import STAMP
from shared.connectwise.conditions import every, since
from shared.connectwise.invoices import ref_id
from shared.connectwise.paging import walk
from shared.connectwise.ticket_rows import ON_TICKETS, PROJECT, SERVICE, TIME_ENTRIES, Row, ticket_of

POSITION = "time entries"
FIELDS = ("id", "chargeToId", "chargeToType", "invoice/id", STAMP)

Lines = Mapping[int, Sequence[Row]]


@dataclass(slots=True)
class Seen:
    """What a walk over changed time entries showed.

    Attributes:
        stamps: by entry.
        start: the server's time when it began.
        owners: of the entries that moved: tickets by kind of list, and invoices.
    """

    stamps: dict[int, str | None] = field(default_factory=dict)
    start: datetime | None = None
    owners: dict[str, dict[int, set[int]]] = field(default_factory=dict)

    def of(self, name: str, owner: int, entry: int) -> None:
        """An entry of a ticket or invoice moved."""
        self.owners.setdefault(name, {}).setdefault(owner, set()).add(entry)


class TimeWatch:
    """Has the tickets and service invoices of changed time entries read again."""

    def __init__(
        self,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        tickets: TicketPages | None,
        invoices: InvoiceReader | None,
    ) -> None:
        """Nothing is read before the first pass.

        Args:
            client: of the service.
            session: of the lease.
            settings: overlap, and how many owners one pass reads.
            tickets: publishes tickets; None: nobody needs them.
            invoices: publishes service invoices; None: nobody needs them.
        """
        self._client = client
        self._session = session
        self._overlap = settings.overlap_seconds
        self._most = settings.tickets_per_pass
        self._tickets = tickets
        self._invoices = invoices
        # Stamps of what the overlap shows again.
        self._stamps: dict[int, str | None] = {}

    async def run_pass(self) -> bool:
        """Owners of the time entries that changed since the position; at first the position alone.

        Returns:
            Whether some are left for the next pass.

        Raises:
            ConnectWiseError: ConnectWise cannot be read; the position stays.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        position = await self._session.store.position(POSITION)
        if position is None:
            # What changes while tickets and invoices are read for the first time is read again afterwards.
            now = (await self._client.read(TIME_ENTRIES, {"fields": "id", "pageSize": 1})).time
            await self._save(now)
            return False
        seen = await self._walk(datetime.fromisoformat(position))
        behind: set[int] = set()
        left = False
        for name, owners in seen.owners.items():
            keys = sorted(owners)[: self._most]
            left = left or len(owners) > len(keys)
            time = await self._read(name, keys)
            for key in keys if time is not None else ():
                shown = {int(row["id"]): stamp_of(row) for row in (time or {}).get(key, ())}
                late = {entry for entry in owners[key] if _is_late(seen.stamps[entry], shown.get(entry))}
                # A list that is behind shows them as they were; they are read again by the next pass.
                behind |= late
            for key in sorted(owners)[self._most :]:
                behind |= owners[key]
        self._stamps = {key: stamp for key, stamp in seen.stamps.items() if key not in behind}
        if not left:
            await self._save(seen.start)
        return left

    async def _walk(self, position: datetime) -> Seen:
        seen = Seen()
        changed = every(ON_TICKETS, since("lastUpdated", position))
        async for page in walk(self._client, TIME_ENTRIES, conditions=changed, fields=FIELDS):
            self._session.advance()
            seen.start = seen.start or page.time
            for row in page.rows:
                key, stamp = int(row["id"]), stamp_of(row)
                seen.stamps[key] = stamp
                if self._stamps.get(key, "") != stamp:
                    self._own(seen, row, key)
        return seen

    def _own(self, seen: Seen, row: Row, entry: int) -> None:
        ticket, invoice = ticket_of(row), ref_id(row, "invoice")
        where = SERVICE if row.get("chargeToType") == "ServiceTicket" else PROJECT
        if self._tickets is not None and ticket is not None and where in self._tickets.lists:
            seen.of(where.name, ticket, entry)
        if self._invoices is not None and invoice is not None:
            seen.of("invoices", invoice, entry)

    async def _read(self, name: str, keys: Sequence[int]) -> Lines | None:
        """Read owners again; returns their time as it was shown, None when none was read."""
        for where in (SERVICE, PROJECT):
            if self._tickets is not None and where.name == name:
                time = await self._tickets.tickets.time_of(keys)
                await self._tickets.publish(await self._tickets.by_ids(keys, where), time)
                return time
        return None if self._invoices is None else await self._invoices.read_again(keys)

    async def _save(self, start: datetime | None) -> None:
        following = next_position(start, self._overlap)
        if following is not None:
            await self._session.store.save_position(POSITION, following)


def _is_late(changed: str | None, shown: str | None) -> bool:
    """Whether an entry was shown older than it is, or not at all, with its owner."""
    return shown is None or (changed is not None and shown < changed)
