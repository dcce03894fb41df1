"""ID747's decision about one location (spec/customers.md 5.5, 5.6). Pure."""

from dataclasses import dataclass, field
from typing import Any

from services.customer_sync.customers.dealer_fields import on_hold_code
from services.customer_sync.customers.matching import COMPANY
from services.customer_sync.locations import fields as location_fields
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.locations.matching import SITE, SITE_PROPERTY, match_site, name_key, wanted_names
from services.customer_sync.pairs.pairing import Match, NoMatch
from services.customer_sync.pairs.plans import Plan
from services.customer_sync.pairs.selection import (
    SYNC_SWITCH,
    by_hand,
    deselected,
    first_failed,
    gone,
    held_back,
    insert_setting,
    mode_writes,
    never_inserted,
    not_newer,
    not_storable,
    switched_on,
    takes_part,
    yes,
)
from services.customer_sync.settings import CustomerSyncSettings
from shared.events.change import Change
from shared.events.records import Company, Customer, Site
from shared.links.models import How
from shared.sync.decision import Apply, Checks, Decision, Reject, Skip, Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationPlan(Plan[Site]):
    """What to do for one location.

    Attributes:
        company: the company of its head office.
        site: the site as it is now, None for an insert.
        spare: the name to take if a site that was made since has the other one.
        values: the fields of ``patch`` as they go over the wire.
        written_before: whether the site may have been written for this location before.
    """

    company: Company
    site: Site | None = None
    spare: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    written_before: bool = False

    @property
    def target(self) -> Site | None:
        """The site."""
        return self.site

    @property
    def within(self) -> int | None:
        """RecID of the company."""
        return self.company.id


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Look again when the location's turn comes; what was looked up for the whole batch is not enough."""

    customer: Customer
    why: str = "its head office comes first and may get a company"


LocationDecision = Decision[LocationPlan | LookAgain]


def decide_location(
    change: Change[Customer], gathered: LocationGathered, settings: CustomerSyncSettings
) -> LocationDecision:
    """Decide what becomes of a location."""
    checks = Checks()
    late = not_newer(change, gathered, checks)
    if late is not None:
        return late
    live = gathered.live
    if change.envelope.action == "deleted" or live is None:
        return _gone(change, gathered, checks)
    # What travels is the change; who it is about, and whether it may travel, is asked of the row as it is now.
    location = change.record.model_copy(update={"number": live.number})
    is_one = location.is_location and live.is_location
    if not checks.ask("is a location", is_one, "no head office" if not is_one else "yes", "yes"):
        return Skip("it is a head office, which is synced with its company, not as a site", checks.made)
    checks.note("head office", _parent(live, gathered))
    active = location.active and live.active
    if not checks.ask("is active", active, yes(active), "yes"):
        return Skip("inactive locations are left alone", checks.made)
    own = gathered.company_link
    if not checks.ask("has a company of its own", own is None, f"company {own.right}" if own else "no", "no"):
        return _was_head_office(live, own.right if own is not None else "", gathered, checks)
    homeless = _without_company(live, gathered, settings, checks)
    if homeless is not None:
        return homeless
    if gathered.unread:
        return Apply(LookAgain(live, "its sites are read by themselves"), checks.made)
    company = gathered.company
    if company is None or company.deletedFlag:
        return _company_gone(live, gathered, checks)
    if not takes_part(company, gathered.territory_filter, checks):
        return Skip(
            f"company {company.id} ({company.identifier}) of its head office is of a territory that takes no part "
            "(connectwise.territory_filter)",
            checks.made,
        )
    match match_site(live, gathered, checks):
        case Match() as found:
            return _matched(location, live, found, company, gathered, settings, checks)
        case NoMatch(code=""):
            return _unmatched(location, live, company, gathered, settings, checks)
        case NoMatch() as none:
            # What is no site of this company may be one of the company the head office should have.
            parent = (COMPANY.link(live.parent_id or 0),) if none.code == "C8" else ()
            return Reject(none.code, none.reason, checks.made, (*none.blocked_on, *parent))


def site_names(location: Customer, gathered: LocationGathered, own: int | None) -> list[str]:
    """Names for a location's site that no other site of the company has, the better one first."""
    others = {location_fields.key(site.name) for site in gathered.sites.values() if site.id != own}
    return location_fields.free_names(location, others)


