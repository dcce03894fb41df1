"""Agreement invoices become contracts: what that costs, beside a reader that does nothing but read the same."""

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from services.simulator.demo.dealer import customers as everybody_of
from services.simulator.eautomate.seed import Shares, seed
from services.simulator.stage import ALL, Stage
from shared.config import ConnectWiseSettings
from shared.connectwise.agreements import AgreementInvoices
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from tests.bench.result import Result

INVOICES = 10_000
EACH = 20
"""Agreements of one company."""
CHUNK = 2_000
CONCURRENCY = 5
AT_ONCE = 300
"""Invoices the bare reader asks for together, as many as a pass of the connector."""
REQUESTS_AIM = 1.1
"""Read once: what Tandem wrote itself comes back as a change and costs nothing. The rest is what starting up asks."""
SECONDS_AIM = 10.0
LONGEST = 7200.0
QUIET = 15.0
ASK_SECONDS = 5.0
ITEMS = (("MS-SEAT", 12, "39.50"), ("SUB-OFFICE", 12, "22.00"))
SETTINGS = {
    "TANDEM_CONNECTWISE_CONNECTOR__SITES": "false",
    "TANDEM_CONNECTWISE_CONNECTOR__MEMBERS": "false",
    # What is measured is a first reading, not how often it is looked for changes.
    "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "3600",
    "TANDEM_EAUTOMATE_CONNECTOR__POLL_SECONDS": "5",
    "TANDEM_CONNECTWISE__CONCURRENCY": str(CONCURRENCY),
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "mapping only",
    "TANDEM_CUSTOMER_SYNC__COMPANY_TYPE": "",
    "TANDEM_AGREEMENT_SYNC__SERVICE_ITEM": "CW-SERVICE",
    "TANDEM_AGREEMENT_SYNC__DEFAULT_CONTRACT_TEMPLATE": "**CW Default-01",
    "TANDEM_LOG_LEVEL": "WARNING",
}


def measure(kafka: str, prefix: str, invoices: int = INVOICES) -> list[Result]:
    """Requests per invoice and seconds per 1,000 invoices, as shares of what the bare reader needs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        companies = -(-invoices // EACH)
        everybody = Shares(configured=1.0, never=0.0, held=0.0, inactive=0.0, prospects=0.0)
        seed(path / "eautomate.db", companies + 1, 0, contracts=0, shares=everybody)
        numbers = [row.number for row in everybody_of(path / "eautomate.db") if not row.special]
        with Stage(path, bootstrap_servers=kafka, prefix=prefix, settings=SETTINGS) as stage:
            _map(stage, numbers)
            ids = _bill(stage, len(numbers), invoices)
            bare_seconds, bare_processor, bare_requests = asyncio.run(_bare(stage, ids))
            seconds, processor, requests = _ours(stage, len(ids))
    thousands = len(ids) / 1000
    per_invoice = f"{requests / len(ids):.3f} an invoice, bare reader {bare_requests / len(ids):.3f}"
    per_thousand = (
        f"{seconds / thousands:.1f} s per 1,000, bare reader {bare_seconds / thousands:.1f} s; "
        f"of the processor {processor / thousands:.1f} s and {bare_processor / thousands:.1f} s; "
        f"{len(ids)} invoices of {2 + len(ITEMS)} contract lines in {seconds:.0f} s"
    )
    return [
        Result("invoices: requests / bare reader", requests / bare_requests, REQUESTS_AIM, per_invoice, True),
        Result("invoices: seconds / bare reader", seconds / bare_seconds, SECONDS_AIM, per_thousand, True),
    ]


def _map(stage: Stage, numbers: list[str]) -> None:
    """Every customer is linked before anything is billed."""
    found = [
        {"identifier": number, "name": f"Company {number}", "addressLine1": "1 Main St"} for number in numbers
    ]
    stage.control.post("/seed", json={"company": found}, timeout=300).raise_for_status()
    stage.run(TANDEM_PROCESSES__ENABLED="ID747")
    end = time.monotonic() + 1800
    while stage.counted("tandem_writes_total", system="e-automate", action="stored") < len(numbers):
        if time.monotonic() > end:
            raise TimeoutError(f"{len(numbers)} customers were not mapped")
        time.sleep(0.2)
    stage.end(ALL)


def _bill(stage: Stage, companies: int, invoices: int) -> list[int]:
    """Monthly agreements with a flat amount and two additions, invoiced this month; RecIDs of the invoices."""
    day = datetime.now(UTC).date().replace(day=1)
    with stage.api() as api:
        params = {"pageSize": "1000", "fields": "id", "conditions": "deletedFlag=false", "orderBy": "id"}
        owners = [
            int(company["id"])
            for page in range(1, companies // 1000 + 2)
            for company in api.get("/company/companies", params=params | {"page": str(page)}).json()
        ]
    for start in range(0, invoices, CHUNK):
        places = range(start, min(start + CHUNK, invoices))
        agreements = [_agreement(place, owners[-1 - place // EACH], day) for place in places]
        _seed(stage, agreement=agreements)
        _seed(stage, addition=[addition for place in places for addition in _additions(place, day)])
    raised = stage.control.post(
        "/invoice", json={"through": day.isoformat()}, timeout=3600
    ).raise_for_status()
    found: list[int] = raised.json()["ids"]
    if len(found) != invoices:
        raise RuntimeError(f"{len(found)} of {invoices} invoices were raised")
    return found


FIRST = 100_000
"""RecID of the first agreement; additions are numbered after it."""


def _agreement(place: int, company: int, day: date) -> dict[str, Any]:
    return {
        "id": FIRST + place,
        "name": f"Managed {place}",
        "type": {"name": "Managed Services"},
        "company": {"id": company},
        "billingCycle": {"id": 2},
        "billAmount": 500,
        "startDate": "2024-01-01T00:00:00Z",
        "billStartDate": f"{day}T00:00:00Z",
        "nextInvoiceDate": f"{day}T00:00:00Z",
    }


def _additions(place: int, day: date) -> list[dict[str, Any]]:
    return [
        {
            "id": FIRST + place * len(ITEMS) + number,
            "agreement": {"id": FIRST + place},
            "product": {"identifier": item},
            "quantity": quantity,
            "unitPrice": float(price),
            "effectiveDate": "2024-01-01T00:00:00Z",
        }
        for number, (item, quantity, price) in enumerate(ITEMS)
    ]


def _seed(stage: Stage, **records: list[dict[str, Any]]) -> None:
    stage.control.post("/seed", json=records, timeout=600).raise_for_status()


async def _bare(stage: Stage, ids: list[int]) -> tuple[float, float, int]:
    """Seconds, of them the processor's, and requests of reading every invoice through the client the services use."""
    settings = ConnectWiseSettings(
        url=stage.connectwise_url,
        company=stage.tenant.company,
        public_key=SecretStr(stage.tenant.public_key),
        private_key=SecretStr(stage.tenant.private_key),
        client_id=SecretStr(stage.tenant.client_id),
        concurrency=CONCURRENCY,
    )
    before = _asked(stage)
    async with ConnectWise(settings, "bench", Limiter("bench", 1e6, CONCURRENCY)) as client:
        reader = AgreementInvoices(client)
        began, spent = time.monotonic(), time.process_time()
        read = 0
        for start in range(0, len(ids), AT_ONCE):
            read += len(await reader.by_ids(ids[start : start + AT_ONCE]))
        seconds, processor = time.monotonic() - began, time.process_time() - spent
    if read != len(ids):
        raise RuntimeError(f"{read} of {len(ids)} invoices were read")
    return seconds, processor, _asked(stage) - before


