"""Agreements that changed: they move without their invoices, whose snapshots carry them."""

from datetime import date, datetime

from services.connectwise_connector.invoice_pages import InvoicePages
from services.connectwise_connector.marks import newest
from services.connectwise_connector.rules import next_position, stamp_of
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.connector.runner import Session
from shared.connectwise.agreements import AGREEMENTS
from shared.connectwise.client import ConnectWise
from shared.connectwise.companies import STAMP
from shared.connectwise.conditions import equals, in_lists, since
from shared.connectwise.invoices import AGREEMENT
from shared.connectwise.paging import walk
from shared.events.agreements import Invoice

POSITION = f"{Invoice.ENTITY} agreements"


class AgreementWatch:
    """Has the newest invoices of a changed agreement read again, additions included."""

    def __init__(
        self,
        client: ConnectWise,
        session: Session,
        settings: ConnectWiseConnectorSettings,
        pages: InvoicePages,
    ) -> None:
        """Nothing is read before the first pass."""
        self._client = client
        self._session = session
        self._overlap = settings.overlap_seconds
        self._most = settings.invoices_per_pass
        self._pages = pages
        # Stamps of what the overlap shows again.
        self._stamps: dict[int, str | None] = {}

    async def run_pass(self, day: date, position: datetime) -> bool:
        """Agreements that changed since the position.

        Args:
            day: older invoices are left alone.
            position: UTC.

        Returns:
            Whether some are left for the next pass.

        Raises:
            ConnectWiseError: ConnectWise cannot be read; the position stays.
            PublishError, LeaseLostError: as ``ChangePublisher.publish``.
        """
        seen: dict[int, str | None] = {}
        start: datetime | None = None
        changed = since("lastUpdated", position)
        async for page in walk(self._client, AGREEMENTS, conditions=changed, fields=("id", STAMP)):
            self._session.advance()
            start = start or page.time
            seen |= {int(row["id"]): stamp_of(row) for row in page.rows}
        moved = sorted(key for key, stamp in seen.items() if self._stamps.get(key, "") != stamp)
        now = moved[: self._most]
        for some in in_lists("agreement/id", now):
            rows = [
                row
                async for page in self._pages.listed(day, equals("type", AGREEMENT), some)
                for row in page.rows
            ]
            await self._pages.publish(newest(rows))
        if len(moved) > len(now):
            self._stamps |= {key: seen[key] for key in now}
            return True
        self._stamps = seen
        following = next_position(start, self._overlap)
        if following is not None:
            await self._session.store.save_position(POSITION, following)
        return False
