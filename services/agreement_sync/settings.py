"""The variables of ID964, with the vendor's numbers (spec/variables.md 13.3)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.config import CommaList, load
from shared.sync.settings import AgentSettings, YesNo

MESSAGE_MOST = 255
"""Characters of ``SCContracts.Message``."""


class NumberTarget(StrEnum):
    """Where a contract carries the number of the ConnectWise invoice."""

    PO = "PO"
    REMARKS = "Remarks"


def _whatever_case(value: object) -> object:
    if not isinstance(value, str):
        return value
    return {"po": NumberTarget.PO, "remarks": NumberTarget.REMARKS}.get(value.strip().lower(), value)


class AgreementSyncSettings(AgentSettings):
    """Section ``agreement_sync``."""

    agreement_types: CommaList = Field(
        default=[], description="ID964 variable 2: agreement types, blank = all"
    )
    invoice_statuses: CommaList = Field(
        default=[], description="ID964 variable 10: billing statuses, blank = all"
    )
    start_date: date | None = Field(
        default=None, description="new: invoices dated before it are left alone; blank = none is"
    )
    invoice_number_target: Annotated[NumberTarget, BeforeValidator(_whatever_case)] = Field(
        default=NumberTarget.PO,
        description="ID964: where a contract carries the ConnectWise invoice number: PO or Remarks",
    )
    default_contract_template: str = Field(
        default="",
        description="ID964: number of the contract that is copied where an agreement type has no template",
    )
    contract_prefix: str = Field(
        default="CW-",
        max_length=15,
        description="ID964 (variable 9 on the Autotask sibling): what numbers of new contracts begin with",
    )
    renumber_invoices: YesNo = Field(
        default=False,
        description="ID964: whether an e-automate invoice takes the ConnectWise invoice's number",
    )
    push_contract_number: YesNo = Field(
        default=False, description="ID964: whether the agreement gets the contract's number (Yes/No)"
    )
    push_invoice_number: YesNo = Field(
        default=False,
        description="ID964: whether the ConnectWise invoice gets the e-automate invoice's number (Yes/No)",
    )
    push_invoice_number_field: str = Field(
        default="", description="ID964: caption of the invoice's custom field for the e-automate number"
    )
    push_paid: YesNo = Field(
        default=False, description="ID964: whether a paid invoice is marked paid in ConnectWise (Yes/No)"
    )
    paid_payment_type: str = Field(
        default="P", description="ID964: type of the payment that is made, blank = none is"
    )
    paid_status: str = Field(
        default="", description="ID964: billing status a paid invoice gets, blank = it keeps its own"
    )
    service_item: str = Field(
        default="",
        description="ID964: standard serviceable item that every new contract gets at zero, for service calls",
    )
    prefix_contract_template: str = Field(
        default="**CW ", min_length=1, description="fixed: what numbers of contract templates begin with"
    )
    prefix_base_template: str = Field(
        default="**CWBase ", min_length=1, description="fixed: what numbers of base items begin with"
    )
    prefix_product_template: str = Field(
        default="**CW ", min_length=1, description="new: what numbers of product item templates begin with"
    )
    gate_bill_flag: YesNo = Field(
        default=True,
        description="new: whether a billed contract leaves the billing queue until its next invoice (Yes/No)",
    )
    contract_message: str = Field(
        default="Tandem keeps this contract in step with its ConnectWise agreement. Change it there.",
        max_length=MESSAGE_MOST,
        description="new: message on contracts, blank = none",
    )
    require_acknowledgement: YesNo = Field(
        default=True, description="new: whether the message must be acknowledged (Yes/No)"
    )
    unit_rate_precision: int = Field(default=6, ge=2, le=6, description="new: decimals of a unit base rate")
    hold_when_red: YesNo = Field(
        default=True,
        description="new: whether a contract whose total differs is not billed until released (Yes/No)",
    )
    type_aliases: dict[str, str] = Field(
        default={},
        description="new: agreement or product type -> what stands after the prefix of its template",
    )
    report_terminations: YesNo = Field(
        default=False, description="new: whether ID954 lists terminated contracts (Yes/No)"
    )
    billing_cycles: dict[str, str] = Field(
        default={},
        description="new: ConnectWise billing cycle -> e-automate billing cycle, where name and length do not tell",
    )
    overwrite_unbilled: YesNo = Field(
        default=False,
        description="new: whether an invoice replaces the one before it that was not billed yet (Yes/No)",
    )
    negative_rates: YesNo = Field(
        default=False,
        description="new: whether e-automate takes negative unit rates; No: discounts come off the base amount",
    )
    budget_share: float = Field(default=0.2, gt=0, le=1, description="new: share of the request budget")
    currency: str = Field(
        default="", max_length=3, description="new: the dealer's currency, e.g. USD; blank = any single one"
    )
    contract_number_field: str = Field(
        default="ZCJ_ContractNumber",
        min_length=1,
        description="fixed: caption of the agreement's custom field for the contract number",
    )

    @model_validator(mode="after")
    def _field_for_the_number(self) -> Self:
        if self.push_invoice_number and not self.push_invoice_number_field.strip():
            raise ValueError("push_invoice_number_field is needed when push_invoice_number is Yes")
        return self

    @model_validator(mode="after")
    def _how_it_is_paid(self) -> Self:
        if self.push_paid and not (self.paid_payment_type.strip() or self.paid_status.strip()):
            raise ValueError("paid_payment_type or paid_status is needed when push_paid is Yes")
        return self

    @property
    def rate_step(self) -> Decimal:
        """The smallest step of a unit base rate."""
        return Decimal(1).scaleb(-self.unit_rate_precision)


def budget_share() -> float:
    """This service's part of the request budget, as set."""
    return load("agreement_sync", AgreementSyncSettings).budget_share
