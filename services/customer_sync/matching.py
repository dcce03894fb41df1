"""Which company a customer is: property, link, Company ID, Account ID (spec/customers.md 5.5). Pure."""

from dataclasses import dataclass

from services.customer_sync.gathered import Gathered
from shared.events.records import Customer
from shared.links.models import How, Link
from shared.sync.decision import Checks

PROPERTY = "ZCJ_CW_CompanyID"


@dataclass(frozen=True, slots=True)
class Match:
    """The company a customer is, and how that is known; ``how`` is None when the link exists already."""

    company_id: int
    how: How | None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """No company can be named; ``code`` is empty when there simply is none."""

    code: str = ""
    reason: str = ""
    blocked_on: tuple[str, ...] = ()


def match(customer: Customer, gathered: Gathered, checks: Checks) -> Match | NoMatch:
    """Apply the rules in their order of precedence.

    Args:
        customer: the row as it is now; its properties count, not an older snapshot's.
    """
    held = customer.properties.get(PROPERTY, "").strip()
    if gathered.link is not None:
        return _linked(customer, gathered, held, checks)
    if held:
        return _by_property(customer, gathered, held, checks)
    if gathered.intent is not None and gathered.intent.target is not None:
        return _created(customer, int(gathered.intent.target), gathered, checks)
    return _by_number(customer, gathered, checks)


def _created(customer: Customer, right: int, gathered: Gathered, checks: Checks) -> Match | NoMatch:
    checks.note("company was created before", f"company {right}")
    other = gathered.taken.get(right)
    if not checks.ask(
        "company is not linked to another customer", other is None, other and other.left, "nobody"
    ):
        return NoMatch(
            "C3",
            f"company {right} was created for customer {customer.number}, but is linked to the customer with id "
            f"{other and other.left}. End that link, or link customer {customer.number} by hand.",
            tuple(f"link:customer-company:{left}" for left in (customer.customer_id, other and other.left)),
        )
    return Match(right, How.CREATED)


def _linked(customer: Customer, gathered: Gathered, held: str, checks: Checks) -> Match | NoMatch:
    link = gathered.link
    if link is None:  # the caller asked
        return NoMatch()
    right = int(link.right)
    checks.note("is linked", f"company {right}, by {link.how.value} of {link.by}")
    if held and held != link.right and not _repointed(held, link, gathered, checks):
        checks.ask(f"{PROPERTY} agrees with the link", False, held, link.right)
        return NoMatch(
            "C9",
            f"{PROPERTY} of customer {customer.number} holds {held[:40]}, but the customer is linked to company "
            f"{right}. Write {right} back into the property, or end the link with "
            f"`tandem links unlink customer-company {customer.customer_id}`.",
            (
                f"record:eautomate:customer:{customer.customer_id}",
                f"link:customer-company:{customer.customer_id}",
            ),
        )
    if not held and _blanked_by_hand(customer, gathered):
        checks.ask(f"{PROPERTY} holds the RecID", False, "blank", link.right)
        return NoMatch(
            "C9",
            f"{PROPERTY} of customer {customer.number} was blanked by hand although the customer is linked to "
            f"company {right}. Write {right} back into the property, or end the link with "
            f"`tandem links unlink customer-company {customer.customer_id}`.",
            (
                f"record:eautomate:customer:{customer.customer_id}",
                f"link:customer-company:{customer.customer_id}",
            ),
        )
    return Match(right, None)


def _repointed(held: str, link: Link, gathered: Gathered, checks: Checks) -> bool:
    """The property still names the company a person moved the link away from."""
    applied = gathered.applied
    carried_out = applied is not None and str(applied.company_id) == link.right
    if carried_out or _recid(held) not in gathered.separated:
        return False
    checks.note(f"{PROPERTY} still names the company the link was moved away from", held)
    return True


def _blanked_by_hand(customer: Customer, gathered: Gathered) -> bool:
    """Only this value is gone, under the configuration it was stored in."""
    applied = gathered.applied
    return (
        applied is not None
        and applied.company_id is not None
        and applied.configuration is not None
        and applied.configuration == customer.configuration
        and PROPERTY in customer.storable_properties
    )


