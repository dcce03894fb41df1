"""Settings that every sync agent has."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from shared.mode import Mode


def _yes_or_no(value: object) -> object:
    """The vendor's drop-downs say Yes and No."""
    if not isinstance(value, str):
        return value
    return {"yes": True, "no": False, "": False}.get(value.strip().lower(), value)


YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]


class AgentSettings(BaseModel):
    """What a section of an agent's own adds to."""

    mode: Mode = Field(
        default=Mode.PRODUCTION,
        description="new: test reads the live ConnectWise and never writes to it; production does both",
    )
    settle_lookup: float = Field(
        default=60.0,
        gt=0,
        description="new: seconds after a lost answer before ConnectWise is asked and told again",
    )
    pool_size: int = Field(
        default=20,
        ge=1,
        description="new: records worked on at once; calls to ConnectWise have a bound of their own",
    )
    budget_share: float = Field(default=0.25, gt=0, le=1, description="new: share of the request budget")

    @model_validator(mode="before")
    @classmethod
    def _blank_texts(cls, given: Any) -> Any:
        """A text that the settings file names and leaves blank is blank: that turns off what it is for."""
        if not isinstance(given, dict):
            return given
        texts = {name for name, field in cls.model_fields.items() if field.annotation is str}
        return {name: "" if held is None and name in texts else held for name, held in given.items()}

    def lacking(self) -> Iterable[tuple[str, str]]:
        """Settings that are blank though the process needs them: (setting, what becomes of it without)."""
        return ()

    @property
    def writes_to_connectwise(self) -> bool:
        """Whether the mode lets anything be created or changed in ConnectWise, whatever else is set."""
        return self.mode.writes_to_connectwise
