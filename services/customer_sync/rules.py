"""ID747's decision about one customer (spec/customers.md 5). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.customer_sync import dealer_fields, fields
from services.customer_sync.dealer_fields import DealerFields
from services.customer_sync.gathered import Gathered, Intent
from services.customer_sync.matching import PROPERTY, Match, NoMatch, match
from services.customer_sync.settings import CustomerSyncSettings
from shared.events.change import Change
from shared.events.records import Company, Customer
from shared.links.models import How
from shared.mode import Mode
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait

SYNC_SWITCH = "ZCJ_SyncToCW"
NO = frozenset({"no", "n", "false", "0"})


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """What to do for one customer, in this order: insert, link, store the RecID, patch.

    Attributes:
        company: the company as it is now, None for an insert.
        insert: body of the company to create.
        intent: an earlier attempt to create a company.
        how: the link to make, None when it exists.
        store: whether the RecID goes into the customer's property.
        patch: fields to change by name, (now, wanted): as on the wire, or a custom field's caption.
        custom: new values of the custom fields in ``patch``, by their ids; None empties one.
        status_id: RecID of the status, where ``patch`` changes it.
    """

    customer: Customer
    sequence: int
    generation: int
    company: Company | None = None
    insert: dict[str, Any] | None = None
    intent: Intent | None = None
    how: How | None = None
    store: bool = False
    patch: dict[str, tuple[str, str]] = field(default_factory=dict)
    custom: dict[int, str | None] = field(default_factory=dict)
    status_id: int | None = None
    warnings: tuple[str, ...] = ()


def decide(
    change: Change[Customer], gathered: Gathered, settings: CustomerSyncSettings
) -> Decision[CustomerPlan]:
    """Decide what becomes of a customer."""
    checks = Checks()
    applied = gathered.applied
    seen = applied.sequence if applied is not None else "nothing applied yet"
    if not checks.ask("is newer than what was applied", gathered.fresh, seen, _newer(change)):
        same = applied is not None and applied.sequence == change.envelope.sequence
        reason = "this change was applied before" if same else "a newer change was applied before"
        return Skip(reason, checks.made, result="skipped" if same else "superseded")
    live = gathered.live
    if change.envelope.action == "deleted" or live is None:
        return _gone(change, gathered, checks)
    # What travels is the change; who it is about, and whether it may travel, is asked of the row as it is now.
    customer = change.record.model_copy(update={"number": live.number})
    if not checks.ask(
        "is a head office",
        not customer.is_location and not live.is_location,
        "none"
        if not live.is_location and not customer.is_location
        else f"belongs to customer id {live.parent_id}",
        "no parent",
    ):
        return Skip("locations are synced with their sites, not as companies", checks.made)
    active = customer.active and live.active
    if not checks.ask("is active", active, _yes(active), "yes"):
        return Skip("inactive customers are left alone", checks.made)
    found = match(live, gathered, checks)
    match found:
        case Match():
            return _matched(customer, live, found, gathered, settings, checks)
        case NoMatch(code="C9" | "C8" | "C3" | "C4"):
            return Reject(found.code, found.reason, checks.made, found.blocked_on)
        case _:
            return _unmatched(customer, live, gathered, settings, checks)


def _gone(change: Change[Customer], gathered: Gathered, checks: Checks) -> Decision[CustomerPlan]:
    checks.ask("exists in e-automate", False, "gone", "a customer")
    if gathered.link is None:
        return Skip("the customer is gone from e-automate", checks.made)
    customer_id = change.envelope.subject
    return Reject(
        "C11",
        f"the customer with id {customer_id} was deleted or merged in e-automate, but company {gathered.link.right} is "
        f"still linked to it. End the link with `tandem links unlink customer-company {customer_id} --id --why ...`; "
        "then the customer it became can be linked.",
        checks.made,
        (f"link:customer-company:{customer_id}",),
    )


def _matched(
    customer: Customer,
    live: Customer,
    found: Match,
    gathered: Gathered,
    settings: CustomerSyncSettings,
    checks: Checks,
) -> Decision[CustomerPlan]:
    company = gathered.companies.get(found.right)
    there = company is not None and not company.deletedFlag
    if (
        not checks.ask("the company exists", there, _state(company), "a company that is not deleted")
        or company is None
    ):
        return Reject(
            "C8",
            f"customer {customer.number} belongs to company {found.right}, which was deleted or merged in "
            "ConnectWise. Restore it, or unlink and link the company it became.",
            checks.made,
            (
                f"record:connectwise:company:{found.right}",
                f"link:customer-company:{customer.customer_id}",
            ),
        )
    if not _takes_part(company, gathered, checks):
        name = company.territory.name if company.territory is not None else "none"
        return Skip(
            f"company {company.id} ({company.identifier}) is of territory {name or 'none'}, which takes no part "
            "(connectwise.territory_filter)",
            checks.made,
        )
    blocked = _not_storable(live, found.right, checks)
    if blocked is not None and found.how is not None:
        return Wait("C2", blocked, checks.made, (f"record:eautomate:customer:{customer.customer_id}",))
    patch: dict[str, tuple[str, str]] = {}
    named = DealerFields()
    warnings: tuple[str, ...] = () if blocked is None else (blocked,)
    if _may_write(live, settings, checks):
        named = dealer_fields.differing(customer, company, settings, gathered.setup, checks)
        patch = fields.differing(customer, company, settings.suppressed) | named.patch
        checks.note("fields that differ", ", ".join(sorted(patch)) or "none")
        warnings += (*fields.wanted(customer)[1], *named.warnings)
    return Apply(
        CustomerPlan(
            customer=live,
            sequence=gathered.sequence,
            generation=gathered.generation,
            company=company,
            intent=gathered.intent,
            how=found.how,
            store=blocked is None and live.properties.get(PROPERTY, "").strip() != str(company.id),
            patch=patch,
            custom=named.custom,
            status_id=named.status_id,
            warnings=warnings,
        ),
        checks.made,
    )


def _takes_part(company: Company, gathered: Gathered, checks: Checks) -> bool:
    """Variable W: the territory filter of every process (spec/customers.md 5.4)."""
    territory = company.territory.name if company.territory is not None else None
    return _selected("territory is selected", (territory,), gathered.territory_filter, checks)


def _unmatched(
    customer: Customer, live: Customer, gathered: Gathered, settings: CustomerSyncSettings, checks: Checks
) -> Decision[CustomerPlan]:
    why_not = _deselected(live, settings, checks) or _never_inserted(live, checks)
    if why_not is not None:
        return Skip(f"no company carries its number, and none is created: {why_not}", checks.made)
    may = _writes_to_connectwise(settings, checks) and checks.ask(
        "sync type inserts", settings.sync_type.inserts, settings.sync_type.value, "insert/update"
    )
    linked = gathered.ever_linked or bool(gathered.separated)
    may = may and checks.ask("never had a link", not linked, _yes(linked), "no")
    if not may:
        return Wait(
            "C1",
            f"customer {customer.number} has no company: no company carries its number as Company ID or Account ID, "
            f"and none is created ({checks.last.name}: seen {checks.last.seen}, wanted {checks.last.wanted}).",
            checks.made,
            (f"number:{fields.fold(customer.number)}", f"record:eautomate:customer:{customer.customer_id}"),
        )
    blocked = _not_storable(live, None, checks)
    if blocked is not None:
        return Wait("C2", blocked, checks.made, (f"record:eautomate:customer:{customer.customer_id}",))
    refused = _cannot_insert(customer, gathered, settings, checks)
    if refused is not None:
        return refused
    named = dealer_fields.on_insert(customer, settings, gathered.setup, checks)
    body = fields.body(
        customer,
        settings.site_name,
        gathered.type_id or 0,
        {
            "status": named.status_id or gathered.setup.status_ids.get(fields.fold(settings.insert_status)),
            "territory": gathered.territory_ids.get(fields.fold(_territory(customer, settings))),
        },
    )
    if named.custom:
        body["customFields"] = [{"id": ident, "value": value} for ident, value in named.custom.items()]
    return Apply(
        CustomerPlan(
            customer=live,
            sequence=gathered.sequence,
            generation=gathered.generation,
            insert=body,
            intent=gathered.intent,
            how=How.CREATED,
            store=True,
            warnings=(*fields.wanted(customer)[1], *named.warnings),
        ),
        checks.made,
    )


def _territory(customer: Customer, settings: CustomerSyncSettings) -> str:
    """Name of the ConnectWise territory for a new company, empty when it gets none."""
    name = (customer.territory or "").strip()
    if not settings.territory_on_insert or not name:
        return ""
    named = {fields.fold(theirs): ours for theirs, ours in settings.territories.items()}
    return named.get(fields.fold(name), name)


def _cannot_insert(
    customer: Customer, gathered: Gathered, settings: CustomerSyncSettings, checks: Checks
) -> Reject | None:
    wanted = fields.identifier(customer.number)
    if not checks.ask(
        "number makes a Company ID",
        0 < len(wanted) <= fields.IDENTIFIER_MOST,
        wanted,
        "1 to 25 letters and digits",
    ):
        return _c5(
            customer,
            f"its number makes the Company ID {wanted!r}, which has not 1 to 25 letters and digits",
            checks,
        )
    if not checks.ask("has an address", fields.has_address(customer), "none", "a street, city, state or zip"):
        return _c5(
            customer,
            "it has no address, and ConnectWise demands one; enter a street, city, state or zip",
            checks,
        )
    owner = gathered.identifier_owner
    if not checks.ask(
        "Company ID is free", owner is None, owner and f"company {owner.id} ({owner.name})", "nobody"
    ):
        return _c5(customer, f"Company ID {wanted} belongs to company {owner and owner.id} already", checks)
    if not checks.ask(
        "company type exists", gathered.type_id is not None, settings.company_type, "a type in ConnectWise"
    ):
        return _c5(
            customer,
            f"ConnectWise has no company type {settings.company_type!r} (customer_sync.company_type)",
            checks,
            "setting:customer_sync.company_type",
        )
    status = not settings.insert_status or fields.fold(settings.insert_status) in gathered.setup.status_ids
    if not checks.ask("company status exists", status, settings.insert_status, "a status in ConnectWise"):
        return _c5(
            customer,
            f"ConnectWise has no company status {settings.insert_status!r} (customer_sync.insert_status)",
            checks,
            "setting:customer_sync.insert_status",
        )
    territory = _territory(customer, settings)
    known = not territory or fields.fold(territory) in gathered.territory_ids
    if not checks.ask("territory exists", known, territory or "none wanted", "a territory in ConnectWise"):
        return _c5(
            customer,
            f"ConnectWise has no territory {territory!r}; create it, or name the one it is in "
            "customer_sync.territories",
            checks,
            "setting:customer_sync.territories",
            f"record:eautomate:customer:{customer.customer_id}",
        )
    return None


def _c5(customer: Customer, why: str, checks: Checks, *blocked_on: str) -> Reject:
    waits = blocked_on or (f"record:eautomate:customer:{customer.customer_id}",)
    return Reject(
        "C5", f"no company can be created for customer {customer.number}: {why}", checks.made, waits
    )


def _writes_to_connectwise(settings: CustomerSyncSettings, checks: Checks) -> bool:
    return checks.ask(
        "mode writes to ConnectWise",
        settings.mode.writes_to_connectwise,
        settings.mode.value,
        Mode.PRODUCTION.value,
    )


def _may_write(customer: Customer, settings: CustomerSyncSettings, checks: Checks) -> bool:
    mode = _writes_to_connectwise(settings, checks)
    updates = mode and checks.ask(
        "sync type writes to ConnectWise", settings.sync_type.updates, settings.sync_type.value, "update"
    )
    return _deselected(customer, settings, checks) is None and updates


def _deselected(customer: Customer, settings: CustomerSyncSettings, checks: Checks) -> str | None:
    """Selection (spec/customers.md 5.4); every rule is asked, so that people see all that fail."""
    switch = customer.properties.get(SYNC_SWITCH, "").strip()
    begin = len(checks.made)
    checks.ask(f"{SYNC_SWITCH} allows it", fields.fold(switch) not in NO, switch or "blank", "not No")
    _selected("customer type is selected", (customer.customer_type,), settings.customer_types, checks)
    _selected("contract type is selected", customer.contract_types, settings.contract_types, checks)
    _selected("branch is selected", (customer.branch,), settings.branches, checks)
    return _first_failed(checks, begin)


def _never_inserted(customer: Customer, checks: Checks) -> str | None:
    begin = len(checks.made)
    checks.ask("is not a prospect", not customer.prospect, _yes(customer.prospect), "no")
    checks.ask(
        "is not the dealer itself", not customer.company_customer, _yes(customer.company_customer), "no"
    )
    return _first_failed(checks, begin)


def _first_failed(checks: Checks, begin: int) -> str | None:
    failed = [check for check in checks.made[begin:] if not check.passed]
    return f"{failed[0].name}: seen {failed[0].seen}, wanted {failed[0].wanted}" if failed else None


def _selected(name: str, values: Sequence[str | None], listed: Sequence[str], checks: Checks) -> bool:
    """Whether one of the values is listed; a blank list is all."""
    there = [value for value in values if value]
    passed = not listed or bool(
        {fields.fold(value) for value in there} & {fields.fold(one) for one in listed}
    )
    return checks.ask(name, passed, ", ".join(there) or "none", ", ".join(listed) or "any")


def _not_storable(live: Customer, company_id: int | None, checks: Checks) -> str | None:
    seen = live.configuration or "no configuration"
    if checks.ask(
        f"configuration holds {PROPERTY}", PROPERTY in live.storable_properties, seen, f"one with {PROPERTY}"
    ):
        return None
    match_text = f"matches company {company_id}, but" if company_id is not None else "needs a company, but"
    return (
        f"customer {live.number} {match_text} its RecID cannot be stored: the customer has "
        f"{'no custom-property configuration' if live.configuration is None else f'the configuration {live.configuration}'}"
        f"{'' if live.configuration is None else f' without {PROPERTY}'}. Assign one that holds it in e-automate."
    )


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _newer(change: Change[Customer]) -> str:
    # What somebody asks for has no sequence of the source.
    return (
        "anything: it is asked for" if change.envelope.sequence == 0 else f"below {change.envelope.sequence}"
    )


def _state(company: Company | None) -> str:
    if company is None:
        return "gone"
    return f"company {company.id} ({company.identifier})" + (", deleted" if company.deletedFlag else "")
