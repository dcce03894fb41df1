from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.ticket_rows import (
    PROJECT,
    TICKET_FIELDS,
    TIME_FIELDS,
    TicketParts,
    joined,
    ticket,
    ticket_of,
)

HREF = {"_info": {"status_href": "https://host/v4_6_release/apis/3.0//service/boards/23"}}
TICKET: dict[str, Any] = {
    "id": 60211,
    "summary": "Core switch replacement",
    "recordType": "ServiceTicket",
    "board": {"id": 23, "name": "Help Desk", **HREF},
    "status": {"id": 412, "name": "In Progress", **HREF},
    "company": {"id": 1204, "identifier": "NorthgateDental", "name": "Northgate Dental Group"},
    "contactName": "Priya Raman",
    "type": {"id": 91, "name": "Network"},
    "agreement": {"id": 88, "name": "Managed Care - Gold", "type": "Managed Services"},
    "externalXRef": "",
    "closedFlag": True,
    "closedDate": "2025-03-05T16:00:00Z",
    "actualHours": Decimal("3.50"),
    "customFields": [],
    "_info": {"lastUpdated": "2025-03-05T16:00:00Z", "dateEntered": "2025-02-18T08:05:41Z"},
}
ENTRY: dict[str, Any] = {
    "id": 98021,
    "chargeToId": 60211,
    "chargeToType": "ServiceTicket",
    "member": {"id": 176, "identifier": "mkova", "name": "Marta Kova"},
    "workType": {"id": 3, "name": "Regular"},
    "timeStart": "2025-03-04T08:00:00Z",
    "timeEnd": "2025-03-04T11:30:00Z",
    "actualHours": Decimal("3.50"),
    "hourlyRate": Decimal("120.00"),
    "notes": "Replaced core switch.",
    "addToDetailDescriptionFlag": True,
    "addToInternalAnalysisFlag": False,
    "addToResolutionFlag": False,
    "_info": {"lastUpdated": "2025-03-31T15:40:05Z"},
}


def note(key: int, **flags: bool) -> dict[str, Any]:
    return {"id": key, "text": f"note {key}", "dateCreated": "2025-03-04T12:31:07Z", **flags}


def test_a_ticket_holds_its_time_by_start_and_what_the_connector_puts_in() -> None:
    earlier = {**ENTRY, "id": 98030, "timeStart": "2025-03-03T08:00:00Z"}
    parts = TicketParts({60211: [ENTRY, earlier]}, {}, {1204: "North Region"})
    made = ticket(joined(TICKET, parts))
    assert (made.companyTerritory, made.dateEntered) == (
        "North Region",
        datetime(2025, 2, 18, 8, 5, 41, tzinfo=UTC),
    )
    assert [(entry.id, entry.hourlyRate) for entry in made.time] == [
        (98030, Decimal("120.00")),
        (98021, Decimal("120.00")),
    ]
    assert made.agreement is not None
    assert (made.agreement.type, made.externalXRef) == ("Managed Services", None)
    assert b"_href" not in made.value()
    assert b"lastUpdated" not in made.value()


def test_a_moved_stamp_alone_is_no_other_content() -> None:
    later = {**TICKET, "_info": {**TICKET["_info"], "lastUpdated": "2025-04-01T00:00:00Z"}}
    assert (
        ticket(joined(later, TicketParts())).content_hash()
        == ticket(joined(TICKET, TicketParts())).content_hash()
    )


@pytest.mark.parametrize(
    ("internal", "described", "resolved", "travels"),
    [
        (True, False, False, False),
        (True, True, False, True),
        (True, False, True, True),
        (False, False, False, True),
        (False, True, False, True),
    ],
)
def test_notes_of_time_that_is_internal_analysis_only_stay_in_connectwise(
    internal: bool, described: bool, resolved: bool, travels: bool
) -> None:
    entry = {
        **ENTRY,
        "addToInternalAnalysisFlag": internal,
        "addToDetailDescriptionFlag": described,
        "addToResolutionFlag": resolved,
    }
    row = joined(TICKET, TicketParts({60211: [entry]}))
    assert ("Replaced core switch." in str(row)) is travels
    assert (ticket(row).time[0].notes is not None) is travels


def test_internal_notes_are_never_asked_for() -> None:
    assert "internalNotes" not in (*TICKET_FIELDS, *TIME_FIELDS)


def test_descriptions_and_resolutions_travel_and_what_is_internal_does_not() -> None:
    notes = [
        note(4, resolutionFlag=True),
        note(1, detailDescriptionFlag=True),
        note(2, internalAnalysisFlag=True),
        note(3, detailDescriptionFlag=True, internalAnalysisFlag=True),
        note(5, detailDescriptionFlag=True, internalFlag=True),
        note(6),
    ]
    row = joined(TICKET, TicketParts(notes={60211: notes}))
    assert [one.id for one in ticket(row).notes] == [1, 4]
    assert "note 2" not in str(row)
    assert "note 3" not in str(row)


def test_a_project_ticket_says_by_its_flag_what_it_is() -> None:
    plain = {name: value for name, value in TICKET.items() if name != "recordType"}
    of_project = {**plain, "project": {"id": 310, "name": "Clinic"}, "phase": {"id": 915, "name": "Cutover"}}
    made = ticket(joined({**of_project, "isIssueFlag": False}, TicketParts(), PROJECT))
    assert (made.recordType, made.project and made.project.id, made.phase and made.phase.name) == (
        "ProjectTicket",
        310,
        "Cutover",
    )
    assert ticket(joined({**plain, "isIssueFlag": True}, TicketParts(), PROJECT)).recordType == "ProjectIssue"


def test_an_empty_date_is_none_and_a_wrong_one_is_named() -> None:
    assert ticket(joined({**TICKET, "closedDate": ""}, TicketParts())).closedDate is None
    with pytest.raises(MalformedRecordError, match=r"^ticket 60211 as ConnectWise sent it: closedDate: "):
        ticket(joined({**TICKET, "closedDate": "soon"}, TicketParts()))
    with pytest.raises(MalformedRecordError, match=r"time\.0\.timeStart"):
        ticket(joined(TICKET, TicketParts({60211: [{**ENTRY, "timeStart": None}]})))


@pytest.mark.parametrize(
    ("kind", "owner"),
    [
        ("ServiceTicket", 60211),
        ("ProjectTicket", 60211),
        ("ProjectIssue", 60211),
        ("ChargeCode", None),
        ("Activity", None),
        (None, None),
    ],
)
def test_time_of_other_charges_is_no_tickets(kind: str | None, owner: int | None) -> None:
    assert ticket_of({"chargeToId": 60211, "chargeToType": kind}) == owner
