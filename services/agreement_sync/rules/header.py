"""Header fields of a contract, new or existing (spec/agreements.md 6.5, 6.9, 6.11). Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.agreement_sync.rules.numbers import Carried
from services.agreement_sync.rules.parties import Parties
from services.agreement_sync.rules.periods import Period, day_of, ending
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import BillingCycle, ContractFields
from shared.eautomate.values import folded
from shared.events.agreements import Agreement
from shared.events.contracts import Contract


@dataclass(frozen=True, slots=True)
class Wish:
    """What the header depends on.

    Attributes:
        has_acknowledgement: e-automate has the column for it.
        deposit: of a deposit contract the amount, else None.
        bill: whether it is to enter the billing queue.
        ours: Tandem created it.
    """

    agreement: Agreement
    owners: Parties
    period: Period
    cycle: BillingCycle
    number: Carried
    bill: bool
    has_acknowledgement: bool = True
    deposit: Decimal | None = None
    ours: bool = True


def last_day(agreement: Agreement, period: Period) -> date | None:
    """When the contract ends; not before the period that ConnectWise has billed begins."""
    end = ending(agreement)
    return period.last if end is not None and end < period.first else end


def new_header(wish: Wish, settings: AgreementSyncSettings) -> ContractFields:
    """Fields of a contract to create; everything else comes from the template."""
    owners, period = wish.owners, wish.period
    customer, tax = owners.customer, owners.tax.billing
    began = day_of(wish.agreement.startDate)
    start = min(began, period.first) if began is not None else period.first
    fields: ContractFields = {
        "customer_id": customer.customer.customer_id,
        "bill_to_id": owners.bill_to.customer.customer_id,
        "branch_id": customer.billing.branch_id,
        "sales_rep_id": customer.billing.sales_rep_id,
        "term_id": customer.billing.term_id,
        "tax_code_id": tax.tax_code_id,
        "taxable": tax.taxable,
        "start_date": start,
        "exp_date": last_day(wish.agreement, period),
        # A date as well: until then e-automate takes it for not active, and nobody has to come back to it.
        "activated": start,
        "terminated": None,
        "active": True,
        "bill": wish.bill,
        # An invoice of several contracts could not take a ConnectWise number (open question 19).
        "group_invoices": False,
        "billing_cycle_id": wish.cycle.id,
        "base_next_billing_date": period.first,
        "base_billed_thru_date": None,
        "base_billing_start_date": period.first,
        "sum_individual_base_rates": wish.deposit is None,
        "po_number": wish.number.po_number,
        "remarks": wish.number.remarks,
    }
    if wish.deposit is not None:
        fields["base_rate"] = wish.deposit
    if settings.contract_message.strip():
        fields["message"] = settings.contract_message
        if wish.has_acknowledgement:
            fields["acknowledge"] = settings.require_acknowledgement
    return fields


def changed_header(contract: Contract, wish: Wish, settings: AgreementSyncSettings) -> ContractFields:
    """Fields of an existing contract that differ; its type, codes and defaults stay: it is not re-templated."""
    period = wish.period
    fields: ContractFields = {
        "bill_to_id": wish.owners.bill_to.customer.customer_id,
        "base_next_billing_date": period.first,
        "sum_individual_base_rates": wish.deposit is None,
        "po_number": wish.number.po_number,
        "remarks": wish.number.remarks,
        "bill": wish.bill,
    }
    end = last_day(wish.agreement, period)
    if end is not None or wish.ours:
        fields["exp_date"] = end
    if wish.deposit is not None:
        fields["base_rate"] = wish.deposit
    thru = contract.base_billed_thru_date
    if thru is None:
        fields["base_billing_start_date"] = period.first
    elif thru < period.before:
        # Months ConnectWise never billed: e-automate's next period is the one after the last it billed.
        fields["base_billed_thru_date"] = period.before
    # A message that is there stays: people un-tick its acknowledgement to preview.
    if settings.contract_message.strip() and not contract.message.strip():
        fields["message"] = settings.contract_message
        if wish.has_acknowledgement:
            fields["acknowledge"] = settings.require_acknowledgement
    differing: ContractFields = {}
    for name, value in fields.items():
        if getattr(contract, name) != value:
            differing[name] = value  # type: ignore[literal-required]
    if folded(contract.billing_cycle or "") != folded(wish.cycle.name):
        differing["billing_cycle_id"] = wish.cycle.id
    return differing
