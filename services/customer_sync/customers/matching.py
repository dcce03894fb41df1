"""Which company a customer is: property, link, Company ID, Account ID (spec/customers.md 5.5). Pure."""

from services.customer_sync.customers.gathered import Gathered
from services.customer_sync.pairs.pairing import Match, NoMatch, Words, known_pair
from services.customer_sync.pairs.selection import yes
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.links.models import How
from shared.sync.decision import Checks

__all__ = ["COMPANY", "PROPERTY", "Match", "NoMatch", "match"]

PROPERTY = "ZCJ_CW_CompanyID"
COMPANY = Words(LinkKind.CUSTOMER_COMPANY, PROPERTY, "customer", "company", "ConnectWise has no such company")


def match(customer: Customer, gathered: Gathered, checks: Checks) -> Match | NoMatch:
    """Apply the rules in their order of precedence.

    Args:
        customer: the row as it is now; its properties count, not an older snapshot's.
    """
    known = known_pair(COMPANY, customer, gathered, checks)
    return known if known is not None else _by_number(customer, gathered, checks)


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
            f"with `tandem links link customer-company {number} RECID --why ...`.",
            (
                *(f"record:connectwise:company:{right}" for right in candidates),
                f"link:customer-company:{customer.customer_id}",
            ),
        )
    right = candidates[0]
    if not checks.ask(
        "company was separated by hand",
        right not in gathered.separated,
        yes(right in gathered.separated),
        "no",
    ):
        return NoMatch(
            "C3",
            f"company {right} ({_name(gathered, right)}) carries the number {number}, but somebody separated it from "
            "this customer. Correct the Company ID or Account ID in ConnectWise, or link by hand.",
            (f"record:connectwise:company:{right}", f"link:customer-company:{customer.customer_id}"),
        )
    return Match(right, How.COMPANY_ID if right in identifiers else How.ACCOUNT_ID)


def _name(gathered: Gathered, right: int) -> str:
    company = gathered.companies.get(right)
    return company.name if company is not None else "?"


def _list(ids: list[int]) -> str:
    return ", ".join(str(right) for right in ids) or "none"
