"""The variables of ID747, with the vendor's numbers (spec/variables.md 13.2)."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from shared.config import CommaList, load


class SyncType(StrEnum):
    """Customer sync type, the vendor's variable 8 (spec/customers.md 5.3)."""

    MAPPING_ONLY = "mapping only"
    UPDATE_CUSTOMERS = "update customers"
    INSERT_UPDATE_CUSTOMERS = "insert/update customers"

    @property
    def updates(self) -> bool:
        """Whether ConnectWise companies are changed."""
        return self is not SyncType.MAPPING_ONLY

    @property
    def inserts(self) -> bool:
        """Whether missing companies are created."""
        return self is SyncType.INSERT_UPDATE_CUSTOMERS


def _as_the_vendor_writes_it(value: object) -> object:
    """``Update customers only`` and ``insert_update_customers`` are understood as well."""
    if not isinstance(value, str):
        return value
    plain = value.strip().lower().replace("_", " ").replace("insert update", "insert/update")
    return plain.removesuffix(" only") if plain.startswith("update") else plain


class CustomerSyncSettings(BaseModel):
    """Section ``customer_sync``."""

    sync_type: Annotated[SyncType, BeforeValidator(_as_the_vendor_writes_it)] = Field(
        default=SyncType.MAPPING_ONLY, description="ID747 variable 8: customer sync type"
    )
    company_type: str = Field(
        default="", description="ID747 variable 1: ConnectWise company type for inserts"
    )
    customer_types: CommaList = Field(default=[], description="ID747: e-automate customer types, blank = all")
    branches: CommaList = Field(default=[], description="ID747: branch numbers, blank = all")
    suppressed_fields: CommaList = Field(
        default=[],
        description="ID747, on request: fields never updated (name, address, city, state, zip, phone, ...)",
    )
    insert_status: str = Field(
        default="", description="new: ConnectWise company status on insert, blank = its default"
    )
    site_name: str = Field(
        default="Main", min_length=1, max_length=50, description="new: name of the first site"
    )
    settle_lookup: float = Field(
        default=60.0,
        gt=0,
        description="new: seconds after a lost answer before ConnectWise is asked and told again",
    )
    pool_size: int = Field(
        default=20,
        ge=1,
        description="new: customers worked on at once; calls to ConnectWise have a bound of their own",
    )
    budget_share: float = Field(default=0.5, gt=0, le=1, description="new: share of the request budget")

    @model_validator(mode="after")
    def _type_for_inserts(self) -> Self:
        if self.sync_type.inserts and not self.company_type:
            raise ValueError("company_type (variable 1) is needed when companies are inserted")
        return self


def budget_share() -> float:
    """This service's part of the request budget, as set."""
    return load("customer_sync", CustomerSyncSettings).budget_share
