"""Setup tables that companies, sites and members refer to.

Most are a name; entities to come will widen them.
"""

from services.simulator.connectwise.fields import (
    IDENTIFIED,
    READ_ONLY,
    Entity,
    Kind,
    Mount,
    flag,
    key,
    moment,
    number,
    ref,
    shown,
    text,
)


def lookup(name: str, path: str, href: str = "") -> Entity:
    """A read-only table of names; an empty path serves it nowhere."""
    return Entity(
        key=name,
        noun=name[:1].upper() + name[1:],
        mounts=(Mount(path),) if path else (),
        href=href if path else "",
        guard="Table Setup",
        light=bool(path),
        methods=READ_ONLY,
        fields=(key(), text("name", 50, required=True), flag("defaultFlag")),
    )


COUNTRY = Entity(
    key="country",
    noun="Country",
    mounts=(Mount("company/countries"),),
    href="country",
    guard="Table Setup",
    light=True,
    fields=(
        key(),
        text("name", 50, required=True),
        ref("currency", "currency"),
        flag("defaultFlag"),
        text("countryCode", 2),
        text("dialingPrefix", 5),
        text("cityCaption", 25),
        text("stateCaption", 25),
        text("zipCaption", 25),
        number("zipMinimumLength"),
    ),
)

STATE = Entity(
    key="state",
    noun="State",
    mounts=(Mount("company/states"),),
    reference=IDENTIFIED,
    href="state",
    guard="Table Setup",
    light=True,
    fields=(
        key(),
        text("identifier", 50, required=True, indexed=True),
        text("name", 50, required=True, indexed=True),
        ref("country", "country"),
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
    methods=READ_ONLY,
    fields=(
        key(),
        text("symbol", 10),
        text("currencyCode", 3),
        text("decimalSeparator", 1),
        number("numberOfDecimals"),
        text("thousandsSeparator", 1),
        text("name", 50),
        flag("defaultFlag", filterable=False),
    ),
)

TAX_CODE = Entity(
    key="taxCode",
    noun="TaxCode",
    mounts=(Mount("finance/taxCodes"),),
    reference=(shown("name", "identifier"),),
    href="taxCode",
    guard="Table Setup",
    light=True,
    methods=READ_ONLY,
    fields=(
        key(),
        text("identifier", 8, required=True),
        text("description", 50),
        text("invoiceCaption", 25),
        moment("effectiveDate"),
        flag("defaultFlag"),
    ),
)

BILLING_TERM = Entity(
    key="billingTerm",
    noun="BillingTerm",
    mounts=(Mount("finance/billingTerms"),),
    guard="Table Setup",
    light=True,
    methods=READ_ONLY,
    fields=(
        key(),
        text("name", 50, required=True),
        flag("defaultFlag"),
        number("dueDays", required=True),
        text("termsXref", 50),
    ),
)

ENTITIES = (
    COUNTRY,
    STATE,
    CURRENCY,
    TAX_CODE,
    BILLING_TERM,
    lookup("market", "company/marketDescriptions", "market"),
    lookup("ownershipType", "company/ownershipTypes", "ownershipType"),
    lookup("entityType", "company/entityTypes", "entityType"),
    lookup("timeZoneSetup", "system/timeZoneSetups", "timeZoneSetup"),
    lookup("calendar", "schedule/calendars", "calendar"),
    lookup("invoiceTemplate", "finance/invoiceTemplates", "invoiceTemplate"),
    lookup("pricingSchedule", "procurement/pricingSchedules", "pricingSchedule"),
    lookup("billingDelivery", "finance/deliveryMethods", "delivery"),
    lookup("sicCode", ""),
    lookup("track", ""),
)
