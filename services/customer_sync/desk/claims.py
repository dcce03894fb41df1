"""Which customers a company is, or could be, and why (spec/customers.md 5.5, seen from ConnectWise)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.customer_sync.customers.matching import COMPANY, PROPERTY
from services.customer_sync.customers.rules import CustomerPlan
from services.customer_sync.desk.looking import Looked, Looking
from services.customer_sync.desk.verdict import told
from services.customer_sync.pairs.pairing import recid
from services.customer_sync.pairs.selection import takes_part
from shared.events.records import Company, Customer
from shared.links.models import Link
from shared.sync.decision import Apply, Checks
from shared.text import fold

HIGHEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Claim:
    """A customer that is, or could be, the company.

    Attributes:
        why: what says so, e.g. ``Company ID is its number``.
    """

    looked: Looked
    why: tuple[str, ...]

    def would_take(self, company: Company) -> bool:
        """Whether this customer would be linked to the company now."""
        match self.looked.decision:
            case Apply(plan=CustomerPlan(company=Company(id=ident))):
                return ident == company.id
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Claims:
    """What is known about a company.

    Attributes:
        link: the link that holds.
        linked: whom it links, as e-automate has it now; None when it is gone, or nobody is linked.
        takes_part: whether the territory filter lets it in.
    """

    company: Company
    link: Link | None
    linked: Customer | None
    takes_part: bool
    territory_filter: tuple[str, ...]
    claims: tuple[Claim, ...]

    @property
    def title(self) -> str:
        """The company for people."""
        deleted = ", deleted or merged in ConnectWise" if self.company.deletedFlag else ""
        return f"company {self.company.id} ({self.company.identifier}) {self.company.name}{deleted}"

    @property
    def text(self) -> str:
        """One sentence: whose it is, or what to do."""
        company = self.company
        if company.deletedFlag:
            gone = "it was deleted or merged in ConnectWise"
            if self.link is None:
                return f"{gone}, and no customer is linked to it"
            return (
                f"{gone}, and is still linked to {self._linked()}: restore it, or link the company it became"
            )
        if self.link is not None:
            if self.linked is None or self.linked.is_location:
                return f"it is linked to {self._linked()}: unlink it"
            return f"it is {self._linked()}"
        if not self.takes_part:
            return "its territory takes no part (connectwise.territory_filter)"
        taking = [one.looked.customer.number for one in self.claims if one.would_take(company)]
        if len(taking) == 1:
            return f"it would be linked to customer {taking[0]}"
        if taking:
            listed = ", ".join(taking)
            return f"customers {listed} would each take it: the first that comes gets it; correct its numbers"
        if len(self.claims) > 1:
            return (
                "several customers could be it, and none of them takes it now: see what would become of each"
            )
        if self.claims:
            [claim] = self.claims
            return f"customer {claim.looked.customer.number} could be it, but: {told(claim.looked.decision).text}"
        return (
            "no customer is it: put the customer number into its Company ID or Account ID, or its RecID "
            f"{company.id} into the customer's {PROPERTY}"
        )

    def _linked(self) -> str:
        """The left side of the link, for people."""
        if self.linked is None:
            left = self.link.left if self.link is not None else ""
            return f"the customer with the id {left}, which e-automate has no more"
        kind = "location" if self.linked.is_location else "customer"
        suffix = ", which was a customer of its own" if self.linked.is_location else ""
        return f"{kind} {self.linked.number} ({self.linked.name}){suffix}"

    def lines(self) -> list[str]:
        """What decides it, for people."""
        territory = self.company.territory.name if self.company.territory is not None else ""
        wanted = ", ".join(self.territory_filter) or "any"
        return [
            f"Company ID {self.company.identifier}, Account ID {self.company.accountNumber or 'none'}",
            f"territory {territory or 'none'}, wanted {wanted}: {'takes part' if self.takes_part else 'takes no part'}",
            "link: none"
            if self.link is None
            else f"link: by {self.link.how.value.replace('_', ' ')}, {self.link.by}, "
            f"{self.link.made_at:%Y-%m-%d} ({self.link.why})",
        ]

    def facts(self) -> Mapping[str, Any]:
        """For ``--json``."""
        return {
            "company": self.company.id,
            "identifier": self.company.identifier,
            "account": self.company.accountNumber or "",
            "name": self.company.name,
            "deleted": self.company.deletedFlag,
            "takes_part": self.takes_part,
            "link": self.link.model_dump(mode="json") if self.link is not None else None,
            "text": self.text,
            "claims": [
                {
                    "customer": claim.looked.customer.number,
                    "customer_id": claim.looked.customer.customer_id,
                    "name": claim.looked.customer.name,
                    "why": claim.why,
                    "would_take": claim.would_take(self.company),
                    "verdict": told(claim.looked.decision).verdict,
                    "code": told(claim.looked.decision).code,
                    "text": told(claim.looked.decision).text,
                }
                for claim in self.claims
            ],
        }


async def claims_of(look: Looking, named: str) -> Claims | None:
    """What is known about the company of a RecID or Company ID; None when there is no such company."""
    company = await _company(look, named.strip())
    if company is None:
        return None
    link = await look.mapping.find_right(COMPANY.kind, str(company.id))
    rows, why = await _customers(look, company, link)
    offices = [row for row in rows if not row.is_location]
    looked = await look.decided(offices) if offices else []
    part = takes_part(company, look.connectwise.territory_filter, Checks())
    claims = tuple(Claim(one, tuple(why[one.customer.customer_id])) for one in looked)
    linked = next((row for row in rows if link is not None and row.subject == link.left), None)
    return Claims(company, link, linked, part, tuple(look.connectwise.territory_filter), claims)


async def _company(look: Looking, named: str) -> Company | None:
    if named.isascii() and named.isdigit() and 0 < int(named) <= HIGHEST:
        found = await look.companies.company_by_id(int(named))
        if found is not None:
            return found
    listed = await look.companies.companies_by_identifiers([named])
    # A Company ID of a deleted company stays taken; the one in use is meant first.
    return min(listed, key=lambda company: (company.deletedFlag, company.id), default=None)


async def _customers(
    look: Looking, company: Company, link: Link | None
) -> tuple[list[Customer], dict[int, list[str]]]:
    why: dict[int, list[str]] = {}
    if link is not None:
        why.setdefault(int(link.left), []).append("the link")
    carried = {"Company ID": company.identifier, "Account ID": company.accountNumber or ""}
    found = await look.eautomate.customers_by_numbers(
        [number for number in carried.values() if number.strip()]
    )
    for name, number in carried.items():
        if (customer := found.get(fold(number))) is not None:
            why.setdefault(customer.customer_id, []).append(f"{name} is its number")
    async for page in look.eautomate.customers_beside():
        for beside in page:
            if recid(str(beside.fields["properties"].get(PROPERTY, "")).strip()) == company.id:
                why.setdefault(beside.key, []).append(f"{PROPERTY} holds the RecID")
    rows = await look.eautomate.customers_by_id(why)
    return [rows[ident] for ident in sorted(rows)], why