def differing(
    location: Customer, site: Site, gathered: LocationGathered, settings: CustomerSyncSettings
) -> dict[str, tuple[str, str]]:
    """Fields of a site that a location would change, by wire name."""
    wanted = location_fields.wanted(location, gathered.states)
    name = next(iter(site_names(location, gathered, site.id)), site.name)
    return location_fields.differing(site, wanted, name, settings.suppressed)


def _gone(change: Change[Customer], gathered: LocationGathered, checks: Checks) -> LocationDecision:
    checks.ask("exists in e-automate", False, "gone", "a location")
    if gathered.link is None:
        return Skip("the location is gone from e-automate", checks.made)
    left = change.envelope.subject
    parent = gathered.parent
    of = f" of customer {parent.number} ({parent.name})" if parent is not None else ""
    return Reject(
        "C11",
        f"the {gone(SITE, change)}{of} was deleted or merged in e-automate, but site {gathered.link.right} is still "
        f"linked to it. End the link with `tandem links unlink location-site {left} --id --why ...`; then the "
        "location it became can be linked.",
        checks.made,
        (SITE.link(left),),
    )


def _was_head_office(
    live: Customer, company: str, gathered: LocationGathered, checks: Checks
) -> LocationDecision:
    """A person decides: the company may have tickets and agreements that a site cannot take over."""
    return Reject(
        "C12",
        f"{live.number} is a location of customer {_parent(live, gathered)} now, but is still linked to company "
        f"{company} from when it was a head office. End that link with `tandem links unlink customer-company "
        f"{live.number} --why ...`; then it gets a site.",
        checks.made,
        (COMPANY.link(live.customer_id), _own(live)),
    )


def _without_company(
    live: Customer, gathered: LocationGathered, settings: CustomerSyncSettings, checks: Checks
) -> LocationDecision | None:
    """What becomes of a location whose head office has no company; None when it has one."""
    link = gathered.parent_link
    seen = f"company {link.right}" if link is not None else "not linked"
    if checks.ask("its head office has a company", link is not None, seen, "a company"):
        return None
    if gathered.parent_is_coming:
        return Apply(LookAgain(live), checks.made)
    if gathered.link is None:
        why_not = _never_created(live, gathered, settings, checks) or _parent_gets_none(gathered, checks)
        if why_not is not None:
            return Skip(f"its head office has no company, and it gets no site: {why_not}", checks.made)
    return Wait(
        "C6",
        f"location {live.number} belongs to customer {_parent(live, gathered)}, which has no company yet. Map that "
        "customer first.",
        checks.made,
        (COMPANY.link(live.parent_id or 0), _own(live)),
    )


def _company_gone(live: Customer, gathered: LocationGathered, checks: Checks) -> LocationDecision:
    link = gathered.parent_link
    right = link.right if link is not None else ""
    checks.ask("the company exists", False, "gone or deleted", "a company that is not deleted")
    return Wait(
        "C8",
        f"location {live.number} belongs to customer {_parent(live, gathered)}, whose company {right} was deleted or "
        "merged in ConnectWise. Restore it, or unlink that customer and link the company it became.",
        checks.made,
        (f"record:connectwise:company:{right}", COMPANY.link(live.parent_id or 0)),
    )


