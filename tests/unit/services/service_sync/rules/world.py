"""A ticket, and a dealer in whom everything fits it; tests alter one thing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.service_sync.rules.decide import Plan, decide_seen, decide_taken
from services.service_sync.rules.gathered import Codes, Gathered, Stage, Staged, Technician
from services.service_sync.rules.plan import CallPlan, Header
from services.service_sync.settings import ServiceSyncSettings
from shared.eautomate.contract_rows import Item
from shared.eautomate.rows import Code
from shared.events.calls import Call
from shared.events.contracts import Contract, ContractLine
from shared.events.records import Customer, Reference
from shared.events.tickets import Ticket, TimeEntry
from shared.sync.decision import Apply, Check, Decision, Wait

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
START = datetime(2026, 5, 4, 13, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
TICKET, COMPANY, MEMBER, CUSTOMER, TECHNICIAN, ITEM = 60211, 1204, 176, 7, 31, 500
LATER = 42
"""A sequence."""


def settings(**given: Any) -> ServiceSyncSettings:
    """Everything that is required, and what a test gives."""
    needed = {
        "ticket_statuses": ["Completed"],
        "default_bill_code": "V5",
        "default_call_type": "CM",
        "default_activity_code": "LAB",
        "service_item": "CW-SERVICE",
    }
    return ServiceSyncSettings.model_validate({**needed, **given})


def entry(ident: int = 98021, hours: str = "1.5", start: datetime = START, **given: Any) -> TimeEntry:
    """Time of the member who is linked; ``hours`` from ``start`` on."""
    end = start + timedelta(seconds=int(Decimal(hours) * 3600))
    known: dict[str, Any] = {
        "member": Reference(id=MEMBER, identifier="mkova", name="Marta Kova"),
        "workType": Reference(id=3, name="Regular"),
        "workRole": Reference(id=18, name="Network Engineer"),
        "timeEnd": end,
        "actualHours": Decimal(hours),
        "billableOption": "Billable",
        "hourlyRate": Decimal(120),
        "notes": "Replaced core switch.",
    }
    return TimeEntry.model_validate({"id": ident, "timeStart": start, **known, **given})


def ticket(*time: TimeEntry, **given: Any) -> Ticket:
    """A completed service ticket, with an hour and a half unless other time is given."""
    known: dict[str, Any] = {
        "summary": "Core switch replacement",
        "recordType": "ServiceTicket",
        "board": Reference(id=23, name="Help Desk"),
        "status": Reference(id=412, name="Completed"),
        "company": Reference(id=COMPANY, identifier="NorthgateDental", name="Northgate Dental Group"),
        "contactName": "Priya Raman",
        "contactPhoneNumber": "3292250111",
        "type": Reference(id=91, name="Network"),
        "closedFlag": True,
        "closedDate": datetime(2026, 5, 19, 3, tzinfo=UTC),
        "dateEntered": datetime(2026, 5, 4, 12, tzinfo=UTC),
        "time": time or (entry(),),
    }
    return Ticket.model_validate({"id": TICKET, **known, **given})


def code(ident: int, name: str, description: str = "", *, active: bool = True) -> Code:
    """A row of a code table."""
    return Code(ident, name, description or name, active)


def codes(**given: dict[str, Code]) -> Codes:
    """The dealer's codes, those of a table replaced."""
    known = {
        "call_types": {"cm": code(1, "CM"), "network": code(2, "Network")},
        "activity_codes": {"lab": code(11, "LAB"), "free": code(12, "FREE"), "travel": code(13, "TRAVEL")},
        "bill_codes": {"v5": code(21, "V5"), "it-mc": code(22, "IT-MC")},
        "hold_codes": {"ch": code(41, "CH"), "late": code(42, "LATE")},
    }
    return Codes(**{**known, **given})


def technician(ident: int = TECHNICIAN, number: str = "E001", *, usable: bool = True) -> Technician:
    """An employee."""
    return Technician(ident, number, "Marta Kova", usable)


def contract(ident: int = 900, number: str = "CW-900-01", **given: Any) -> Contract:
    """An active contract that holds the standard item."""
    known: dict[str, Any] = {
        "customer_id": CUSTOMER,
        "bill_code": "IT-MC",
        "start_date": date(2026, 1, 1),
        "lines": (ContractLine(contract_detail_id=1, item_id=ITEM),),
    }
    return Contract.model_validate({"contract_id": ident, "number": number, **known, **given})


def call(ident: int = 1140, number: str = "SC1140", **given: Any) -> Call:
    """A call of the customer."""
    return Call.model_validate(
        {"call_id": ident, "number": number, "status": "P", "customer_id": CUSTOMER, **given}
    )


def customer(ident: int = CUSTOMER, number: str = "1001", **given: Any) -> Customer:
    """A customer."""
    return Customer.model_validate(
        {
            "customer_id": ident,
            "number": number,
            "name": "Northgate Dental Group",
            "parent_id": ident,
            **given,
        }
    )


def item(**given: Any) -> Item:
    """The standard serviceable item."""
    known: dict[str, Any] = {
        "item_id": ITEM, "number": "CW-SERVICE", "description": "Service", "active": True, "serviceable": True,
        "inventory_code": None, "expense_code": "EXP", "sales_code": "S", "service_code": None, "category": None,
        "unit": None, "base_distribution_code": None, "row_version": "0" * 16,
    }  # fmt: skip
    return Item(**{**known, **given})


def row(made: Ticket | None = None, **given: Any) -> Staged:
    """A ticket that was taken."""
    known: dict[str, Any] = {"stage": Stage.STAGED, "due": 0.0, "sequence": 5, "taken_at": NOW}
    taken = made if made is not None else ticket()
    return Staged(**{"subject": taken.subject, "ticket": taken, **known, **given})


def gathered(**given: Any) -> Gathered:
    """What fits the ticket, what a test gives in its place."""
    known: dict[str, Any] = {
        "company_id": COMPANY,
        "customer": customer(),
        "technicians": {MEMBER: technician()},
        "codes": codes(),
        "item": item(),
    }
    return Gathered(NOW, ZONE, **{**known, **given})


def seen(made: Ticket, held: Gathered | None = None, **given: Any) -> Decision[Plan]:
    """What becomes of a ticket that changed."""
    return decide_seen(made, LATER, held if held is not None else gathered(), settings(**given))


def taken(made: Ticket | None = None, held: Gathered | None = None, **given: Any) -> Decision[Plan]:
    """What becomes of a ticket that was taken."""
    held = held if held is not None else gathered()
    known = held.row if held.row is not None else row(made)
    return decide_taken(known, replace(held, row=known), settings(**given))


def planned(decision: Decision[Plan]) -> CallPlan:
    """The plan of a decision that makes or completes a call."""
    assert isinstance(decision, Apply), decision
    assert isinstance(decision.plan, CallPlan), decision.plan
    return decision.plan


def header_of(decision: Decision[Plan]) -> Header:
    """The header of the call to make."""
    head = planned(decision).header
    assert head is not None
    return head


def waits(decision: Decision[Plan], code: str) -> Wait:
    """The wait, of this code."""
    assert isinstance(decision, Wait), decision
    assert decision.code == code, decision.reason
    return decision


def check_of(decision: Decision[Plan], name: str) -> Check:
    """The check of this name."""
    return next(check for check in decision.checks if check.name == name)
