"""What a time entry takes from what it is charged to and from its member, and what it shows of both."""

from services.simulator.connectwise.business.ticket_links import ticket_words
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store

TICKETS = ("ServiceTicket", "ProjectTicket", "ProjectIssue")
CHARGED = (*TICKETS, "ChargeCode", "Activity")
"""`chargeToType`; the model lacks `ProjectIssue`, live data has it."""


def charge_to(store: Store, record: Record) -> Record:
    """The ticket, project and phase of an entry, from `chargeToId` and `chargeToType`, or the other way round."""
    ident, kind = record.get("chargeToId"), record.get("chargeToType")
    if ident is None and record.get("ticket") is not None:
        ident = record["ticket"]
    if ident is None or kind not in (None, *TICKETS):
        return {"ticket": None, "project": None, "phase": None}
    ticket = store.get("ticket", ident)
    if ticket is None:
        return {"chargeToId": ident, "ticket": None, "project": None, "phase": None}
    return {
        "chargeToId": ident,
        "chargeToType": kind or ticket.data.get("recordType"),
        "ticket": ticket.id,
        "project": ticket.data.get("project"),
        "phase": ticket.data.get("phase"),
    }


def defaults(store: Store, record: Record, given: frozenset[str]) -> Record:
    """Company, agreement, place, role, type and billing of an entry; the more special wins (inferred)."""
    ticket = store.get("ticket", record.get("ticket"))
    code = _code(store, record)
    above = ticket.data if ticket is not None else code.data if code is not None else {}
    member = store.get("member", record.get("member"))
    own = member.data if member is not None else {}
    found: Record = {
        "company": above.get("company"),
        "agreement": above.get("agreement"),
        "locationId": own.get("defaultLocation") or above.get("location"),
        "businessUnitId": own.get("defaultDepartment") or above.get("department"),
        "workRole": above.get("workRole") or own.get("workRole"),
        "workType": above.get("workType") or own.get("workType") or _usual_type(store),
    }
    kind = store.get("workType", record.get("workType") if "workType" in given else found["workType"])
    found["billableOption"] = _option(kind, above.get("billTime"))
    if record.get("billableOption") == "NoDefault":
        record["billableOption"] = found["billableOption"]
    return found


def shown(store: Store, record: Record) -> Record:
    """What the entry shows of others in words (the reporting fields of 2025)."""
    member, agreement = (
        store.get("member", record.get("member")),
        store.get("agreement", record.get("agreement")),
    )
    location = store.get("location", record.get("locationId"))
    department = store.get("department", record.get("businessUnitId"))
    company = store.get("company", record.get("company"))
    types = company.data.get("types") or () if company is not None else ()
    kind = store.get("companyType", types[0] if types else None)
    territory = store.get("location", company.data.get("territory")) if company is not None else None
    cost = member.data.get("hourlyCost") if member is not None else None
    return {
        **ticket_words(store, store.get("ticket", record.get("ticket"))),
        "hourlyCost": f"{cost:.2f}" if cost is not None else None,
        "agreementType": _name(agreement, "typeName"),
        "locationName": _name(location),
        "businessGroupDesc": _name(department, "identifier"),
        "companyType": _name(kind),
        "territory": _name(territory),
    }


def _code(store: Store, record: Record) -> Row | None:
    wanted = record.get("chargeToId") if record.get("chargeToType") == "ChargeCode" else None
    return store.get("chargeCode", wanted)


def _usual_type(store: Store) -> int | None:
    rows = list(store.table("workType").after(0))
    return next((row.id for row in rows if row.data.get("overallDefaultFlag")), rows[0].id if rows else None)


def _option(kind: Row | None, above: object) -> object:
    # A work type that is not billed wins over the ticket, the ticket over everything else.
    own = kind.data.get("billTime") if kind is not None else None
    if own in ("DoNotBill", "NoCharge"):
        return own
    if above not in (None, "NoDefault"):
        return above
    return own if own not in (None, "NoDefault") else "Billable"


def _name(row: Row | None, field: str = "name") -> object:
    return row.data.get(field) if row is not None else None