def _matched(
    location: Customer,
    live: Customer,
    found: Match,
    company: Company,
    gathered: LocationGathered,
    settings: CustomerSyncSettings,
    checks: Checks,
) -> LocationDecision:
    site = gathered.sites.get(found.right)
    checks.ask("the company has the site", site is not None, "no" if site is None else _told(site), "yes")
    if site is None:
        return _site_gone(live, found.right, company, gathered, checks)
    blocked = not_storable(SITE, live, site.id, checks)
    if blocked is not None and found.how is not None:
        return Wait("C2", blocked, checks.made, (_own(live),))
    warnings: tuple[str, ...] = () if blocked is None else (blocked,)
    warnings += _hold(live, settings, checks)
    if not checks.ask("the site is active", not site.inactiveFlag, yes(not site.inactiveFlag), "yes"):
        warnings += (f"site {site.id} is inactive in ConnectWise",)
    patch: dict[str, tuple[str, str]] = {}
    values: dict[str, Any] = {}
    held = ""
    begin = len(checks.made)
    if _may_write(live, site, gathered, settings, checks):
        free = [] if "name" in settings.suppressed else site_names(location, gathered, site.id)
        named = bool(free) or "name" in settings.suppressed
        if not checks.ask("a name is free in the company", named, *_names(location)):
            return _no_name("C10", f"site {site.id} could not be renamed", location, live, company, checks)
        wanted = location_fields.wanted(location, gathered.states)
        patch = differing(location, site, gathered, settings)
        values = location_fields.values(patch, wanted)
        checks.note("fields that differ", ", ".join(sorted(patch)) or "none")
        warnings += wanted.warnings
        warnings += location_fields.name_warning(location, free[0]) if free else ()
    else:
        held = held_back(checks, begin, differing(location, site, gathered, settings))
    return Apply(
        LocationPlan(
            customer=live,
            sequence=gathered.sequence,
            generation=gathered.generation,
            company=company,
            site=site,
            intent=gathered.intent,
            how=found.how,
            store=blocked is None and live.properties.get(SITE_PROPERTY, "").strip() != str(site.id),
            patch=patch,
            values=values,
            held_back=held,
            written_before=gathered.applied is not None,
            warnings=warnings,
        ),
        checks.made,
    )


def _hold(live: Customer, settings: CustomerSyncSettings, checks: Checks) -> tuple[str, ...]:
    """A hold of a location has nowhere to go: ConnectWise's field is the company's."""
    code = on_hold_code(live)
    if not code or not settings.on_hold_field.strip():
        return ()
    checks.note("is on hold", f"{code}; a site has no place for it")
    return (f"on hold ({code}): a site has no place for it, only a hold of the head office shows",)


def _site_gone(
    live: Customer, right: int, company: Company, gathered: LocationGathered, checks: Checks
) -> LocationDecision:
    """A site cannot move to another company, so a location that did needs a person (spec/customers.md 5.5)."""
    applied = gathered.applied
    before = applied.parent_target_id if applied is not None and applied.target_id == right else None
    unlink = f"`tandem links unlink {SITE.kind.value} {live.customer_id} --id --why ...`"
    name = f"company {company.id} ({company.identifier}) of its head office {_parent(live, gathered)}"
    if not checks.ask(
        "its head office is still of the company the site is in",
        before in {None, company.id},
        f"company {company.id}",
        f"company {before or company.id}",
    ):
        text = (
            f"location {live.number} is linked to site {right} of company {before}, but now belongs to {name}. A site "
            f"cannot move to another company: end the link with {unlink}; then it gets a site of that company."
        )
    else:
        text = (
            f"location {live.number} is linked to site {right}, which {name} does not have: it was deleted, or it is "
            f"another company's. Restore it, or end the link with {unlink}."
        )
    return Reject(
        "C8",
        text,
        checks.made,
        (SITE.record(right), SITE.link(live.customer_id), COMPANY.link(live.parent_id or 0)),
    )


def _unmatched(
    location: Customer,
    live: Customer,
    company: Company,
    gathered: LocationGathered,
    settings: CustomerSyncSettings,
    checks: Checks,
) -> LocationDecision:
    why_not = _never_created(live, gathered, settings, checks)
    if why_not is not None:
        return Skip(f"no site carries its name or number, and none is created: {why_not}", checks.made)
    kind = settings.sync_type
    wanted_here = kind.locations or not kind.updates
    if not checks.ask("sync type covers locations", wanted_here, kind.value, "locations, or mapping only"):
        return Skip(
            "no site carries its name or number, and this sync type leaves locations without one alone",
            checks.made,
        )
    may = mode_writes(settings, checks) and checks.ask(
        "sync type creates sites",
        kind.locations and kind.inserts,
        kind.value,
        "insert/update ... and locations",
    )
    new = may and _never_had_one_here(gathered, checks)
    if not new:
        why = (
            f"it was linked before, so none is created by itself; link one by hand: {by_hand(SITE, live)}"
            if may
            else f"none is created ({checks.last.name}: seen {checks.last.seen}, wanted {checks.last.wanted})"
        )
        return Wait(
            "C1",
            f"location {live.number} has no site: no site of company {company.id} ({company.identifier}) carries its "
            f"name or number, and {why}.",
            checks.made,
            (
                *(name_key(company.id, name) for name in sorted(wanted_names(live))),
                _own(live),
                *(() if may else (insert_setting(settings),)),
            ),
        )
    blocked = not_storable(SITE, live, None, checks)
    if blocked is not None:
        return Wait("C2", blocked, checks.made, (_own(live),))
    free = site_names(location, gathered, None)
    if not checks.ask("a name is free in the company", bool(free), *_names(location)):
        return _no_name("C5", "no site can be created", location, live, company, checks)
    wanted = location_fields.wanted(location, gathered.states)
    return Apply(
        LocationPlan(
            customer=live,
            sequence=gathered.sequence,
            generation=gathered.generation,
            company=company,
            insert=location_fields.body(free[0], wanted),
            spare=free[1] if len(free) > 1 else "",
            intent=gathered.intent,
            how=How.CREATED,
            store=True,
            warnings=(*location_fields.name_warning(location, free[0]), *wanted.warnings),
        ),
        checks.made,
    )


