"""The record kinds ID965 listens to, wired."""

from collections.abc import Sequence
from typing import Any

from services.service_sync.commands import TicketCommandHandler
from services.service_sync.decided import DecidedStore
from services.service_sync.gather import Gatherer
from services.service_sync.handlers import TicketHandler
from services.service_sync.invoices import InvoiceHandler
from services.service_sync.noting import Noter
from services.service_sync.returning import Returner
from services.service_sync.settings import ServiceSyncSettings
from services.service_sync.store import TicketStore
from services.service_sync.taking import Taker
from services.service_sync.watch import CallHandler, CallWatch
from services.service_sync.writes import TicketWrites
from shared.connectwise.client import ConnectWise
from shared.connectwise.service_invoices import ServiceInvoices
from shared.connectwise.tickets import Tickets
from shared.eautomate.port import EAutomate
from shared.events.calls import Call
from shared.events.named import COMMAND_SOURCE
from shared.events.service_invoices import ServiceInvoice
from shared.events.tickets import Ticket
from shared.links.client import MappingClient
from shared.sync.agent import Handler


def handlers(
    store: TicketStore,
    decided: DecidedStore,
    eautomate: EAutomate,
    client: ConnectWise,
    mapping: MappingClient,
    settings: ServiceSyncSettings,
    territory_filter: Sequence[str] = (),
) -> dict[tuple[str, str], Handler[Any, Any, Any]]:
    """By (source, entity).

    Args:
        territory_filter: ConnectWise territories that take part, empty: all.
    """
    source = Tickets(client)
    gatherer = Gatherer(store, eautomate, mapping, settings, territory_filter)
    writes = TicketWrites(store, eautomate, mapping, override=settings.override_billing)
    watch = CallWatch(store, eautomate, mapping)
    tickets = TicketHandler(gatherer, writes, settings)
    invoices = InvoiceHandler(gatherer, store, settings)
    commands = TicketCommandHandler(
        tickets,
        invoices,
        watch,
        gatherer,
        Noter(store, decided, source),
        Taker(store, source, settings),
        Returner(gatherer, ServiceInvoices(client, source), settings),
        settings,
    )
    return {
        (Ticket.SOURCE, Ticket.ENTITY): tickets,
        (ServiceInvoice.SOURCE, ServiceInvoice.ENTITY): invoices,
        (Call.SOURCE, Call.ENTITY): CallHandler(watch),
        (COMMAND_SOURCE, Ticket.ENTITY): commands,
    }
