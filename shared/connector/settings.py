"""Settings every connector has."""

from pydantic import BaseModel, Field


class ConnectorSettings(BaseModel):
    """Pace and caution of a connector."""

    poll_seconds: float = Field(default=60.0, ge=0.1, description="pause between two passes")
    sweep_hour: int | None = Field(
        default=2, ge=0, le=23, description="hour of the day, UTC, of the nightly full comparison"
    )
    sweep_seconds: float | None = Field(
        default=None, gt=0, description="compare in full every so many seconds instead of nightly"
    )
    deletion_share: float = Field(
        default=0.2,
        ge=0,
        le=1,
        description="largest part of the records that may vanish at once and be believed",
    )
    lease_seconds: float = Field(
        default=15.0, ge=1, description="how long a replica that died keeps the others out"
    )
    pause_seconds: float = Field(default=60.0, gt=0, description="longest pause while a system is away")
    stall_seconds: float = Field(default=300.0, gt=0, description="silence that counts as no progress")