def _never_had_one_here(gathered: LocationGathered, checks: Checks) -> bool:
    """One that ever had a link gets none by itself, unless a person ended it and its site is of another company."""
    before = gathered.separated & gathered.sites.keys()
    let_go = bool(gathered.separated) and not before
    had = (gathered.ever_linked or bool(gathered.separated)) and not let_go
    return checks.ask("had a site in this company before", not had, yes(had), "no")


def _never_created(
    live: Customer, gathered: LocationGathered, settings: CustomerSyncSettings, checks: Checks
) -> str | None:
    return _deselected(live, gathered, settings, checks) or never_inserted(live, checks)


def _parent_gets_none(gathered: LocationGathered, checks: Checks) -> str | None:
    """Why the head office will have no company; when that changes, its locations come again."""
    begin = len(checks.made)
    if gathered.parent is not None:
        checks.ask("its head office is active", gathered.parent.active, yes(gathered.parent.active), "yes")
        never_inserted(gathered.parent, checks, "its head office is")
    return first_failed(checks, begin)


def _deselected(
    live: Customer, gathered: LocationGathered, settings: CustomerSyncSettings, checks: Checks
) -> str | None:
    own = deselected(live, settings, checks)
    begin = len(checks.made)
    if gathered.parent is not None:
        switched_on(gathered.parent, f"{SYNC_SWITCH} of its head office allows it", checks)
    return own or first_failed(checks, begin)


def _may_write(
    live: Customer, site: Site, gathered: LocationGathered, settings: CustomerSyncSettings, checks: Checks
) -> bool:
    main = site.primaryAddressFlag
    allowed = [
        mode_writes(settings, checks),
        checks.ask(
            "sync type writes sites",
            settings.sync_type.locations,
            settings.sync_type.value,
            "... and locations",
        ),
        # Its address is the company's own, which follows the head office: two masters would never rest.
        checks.ask("the site is the company's main one", not main, yes(main), "no"),
        _deselected(live, gathered, settings, checks) is None,
    ]
    return all(allowed)


def _no_name(
    code: str, what: str, location: Customer, live: Customer, company: Company, checks: Checks
) -> LocationDecision:
    plain, numbered = location_fields.names(location)
    return Reject(
        code,
        f"{what} for location {live.number}: company {company.id} ({company.identifier}) has other sites named "
        f"{plain!r} and {numbered!r}. Rename one of them in ConnectWise, or the location in e-automate.",
        checks.made,
        (*(name_key(company.id, name) for name in (plain, numbered)), _own(live)),
    )


def _names(location: Customer) -> tuple[str, str]:
    """What is seen when no name is free, and what would have passed."""
    plain, numbered = location_fields.names(location)
    return f"{plain!r} and {numbered!r} wanted", "one of them free"


def _own(live: Customer) -> str:
    return f"record:eautomate:customer:{live.customer_id}"


def _parent(live: Customer, gathered: LocationGathered) -> str:
    parent = gathered.parent
    return (
        f"{parent.number} ({parent.name})"
        if parent is not None
        else f"with id {live.parent_id}, which is gone"
    )


def _told(site: Site) -> str:
    return f"site {site.id} ({site.name})"
