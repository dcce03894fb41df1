"""The closed list of link kinds, and what is known about each."""

import re
from dataclasses import dataclass
from enum import StrEnum

EAUTOMATE, CONNECTWISE = "e-automate", "ConnectWise"

# Canonical whole numbers only: "7", " 7" and "007" must not be three different records.
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
# A ticket, or the part of it that an invoice bills: `60211@18550`.
_TICKET = re.compile(r"[1-9][0-9]{0,17}(@[1-9][0-9]{0,17})?")


class LinkKind(StrEnum):
    """What a link connects. The left side is the one the process starts from: its generation counts redos."""

    CUSTOMER_COMPANY = "customer-company"
    LOCATION_SITE = "location-site"
    AGENT_MEMBER = "agent-member"
    AGREEMENT_CONTRACT = "agreement-contract"
    INVOICE_INVOICE = "invoice-invoice"
    TICKET_CALL = "ticket-call"


@dataclass(frozen=True, slots=True)
class KindFacts:
    """What the service and the tools must know about a kind.

    Attributes:
        owner: the agent that is told when a person makes or ends such a link.
        entity: the record kind of the left side in that agent's messages.
        left_name: what the left key is, for people.
        right_name: what the right key is, for people.
        ours: what the left record is called, e.g. ``customer``.
        theirs: what the right record is called, e.g. ``company``.
        left_system: where the left record is; the right one is in the other system.
        not_by_hand: empty where people make and end such links; else what they do instead.
        left_shape: pattern the whole left key matches.
        right_shape: pattern the whole right key matches.
    """

    owner: str
    entity: str
    left_name: str
    right_name: str
    ours: str
    theirs: str
    left_system: str = EAUTOMATE
    not_by_hand: str = ""
    left_shape: re.Pattern[str] = _NUMBER
    right_shape: re.Pattern[str] = _NUMBER

    @property
    def right_system(self) -> str:
        """Where the right record is."""
        return EAUTOMATE if self.left_system == CONNECTWISE else CONNECTWISE


_FACTS: dict[LinkKind, KindFacts] = {
    LinkKind.CUSTOMER_COMPANY: KindFacts(
        owner="customer_sync",
        entity="customer",
        left_name="e-automate CustomerID",
        right_name="ConnectWise company RecID",
        ours="customer",
        theirs="company",
    ),
    LinkKind.LOCATION_SITE: KindFacts(
        owner="customer_sync",
        entity="customer",
        left_name="e-automate CustomerID of the location",
        right_name="ConnectWise site RecID",
        ours="location",
        theirs="site",
    ),
    LinkKind.AGENT_MEMBER: KindFacts(
        owner="customer_sync",
        entity="agent",
        left_name="e-automate AgentID",
        right_name="ConnectWise member RecID",
        ours="employee",
        theirs="member",
    ),
    LinkKind.AGREEMENT_CONTRACT: KindFacts(
        owner="agreement_sync",
        entity="agreement",
        left_name="ConnectWise agreement RecID",
        right_name="e-automate ContractID",
        ours="agreement",
        theirs="contract",
        left_system=CONNECTWISE,
    ),
    LinkKind.INVOICE_INVOICE: KindFacts(
        owner="agreement_sync",
        entity="invoice",
        left_name="ConnectWise invoice RecID",
        right_name="e-automate InvoiceID",
        ours="invoice",
        theirs="e-automate invoice",
        left_system=CONNECTWISE,
        not_by_hand="agreement_sync makes these links by the invoice's number and follows a void by itself; "
        "`tandem reprocess invoice` makes it look again",
    ),
    LinkKind.TICKET_CALL: KindFacts(
        owner="service_sync",
        entity="ticket",
        left_name="ConnectWise ticket number",
        right_name="e-automate CallID",
        ours="ticket",
        theirs="call",
        left_system=CONNECTWISE,
        left_shape=_TICKET,
    ),
}


def facts(kind: LinkKind) -> KindFacts:
    """What is known about ``kind``."""
    return _FACTS[kind]
