"""The customers and locations in e-automate that invoices are about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.agreement_sync.rules import wanted
from services.agreement_sync.rules.gathered import Party
from shared.eautomate.port import EAutomate
from shared.events.agreements import Invoice
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind


@dataclass(frozen=True, slots=True)
class Parties:
    """By RecID of company or site; a link to a customer that is gone counts as none."""

    companies: Mapping[int, Party]
    sites: Mapping[int, Party]

    def of_companies(self, ids: Iterable[int]) -> dict[int, Party]:
        """Those of these companies that are linked."""
        return {ident: self.companies[ident] for ident in ids if ident in self.companies}

    def of_site(self, ident: int) -> Party | None:
        """The location linked to a site."""
        return self.sites.get(ident)


async def parties_of(invoices: Sequence[Invoice], eautomate: EAutomate, mapping: MappingClient) -> Parties:
    """Who the companies of the invoices and the sites of their agreements are in e-automate."""
    companies = sorted({company for invoice in invoices for company in wanted.companies(invoice)})
    sites = sorted(
        {
            invoice.agreement.site.id
            for invoice in invoices
            if invoice.agreement is not None and invoice.agreement.site is not None
        }
    )
    by_company = await _lefts(mapping, LinkKind.CUSTOMER_COMPANY, companies)
    by_site = await _lefts(mapping, LinkKind.LOCATION_SITE, sites)
    ids = sorted({*by_company.values(), *by_site.values()})
    customers = await eautomate.customers_by_id(ids) if ids else {}
    billing = await eautomate.customer_billing(ids) if ids else {}
    known = {
        ident: Party(customers[ident], billing[ident])
        for ident in ids
        if ident in customers and ident in billing
    }
    return Parties(
        {company: known[left] for company, left in by_company.items() if left in known},
        {site: known[left] for site, left in by_site.items() if left in known},
    )


async def _lefts(mapping: MappingClient, kind: LinkKind, rights: Sequence[int]) -> dict[int, int]:
    if not rights:
        return {}
    found = await mapping.find(kind, rights=[str(right) for right in rights])
    return {int(right): int(link.left) for right, link in found.rights.items()}
