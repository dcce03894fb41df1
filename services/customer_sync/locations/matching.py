"""Which site a location is: link, property, a site named after it (spec/customers.md 5.5). Pure."""

from services.customer_sync.locations.fields import key, names
from services.customer_sync.locations.gathered import LocationGathered
from services.customer_sync.pairs.pairing import Match, NoMatch, Words, known_pair
from services.customer_sync.pairs.selection import yes
from shared.events.records import Customer, Site
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.sync.decision import Checks

SITE_PROPERTY = "ZCJ_CW_SiteAddressRecID"
SITE = Words(
    LinkKind.LOCATION_SITE,
    SITE_PROPERTY,
    "location",
    "site",
    "the company of its head office has no such site",
)
TOLD = 5
KEY_MOST = 60


def match_site(location: Customer, gathered: LocationGathered, checks: Checks) -> Match | NoMatch:
    """Apply the rules in their order of precedence.

    Args:
        location: the row as it is now; its properties count, not an older snapshot's.
    """
    known = known_pair(SITE, location, gathered, checks)
    return known if known is not None else _by_name(location, gathered, checks)


def wanted_names(location: Customer) -> frozenset[str]:
    """Names by which a site may be a location's, by their keys."""
    return frozenset(key(name) for name in (location.number, *names(location)) if name.strip())


def name_key(company_id: int, name: str) -> str:
    """A site's name in the words of ``blocked_on``: what waits for it is woken by a site of that name."""
    # Commas part what a dead letter is blocked on.
    return f"site:{company_id}:{key(name.replace(',', ' '))[:KEY_MOST]}"


def _by_name(location: Customer, gathered: LocationGathered, checks: Checks) -> Match | NoMatch:
    attempted = _attempted(gathered)
    named = [
        site for site in gathered.sites.values() if key(site.name) in wanted_names(location) | {attempted}
    ]
    free = [site for site in named if _may_be_its(site, gathered)]
    own = [site for site in free if key(site.name) in _only_its(location) | {attempted}]
    # A site that carries the name and the number can be nobody else's.
    marked = [site for site in own if key(site.name) != key(location.number)]
    checks.note("sites named after the location", _list(free))
    left_out = [site for site in named if site not in free]
    if left_out:
        checks.note("sites left out: inactive, the main site, or another location's", _list(left_out))
    candidates = marked or free
    if not candidates:
        return NoMatch()
    if not checks.ask("exactly one site matches", len(candidates) == 1, _list(candidates), "one site"):
        return NoMatch(
            "C4",
            f"sites {_list(candidates)} are named after location {location.number}; Tandem does not guess. Rename one "
            f"in ConnectWise, or choose with `tandem links link location-site {location.number} RECID --why ...`.",
            (*(SITE.record(site.id) for site in candidates), SITE.link(location.customer_id)),
        )
    site = candidates[0]
    if not checks.ask(
        "site was separated by hand",
        site.id not in gathered.separated,
        yes(site.id in gathered.separated),
        "no",
    ):
        return NoMatch(
            "C3",
            f"site {site.id} ({site.name}) is named after location {location.number}, but somebody separated it from "
            "this location. Rename it in ConnectWise, or link by hand.",
            (SITE.record(site.id), SITE.link(location.customer_id)),
        )
    if site not in own:
        shared = _with_the_name(location, site, gathered, checks)
        if shared is not None:
            return shared
    return Match(site.id, How.CREATED if key(site.name) == attempted else How.SITE_NAME)


def _attempted(gathered: LocationGathered) -> str:
    """Key of the name of a site whose creation in this company got no answer."""
    intent, company = gathered.intent, gathered.company
    here = intent is not None and company is not None and intent.within == company.id
    return key(intent.reference) if intent is not None and here else ""


def _may_be_its(site: Site, gathered: LocationGathered) -> bool:
    # The main site's address is the company's own, which follows the head office.
    return not site.inactiveFlag and not site.primaryAddressFlag and site.id not in gathered.taken


def _only_its(location: Customer) -> frozenset[str]:
    """Keys of names that carry the location's number."""
    return frozenset({key(location.number), key(names(location)[1])})


def _with_the_name(
    location: Customer, site: Site, gathered: LocationGathered, checks: Checks
) -> NoMatch | None:
    others = [other.number for other in gathered.namesakes]
    if checks.ask("other locations of that name", not others, ", ".join(others[:TOLD]) or "none", "none"):
        return None
    return NoMatch(
        "C4",
        f"locations {', '.join([location.number, *others[:TOLD]])} all carry the name of site {site.id} ({site.name}); "
        "Tandem does not guess whose it is. Rename the site after its location's number, or choose with "
        f"`tandem links link location-site NUMBER {site.id} --why ...`.",
        (
            SITE.record(site.id),
            *(
                SITE.link(other)
                for other in (location.customer_id, *(one.customer_id for one in gathered.namesakes[:TOLD]))
            ),
        ),
    )


def _list(sites: list[Site]) -> str:
    return ", ".join(f"{site.id} ({site.name})" for site in sites) or "none"