def _ours(stage: Stage, invoices: int) -> tuple[float, float, int]:
    """Seconds from the first invoice published to the last contract made, and all requests until nothing happens.

    The second figure is Tandem's processor seconds between the two. Our own contracts come back as changes: what
    they would ask for counts.
    """
    before = _asked(stage)
    stage.run()
    began = spent = asked = refused = 0.0
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if not began and stage.counted("tandem_published_total", entity="invoice"):
            began, spent = time.monotonic(), stage.counted("process_cpu_seconds_total")
        if _contracts(stage) >= invoices:
            seconds = time.monotonic() - began
            processor = stage.counted("process_cpu_seconds_total") - spent
            _quiet(stage)
            return seconds, processor, _asked(stage) - before
        # Seldom: the figures are put together by the process that is measured.
        if time.monotonic() > asked + ASK_SECONDS:
            refused = stage.counted("tandem_dead_letters_total", agent="agreement_sync")
            asked = time.monotonic()
        if refused:
            raise RuntimeError(f"{refused:.0f} invoices were refused: {stage.tandem('cases', 'ls')[:2000]}")
        time.sleep(0.2)
    raise TimeoutError(
        f"{_contracts(stage)} of {invoices} invoices became contracts in {LONGEST / 3600:.0f} hours"
    )


def _quiet(stage: Stage) -> None:
    """Wait until nothing was published or finished for some passes over e-automate."""
    seen, since = (-1.0, -1.0), time.monotonic()
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        now = (stage.counted("tandem_published_total"), stage.counted("tandem_changes_total"))
        if now != seen:
            seen, since = now, time.monotonic()
        elif time.monotonic() - since > QUIET:
            return
        time.sleep(0.5)
    raise TimeoutError("there was no end of changes")


def _contracts(stage: Stage) -> int:
    # Without the writers' lock, which ``transaction`` would take.
    with closing(sqlite3.connect(f"file:{stage.eautomate_file}?mode=ro", uri=True, timeout=30)) as file:
        statement = "SELECT COUNT(*) FROM SCContracts WHERE ContractMajor LIKE 'CW-%'"
        return int(file.execute(statement).fetchone()[0])


def _asked(stage: Stage) -> int:
    stats: dict[str, int] = stage.control.get("/stats").raise_for_status().json()
    return sum(stats.values())
