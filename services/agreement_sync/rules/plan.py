"""What ``apply`` carries out for one agreement invoice: desired states, only where something differs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from shared.eautomate.contract_rows import ContractFields, ContractPeriod, Item, LineFields
from shared.events.agreements import Invoice
from shared.events.contracts import Contract, ContractInvoice
from shared.links.models import How, Link
from shared.sync.comparison import Comparison


class Change(StrEnum):
    """What happens to a contract line."""

    ADD = "add"
    UPDATE = "update"
    REOPEN = "reopen"
    END = "end"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class LineAction:
    """One step that makes the contract's lines those of the invoice (spec/agreements.md 6.6).

    Attributes:
        key: what the line stands for in the ledger, empty for a line nobody knows.
        item: item number, for people, and for the lines of items the plan creates.
        contract_detail_id: the line, None for one to add.
        fields: what to write; of a line to add ``item_id`` is absent while the item is still to be created.
    """

    change: Change
    key: str
    item: str
    contract_detail_id: int | None = None
    fields: LineFields = field(default_factory=lambda: LineFields())


@dataclass(frozen=True, slots=True)
class NewItem:
    """An item to create from a product type's template.

    Attributes:
        unit_id: e-automate's unit of the same name as ConnectWise's, None keeps the template's.
    """

    template: Item
    number: str
    description: str
    unit_id: int | None


@dataclass(frozen=True, slots=True)
class Rename:
    """Give the e-automate invoice the ConnectWise number (spec/agreements.md 6.10)."""

    bill: ContractInvoice
    number: str


@dataclass(frozen=True, slots=True)
class FieldWrite:
    """A custom field of an agreement or invoice.

    Attributes:
        field_id: None when the record does not show the field.
        value: what it shall hold; None: the number of the contract the plan creates.
    """

    caption: str
    field_id: int | None
    now: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Pay:
    """A payment to make in ConnectWise (spec/orders-and-payments.md 11.7).

    Attributes:
        amount: the open ConnectWise balance.
        day: of the last receipt.
    """

    amount: Decimal
    day: date
    type: str
    bill: ContractInvoice


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was not done, while the rest of the plan is: the outcome carries it.

    Attributes:
        text: names record, field and fix.
    """

    code: str
    text: str
    blocked_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgreementPlan:
    """What to do for one invoice, in this order: e-automate in one transaction, links, ConnectWise.

    In e-automate: create the contract from ``template`` with ``fields``, or update it; create ``items``; carry
    out ``lines`` in order; note ``keys`` and those of added lines; note ``period``; rename.

    Attributes:
        sequence, generation: what to write under in the ledger.
        contract: the contract as read, None for one to create.
        template: the contract that is copied, where one is created.
        fields: header fields that differ, or of the new contract.
        lines: steps in their order.
        keys: line keys of every line that stays, without those to add; None while nothing about them changes.
        period: the ledger's row to write, None when it stays as it is; of a new contract its id is 0.
        how: how the link to make came about, None when it exists.
        pair: the e-automate invoice to link to, None when there is none or it is linked.
        unpair: the pair's link to another e-automate invoice, which was voided; it is ended first.
        rename: the new number of the e-automate invoice.
        contract_number: the agreement's custom field.
        invoice_number: the invoice's custom field.
        payment: to make.
        status: name of the billing status to set, empty when none is.
        red: the totals differ and nobody released it.
        trouble: what could not be done; the first is the outcome's code.
        warnings: codes and sentences.
        comparison: of the state after the plan; a new contract has no id and number in it.
        text: one sentence for people: why there is this plan.
    """

    invoice: Invoice
    sequence: int
    generation: int
    comparison: Comparison
    contract: Contract | None = None
    template: Contract | None = None
    fields: ContractFields = field(default_factory=lambda: ContractFields())
    items: tuple[NewItem, ...] = ()
    lines: tuple[LineAction, ...] = ()
    keys: Mapping[str, int] | None = None
    period: ContractPeriod | None = None
    how: How | None = None
    pair: ContractInvoice | None = None
    unpair: Link | None = None
    rename: Rename | None = None
    contract_number: FieldWrite | None = None
    invoice_number: FieldWrite | None = None
    payment: Pay | None = None
    status: str = ""
    red: bool = False
    trouble: tuple[Trouble, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    text: str = ""

    @property
    def creates(self) -> bool:
        """Whether a contract is made."""
        return self.template is not None

    @property
    def writes_contract(self) -> bool:
        """Whether anything about the contract or its ledger is written in e-automate."""
        return (
            self.creates
            or bool(self.fields)
            or bool(self.items)
            or bool(self.lines)
            or self.keys is not None
            or self.period is not None
        )

    @property
    def writes_eautomate(self) -> bool:
        """Whether a transaction in e-automate is needed."""
        return self.writes_contract or self.rename is not None

    @property
    def writes_connectwise(self) -> bool:
        """Whether anything is written to ConnectWise."""
        return any((self.contract_number, self.invoice_number, self.payment, self.status))

    @property
    def nothing(self) -> bool:
        """Whether everything is as it should be."""
        links = self.how is not None or self.pair is not None
        return not (self.writes_eautomate or self.writes_connectwise or links or self.trouble)
