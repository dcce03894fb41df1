"""The e-automate connector, wired."""

from pathlib import Path
from typing import ClassVar

from services.eautomate_connector.entity import Memory
from services.eautomate_connector.needs import needed
from services.eautomate_connector.reads import EAutomateReader
from services.eautomate_connector.settings import EAutomateConnectorSettings
from shared.bus.producer import Producer
from shared.config import EAutomateSettings, KafkaSettings, StoreSettings, load
from shared.connector.publisher import Origin
from shared.connector.runner import ConnectorService, Reader, Session, SourceError
from shared.eautomate.engine import check_url
from shared.eautomate.errors import EAutomateError
from shared.eautomate.port import EAutomate
from shared.processes import ProcessesSettings
from shared.service import Service

NAME = "eautomate_connector"
MIGRATIONS = Path(__file__).parent / "migrations"
ALL_PROCESSES = ProcessesSettings()


class EAutomateConnector(ConnectorService):
    """Publishes customers, locations, employees, contracts and their invoices, service calls, as they change."""

    name: ClassVar[str] = NAME

    def __init__(
        self,
        settings: EAutomateConnectorSettings,
        eautomate: EAutomateSettings,
        kafka: KafkaSettings,
        store: StoreSettings,
        processes: ProcessesSettings = ALL_PROCESSES,
    ) -> None:
        """Prepare; nothing is opened before ``run``.

        Args:
            settings: pace and what is published.
            eautomate: the database.
            kafka: the broker.
            store: Tandem's database.
            processes: which run; what none of them reads is not read here either.

        Raises:
            ValueError: the settings name no database.
        """
        check_url(eautomate)
        memory = Memory()
        settings = needed(settings, processes)

        async def reader(session: Session) -> Reader:
            try:
                port = EAutomate.open(eautomate)
            except EAutomateError as error:
                raise SourceError(f"e-automate: {error}") from error
            return EAutomateReader(port, session, settings, memory)

        super().__init__(
            origin=Origin(NAME, "eautomate", kafka.topic_prefix),
            settings=settings,
            store=store,
            migrations=MIGRATIONS,
            producer=lambda: Producer(kafka, NAME),
            reader=reader,
        )


def build() -> Service:
    """The service from the process's settings."""
    return EAutomateConnector(
        load(NAME, EAutomateConnectorSettings),
        load("eautomate", EAutomateSettings),
        load("kafka", KafkaSettings),
        load("store", StoreSettings),
        load("processes", ProcessesSettings),
    )
