"""Whose contract it is: customer, bill-to, location, currency (spec/agreements.md 6.2, 6.5). Pure."""

from dataclasses import dataclass

from services.agreement_sync.rules.asked import setting
from services.agreement_sync.rules.gathered import Gathered, Party
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.values import folded
from shared.events.agreements import Agreement, Invoice
from shared.events.records import Reference
from shared.links.kinds import LinkKind
from shared.sync.decision import Checks, Reject, Wait


@dataclass(frozen=True, slots=True)
class Parties:
    """Customers in e-automate.

    Attributes:
        company: the agreement's customer.
        customer: whose contract it is: the location of the agreement's site, else the company's customer.
        bill_to: who is invoiced.
    """

    company: Party
    customer: Party
    bill_to: Party

    @property
    def own(self) -> frozenset[int]:
        """``CustomerID`` of everybody whose contract it may be."""
        return frozenset({self.company.customer.customer_id, self.customer.customer.customer_id})

    @property
    def tax(self) -> Party:
        """Whose tax code applies."""
        return self.customer


def company_link(company_id: int) -> str:
    """The link of a company in the words of ``blocked_on``: who waits for it knows only the company."""
    return f"link:{LinkKind.CUSTOMER_COMPANY}:right:{company_id}"


def parties(invoice: Invoice, agreement: Agreement, gathered: Gathered, checks: Checks) -> Parties | Wait:
    """Customer and bill-to customer; both must be linked."""
    own = agreement.company or invoice.company
    customer = _linked("customer is linked", own, gathered, checks)
    if customer is None:
        return _unlinked("G1", "the agreement's company", own, checks)
    billed = invoice.company or own
    another = billed is not None and own is not None and billed.id != own.id
    if another and _linked("company of the invoice is linked", billed, gathered, checks) is None:
        return _unlinked("G2", "the invoice's company", billed, checks)
    payer = invoice.billToCompany or agreement.billToCompany or own
    bill_to = _linked("bill-to customer is linked", payer, gathered, checks)
    if bill_to is None:
        return _unlinked("G3", "the bill-to company", payer, checks)
    site = agreement.site.name if agreement.site is not None else "none"
    place = gathered.location
    checks.note(
        "site's location", f"{site}: {place.customer.number}" if place else f"{site}: the customer itself"
    )
    return Parties(customer, place or customer, bill_to)


def other_currency(
    invoice: Invoice, agreement: Agreement, settings: AgreementSyncSettings, checks: Checks
) -> Reject | None:
    """One currency only (open question 47)."""
    codes = [
        (one.currencyCode or one.name or "").strip()
        for one in (invoice.currency, agreement.currency)
        if one is not None
    ]
    seen = [code for code in codes if code]
    wanted = settings.currency.strip() or (seen[0] if seen else "")
    same = all(folded(code) == folded(wanted) for code in seen)
    if checks.ask("is in the dealer's currency", same, ", ".join(seen) or "none named", wanted or "any"):
        return None
    return Reject(
        "G27",
        f"invoice {invoice.invoiceNumber} is in {seen[0]}, its agreement in {seen[-1]}; e-automate bills in "
        f"{wanted} only (agreement_sync.currency). Bill it by hand.",
        checks.made,
        (setting("currency"),),
    )


def _linked(name: str, company: Reference | None, gathered: Gathered, checks: Checks) -> Party | None:
    party = gathered.parties.get(company.id) if company is not None else None
    seen = f"{_name(company)}: {f'customer {party.customer.number}' if party else 'no customer'}"
    checks.ask(name, party is not None, seen, "a company with a customer")
    return party


def _unlinked(code: str, who: str, company: Reference | None, checks: Checks) -> Wait:
    if company is None:
        return Wait(code, f"{who} is missing in ConnectWise: choose one on the agreement.", checks.made)
    return Wait(
        code,
        f"{who} {_name(company)} has no customer in e-automate. Put the customer's number into its Company ID or "
        "Account ID, or `tandem links link customer-company NUMBER "
        f"{company.id} --why ...`; then this invoice goes on by itself.",
        checks.made,
        (company_link(company.id),),
    )


def _name(company: Reference | None) -> str:
    if company is None:
        return "no company"
    return f"{company.name or company.identifier or 'company'} ({company.id})"
