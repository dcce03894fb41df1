"""ID747's decision about one customer (spec/customers.md 5). Pure."""

from dataclasses import dataclass, field
from shlex import quote

from services.customer_sync.customers import dealer_fields, fields
from services.customer_sync.customers.dealer_fields import DealerFields
from services.customer_sync.customers.gathered import Gathered
from services.customer_sync.customers.matching import COMPANY, PROPERTY, Match, NoMatch, match
from services.customer_sync.locations.matching import SITE
from services.customer_sync.pairs.plans import Plan
from services.customer_sync.pairs.selection import (
    by_hand,
    deselected,
    gone,
    held_back,
    insert_setting,
    mode_writes,
    never_inserted,
    not_newer,
    not_storable,
    takes_part,
    yes,
)
from services.customer_sync.settings import CustomerSyncSettings
from shared.events.change import Change
from shared.events.records import Company, Customer
from shared.links.models import How
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait
from shared.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPlan(Plan[Company]):
    """What to do for one customer; ``patch`` names fields as on the wire, custom fields by their captions.

    Attributes:
        company: the company as it is now, None for an insert.
        custom: new values of the custom fields in ``patch``, by their ids; None empties one.
        status_id: RecID of the status, where ``patch`` changes it.
    """

    company: Company | None = None
    custom: dict[int, str | None] = field(default_factory=dict)
    status_id: int | None = None

    @property
    def target(self) -> Company | None:
        """The company."""
        return self.company


def decide(
    change: Change[Customer], gathered: Gathered, settings: CustomerSyncSettings
) -> Decision[CustomerPlan]:
    """Decide what becomes of a customer."""
    checks = Checks()
    late = not_newer(change, gathered, checks)
    if late is not None:
        return late
    live = gathered.live
    if change.envelope.action == "deleted" or live is None:
        return _gone(change, gathered, checks)
    # What travels is the change; who it is about, and whether it may travel, is asked of the row as it is now.
    customer = change.record.model_copy(update={"number": live.number})
    if not checks.ask(
        "is a location of another customer",
        not customer.is_location and not live.is_location,
        "no"
        if not live.is_location and not customer.is_location
        else f"belongs to customer id {live.parent_id}",
        "no",
    ):
        return Skip("locations are synced with their sites, not as companies", checks.made)
    active = customer.active and live.active
    if not checks.ask("is active", active, yes(active), "yes"):
        return Skip("inactive customers are left alone", checks.made)
    site = gathered.site_link
    if not checks.ask("is linked to a site", site is None, f"site {site.right}" if site else "no", "no"):
        return _was_location(live, site.right if site is not None else "", checks)
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
    company = gathered.companies.get(int(gathered.link.right))
    name = f" ({company.name})" if company is not None else ""
    return Reject(
        "C11",
        f"the {gone(COMPANY, change)} was deleted or merged in e-automate, but company {gathered.link.right}{name} "
        f"is still linked to it. End the link with `tandem links unlink customer-company {customer_id} --id --why ...`; "
        "then the customer it became can be linked.",
        checks.made,
        (f"link:customer-company:{customer_id}",),
    )


def _was_location(live: Customer, site: str, checks: Checks) -> Decision[CustomerPlan]:
    """A person decides, as about a head office that became a location."""
    return Reject(
        "C12",
        f"{live.number} is a head office now, but is still linked to site {site} from when it was a location. End that "
        f"link with `tandem links unlink {SITE.kind.value} {quote(live.number.strip())} --why ...`; then it is synced "
        "with a company of its own.",
        checks.made,
        (SITE.link(live.customer_id), SITE.own(live.subject)),
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
    if not takes_part(company, gathered.territory_filter, checks):
        name = company.territory.name if company.territory is not None else "none"
        return Skip(
            f"company {company.id} ({company.identifier}) is of territory {name or 'none'}, which takes no part "
            "(connectwise.territory_filter)",
            checks.made,
        )
    blocked = not_storable(COMPANY, live, found.right, checks)
    if blocked is not None and found.how is not None:
        return Wait("C2", blocked, checks.made, (f"record:eautomate:customer:{customer.customer_id}",))
    patch: dict[str, tuple[str, str]] = {}
    named = DealerFields()
    warnings: tuple[str, ...] = () if blocked is None else (blocked,)
    held = ""
    begin = len(checks.made)
    if _may_write(live, settings, checks):
        named = dealer_fields.differing(customer, company, settings, gathered.setup, checks)
        patch = fields.differing(customer, company, settings.suppressed) | named.patch
        checks.note("fields that differ", ", ".join(sorted(patch)) or "none")
        warnings += (*fields.wanted(customer)[1], *named.warnings)
    else:
        # What places there are decides nothing here, so those questions are not told.
        would = dealer_fields.differing(customer, company, settings, gathered.setup, Checks()).patch
        would |= fields.differing(customer, company, settings.suppressed)
        held = held_back(checks, begin, would)
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
            held_back=held,
            warnings=warnings,
        ),
        checks.made,
    )


