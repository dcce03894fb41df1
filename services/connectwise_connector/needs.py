"""What the enabled processes need of ConnectWise: nothing is read that none of them reads."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.config import CommaList
from shared.processes import PROCESSES, Process, ProcessesSettings

AGREEMENTS = ("agreement_sync",)
SERVICE_TICKETS = ("service_sync", "call_dispatch")
PROJECTS = ("project_sync",)
TICKET_SYNC = "service_sync"


class TicketWishes(BaseModel):
    """What the connector must know of section ``service_sync``: which tickets ID965 takes, and by what."""

    model_config = ConfigDict(extra="ignore")

    sync_mode: str = "status"
    ticket_statuses: CommaList = []
    boards: CommaList = []

    @property
    def by_invoice(self) -> bool:
        """Whether tickets are taken when they are invoiced."""
        return self.sync_mode.strip().lower().startswith("invoice")


NO_WISHES = TicketWishes()


def needed(
    settings: ConnectWiseConnectorSettings,
    processes: ProcessesSettings,
    wishes: TicketWishes = NO_WISHES,
    table: Sequence[Process] = PROCESSES,
) -> ConnectWiseConnectorSettings:
    """The settings with everything decided that was left blank.

    Args:
        settings: as set.
        processes: which run.
        wishes: of ID965.
        table: the processes there are.
    """

    def run(services: tuple[str, ...]) -> bool:
        return processes.any_runs(services, table)

    def chosen(given: bool | None, otherwise: bool) -> bool:
        return otherwise if given is None else given

    work = run(PROJECTS) or (run((TICKET_SYNC,)) and wishes.by_invoice)
    return settings.model_copy(
        update={
            "invoices": chosen(settings.invoices, run(AGREEMENTS)),
            "tickets": chosen(settings.tickets, run(SERVICE_TICKETS)),
            "project_tickets": chosen(settings.project_tickets, run(PROJECTS)),
            "service_invoices": chosen(settings.service_invoices, work),
            "ticket_note_statuses": settings.ticket_note_statuses or wishes.ticket_statuses,
            "ticket_note_boards": settings.ticket_note_boards or wishes.boards,
        }
    )
