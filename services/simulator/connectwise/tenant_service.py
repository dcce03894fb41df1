"""The invented tenant's service desk on its first day: boards and their words, work roles and types, projects."""

from decimal import Decimal

from services.simulator.connectwise.fields import Record

_HELP_DESK, _INTERNAL, _PROJECTS = 23, 25, 31
_PLACE = {"location": 11, "department": 10}
_OPEN = {"displayOnBoard": True, "escalationStatus": "NotResponded"}
_WORKING = {"displayOnBoard": True, "escalationStatus": "Responded"}
_CLOSED = {"closedStatus": True, "escalationStatus": "Resolved", "displayOnBoard": False}
_NO_TIME = {"timeEntryNotAllowed": True}


def _statuses(board: int, first: int, *rows: tuple[str, Record]) -> list[Record]:
    return [
        {
            "id": first + place,
            "name": name,
            "board": board,
            "sortOrder": 10 * (place + 1),
            "defaultFlag": place == 0,
            **more,
        }
        for place, (name, more) in enumerate(rows)
    ]


def _words(board: int, first: int, *names: str, **more: object) -> list[Record]:
    return [{"id": first + place, "name": name, "board": board, **more} for place, name in enumerate(names)]


def _board(ident: int, name: str, **more: object) -> Record:
    return {
        "id": ident,
        "name": name,
        **_PLACE,
        "billUnapprovedTimeExpenseFlag": True,
        "billTime": "Billable",
        "billExpense": "Billable",
        "billProduct": "Billable",
        **more,
    }


def _type(ident: int, name: str, how: str = "Multiplier", rate: str = "1", **more: object) -> Record:
    return {
        "id": ident,
        "name": name,
        "billTime": "Billable",
        "rateType": how,
        "rate": Decimal(rate),
        "overallDefaultFlag": ident == 3,
        **more,
    }


_HALF, _QUARTER = Decimal("0.5"), Decimal("0.25")

SERVICE: dict[str, list[Record]] = {
    "workRole": [
        {"id": 18, "name": "Network Engineer", "hourlyRate": Decimal(120), "locationIds": [11, 38]},
        {"id": 19, "name": "Help Desk Technician", "hourlyRate": Decimal(95), "locationIds": [11, 38]},
        {"id": 20, "name": "Project Manager", "hourlyRate": Decimal(150), "locationIds": [11]},
        {"id": 21, "name": "Administration", "hourlyRate": Decimal(0), "locationIds": [11]},
    ],
    "workType": [
        _type(3, "Regular"),
        _type(4, "After Hours", rate="1.5", hoursMin=Decimal(1)),
        _type(5, "Emergency", "Custom", "225", hoursMin=Decimal(1)),
        _type(6, "Remote Support", roundBillHoursTo=_QUARTER, hoursMin=_HALF),
        _type(7, "Travel", "AdjAmount", "-40", hoursMax=Decimal(2)),
        _type(8, "Courtesy", billTime="NoCharge"),
        _type(9, "Internal", billTime="DoNotBill"),
    ],
    "chargeCode": [
        {"id": 1, "name": "Administrative", "timeEntryFlag": True, "billTime": "DoNotBill", **_PLACE},
        {"id": 2, "name": "Training", "timeEntryFlag": True, "billTime": "DoNotBill", **_PLACE},
    ],
    "board": [
        _board(_HELP_DESK, "Help Desk", defaultFlag=True),
        _board(_INTERNAL, "Internal", billTime="DoNotBill", billExpense="DoNotBill"),
        _board(_PROJECTS, "Projects", projectFlag=True),
    ],
    "boardStatus": [
        *_statuses(
            _HELP_DESK,
            411,
            ("New", _OPEN),
            ("In Progress", _WORKING),
            ("Waiting Customer", _WORKING),
            ("Scheduled", _WORKING),
            ("Completed", {"displayOnBoard": True, "escalationStatus": "Resolved"}),
            ("Waiting Parts (old)", {"inactive": True}),
            (">Closed", {**_CLOSED, **_NO_TIME}),
            (">Cancelled", {**_CLOSED, **_NO_TIME}),
        ),
        *_statuses(_INTERNAL, 431, ("New", _OPEN), ("In Progress", _WORKING), (">Closed", _CLOSED)),
        *_statuses(
            _PROJECTS,
            520,
            ("New", _OPEN),
            ("Scheduled", _WORKING),
            ("In Progress", _WORKING),
            ("Completed", {"displayOnBoard": True}),
            (">Closed", {**_CLOSED, **_NO_TIME}),
        ),
    ],
    "boardType": [
        *_words(
            _HELP_DESK, 91, "Network", "Server", "Workstation", "Printer", "Email", "Security", "User Setup"
        ),
        *_words(_INTERNAL, 101, "Administration", "Vehicle"),
        *_words(_PROJECTS, 111, "Implementation", "Migration"),
    ],
    "boardSubType": [
        {"id": 203, "name": "Firewall", "board": _HELP_DESK, "typeAssociationIds": [91]},
        {"id": 204, "name": "Switch", "board": _HELP_DESK, "typeAssociationIds": [91]},
        {"id": 205, "name": "Hardware", "board": _HELP_DESK, "typeAssociationIds": [92, 93, 94]},
        {"id": 206, "name": "Software", "board": _HELP_DESK, "typeAssociationIds": [92, 93, 95]},
    ],
    "boardItem": _words(_HELP_DESK, 57, "Configuration", "Replacement", "Troubleshooting"),
    "boardTeam": [
        {"id": 10, "name": "Service team", "board": _HELP_DESK, "defaultFlag": True, "members": [176, 177]},
        {"id": 11, "name": "Field team", "board": _HELP_DESK, "members": [178]},
        {"id": 12, "name": "Project team", "board": _PROJECTS, "defaultFlag": True, "members": [178]},
    ],
    "priority": [
        {"id": 6, "name": "Priority 1 - Critical", "color": "Red", "sortOrder": 1},
        {"id": 7, "name": "Priority 2 - High", "color": "Orange", "sortOrder": 2},
        {"id": 8, "name": "Priority 3 - Normal", "color": "Yellow", "sortOrder": 3, "defaultFlag": True},
        {"id": 9, "name": "Priority 4 - Low", "color": "White", "sortOrder": 4},
    ],
    "serviceSource": [
        {"id": 1, "name": "Email Connector"},
        {"id": 2, "name": "Phone", "defaultFlag": True},
        {"id": 3, "name": "Portal"},
        {"id": 4, "name": "Integration"},
    ],
    "serviceLocation": [
        {"id": 1, "name": "On-Site", "where": "OnSite", "defaultFlag": True},
        {"id": 2, "name": "Remote", "where": "Remote"},
        {"id": 3, "name": "In-House", "where": "InHouse"},
    ],
    **{
        name: [
            {"id": place, "name": word, "description": f"{word} {name}", "defaultFlag": word == "Medium"}
            for place, word in enumerate(("Low", "Medium", "High"), start=1)
        ]
        for name in ("severity", "impact")
    },
    "projectType": [
        {"id": 8, "name": "Implementation", "defaultFlag": True, "integrationXref": "PT-IMPL"},
        {"id": 9, "name": "Migration"},
    ],
    "projectStatus": [
        {"id": 1, "name": "Open", "defaultFlag": True},
        {"id": 2, "name": "On Hold", "noTimeFlag": True},
        {"id": 3, "name": "Closed", "closedFlag": True, "noTimeFlag": True},
    ],
    "phaseStatus": [
        {"id": 1, "name": "Open", "defaultFlag": True},
        {"id": 2, "name": "Completed", "closedFlag": True},
    ],
}
