"""Words of time: work types, work roles and where they are legal, charge codes."""

from decimal import Decimal

from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.business.work import RoleRules
from services.simulator.connectwise.entities.billing import BILL
from services.simulator.connectwise.fields import (
    READ_ONLY,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    money,
    one_of,
    ref,
    text,
)

TYPE = Entity(
    key="workType",
    noun="WorkType",
    mounts=(Mount("time/workTypes"),),
    href="workType",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("workType"),
    fields=(
        key(),
        text("name", 50, required=True),
        one_of("billTime", *BILL, required=True),
        one_of("rateType", "AdjAmount", "Custom", "Multiplier", required=True),
        money("rate", required=True, places=4),
        money("hoursMin"),
        money("hoursMax"),
        money("roundBillHoursTo"),
        one_of("accrualType", "Holiday", "PTO", "Sick", "Vacation"),
        money("costMultiplier", default=Decimal(1)),
        flag("inactiveFlag"),
        flag("overallDefaultFlag"),
        flag("activityDefaultFlag"),
        flag("utilizationFlag"),
        text("integrationXRef", 50),
    ),
)

ROLE = Entity(
    key="workRole",
    noun="WorkRole",
    mounts=(Mount("time/workRoles"),),
    href="workRole",
    guard="Table Setup",
    light=True,
    rules=RoleRules(),
    releases=frozenset({"locationWorkRole"}),
    fields=(
        key(),
        text("name", 50, required=True),
        money("hourlyRate"),
        flag("inactiveFlag"),
        text("integrationXref", 50),
        Field("locationIds", Kind.INTS),
        flag("addAllLocations", write_only=True, default=None),
        flag("removeAllLocations", write_only=True, default=None),
    ),
)

LOCATION_ROLE = Entity(
    key="locationWorkRole",
    noun="LocationWorkRole",
    mounts=(Mount("system/locations/{}/workRoles", "location"),),
    guard="My Company",
    methods=READ_ONLY,
    fields=(
        key(),
        ref("location", "location", indexed=True),
        ref("workRole", "workRole", indexed=True),
        flag("workRoleInactiveFlag"),
    ),
)

CHARGE_CODE = Entity(
    key="chargeCode",
    noun="ChargeCode",
    mounts=(Mount("time/chargeCodes"),),
    href="chargeCode",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("chargeCode"),
    fields=(
        key(),
        text("name", 50, required=True),
        ref("company", "company", required=True, indexed=True),
        one_of("billTime", *BILL, default="DoNotBill"),
        flag("expenseEntryFlag"),
        Field("expenseTypeIds", Kind.INTS),
        flag("allowAllExpenseTypeFlag"),
        flag("timeEntryFlag", default=True),
        ref("location", "location"),
        ref("department", "department"),
        ref("workType", "workType"),
        ref("workRole", "workRole"),
        text("integrationXref", 50),
    ),
)

ENTITIES = (TYPE, ROLE, LOCATION_ROLE, CHARGE_CODE)
