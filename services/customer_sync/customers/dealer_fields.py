"""Fields of a company that the dealer names: on-hold code, sales rep, territory (spec/customers.md 5.6). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.customer_sync.settings import ON_HOLD_STATUS, CustomerSyncSettings
from shared.events.records import Company, Customer, CustomField
from shared.sync.decision import Checks
from shared.text import fold

ON_HOLD, SALES_REP = "on-hold code", "sales rep"
HELD_WITHOUT_CODE = "on hold"
STATUS = "status"


@dataclass(frozen=True, slots=True)
class Setup:
    """What ConnectWise and e-automate have set up for these fields.

    Attributes:
        field_ids: ids of company custom fields by folded caption.
        status_ids: RecIDs of company statuses by folded name.
        default_status: name of the status that companies get by themselves, empty when there is none.
        hold_codes: e-automate's on-hold codes, folded; read only where the status carries them.
    """

    field_ids: Mapping[str, int] = field(default_factory=dict)
    status_ids: Mapping[str, int] = field(default_factory=dict)
    default_status: str = ""
    hold_codes: frozenset[str] = frozenset()


@dataclass(slots=True)
class DealerFields:
    """What to write.

    Attributes:
        patch: (there now, wanted) by caption, or by ``status``.
        custom: new values of custom fields by id; None empties one.
        status_id: RecID of the status to set.
        warnings: what is wanted and has no place in ConnectWise.
    """

    patch: dict[str, tuple[str, str]] = field(default_factory=dict)
    custom: dict[int, str | None] = field(default_factory=dict)
    status_id: int | None = None
    warnings: list[str] = field(default_factory=list)


def captions(settings: CustomerSyncSettings) -> tuple[str, ...]:
    """Captions of the custom fields that are written."""
    hold = "" if hold_is_status(settings) else settings.on_hold_field
    return tuple(caption for caption in (hold, settings.sales_rep_field) if caption.strip())


def hold_is_status(settings: CustomerSyncSettings) -> bool:
    """Whether a hold shows as the company's status."""
    return fold(settings.on_hold_field) == ON_HOLD_STATUS


def on_hold_code(customer: Customer) -> str:
    """The code while the customer is on hold, empty otherwise; a released record may keep its old code."""
    return ((customer.on_hold_code or "").strip() or HELD_WITHOUT_CODE) if customer.hold else ""


def territory(customer: Customer, settings: CustomerSyncSettings) -> str:
    """Name of the ConnectWise territory for a new company, empty when it gets none."""
    name = (customer.territory or "").strip()
    if not settings.territory_on_insert or not name:
        return ""
    named = {fold(theirs): ours for theirs, ours in settings.territories.items()}
    return named.get(fold(name), name)


def wanted(customer: Customer, settings: CustomerSyncSettings) -> dict[str, str]:
    """Value by caption; an empty one is only there where it erases (the on-hold code)."""
    values = {}
    if settings.on_hold_field.strip() and not hold_is_status(settings):
        values[settings.on_hold_field] = on_hold_code(customer)
    rep = (customer.sales_rep_name or "").strip()
    if settings.sales_rep_field.strip() and rep:
        values[settings.sales_rep_field] = rep
    return values


def differing(
    customer: Customer, company: Company, settings: CustomerSyncSettings, setup: Setup, checks: Checks
) -> DealerFields:
    """What has to change on an existing company; suppressed fields never."""
    result = DealerFields()
    held = {fold(entry.caption): entry for entry in company.customFields}
    for caption, value in _unsuppressed(customer, settings).items():
        there = held.get(fold(caption))
        ident = there.id if there is not None else setup.field_ids.get(fold(caption))
        if value and not _has_place(caption, ident, result, checks):
            continue
        now = _text(there)
        if ident is not None and " ".join(now.split()) != " ".join(value.split()):
            result.patch[caption] = (now, value)
            result.custom[ident] = value or None
    if hold_is_status(settings) and ON_HOLD not in settings.suppressed:
        _status(
            customer,
            company.status.name or "" if company.status is not None else "",
            settings,
            setup,
            result,
            checks,
        )
    return result


def on_insert(
    customer: Customer, settings: CustomerSyncSettings, setup: Setup, checks: Checks
) -> DealerFields:
    """What a new company gets; suppressing is about updates."""
    result = DealerFields()
    for caption, value in wanted(customer, settings).items():
        ident = setup.field_ids.get(fold(caption))
        if value and _has_place(caption, ident, result, checks) and ident is not None:
            result.custom[ident] = value
    if hold_is_status(settings) and customer.hold:
        _status(customer, "", settings, setup, result, checks)
    return result


def _unsuppressed(customer: Customer, settings: CustomerSyncSettings) -> dict[str, str]:
    names = {settings.on_hold_field: ON_HOLD, settings.sales_rep_field: SALES_REP}
    return {
        caption: value
        for caption, value in wanted(customer, settings).items()
        if names[caption] not in settings.suppressed
    }


def _has_place(caption: str, ident: int | None, result: DealerFields, checks: Checks) -> bool:
    if checks.ask(
        f"companies have the custom field {caption}",
        ident is not None,
        "none" if ident is None else ident,
        "one",
    ):
        return True
    result.warnings.append(
        f"{caption} is not written: ConnectWise has no company custom field of that caption; create it, or change "
        "customer_sync.on_hold_field or customer_sync.sales_rep_field"
    )
    return False


def _status(
    customer: Customer,
    now: str,
    settings: CustomerSyncSettings,
    setup: Setup,
    result: DealerFields,
    checks: Checks,
) -> None:
    """A hold shows as the status named like its code; a release puts the usual one back, whatever else stays."""
    if customer.hold:
        name = on_hold_code(customer)
    elif fold(now) in setup.hold_codes:
        name = settings.insert_status or setup.default_status
    else:
        return
    ident = setup.status_ids.get(fold(name))
    if not checks.ask("company status exists", ident is not None, name or "none", "a status in ConnectWise"):
        result.warnings.append(
            f"the status is not set: ConnectWise has no company status {name!r}; create it, or let "
            "customer_sync.on_hold_field name a custom field"
        )
    elif fold(now) != fold(name):
        result.patch[STATUS] = (now, name)
        result.status_id = ident


def _text(entry: CustomField | None) -> str:
    return "" if entry is None or entry.value is None else str(entry.value)