def _unmatched(
    customer: Customer, live: Customer, gathered: Gathered, settings: CustomerSyncSettings, checks: Checks
) -> Decision[CustomerPlan]:
    why_not = deselected(live, settings, checks) or never_inserted(live, checks)
    if why_not is not None:
        return Skip(f"no company carries its number, and none is created: {why_not}", checks.made)
    may = mode_writes(settings, checks) and checks.ask(
        "sync type inserts", settings.sync_type.inserts, settings.sync_type.value, "insert/update"
    )
    linked = gathered.ever_linked or bool(gathered.separated)
    new = may and checks.ask("was linked before", not linked, yes(linked), "no")
    if not new:
        why = (
            f"it was linked before, so none is created by itself; link one by hand: {by_hand(COMPANY, live)}"
            if may
            else f"none is created ({checks.last.name}: seen {checks.last.seen}, wanted {checks.last.wanted})"
        )
        return Wait(
            "C1",
            f"customer {customer.number} has no company: no company carries its number as Company ID or Account ID, "
            f"and {why}.",
            checks.made,
            (
                f"number:{fold(customer.number)}",
                f"record:eautomate:customer:{customer.customer_id}",
                *(() if may else (insert_setting(settings),)),
            ),
        )
    blocked = not_storable(COMPANY, live, None, checks)
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
            "status": named.status_id or gathered.setup.status_ids.get(fold(settings.insert_status)),
            "territory": gathered.territory_ids.get(fold(dealer_fields.territory(customer, settings))),
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
        "Company ID is free",
        owner is None,
        f"company {owner.id} ({owner.name}) has it" if owner else "free",
        "free",
    ):
        return _c5(
            customer,
            f"Company ID {wanted} belongs to company {owner and owner.id} ({owner and owner.name}) already; "
            "punctuation is dropped when a number becomes a Company ID. Free that Company ID in ConnectWise, change "
            f"the number in e-automate, or link one by hand: {by_hand(COMPANY, customer)}",
            checks,
        )
    if not checks.ask(
        "company type exists", gathered.type_id is not None, settings.company_type, "a type in ConnectWise"
    ):
        return _c5(
            customer,
            f"ConnectWise has no company type {settings.company_type!r} (customer_sync.company_type)",
            checks,
            "setting:customer_sync.company_type",
        )
    status = not settings.insert_status or fold(settings.insert_status) in gathered.setup.status_ids
    if not checks.ask("company status exists", status, settings.insert_status, "a status in ConnectWise"):
        return _c5(
            customer,
            f"ConnectWise has no company status {settings.insert_status!r} (customer_sync.insert_status)",
            checks,
            "setting:customer_sync.insert_status",
        )
    territory = dealer_fields.territory(customer, settings)
    known = not territory or fold(territory) in gathered.territory_ids
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


def _may_write(customer: Customer, settings: CustomerSyncSettings, checks: Checks) -> bool:
    mode = mode_writes(settings, checks)
    updates = mode and checks.ask(
        "sync type writes to ConnectWise", settings.sync_type.updates, settings.sync_type.value, "update"
    )
    return deselected(customer, settings, checks) is None and updates


def _state(company: Company | None) -> str:
    if company is None:
        return "gone"
    return f"company {company.id} ({company.identifier})" + (", deleted" if company.deletedFlag else "")
