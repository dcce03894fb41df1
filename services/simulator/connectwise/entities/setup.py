"""Setup tables that companies, sites and members refer to.

Most are a name; entities to come will widen them.
"""

from services.simulator.connectwise.fields import (
    IDENTIFIED,
    READ_ONLY,
    Entity,
    Mount,
    flag,
    key,
    number,
    ref,
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

ENTITIES = (
    COUNTRY,
    STATE,
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
