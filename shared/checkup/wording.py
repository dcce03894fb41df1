"""What a wrong value is told as."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_WHOLE, _NUMBER, _YES_NO, _DAY = (
    "is no whole number",
    "is no number",
    "is neither Yes nor No",
    "is no day; write it like 2026-05-31",
)
_SAID = {
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "float_parsing": _NUMBER,
    "float_type": _NUMBER,
    "bool_parsing": _YES_NO,
    "bool_type": _YES_NO,
    "date_parsing": _DAY,
    "date_type": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
}
_ORIGIN = re.compile(r"^(new|fixed|ID\d+)( \(ID\d+\))?: ")


def wrong_value(fault: "ErrorDetails") -> str:
    """A fault that pydantic found in a setting, in words that follow the setting's name; without the value."""
    text = fault["msg"].removeprefix("Value error, ")
    return _SAID.get(fault["type"], text.replace("Input should be", "must be", 1))


def what_it_is(description: str | None) -> str:
    """A setting's description without where it comes from (``new: ...``); the vendor's number of a variable stays."""
    return _ORIGIN.sub("", description or "", count=1)
