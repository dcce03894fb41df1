"""The ConnectWise connector, wired."""

from pathlib import Path
from typing import ClassVar

from services.connectwise_connector.needs import NO_WISHES, TICKET_SYNC, TicketWishes, needed
from services.connectwise_connector.reads import ConnectWiseReader
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.bus.producer import Producer
from shared.config import ConnectWiseSettings, KafkaSettings, StoreSettings, load
from shared.connector.publisher import Origin
from shared.connector.runner import ConnectorService, Reader, Session
from shared.connectwise.client import ConnectWise, check_settings
from shared.connectwise.limiter import limiter
from shared.processes import ProcessesSettings
from shared.service import Service

NAME = "connectwise_connector"
MIGRATIONS = Path(__file__).parent / "migrations"
ALL_PROCESSES = ProcessesSettings()


class ConnectWiseConnector(ConnectorService):
    """Publishes companies, sites, members, invoices and tickets as they change."""

    name: ClassVar[str] = NAME

    def __init__(
        self,
        settings: ConnectWiseConnectorSettings,
        connectwise: ConnectWiseSettings,
        kafka: KafkaSettings,
        store: StoreSettings,
        processes: ProcessesSettings = ALL_PROCESSES,
        wishes: TicketWishes = NO_WISHES,
    ) -> None:
        """Prepare; nothing is opened before ``run``.

        Args:
            settings: pace and what is published.
            connectwise: the tenant.
            kafka: the broker.
            store: Tandem's database.
            processes: which run; what none of them reads is not published.
            wishes: which tickets ID965 takes.

        Raises:
            ValueError: the share of the budget is none.
        """
        check_settings(connectwise)
        pace = limiter(connectwise, NAME, settings.budget_share)
        settings = needed(settings, processes, wishes)

        async def reader(session: Session) -> Reader:
            client = ConnectWise(connectwise, NAME, pace, retry_seconds=settings.retry_seconds)
            return ConnectWiseReader(client, session, settings)

        super().__init__(
            origin=Origin(NAME, "connectwise", kafka.topic_prefix),
            settings=settings,
            store=store,
            migrations=MIGRATIONS,
            producer=lambda: Producer(kafka, NAME),
            reader=reader,
        )


def build() -> Service:
    """The service from the process's settings."""
    return ConnectWiseConnector(
        load(NAME, ConnectWiseConnectorSettings),
        load("connectwise", ConnectWiseSettings),
        load("kafka", KafkaSettings),
        load("store", StoreSettings),
        load("processes", ProcessesSettings),
        load(TICKET_SYNC, TicketWishes),
    )
