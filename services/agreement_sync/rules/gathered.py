"""What is looked up before an agreement invoice is decided on: plain values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shared.eautomate.contract_rows import BillingCycle, ContractPeriod, CustomerBilling, Item
from shared.eautomate.rows import Code
from shared.events.contracts import Contract, ContractInvoice
from shared.events.records import Customer
from shared.links.models import Link


@dataclass(frozen=True, slots=True)
class Party:
    """The counterpart of a ConnectWise company or site in e-automate.

    Attributes:
        customer: the linked customer or location as it is now; a link to one that is gone counts as none.
        billing: what a new contract takes from it.
    """

    customer: Customer
    billing: CustomerBilling


@dataclass(frozen=True, slots=True)
class OtherInvoice:
    """Another agreement invoice of the same agreement, as last seen.

    Attributes:
        status: name of its billing status, empty when it has none.
        deleted: ConnectWise has it no more.
        applied: it was put into a contract at some time, perhaps one that is not the agreement's any more.
        by_hand: it was refused for good and is billed by hand (G17, G22, G25): nobody waits for it.
    """

    invoice_id: int
    number: str
    day: date | None
    status: str = ""
    deleted: bool = False
    by_hand: bool = False
    applied: bool = False


@dataclass(frozen=True, slots=True)
class PushedPayment:
    """A payment Tandem made, or began to make, for the ConnectWise invoice.

    Attributes:
        settled: ConnectWise confirmed it.
    """

    amount: Decimal
    day: date
    settled: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything ``decide`` may look at beside the invoice.

    Maps by text have trimmed, casefolded keys (``shared.eautomate.values.folded``). What belongs to a contract
    (``lines``, ``periods``, ``bills``) is that of the linked or created contract, else of the one named by the
    agreement's custom field; all empty while there is none.

    Attributes:
        fresh: the change is newer than what was applied, or somebody asked for a redo.
        today: the dealer's own day.
        sequence: the one to write under: the change's own, or for a redo the highest applied before.
        generation: of the agreement's link; it counts redos.
        applied: sequence applied last, None when nothing was.
        link: the agreement's link that holds.
        created: ``ContractID`` made for this agreement in this generation, by the ledger.
        separated: contracts a person separated from this agreement.
        taken: agreement RecID by ``ContractID``, of contracts linked to other agreements.
        contracts: contracts that may matter, by ``ContractID``: linked, created; absent when gone.
        numbered: contracts by full number: the one the custom field names, and the default template.
        parties: by company RecID: of the agreement, the invoice and their bill-to companies; absent when unlinked.
        location: the location linked to the agreement's site.
        templates: contracts by folded major: of the wanted template and of the default one.
        template_majors: every contract major that begins with the template prefix; read only to suggest one.
        items: by number: base items, product ids, product templates, the service item.
        item_numbers: every item number that begins with a template prefix; read only to suggest one.
        cycles: e-automate's billing cycles.
        units: e-automate's units of measure.
        lines: ledger: ``ContractDetailID`` by line key.
        periods: ledger: periods of the contract, the earliest first.
        bills: e-automate invoices made from the contract, void ones too, by id.
        others: other invoices of the agreement.
        gone: RecIDs of other invoices that ConnectWise answered to have no more, asked just now; those named by
            ``periods`` for this invoice's month are asked.
        number_holder: ``InvoiceID`` of the e-automate invoice that has this invoice's number.
        pair: the invoice's own link to an e-automate invoice.
        paired: that e-automate invoice as it is now, whichever contract made it.
        billed_before: number of the e-automate invoice in force that billed it from a contract the agreement was
            unlinked from, empty when none did.
        released_by: who asks, by this very command, to bill although the totals differ.
        payment: what Tandem paid in ConnectWise.
        territory_filter: territories that take part, empty: all (variable W).
    """

    fresh: bool
    today: date
    sequence: int = 0
    generation: int = 0
    applied: int | None = None
    link: Link | None = None
    created: int | None = None
    separated: frozenset[int] = frozenset()
    taken: Mapping[int, int] = field(default_factory=dict)
    contracts: Mapping[int, Contract] = field(default_factory=dict)
    numbered: Mapping[str, Contract] = field(default_factory=dict)
    parties: Mapping[int, Party] = field(default_factory=dict)
    location: Party | None = None
    templates: Mapping[str, tuple[Contract, ...]] = field(default_factory=dict)
    template_majors: tuple[str, ...] = ()
    items: Mapping[str, Item] = field(default_factory=dict)
    item_numbers: tuple[str, ...] = ()
    cycles: tuple[BillingCycle, ...] = ()
    units: tuple[Code, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    periods: tuple[ContractPeriod, ...] = ()
    bills: tuple[ContractInvoice, ...] = ()
    others: tuple[OtherInvoice, ...] = ()
    gone: frozenset[int] = frozenset()
    number_holder: int | None = None
    pair: Link | None = None
    paired: ContractInvoice | None = None
    billed_before: str = ""
    released_by: str = ""
    payment: PushedPayment | None = None
    territory_filter: tuple[str, ...] = ()