def _by_property(customer: Customer, gathered: Gathered, held: str, checks: Checks) -> Match | NoMatch:
    right = _recid(held)
    if not checks.ask(
        f"{PROPERTY} names a company", right in gathered.companies, held, "the RecID of a company"
    ):
        return NoMatch(
            "C8",
            f"{PROPERTY} of customer {customer.number} holds {held[:40]}, and ConnectWise has no such company. "
            "Correct or blank the property in e-automate.",
            (f"record:eautomate:customer:{customer.customer_id}",),
        )
    if not checks.ask(
        f"{PROPERTY} is not left from a link that was ended by hand",
        right not in gathered.separated or _let_go(gathered),
        right,
        "a company not separated",
    ):
        return NoMatch(
            "C3",
            f"{PROPERTY} of customer {customer.number} still names company {right}, from which somebody separated "
            "this customer; it is about to be cleared.",
            (
                f"record:eautomate:customer:{customer.customer_id}",
                f"link:customer-company:{customer.customer_id}",
            ),
        )
    other = gathered.taken.get(right)
    if not checks.ask(
        "company is not linked to another customer", other is None, other and other.left, "nobody"
    ):
        return NoMatch(
            "C3",
            f"{PROPERTY} of customer {customer.number} names company {right}, which is linked to the customer with "
            f"id {other and other.left}. Correct the property, or end that link.",
            (
                f"record:eautomate:customer:{customer.customer_id}",
                f"link:customer-company:{other and other.left}",
            ),
        )
    return Match(right, How.PROPERTY)


def _let_go(gathered: Gathered) -> bool:
    """Whether the end of the last link was carried out; what the property says since is a person's own word."""
    return gathered.applied is not None and gathered.applied.generation >= gathered.generation


def _by_number(customer: Customer, gathered: Gathered, checks: Checks) -> Match | NoMatch:
    identifiers = [right for right in gathered.by_identifier if right not in gathered.taken]
    accounts = [right for right in gathered.by_account if right not in gathered.taken]
    checks.note("companies with the number as Company ID", _list(identifiers))
    checks.note("companies with the number as Account ID", _list(accounts))
    taken = sorted({*gathered.by_identifier, *gathered.by_account} & set(gathered.taken))
    if taken:
        checks.note("companies left out, linked to another customer", _list(taken))
    candidates = sorted({*identifiers, *accounts})
    if not candidates:
        return NoMatch()
    number = customer.number.strip()
    if not checks.ask("exactly one company matches", len(candidates) == 1, _list(candidates), "one company"):
        names = ", ".join(f"{right} ({_name(gathered, right)})" for right in candidates)
        return NoMatch(
            "C4",
            f"companies {names} carry the number {number}; Tandem does not guess. Clean up in ConnectWise, or choose "
            f"with `tandem links link customer-company {customer.customer_id} RECID --why ...`.",
            (
                *(f"record:connectwise:company:{right}" for right in candidates),
                f"link:customer-company:{customer.customer_id}",
            ),
        )
    right = candidates[0]
    if not checks.ask(
        "was not separated by hand", right not in gathered.separated, right, "a company not separated"
    ):
        return NoMatch(
            "C3",
            f"company {right} ({_name(gathered, right)}) carries the number {number}, but somebody separated it from "
            "this customer. Correct the Company ID or Account ID in ConnectWise, or link by hand.",
            (f"record:connectwise:company:{right}", f"link:customer-company:{customer.customer_id}"),
        )
    return Match(right, How.COMPANY_ID if right in identifiers else How.ACCOUNT_ID)


def _recid(held: str) -> int:
    return int(held) if held.isascii() and held.isdigit() and len(held) < 10 else 0


def _name(gathered: Gathered, right: int) -> str:
    company = gathered.companies.get(right)
    return company.name if company is not None else "?"


def _list(ids: list[int]) -> str:
    return ", ".join(str(right) for right in ids) or "none"
