"""Invented names and addresses. Some carry characters of code page 1252 beyond ASCII, some a second line."""

from random import Random

FIRST = [
    "Acorn",
    "Beacon",
    "Cedar",
    "Delta",
    "Ember",
    "Falcon",
    "Granite",
    "Harbor",
    "Indigo",
    "Juniper",
    "Keystone",
    "Lakeside",
    "Maple",
    "Northgate",
    "Orchard",
    "Pioneer",
    "Quarry",
    "Ridgeline",
    "Summit",
    "Timber",
    "Union",
    "Vista",
    "Willow",
    "Yellowstone",
    "Zephyr",
    "Café",
    "Señora",
    "Müller",
    "Ångström",
    "D\u2019Angelo",
    "Châtelain",
    "Nuñez",
]
SECOND = [
    "Dental",
    "Legal",
    "Freight",
    "Foods",
    "Physicians",
    "Builders",
    "Realty",
    "Schools",
    "Insurance",
    "Motors",
    "Printing",
    "Accounting",
    "Hospice",
    "Plumbing",
    "Credit",
    "Orthopedics",
    "Farms",
    "Logistics",
    "Churches",
    "Engineering",
    "Roofing",
    "Textiles",
    "Optical",
    "Pharmacy",
]
ENDING = ("Inc", "LLC", "Group", "& Sons", "Partners", "Co.", "Associates", "PC", "")
STREETS = (
    "Main St",
    "Oak Ave",
    "Commerce Pkwy",
    "2nd St",
    "Industrial Blvd",
    "Church Rd",
    "Lincoln Hwy",
    "Elm Dr",
)
SECOND_LINES = ("Suite 100", "Suite 210", "2nd Floor", "Bldg C", "PO Box 441", "Attn: Accounts Payable")
PLACES = (
    ("Akron", "OH", "44308"),
    ("Boise", "ID", "83702"),
    ("Duluth", "MN", "55802"),
    ("Erie", "PA", "16501"),
    ("Flint", "MI", "48502"),
    ("Macon", "GA", "31201"),
    ("Ocala", "FL", "34471"),
    ("Salem", "OR", "97301"),
    ("Tyler", "TX", "75702"),
    ("Cañon City", "CO", "81212"),
)
PEOPLE_FIRST = (
    "Ana",
    "Ben",
    "Cara",
    "Dan",
    "Eve",
    "Finn",
    "Gail",
    "Hank",
    "Ines",
    "Jo",
    "Kim",
    "Lou",
    "Renée",
)
PEOPLE_LAST = ("Adler", "Brandt", "Castro", "Dietz", "Evans", "Fox", "Groß", "Hale", "Ibáñez", "Jung", "Kerr")


def company(random: Random) -> str:
    """A company's name."""
    return f"{random.choice(FIRST)} {random.choice(SECOND)} {random.choice(ENDING)}".strip()


def initials(name: str) -> str:
    """First letters of the first two words, as e-automate begins a customer number."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def street(random: Random) -> str:
    """One address column; every fourth has a second line in it, with the client's line break."""
    line = f"{random.randint(1, 9899)} {random.choice(STREETS)}"
    return f"{line}\r\n{random.choice(SECOND_LINES)}" if random.random() < 0.25 else line


def phone(random: Random) -> str:
    """A telephone number nobody has."""
    return f"({random.randint(201, 979)}) 555-{random.randint(0, 9999):04d}"
