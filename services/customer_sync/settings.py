"""The variables of ID747, with the vendor's numbers (spec/variables.md 13.2)."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from shared.config import CommaList, load
from shared.sync.settings import AgentSettings, YesNo


class SyncType(StrEnum):
    """Customer sync type, the vendor's variable 8 (spec/customers.md 5.3)."""

    MAPPING_ONLY = "mapping only"
    UPDATE_CUSTOMERS = "update customers"
    UPDATE_CUSTOMERS_AND_LOCATIONS = "update customers and locations"
    INSERT_UPDATE_CUSTOMERS = "insert/update customers"
    INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS = "insert/update customers and locations"

    @property
    def updates(self) -> bool:
        """Whether ConnectWise companies are changed."""
        return self is not SyncType.MAPPING_ONLY

    @property
    def inserts(self) -> bool:
        """Whether missing companies are created, and missing sites where locations are synced."""
        return self in {SyncType.INSERT_UPDATE_CUSTOMERS, SyncType.INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS}

    @property
    def locations(self) -> bool:
        """Whether sites are changed."""
        return self in {
            SyncType.UPDATE_CUSTOMERS_AND_LOCATIONS,
            SyncType.INSERT_UPDATE_CUSTOMERS_AND_LOCATIONS,
        }


ON_HOLD_STATUS = "status"
"""Value of ``on_hold_field`` that means the company's status (spec/overview.md 4.3)."""

FIELD_NAMES = frozenset(
    {"name", "address", "city", "state", "zip", "phone", "fax", "website", "on-hold code", "sales rep"}
)
"""What ``suppressed_fields`` may hold."""


def _as_the_vendor_writes_it(value: object) -> object:
    """``Update customers only`` and ``insert_update_customers`` are understood as well."""
    if not isinstance(value, str):
        return value
    plain = " ".join(value.strip().lower().replace("_", " ").split()).replace(
        "insert update", "insert/update"
    )
    plain = plain.replace("insert / update", "insert/update")
    return plain.removesuffix(" only") if plain.startswith("update") else plain


class CustomerSyncSettings(AgentSettings):
    """Section ``customer_sync``."""

    sync_type: Annotated[SyncType, BeforeValidator(_as_the_vendor_writes_it)] = Field(
        default=SyncType.MAPPING_ONLY, description="ID747 variable 8: customer sync type"
    )
    company_type: str = Field(
        default="", description="ID747 variable 1: ConnectWise company type for inserts"
    )
    customer_types: CommaList = Field(default=[], description="ID747: e-automate customer types, blank = all")
    contract_types: CommaList = Field(
        default=[],
        description="ID747: contract types, blank = all; a customer needs one active contract of a listed type",
    )
    branches: CommaList = Field(default=[], description="ID747: branch numbers, blank = all")
    territory_on_insert: YesNo = Field(
        default=False, description="ID747: whether a new company gets the customer's territory (Yes/No)"
    )
    territories: dict[str, str] = Field(
        default={},
        description="ID747: ConnectWise territory by e-automate territory, where the names differ",
    )
    sales_rep_field: str = Field(
        default="", description="ID747: caption of the company custom field for the sales rep, blank = off"
    )
    on_hold_field: str = Field(
        default="ZCJ_OnHoldCode",
        description="ID747: caption of the company custom field for the on-hold code, or Status; blank = off",
    )
    suppressed_fields: CommaList = Field(
        default=[],
        description=f"ID747, on request: fields never updated ({', '.join(sorted(FIELD_NAMES))})",
    )
    insert_status: str = Field(
        default="", description="new: ConnectWise company status on insert, blank = its default"
    )
    site_name: str = Field(
        default="Main", min_length=1, max_length=50, description="new: name of the first site"
    )
    budget_share: float = Field(default=0.25, gt=0, le=1, description="new: share of the request budget")

    @model_validator(mode="after")
    def _type_for_inserts(self) -> Self:
        if self.sync_type.inserts and not self.company_type:
            raise ValueError("company_type (variable 1) is needed when companies are inserted")
        return self

    @model_validator(mode="after")
    def _known_fields(self) -> Self:
        unknown = [name for name in self.suppressed_fields if name.lower() not in FIELD_NAMES]
        if unknown:
            known = ", ".join(sorted(FIELD_NAMES))
            raise ValueError(f"suppressed_fields: {', '.join(unknown)} is no field; known: {known}")
        return self

    @property
    def suppressed(self) -> frozenset[str]:
        """The suppressed fields by name."""
        return frozenset(name.lower() for name in self.suppressed_fields)


def budget_share() -> float:
    """This service's part of the request budget, as set."""
    return load("customer_sync", CustomerSyncSettings).budget_share
