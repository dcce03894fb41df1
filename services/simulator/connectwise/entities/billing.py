"""The words of billing: statuses, terms, cycles, currencies and tax codes."""

from services.simulator.connectwise.business.period import OPTIONS
from services.simulator.connectwise.business.totals import LEVELS
from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.entities.setup import lookup
from services.simulator.connectwise.fields import (
    READ_ONLY,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST

BILL = ("Billable", "DoNotBill", "NoCharge", "NoDefault")
"""What is billed, as agreements, time and expenses say it; products and additions have no `NoDefault`."""

STATUS = Entity(
    key="billingStatus",
    noun="BillingStatus",
    mounts=(Mount("finance/billingStatuses"),),
    href="status",
    guard="Table Setup",
    light=True,
    reference=(shown("name"), shown("isClosed", "closedFlag", Kind.BOOL, since=NEWEST)),
    rules=VocabularyRules("billingStatus"),
    fields=(
        key(),
        text("name", 30, required=True, indexed=True),
        number("sortOrder"),
        flag("defaultFlag"),
        flag("closedFlag"),
        flag("sentFlag"),
        flag("inactiveFlag"),
    ),
)

TERM = Entity(
    key="billingTerm",
    noun="BillingTerm",
    mounts=(Mount("finance/billingTerms"),),
    href="billingTerms",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("billingTerm"),
    fields=(
        key(),
        text("name", 50, required=True),
        flag("defaultFlag"),
        number("dueDays", required=True),
        text("termsXref", 50),
    ),
)

CYCLE = Entity(
    key="billingCycle",
    noun="BillingCycle",
    mounts=(Mount("finance/billingCycles"),),
    href="billingCycle",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("billingCycle", "identifier"),
    fields=(
        key(),
        text("identifier", 5, required=True),
        text("name", 50, required=True),
        one_of("billingOptions", *OPTIONS, required=True),
        flag("defaultFlag"),
    ),
)

CURRENCY = Entity(
    key="currency",
    noun="Currency",
    mounts=(Mount("finance/currencies"),),
    reference=(
        shown("symbol"),
        shown("currencyCode"),
        shown("decimalSeparator"),
        shown("numberOfDecimals", kind=Kind.INT),
        shown("thousandsSeparator"),
        shown("name"),
    ),
    href="currency",
    guard="Table Setup",
    rules=VocabularyRules("currency", "currencyCode"),
    fields=(
        key(),
        text("symbol", 10, required=True),
        text("currencyCode", 3, required=True),
        text("decimalSeparator", 1, default="."),
        number("numberOfDecimals", default=2),
        text("thousandsSeparator", 1, default=","),
        text("name", 50, required=True),
        flag("defaultFlag", filterable=False),
    ),
)


def _level(name: str) -> tuple[Field, ...]:
    # The same twelve columns a level.
    return (
        money(f"level{name}Rate", places=6),
        one_of(f"level{name}RateType", "Amount", "Percent"),
        money(f"level{name}TaxableMax"),
        text(f"level{name}Caption", 25),
        text(f"level{name}TaxCodeXref", 50),
        text(f"level{name}AgencyXref", 100),
        flag(f"level{name}ServicesFlag"),
        flag(f"level{name}ExpensesFlag"),
        flag(f"level{name}ProductsFlag"),
        flag(f"level{name}ApplySingleUnitFlag"),
        money(f"level{name}ApplySingleUnitMin"),
        money(f"level{name}ApplySingleUnitMax"),
    )


TAX_CODE = Entity(
    key="taxCode",
    noun="TaxCode",
    mounts=(Mount("finance/taxCodes"),),
    reference=(shown("name", "identifier"),),
    href="taxCode",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("taxCode", "identifier"),
    fields=(
        key(),
        text("identifier", 8, required=True),
        text("description", 50, required=True),
        text("invoiceCaption", 25, required=True),
        ref("country", "country"),
        moment("effectiveDate", required=True),
        flag("defaultFlag"),
        flag("displayOnInvoiceFlag"),
        flag("canadaCalculateGSTFlag"),
        moment("cancelDate"),
        *(field for name in LEVELS for field in _level(name)),
    ),
)

SETUP = Entity(
    key="billingSetup",
    noun="BillingSetup",
    mounts=(Mount("finance/billingSetups"),),
    href="billingSetup",
    guard="Table Setup",
    methods=READ_ONLY,
    reference=(shown("name", "remitName"),),
    fields=(
        key(),
        ref("location", "location", required=True),
        text("remitName", 50, required=True),
        text("payableName", 50, required=True),
        text("invoiceTitle", 50, required=True),
        ref("emailTemplate", "emailTemplate", required=True),
    ),
)

ENTITIES = (
    *(STATUS, TERM, CYCLE, CURRENCY, TAX_CODE, SETUP),
    lookup("emailTemplate", ""),
    lookup("invoiceGrouping", ""),
    lookup("sla", ""),
)
