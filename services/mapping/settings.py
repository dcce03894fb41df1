"""Settings of the mapping service (section ``mapping``)."""

from pydantic import BaseModel, Field


class MappingSettings(BaseModel):
    """How the outbox is worked off; links themselves need no settings."""

    lease_seconds: float = Field(
        default=60.0, ge=40.0, description="how long the publisher's lease holds without renewal"
    )
    poll_seconds: float = Field(default=0.5, gt=0, description="how often an idle publisher looks for work")
    publish_batch: int = Field(default=200, ge=1, le=1000, description="messages sent together")
    keep_sent_days: int = Field(default=7, ge=0, description="days a sent outbox row is kept")
    stall_seconds: float = Field(
        default=60.0, gt=0, description="age of the oldest unsent message that counts as no progress"
    )
