"""What refuses a time entry: a ticket that takes no time, hours that cannot be, a role that is not allowed."""

from services.simulator.connectwise.business.amounts import amount
from services.simulator.connectwise.business.billable import EDITABLE
from services.simulator.connectwise.business.sheet import sheet_for
from services.simulator.connectwise.business.time_amounts import moment
from services.simulator.connectwise.business.time_defaults import TICKETS
from services.simulator.connectwise.business.work import is_legal
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.rules import Write

_PLACED = (
    "chargeToId",
    "chargeToType",
    "timeStart",
    "timeEnd",
    "actualHours",
    "member",
    "workRole",
    "locationId",
)


def check_charge(write: Write) -> None:
    """There is a ticket, charge code or company to charge, and it takes time."""
    record, store = write.record, write.store
    ident, kind = record.get("chargeToId"), record.get("chargeToType")
    if ident is None:
        _check_company(write)
        return
    target = {"ChargeCode": "chargeCode", "Activity": ""}.get(str(kind), "ticket")
    row = store.get(target, ident) if target else None
    if row is None or (kind in TICKETS and (kind == "ServiceTicket") != _is_service(row.data)):
        _refuse(write, "NotFound", f"{target or 'activity'} {ident} not found", "chargeToId")
        return
    if target != "ticket" or not _moved(write):
        return
    status = store.get("boardStatus", row.data.get("status"))
    if status is not None and status.data.get("timeEntryNotAllowed"):
        name = status.data.get("name")
        text = f"Time cannot be entered on a ticket in status {name}. Change the status of the ticket first."
        _refuse(write, "TimeEntryApi", text, "chargeToId")
    project = store.get("project", row.data.get("project"))
    stage = store.get("projectStatus", project.data.get("status")) if project is not None else None
    if stage is not None and stage.data.get("noTimeFlag"):
        text = f"Time cannot be entered on a project in status {stage.data.get('name')}."
        _refuse(write, "TimeEntryApi", text, "chargeToId")


def _check_company(write: Write) -> None:
    # Time against a company alone is for members who may (documented).
    member = write.store.get("member", write.record.get("member"))
    if write.record.get("company") is None:
        _refuse(write, "MissingRequiredField", "The chargeToId field is required.", "chargeToId")
    elif member is None or not member.data.get("enterTimeAgainstCompanyFlag"):
        _refuse(write, "TimeEntryApi", "The member may not enter time against a company.", "company")


def check_hours(write: Write) -> None:
    """An end or hours, and no end before the start; overlapping entries are fine."""
    record, store = write.record, write.store
    start, end = moment(record.get("timeStart")), moment(record.get("timeEnd"))
    member = store.get("member", record.get("member"))
    both = member is not None and bool(member.data.get("requireStartAndEndTimeOnTimeEntryFlag"))
    sent = write.before is not None or write.body.get("timeEnd") is not None
    if start is None:
        return
    if (both and not sent) or (end is None and record.get("actualHours") is None):
        _refuse(write, "MissingRequiredField", "The timeEnd field is required.", "timeEnd")
    elif end is not None and end < start:
        _refuse(write, "InvalidField", "The timeEnd must be after the timeStart.", "timeEnd")
    elif amount(record.get("actualHours")) < 0:
        _refuse(write, "OutOfRange", "The hoursDeduct must not exceed the hours worked.", "hoursDeduct")


def check_work(write: Write) -> None:
    """The role is legal at the location, the member active, the week's sheet not handed in."""
    record, store = write.record, write.store
    if not _moved(write):
        return
    if not is_legal(store, record.get("locationId"), record.get("workRole")):
        default = "default " if "workRole" not in write.names else ""
        text = f"The {default}Work Role is not valid for the selected location"
        _refuse(write, "InvalidField", text, "workRole")
    member = store.get("member", record.get("member"))
    if member is not None and member.data.get("inactiveFlag"):
        _refuse(write, "InvalidField", f"Member {member.data.get('identifier')} is inactive.", "member")
    sheet = sheet_for(store, record)
    before = write.before.data.get("timeSheet") if write.before is not None else None
    if sheet is not None and sheet.id != before and sheet.data.get("status") not in EDITABLE:
        text = f"The time sheet of this week is {sheet.data.get('status')}."
        _refuse(write, "TimeEntryApi", text, "timeStart")


def _is_service(ticket: dict[str, object]) -> bool:
    return ticket.get("recordType") in (None, "ServiceTicket")


def _moved(write: Write) -> bool:
    before = write.before.data if write.before is not None else None
    return before is None or any(before.get(name) != write.record.get(name) for name in _PLACED)


def _refuse(write: Write, code: str, text: str, field: str) -> None:
    write.items.append(Item(code, text, "timeEntry", field))
