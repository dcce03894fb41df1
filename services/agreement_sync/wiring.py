"""The record kinds ID964 listens to, wired."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from services.agreement_sync.agreements import AgreementHandler
from services.agreement_sync.asking import AGREEMENT
from services.agreement_sync.commands import InvoiceCommandHandler
from services.agreement_sync.gather import Gatherer
from services.agreement_sync.handlers import InvoiceHandler
from services.agreement_sync.looks import ContractHandler, ContractInvoiceHandler, Finder
from services.agreement_sync.settings import AgreementSyncSettings
from services.agreement_sync.store import InvoiceStore
from services.agreement_sync.writes import InvoiceWrites
from shared.connectwise.agreements import AgreementInvoices
from shared.connectwise.client import ConnectWise
from shared.connectwise.invoice_writes import AgreementWrites
from shared.connectwise.payments import Payments
from shared.eautomate.port import EAutomate
from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractInvoice
from shared.events.named import COMMAND_SOURCE
from shared.links.client import MappingClient
from shared.sync.agent import Handler


def handlers(
    store: InvoiceStore,
    eautomate: EAutomate,
    client: ConnectWise,
    mapping: MappingClient,
    settings: AgreementSyncSettings,
    territory_filter: Sequence[str] = (),
    redo_topic: str = "",
    clock: Callable[[], float] = time.time,
) -> dict[tuple[str, str], Handler[Any, Any, Any]]:
    """By (source, entity).

    Args:
        territory_filter: ConnectWise territories that take part, empty: all.
        redo_topic: where commands to look again go; needed by whoever applies.
        clock: gives epoch seconds.
    """
    targets = AgreementWrites(client)
    writes = InvoiceWrites(store, eautomate, targets, Payments(client), mapping, settings, clock)
    gatherer = Gatherer(store, eautomate, targets, mapping, settings, territory_filter)
    invoices = InvoiceHandler(store, gatherer, writes, settings)
    finder = Finder(store, eautomate, mapping)
    return {
        (Invoice.SOURCE, Invoice.ENTITY): invoices,
        (Contract.SOURCE, Contract.ENTITY): ContractHandler(finder, redo_topic),
        (ContractInvoice.SOURCE, ContractInvoice.ENTITY): ContractInvoiceHandler(finder, redo_topic),
        (COMMAND_SOURCE, Invoice.ENTITY): InvoiceCommandHandler(invoices, AgreementInvoices(client), store),
        (COMMAND_SOURCE, AGREEMENT): AgreementHandler(
            finder, eautomate, mapping, writes.booking, writes.pushes, settings, redo_topic
        ),
    }
