"""What calls are classed by, and the accounting periods labour and invoices fall into."""

from sqlalchemy import Column, Table
from sqlalchemy.schema import SchemaItem

from services.simulator.eautomate.columns import (
    audit,
    code_block,
    flag,
    key,
    number,
    reference,
    stamp,
    table,
    words,
)
from services.simulator.eautomate.schema.metadata import METADATA

SCCallTypes = table(
    METADATA,
    "SCCallTypes",
    key("CallTypeID"),
    words("CallType", 15),
    words("Description", 50),
    number("EstDuration"),
    words("Category", 15),
    reference("PriorityID"),
    number("ActivityCodeID", 1),
    flag("Escalate", nullable=True),
    words("Icon", 32),
    flag("Active", True),
    number("Locks"),
    *audit(),
)


def _wide_codes(name: str, code: str, *more: Column[bool]) -> Table:
    parts: list[SchemaItem] = [
        key(f"{code}ID"),
        words(code, 32),
        words("Description", 50),
        flag("Active", True),
    ]
    return table(METADATA, name, *parts, number("Locks"), *more, *audit())


SCProblemCodes = _wide_codes("SCProblemCodes", "ProblemCode", flag("BypassMeterReadingRequirement"))
SCRepairCodes = _wide_codes("SCRepairCodes", "RepairCode")
SCCancelCodes = _wide_codes("SCCancelCodes", "CancelCode")


def _codes(name: str, code: str) -> Table:
    return table(METADATA, name, key(f"{code}ID"), words(code, 15), *code_block())


SCIncompleteCodes = _codes("SCIncompleteCodes", "IncompleteCode")
SCActivityCodes = _codes("SCActivityCodes", "ActivityCode")
SCPriorities = _codes("SCPriorities", "Priority")

# Where the product keeps which periods are closed is not public. The numbers are those of ARInvoices.DatePeriod.
GLPeriods = table(
    METADATA,
    "GLPeriods",
    key("DatePeriod"),
    stamp("StartDate"),
    stamp("EndDate"),
    flag("Closed"),
    *audit(),
)
