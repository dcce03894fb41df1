"""Codes that calls and their labour carry, and what the product's bill codes charge by them."""

from calendar import monthrange
from collections.abc import Sequence
from typing import Any

from services.simulator.eautomate.contract_codes import (
    BACKUP,
    BLOCK_TIME,
    FULL,
    MANAGED,
    TIME_AND_MATERIAL,
)

PENDING, SCHEDULED, DISPATCHED, HELD, COMPLETE, OK_TO_BILL, INVOICED = "P", "S", "D", "H", "C", "OKB", "I"
CLEARED, CANCELED = "Ready to review", "Canceled"
"""These two statuses are known by their texts: nobody has seen their codes."""

CALL_HOLDS = 2
"""``ShOnHoldCodes.TypeID`` of codes a person may hold a call with; the product's own values are not public."""
USED, NEEDED = 1, 2
"""``UsageStatusID`` of materials; the product's own values are not public."""

HIGH, NORMAL, LOW = 1, 2, 3
REMOTE, ONSITE, FIELD, PROJECT, NO_CHARGE = 1, 2, 3, 4, 5
CM, PM, INSTALL, IT_REMOTE, IT_ONSITE, NETWORK = 1, 2, 3, 4, 5, 6
ANY_ACTIVITY = 0
"""``ActivityCodeID`` of the rate for every activity a bill code has no rate of its own for."""

PARTS_COVERED = frozenset({FULL})
"""Bill codes that cover materials. Where the product keeps it is not public."""


def statuses(cleared: str, canceled: str) -> list[tuple[str, str, int, int]]:
    """Code, text, whether the call is still worked on, and place of every status.

    Args:
        cleared: code of the status "Ready to review".
        canceled: code of the status "Canceled".
    """
    listed = [
        (PENDING, "Pending", 1),
        (SCHEDULED, "Scheduled", 1),
        (DISPATCHED, "Dispatched", 1),
        (HELD, "On hold", 1),
        (COMPLETE, "Complete", 0),
        (cleared, CLEARED, 0),
        (OK_TO_BILL, "OK to invoice", 0),
        (INVOICED, "Invoiced", 0),
        (canceled, CANCELED, 0),
    ]
    return [(code, text, is_open, place) for place, (code, text, is_open) in enumerate(listed, start=1)]


_CLOSED_YEAR = 2018

TABLES: dict[str, tuple[str, Sequence[tuple[Any, ...]]]] = {
    "SCPriorities": (
        "PriorityID, Priority, Description",
        [(HIGH, "HIGH", "Work stands still"), (NORMAL, "NORMAL", "As usual"), (LOW, "LOW", "Can wait")],
    ),
    "SCActivityCodes": (
        "ActivityCodeID, ActivityCode, Description",
        [
            (REMOTE, "REMOTE", "Remote service"),
            (ONSITE, "ONSITE", "Service on site"),
            (FIELD, "FIELD", "Copier service"),
            (PROJECT, "PROJECT", "Project work"),
            (NO_CHARGE, "NOCHARGE", "Not charged"),
        ],
    ),
    "SCCallTypes": (
        "CallTypeID, CallType, Description, EstDuration, Category, PriorityID, ActivityCodeID",
        [
            (CM, "CM", "Corrective maintenance", 90, "CM", NORMAL, FIELD),
            (PM, "PM", "Preventive maintenance", 60, "PM", LOW, FIELD),
            (INSTALL, "Install", "Installation", 120, "INST", LOW, FIELD),
            (IT_REMOTE, "IT Remote", "IT, remote", 30, "IT", NORMAL, REMOTE),
            (IT_ONSITE, "IT Onsite", "IT, on site", 120, "IT", NORMAL, ONSITE),
            (NETWORK, "Network", "Network", 60, "IT", HIGH, REMOTE),
            (7, "Project", "IT project", 480, "IT", LOW, PROJECT),
            (8, "Help Desk", "Worked on by the help desk", 30, "IT", NORMAL, REMOTE),
        ],
    ),
    "SCProblemCodes": (
        "ProblemCodeID, ProblemCode, Description, BypassMeterReadingRequirement",
        [(1, "JAM", "Paper jam", 0), (2, "QUALITY", "Print quality", 0), (3, "IT", "Computer or network", 1)],
    ),
    "SCRepairCodes": (
        "RepairCodeID, RepairCode, Description",
        [(1, "CLEANED", "Cleaned"), (2, "REPLACED", "Part replaced"), (3, "SETTINGS", "Settings corrected")],
    ),
    "SCCancelCodes": (
        "CancelCodeID, CancelCode, Description",
        [
            (1, "Customer Request", "The customer asked for it"),
            (2, "Duplicate", "There is another call"),
            (3, "No access", "Nobody was there"),
        ],
    ),
    "SCIncompleteCodes": (
        "IncompleteCodeID, IncompleteCode, Description",
        [(1, "PARTS", "Parts are missing"), (2, "TIME", "Ran out of time")],
    ),
    "ea_double_LaborRates": (
        "BillCodeID, ActivityCodeID, Rate, OvertimeRate, TravelRate, MinimumHours, IncrementHours",
        [
            (FULL, ANY_ACTIVITY, 0, 0, 0, 0, 0),
            (MANAGED, ANY_ACTIVITY, 0, 0, 0, 0, 0),
            (MANAGED, PROJECT, 150, 225, 0, 1, "0.5"),
            (BACKUP, ANY_ACTIVITY, 120, 180, 60, "0.5", "0.25"),
            (BACKUP, NO_CHARGE, 0, 0, 0, 0, 0),
            (BLOCK_TIME, ANY_ACTIVITY, 120, 180, 60, 0, "0.25"),
            (BLOCK_TIME, NO_CHARGE, 0, 0, 0, 0, 0),
            (TIME_AND_MATERIAL, ANY_ACTIVITY, 110, 165, 60, "0.5", "0.25"),
            (TIME_AND_MATERIAL, REMOTE, 120, 180, 0, "0.25", "0.25"),
            (TIME_AND_MATERIAL, ONSITE, 140, 210, 60, 1, "0.25"),
            (TIME_AND_MATERIAL, PROJECT, 150, 225, 60, 1, "0.5"),
            (TIME_AND_MATERIAL, NO_CHARGE, 0, 0, 0, 0, 0),
        ],
    ),
    "GLPeriods": (
        "DatePeriod, StartDate, EndDate, Closed",
        [
            (
                _CLOSED_YEAR * 100 + month,
                f"{_CLOSED_YEAR}-{month:02d}-01 00:00:00.000000",
                f"{_CLOSED_YEAR}-{month:02d}-{monthrange(_CLOSED_YEAR, month)[1]} 00:00:00.000000",
                1,
            )
            for month in range(1, 13)
        ],
    ),
}
