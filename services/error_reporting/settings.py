"""Settings of error_reporting (section ``error_reporting``)."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field


class ErrorReportingSettings(BaseModel):
    """When a case is tried again by itself, and what reports say."""

    retry_minutes: float = Field(
        default=15.0, gt=0, description="minutes after which a case nothing else woke is tried again"
    )
    auto_retry_days: float = Field(
        default=30.0, gt=0, description="days after which a case is parked: listed, not tried by itself"
    )
    wake_batch: int = Field(
        default=50, ge=1, le=1000, description="cases sent to their agents together, at most once a second"
    )
    lease_seconds: float = Field(
        default=10.0, ge=3.0, description="how long the lease of the replica that wakes holds without renewal"
    )
    reminder_days: int = Field(
        default=5,
        ge=0,
        le=366,
        description="new (ID954): contracts not billed yet are reminded of so many days before their next bill date",
    )
    report_days: int = Field(
        default=400, ge=1, description="days for which reports can be made; what is older is forgotten"
    )


def _blank_is_no(value: object) -> object:
    return (value.strip() or False) if isinstance(value, str) else value


class AgreementReportSettings(BaseModel):
    """What the report reads of the settings of agreement_sync."""

    report_terminations: Annotated[bool, BeforeValidator(_blank_is_no)] = False
