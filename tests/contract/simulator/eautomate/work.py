"""A dealer with a customer whose contract holds the service item, a copier, a deposit contract and a technician."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client

IT, COPIER, BLOCK = "CN9-01", "CN9-02", "CN9-03"
JUNE = date(2026, 6, 1)
MORNING = datetime(2026, 6, 3, 9)  # noqa: DTZ001 - the server's wall clock


def furnish(client: Client) -> Client:
    """Customer AB00, technician T1."""
    client.add_agent("T1", "Tess", "Tech")
    since = {"StartDate": date(2020, 1, 1)}
    client.add_contract("AB00", IT, "MIT", BillCodeID=2, **since)
    client.add_line(IT, "CW-SERVICE", 1, 0)
    client.add_contract("AB00", COPIER, "CPC", **since)
    client.add_equipment("AB00", "EQ1", "KX 3050", Location="2nd floor")
    client.add_equipment_line(COPIER, "EQ1", 55)
    client.add_contract("AB00", BLOCK, "MIT", BillCodeID=4, TimeBlockBased=1, **since)
    return client


def charged(client: Client, **fields: Any) -> str:
    """A call at the rates of time and material, 120.00 an hour: its number."""
    return client.add_call("AB00", "IT Remote", "VPN drops", bill_code="TM", **fields)


def overridden(client: Client, call: str, amount: Decimal | None) -> None:
    """Somebody else's SQL puts an override on a call's labour."""
    key = client.call(call)["CallID"]
    text = None if amount is None else str(amount)
    client.foreign_sql("UPDATE SCCallLabors SET LaborOverride = ? WHERE CallID = ?", text, key)


def state(client: Client, call: str) -> str:
    """The status as stored."""
    return str(client.call(call)["Status"])


def rows(client: Client, statement: str, *values: Any) -> list[dict[str, Any]]:
    """What a query answers."""
    with database.transaction(client.path) as file:
        return [dict(row) for row in file.execute(statement, values)]


def refused(said: str) -> Any:
    """A refusal in these words."""
    return pytest.raises(ValueError, match=said)
