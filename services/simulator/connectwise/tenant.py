"""The invented tenant on its first day: setup tables and members."""

from decimal import Decimal
from typing import Any

from services.simulator.connectwise.business.security import role_settings
from services.simulator.connectwise.business.system import pair_departments
from services.simulator.connectwise.business.work import pair_roles
from services.simulator.connectwise.entities.agreement import AGREEMENT_POD
from services.simulator.connectwise.entities.company import COMPANY_POD
from services.simulator.connectwise.entities.invoice import INVOICE_POD
from services.simulator.connectwise.entities.ticket import TICKET_POD
from services.simulator.connectwise.fields import Kind, Record
from services.simulator.connectwise.settings import Settings
from services.simulator.connectwise.store import Store
from services.simulator.connectwise.tenant_billing import BILLING
from services.simulator.connectwise.tenant_service import SERVICE

_FOUNDED = "2019-01-07T10:00:00Z"
_ADMIN = "zAdmin"


def furnish(store: Store, settings: Settings) -> None:
    """Fill an empty store with the setup a tenant has on its first day."""
    for name, rows in (_SETUP | BILLING | SERVICE).items():
        for row in rows:
            _put(store, name, row)
    for location in store.table("location").after(0):
        pair_departments(store, location, 0.0)
        pair_roles(store, location, 0.0)
    for row in _MEMBERS:
        _put(store, "member", row)
    _put(store, "member", _member(182, settings.member, "API", "Integration", "A"))


def _put(store: Store, name: str, row: Record) -> None:
    entity = store.entities[name]
    record: Record = {
        field.name: field.default
        for field in entity.fields
        if field.default is not None and field.kind is not Kind.REF
    }
    record.update(row, _lastUpdated=_FOUNDED, _updatedBy=_ADMIN, _dateEntered=_FOUNDED, _enteredBy=_ADMIN)
    store.put(name, int(row["id"]), record, 0.0)


def _names(*names: str, first: int = 1, **more: Any) -> list[Record]:
    return [
        {"id": first + place, "name": name, "defaultFlag": place == 0, **more}
        for place, name in enumerate(names)
    ]


def _member(ident: int, identifier: str, first: str, last: str, licence: str) -> Record:
    mail = f"{identifier.lower()}@northgate.example"
    return {
        "id": ident,
        "identifier": identifier,
        "firstName": first,
        "lastName": last,
        "licenseClass": licence,
        "type": 2,
        "timeZone": 1,
        "officeEmail": mail,
        "primaryEmail": mail,
        "defaultEmail": "Office",
        "defaultPhone": "Office",
        "securityRole": 63 if licence == "F" else 64,
        "adminFlag": identifier == _ADMIN,
        "structureLevel": 1,
        "securityLocation": 11,
        "defaultLocation": 11,
        "defaultDepartment": 10,
        "workRole": 18,
        "workType": 3,
        "dailyCapacity": Decimal(8),
        "hourlyCost": Decimal(48),
        "hourlyRate": Decimal(120),
        "requireTimeSheetEntryFlag": licence == "F",
        "hireDate": "2019-09-02T00:00:00Z",
    }


_MEMBERS = [
    _member(150, _ADMIN, "Zoe", "Admin", "F"),
    _member(176, "mkova", "Marta", "Kova", "F"),
    _member(177, "bfielding", "Ben", "Fielding", "F"),
    _member(178, "opark", "Olive", "Park", "F"),
]


def _custom(
    ident: int, caption: str, place: int, screen: str = "company", pod: int = COMPANY_POD[0]
) -> Record:
    return {
        "id": ident,
        "podId": pod,
        "screenId": screen,
        "caption": caption,
        "sequenceNumber": place,
        "fieldTypeIdentifier": "Text",
        "entryTypeIdentifier": "EntryField",
        "numberDecimals": 0,
        "requiredFlag": False,
        "displayOnScreenFlag": True,
        "readOnlyFlag": False,
        "listViewFlag": False,
        "dateCreated": _FOUNDED,
        "connectWiseID": f"a91e0d34-6c70-4f6b-8e11-5d2b7c4f90{ident:02d}",
    }


_COUNTRIES = [
    ("United States", "US", "1", 2),
    ("Canada", "CA", "1", 3),
    ("United Kingdom", "GB", "44", 4),
    ("Ireland", "IE", "353", 1),
    ("Belgium", "BE", "32", 1),
    ("Netherlands", "NL", "31", 1),
    ("Germany", "DE", "49", 1),
    ("France", "FR", "33", 1),
    ("Australia", "AU", "61", 2),
    ("New Zealand", "NZ", "64", 2),
    ("South Africa", "ZA", "27", 2),
]
_STATES = (
    "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,"
    "DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,"
    "KS Kansas,KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,"
    "MS Mississippi,MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,"
    "NM New Mexico,NY New York,NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,"
    "PA Pennsylvania,RI Rhode Island,SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,"
    "VT Vermont,VA Virginia,WA Washington,WV West Virginia,WI Wisconsin,WY Wyoming"
)
_PROVINCES = "AB Alberta,BC British Columbia,MB Manitoba,NS Nova Scotia,ON Ontario,QC Quebec,SK Saskatchewan"


def _states() -> list[Record]:
    listed = [(one, 1) for one in _STATES.split(",")] + [(one, 2) for one in _PROVINCES.split(",")]
    return [
        {"id": place, "identifier": one.split(" ", 1)[0], "name": one.split(" ", 1)[1], "country": country}
        for place, (one, country) in enumerate(listed, start=1)
    ]


