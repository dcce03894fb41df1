"""What the settings of ID747 name in ConnectWise and e-automate, for `tandem config check --connect`."""

from services.customer_sync.settings import ON_HOLD_STATUS, CustomerSyncSettings
from shared.checkup.wanted import Kind, Wanted, Wants
from shared.config import load

SECTION = "customer_sync"


def wants() -> Wants:
    """What the settings ask for, as they are now.

    Raises:
        pydantic.ValidationError: they are wrong.
    """
    return of_settings(load(SECTION, CustomerSyncSettings))


def of_settings(settings: CustomerSyncSettings) -> Wants:
    """What these settings ask for; what is not used with this sync type is left out."""
    named = [
        *((Kind.CUSTOMER_TYPE, name, "customer_types") for name in settings.customer_types),
        *((Kind.CONTRACT_TYPE, name, "contract_types") for name in settings.contract_types),
        *((Kind.BRANCH, name, "branches") for name in settings.branches),
    ]
    if settings.sync_type.updates:
        captions = [(settings.on_hold_field, "on_hold_field"), (settings.sales_rep_field, "sales_rep_field")]
        named += [
            (Kind.COMPANY_FIELD, caption, setting)
            for caption, setting in captions
            if caption.strip() and caption.strip().casefold() != ON_HOLD_STATUS
        ]
    if settings.sync_type.inserts:
        named.append((Kind.COMPANY_TYPE, settings.company_type, "company_type"))
        if settings.insert_status:
            named.append((Kind.COMPANY_STATUS, settings.insert_status, "insert_status"))
        if settings.territory_on_insert:
            named += [(Kind.TERRITORY, name, "territories") for name in settings.territories.values()]
    return Wants(
        tuple(Wanted(kind, name, f"{SECTION}.{setting}") for kind, name, setting in named),
        writes=settings.writes_to_connectwise and settings.sync_type.updates,
    )
