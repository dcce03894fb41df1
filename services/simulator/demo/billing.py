"""The agreements of the demo's month-end: what is agreed, and the awkward ones among them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import httpx

from services.simulator.demo.dealer import Row
from services.simulator.stage import Stage

MANAGED, BACKUP, COMANAGED, COMPLIANCE = "Managed Services", "Backup", "Co-Managed IT", "Compliance"
EXTENDED, PRORATED, PAYER, EARLY, UNTYPED = 0, 1, 2, 3, 29
"""Places of the awkward ones: an extended price that does not multiply out, an addition that began in the middle of
the month, an invoice somebody else pays, a contract billed too early, a type whose template is mistyped."""
PAYING_COMPANY = "HARBORCO"


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreement.

    Attributes:
        customer: number of the customer in e-automate.
        additions: product, quantity, unit price.
    """

    customer: str
    company: int
    kind: str
    flat: Decimal
    additions: Sequence[tuple[str, Decimal, Decimal]]
    key: int = 0


@dataclass(slots=True)
class Books:
    """What was agreed and billed so far.

    Attributes:
        invoices: RecIDs of ConnectWise invoices by their number.
        current: number of this month's invoice, by the agreement's place.
    """

    agreed: list[Agreed] = field(default_factory=list)
    invoices: dict[str, int] = field(default_factory=dict)
    current: dict[int, str] = field(default_factory=dict)


def agree(stage: Stage, rows: Sequence[Row], count: int, first_day: date) -> list[Agreed]:
    """Enter some agreements with customers that have a company.

    Args:
        first_day: when they begin.
    """
    with stage.api() as api:
        types = _by(api, "/finance/agreements/types", "name")
        items = _by(api, "/procurement/catalog", "identifier")
    types[COMPLIANCE] = _entered(stage, "agreementType", _like(types[MANAGED], stage))
    found = []
    for place, row in enumerate(rows[:count]):
        wanted = _wanted(place, row)
        found.append(_agreement(stage, wanted, types, items, first_day))
    return found


def invoice(stage: Stage, agreed: Agreed, day: date) -> tuple[str, int]:
    """Raise an agreement's invoice of the month that begins on a day; its number and RecID."""
    body = {"agreement": agreed.key, "date": day.isoformat()}
    made = stage.control.post("/invoice", json=body).raise_for_status().json()
    return made["invoiceNumber"], int(made["id"])


def _wanted(place: int, row: Row) -> Agreed:
    company = int(row.recid)
    if place == UNTYPED:
        return Agreed(
            row.number, company, COMPLIANCE, Decimal(350), [("SUB-EDR", Decimal(40), Decimal("4.25"))]
        )
    if place % 3 == 2:
        storage = ("BKP-100GB", Decimal(4 + place), Decimal("12.00"))
        return Agreed(
            row.number, company, BACKUP, Decimal(), [storage, ("BKP-SERVER", Decimal(2), Decimal(85))]
        )
    kind = COMANAGED if place % 5 == 4 else MANAGED
    seats = ("MS-SEAT", Decimal(5 + place), Decimal("39.50"))
    mail = (
        ("SUB-MAIL", Decimal(3), Decimal("8.33"))
        if place == EXTENDED
        else ("SUB-OFFICE", Decimal(3), Decimal(22))
    )
    return Agreed(row.number, company, kind, Decimal(400 + 25 * place), [seats, mail])


def _agreement(
    stage: Stage, wanted: Agreed, types: dict[str, int], items: dict[str, int], first_day: date
) -> Agreed:
    contact = _entered(stage, "contact", {"firstName": "Pat", "company": {"id": wanted.company}})
    begins = f"{first_day.isoformat()}T00:00:00Z"
    key = _entered(
        stage,
        "agreement",
        {
            "name": wanted.kind,
            "type": {"id": types[wanted.kind]},
            "company": {"id": wanted.company},
            "contact": {"id": contact},
            "startDate": begins,
            "billStartDate": begins,
            "noEndingDateFlag": True,
            "billAmount": float(wanted.flat),
        },
    )
    made = Agreed(wanted.customer, wanted.company, wanted.kind, wanted.flat, wanted.additions, key)
    for product, quantity, price in wanted.additions:
        add(stage, made, items[product], quantity, price, first_day)
    return made


def add(stage: Stage, agreed: Agreed, item: int, quantity: Decimal, price: Decimal, day: date) -> None:
    """Enter an addition that holds from a day on."""
    body = {
        "product": {"id": item},
        "quantity": float(quantity),
        "unitPrice": float(price),
        "billCustomer": "Billable",
        "effectiveDate": f"{day.isoformat()}T00:00:00Z",
    }
    with stage.api() as api:
        api.post(f"/finance/agreements/{agreed.key}/additions", json=body).raise_for_status()


def multiplies_out_to(stage: Stage, invoice_id: int, product: str, amount: Decimal) -> None:
    """Give a row of an invoice an extended price of its own, as a rounded discount does."""
    with stage.api() as api:
        conditions = {"conditions": f"invoice/id={invoice_id}"}
        rows = api.get("/procurement/products", params=conditions).raise_for_status().json()
    (row,) = [row for row in rows if row["catalogItem"]["identifier"] == product]
    edit(stage, "product", int(row["id"]), extPrice=float(amount))


def item_id(stage: Stage, product: str) -> int:
    """RecID of a catalog item."""
    with stage.api() as api:
        return _by(api, "/procurement/catalog", "identifier")[product]


def edit(stage: Stage, entity: str, key: int, **changes: Any) -> None:
    """Somebody edits a record in ConnectWise."""
    stage.control.post(f"/human/{entity}/{key}", json={"changes": changes}).raise_for_status()


def paying_company(stage: Stage) -> int:
    """A company that pays for others and that no customer is linked to yet; its RecID."""
    record = {
        "identifier": PAYING_COMPANY,
        "name": "Harbor Holdings",
        "site": {"name": "Main"},
        "addressLine1": "1 Quay",
        "types": [{"id": 1}],
    }
    return _entered(stage, "company", record)


def _entered(stage: Stage, entity: str, record: dict[str, Any]) -> int:
    made = stage.control.post(f"/human/{entity}", json={"record": record}).raise_for_status()
    return int(made.json()["id"])


def _like(kind: int, stage: Stage) -> dict[str, Any]:
    """Another agreement type with the options of one that exists."""
    with stage.api() as api:
        found = api.get(f"/finance/agreements/types/{kind}").raise_for_status().json()
    left_out = {"id", "_info", "name", "defaultFlag"}
    return {"name": COMPLIANCE} | {name: value for name, value in found.items() if name not in left_out}


def _by(api: httpx.Client, path: str, name: str) -> dict[str, int]:
    rows = api.get(path, params={"pageSize": "1000"}).raise_for_status().json()
    return {row[name]: int(row["id"]) for row in rows}
