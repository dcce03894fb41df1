"""Invented customer companies, made through the write engine."""

import random

from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.entities.company import COMPANY
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.settings import Knobs
from services.simulator.connectwise.store import Store
from services.simulator.connectwise.write import Author, Writer

_FIRST = (
    *("Harbour", "Bright", "Cedar", "Northwind", "Summit", "Lakeside", "Beacon", "Granite", "Willow"),
    *("Silver", "Redwood", "Ironbridge", "Clearwater", "Oakfield", "Sterling", "Meadow", "Kestrel"),
    *("Foundry", "Juniper", "Larkspur", "Millbrook", "Pinnacle", "Riverside", "Saffron", "Thornbury"),
)
_SECOND = (
    *("Dental", "Logistics", "Architects", "Legal", "Accounting", "Veterinary", "Foods", "Engineering"),
    *("Academy", "Pharmacy", "Interiors", "Insurance", "Robotics", "Surveyors", "Housing", "Optics"),
    *("Printing", "Travel", "Wealth", "Brewing"),
)
_THIRD = ("Group", "Partners", "Ltd", "Co", "Associates", "Services", "Holdings", "Clinic", "Works", "Trust")
_STREETS = (
    "Harbour Street",
    "Mill Lane",
    "High Street",
    "Station Road",
    "Park Avenue",
    "Canal Walk",
    "Elm Drive",
)
_CITIES = (
    ("Portland", "OR", "97201"),
    ("Austin", "TX", "73301"),
    ("Columbus", "OH", "43085"),
    ("Raleigh", "NC", "27601"),
    ("Madison", "WI", "53703"),
    ("Tucson", "AZ", "85701"),
    ("Albany", "NY", "12207"),
)


def add_companies(store: Store, clock: Clock, count: int, seed: int = 1) -> None:
    """Create invented customer companies through the write engine; the same seed gives the same names."""
    chance = random.Random(seed)  # noqa: S311 -- names, not secrets
    writer = Writer(store, clock, Knobs(), Author("mkova", "Member"), "2025.1")
    for _ in range(count):
        writer.create(COMPANY, _company(store, chance))


def _company(store: Store, chance: random.Random) -> Record:
    words = (chance.choice(_FIRST), chance.choice(_SECOND), chance.choice(_THIRD))
    city, state, postcode = chance.choice(_CITIES)
    base = identifier = "".join(words)[:20]
    again = 1
    while store.table("company").find("identifier", identifier):
        again += 1
        identifier = f"{base}{again}"
    return {
        "identifier": identifier,
        "name": " ".join(words) + (f" {again}" if again > 1 else ""),
        "site": {"name": "Main"},
        "types": [{"id": 1}],
        "addressLine1": f"{chance.randint(1, 240)} {chance.choice(_STREETS)}",
        "city": city,
        "state": state,
        "zip": postcode,
        "country": {"id": 1},
        "phoneNumber": f"555{chance.randint(1000000, 9999999)}",
        "website": f"www.{identifier.lower()}.example",
    }
