"""The two sides of a link as people know them: numbers, names, addresses. Plain values, no I/O.

``Ours`` is the left side, from which a process starts, ``Theirs`` the right one: of customers that is e-automate
and ConnectWise, of agreements and their invoices the other way round (``shared.links.kinds``).
"""

from dataclasses import dataclass

from shared.events.records import Agent, Company, Customer, Member, Site


@dataclass(frozen=True, slots=True)
class Ours:
    """A customer, location or employee of e-automate; an agreement or invoice of ConnectWise.

    Attributes:
        key: ``CustomerID``, ``AgentID`` or RecID, the left key of its links.
        number: what people see; of an agreement its RecID.
        held: the RecID in its ConnectWise property, or the contract number in the agreement's custom field; empty
            when there is none.
        parent: key of the head office, of a location.
        in_use: whether a link may be proposed: active, no prospect, not the dealer itself.
        of: whose it is, for people: ``Acme Dental``, the company of an agreement.
        owner: RecID of that company.
    """

    key: str
    number: str
    name: str
    city: str = ""
    zip: str = ""
    phone: str = ""
    email: str = ""
    held: str = ""
    parent: str | None = None
    in_use: bool = True
    of: str = ""
    owner: str = ""

    @property
    def told(self) -> str:
        """``1001 Acme Dental (id 7)``, ``88 Managed Care of Acme Dental``."""
        of = f" of {self.of}" if self.of else ""
        return (
            f"{self.number} {self.name}".strip()
            + of
            + ("" if self.number == self.key else f" (id {self.key})")
        )


@dataclass(frozen=True, slots=True)
class Theirs:
    """A company, site or member of ConnectWise; a contract or invoice of e-automate.

    Attributes:
        key: RecID, ``ContractID`` or ``InvoiceID``, the right key of its links.
        code: Company ID, member identifier, number of the contract or invoice; a site has none.
        numbers: what may equal a number of the other side, each with what it is called.
        emails: of a member.
        owner: RecID of the company, of a site; ``CustomerID`` of a contract.
        unusable: why nothing may be linked to it (deleted, inactive, terminated), empty when it may.
        label: how people are told of it, where that is not RecID, name and code.
        note: what a person should know before linking it.
    """

    key: str
    code: str
    name: str
    numbers: tuple[tuple[str, str], ...] = ()
    city: str = ""
    zip: str = ""
    phone: str = ""
    emails: tuple[str, ...] = ()
    owner: str = ""
    unusable: str = ""
    label: str = ""
    note: str = ""

    @property
    def told(self) -> str:
        """``19 Acme Dental (1001)``, ``CW-40757-01 of customer 1001 (id 7)``."""
        return self.label or f"{self.key} {self.name}".strip() + (f" ({self.code})" if self.code else "")


def of_customer(customer: Customer, company_property: str, site_property: str) -> Ours:
    """A customer or location; the names of the properties come from the profile."""
    held = customer.properties.get(site_property if customer.is_location else company_property, "")
    return Ours(
        key=customer.subject,
        number=customer.number.strip(),
        name=customer.name.strip(),
        city=customer.city,
        zip=customer.zip,
        phone=customer.phone1,
        email=customer.email,
        held=held.strip(),
        parent=str(customer.parent_id) if customer.is_location else None,
        in_use=customer.active and not customer.prospect and not customer.company_customer,
    )


def of_agent(agent: Agent, member_property: str) -> Ours:
    """An employee; the name of the property comes from the profile."""
    return Ours(
        key=agent.subject,
        number=agent.number.strip(),
        name=agent.name.strip(),
        email=agent.email.strip(),
        held=agent.properties.get(member_property, "").strip(),
        in_use=agent.active,
    )


def of_company(company: Company) -> Theirs:
    """A company; both its numbers may be the customer number (spec/customers.md 5.5, rules 2 and 3)."""
    return Theirs(
        key=company.subject,
        code=company.identifier,
        name=company.name,
        numbers=(("Company ID", company.identifier), ("Account ID", company.accountNumber or "")),
        city=company.city or "",
        zip=company.zip or "",
        phone=company.phoneNumber or "",
        unusable="is deleted" if company.deletedFlag else "",
    )


def of_site(site: Site) -> Theirs:
    """A site; its name may be the location's number."""
    return Theirs(
        key=site.subject,
        code="",
        name=site.name,
        numbers=(("site name", site.name),),
        city=site.city or "",
        zip=site.zip or "",
        phone=site.phoneNumber or "",
        owner=str(site.company.id),
        unusable="is inactive" if site.inactiveFlag else "",
    )


def of_member(member: Member) -> Theirs:
    """A member; members of class ``A`` are API keys, not people."""
    unusable = "is inactive" if member.inactiveFlag else ""
    if member.licenseClass == "A":
        unusable = "is an API member"
    return Theirs(
        key=member.subject,
        code=member.identifier,
        name=f"{member.firstName} {member.lastName}".strip(),
        numbers=(("employee number", member.employeeIdentifer or ""),),
        emails=tuple(text for text in (member.officeEmail, member.primaryEmail) if text),
        unusable=unusable,
    )
