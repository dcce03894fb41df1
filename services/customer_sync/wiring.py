"""The record kinds ID747 listens to, wired."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.customer_sync.commands import CommandHandler
from services.customer_sync.customers.gather import Gatherer
from services.customer_sync.customers.store import CustomerStore
from services.customer_sync.customers.writes import CustomerWrites
from services.customer_sync.handlers import CustomerHandler, HeadOffices, Locations
from services.customer_sync.left_alone import LeftAlone
from services.customer_sync.locations.gather import (
    CREATE_SITE,
    PATIENCE_SECONDS,
    LocationGatherer,
    LocationStore,
)
from services.customer_sync.locations.matching import SITE
from services.customer_sync.locations.writes import LocationWrites
from services.customer_sync.seen import CompanyHandler, SiteHandler
from services.customer_sync.settings import CustomerSyncSettings
from shared.connectwise.companies import Companies
from shared.eautomate.port import EAutomate
from shared.links.client import MappingClient
from shared.sync.agent import Handler


def location_store(engine: AsyncEngine) -> LocationStore:
    """Progress of locations; no index of sites is kept."""
    return LocationStore(engine, SITE.kind, CREATE_SITE)


def handlers(
    store: CustomerStore,
    locations: LocationStore,
    eautomate: EAutomate,
    companies: Companies,
    mapping: MappingClient,
    settings: CustomerSyncSettings,
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
    customers = CustomerHandler(
        HeadOffices(
            Gatherer(store, eautomate, companies, mapping, settings, territory_filter),
            CustomerWrites(store, eautomate, companies, mapping, settings, clock),
        ),
        Locations(
            LocationGatherer(
                locations, eautomate, companies, mapping, settings, territory_filter, PATIENCE_SECONDS
            ),
            LocationWrites(locations, eautomate, companies, mapping, settings, clock),
        ),
        settings,
    )
    left = LeftAlone(eautomate, mapping, settings, territory_filter)
    return {
        ("eautomate", "customer"): customers,
        ("connectwise", "company"): CompanyHandler(store, mapping, left, redo_topic),
        ("connectwise", "site"): SiteHandler(mapping, left, redo_topic),
        ("tandem", "customer"): CommandHandler(customers, eautomate, redo_topic),
    }