def _currency(ident: int, symbol: str, code: str, name: str, *, default: bool = False) -> Record:
    return {
        "id": ident,
        "symbol": symbol,
        "currencyCode": code,
        "decimalSeparator": ".",
        "thousandsSeparator": ",",
        "numberOfDecimals": 2,
        "name": name,
        "defaultFlag": default,
    }


_TAX = {"invoiceCaption": "Sales tax", "effectiveDate": "2019-01-01T00:00:00Z"}
_RATE = {
    "levelOneRate": Decimal("0.08"),
    "levelOneRateType": "Percent",
    "levelOneCaption": "State",
    "levelOneServicesFlag": True,
    "levelOneProductsFlag": True,
}
_SETUP: dict[str, list[Record]] = {
    "currency": [
        _currency(7, "$", "USD", "US Dollar", default=True),
        _currency(8, "€", "EUR", "Euro"),
        _currency(9, "£", "GBP", "Pound Sterling"),
    ],
    "country": [
        {"id": place, "name": name, "countryCode": code, "dialingPrefix": prefix, "defaultFlag": place == 1}
        for place, (name, code, prefix, _) in enumerate(_COUNTRIES, start=1)
    ],
    "state": _states(),
    "companyStatus": [
        *_names("Active", "Inactive", "Not-Approved"),
        {
            "id": 4,
            "name": "Delinquent",
            "notifyFlag": True,
            "notificationMessage": "Ask accounting before any work.",
        },
        {
            "id": 5,
            "name": "CH",
            "notifyFlag": True,
            "disallowSavingFlag": True,
            "notificationMessage": "On hold.",
        },
    ],
    "companyType": [
        *_names("Client", "Prospect"),
        {"id": 3, "name": "Vendor", "vendorFlag": True},
        {"id": 4, "name": "Partner"},
        {"id": 5, "name": "Former Client"},
    ],
    "market": _names("Professional Services", "Healthcare", "Manufacturing", "Legal", "Education"),
    "ownershipType": _names("Private", "Public", "Non-profit"),
    "entityType": _names("Corporation", "Limited company", "Charity"),
    "timeZoneSetup": _names("GMT/UTC", "US Eastern", "(UTC+01:00) Brussels"),
    "calendar": _names("Standard office hours"),
    "invoiceTemplate": _names("Standard invoice"),
    "pricingSchedule": _names("Standard prices"),
    "billingDelivery": _names("Mail", "Email"),
    "sicCode": _names("7370 Computer services"),
    "taxCode": [
        {"id": 9, "identifier": "STD", "description": "Standard rate", **_TAX, **_RATE, "defaultFlag": True},
        {"id": 10, "identifier": "EXEMPT", "description": "Tax exempt", **_TAX, "defaultFlag": False},
    ],
    "billingTerm": [
        {"id": 4, "name": "Net 30", "dueDays": 30, "defaultFlag": True},
        {"id": 5, "name": "Net 14", "dueDays": 14, "defaultFlag": False},
        {"id": 6, "name": "Due on receipt", "dueDays": 0, "defaultFlag": False},
    ],
    "structureLevel": _names("Corporate", "Location", "Sales"),
    "securityRole": [{"id": 63, "name": "Technician"}, {"id": 64, "name": "API", "adminFlag": True}],
    "securityRoleSetting": [
        {"id": place, **setting}
        for place, setting in enumerate(role_settings(63, "All") + role_settings(64, "All"), start=1)
    ],
    "communicationType": [
        {"id": 1, "description": "Email", "emailFlag": True, "defaultFlag": True},
        {"id": 2, "description": "Direct", "phoneFlag": True, "defaultFlag": True},
        {"id": 3, "description": "Fax", "faxFlag": True, "defaultFlag": True},
        {"id": 4, "description": "Cell", "phoneFlag": True},
    ],
    "contactType": [{"id": 5, "description": "Approver"}, {"id": 6, "description": "End user"}],
    "memberType": _names("Manager", "Technician"),
    "location": [
        {
            "id": 11,
            "ownerLevelId": 11,
            "structureLevel": 2,
            "name": "Central Office",
            "locationFlag": True,
            "clientFlag": True,
            "defaultFlag": True,
            "departmentIds": [10, 12],
            "workRoleIds": [18, 19, 20, 21],
        },
        {
            "id": 38,
            "ownerLevelId": 38,
            "structureLevel": 2,
            "name": "North Region",
            "clientFlag": True,
            "departmentIds": [10],
            "workRoleIds": [18, 19],
        },
    ],
    "department": [
        {"id": 10, "identifier": "Services", "name": "Professional Services"},
        {"id": 12, "identifier": "Sales", "name": "Sales"},
    ],
    # The ids are of no regular pattern on purpose: callers are to resolve them by caption.
    "userDefinedField": [
        _custom(37, "ZCJ_OnHoldCode", 1),
        _custom(44, "ZCJ_SalesRep", 2),
        _custom(51, "ZCJ_ContractNumber", 1, "agreement", AGREEMENT_POD[0]),
        _custom(58, "ERP Doc No", 1, "invoice", INVOICE_POD[0]),
        _custom(65, "ERP Call No", 1, "service", TICKET_POD[0]),
    ],
}
