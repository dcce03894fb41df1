"""First sync of customers against a bare loop that sends the same writes at the same concurrency."""

import asyncio
import tempfile
import time
from pathlib import Path

import httpx

from services.simulator.eautomate.seed import Shares, seed
from services.simulator.stage import Stage
from tests.bench.result import Result

CUSTOMERS = 2000
CONCURRENCY = 5
# The real service takes longer; a stand-in that answers at once would measure our processors only.
WRITE_SECONDS = 0.05


def measure(kafka: str, prefix: str, customers: int = CUSTOMERS) -> Result:
    """Seconds of the bare loop divided by ours."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        everybody = Shares(configured=1.0, never=0.0, held=0.0, inactive=0.0, prospects=0.0)
        seed(path / "eautomate.db", customers + 1, 0, shares=everybody)
        settings = {
            "TANDEM_EAUTOMATE_CONNECTOR__POLL_SECONDS": "15",
            "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "15",
            "TANDEM_CONNECTWISE__CONCURRENCY": str(CONCURRENCY),
            "TANDEM_LOG_LEVEL": "WARNING",
        }
        with Stage(path, bootstrap_servers=kafka, prefix=prefix, settings=settings) as stage:
            stage.control.post("/knobs", json={"write_latency": WRITE_SECONDS}).raise_for_status()
            stage.run()
            posts = _wait(stage, customers)
            ours = posts[-1]["time"] - posts[0]["time"]
            bodies = [_body(company) for company in stage.companies()]
            stage.end("all")
            stage.control.post("/reset", json={}).raise_for_status()
            bare = asyncio.run(_bare(stage, bodies))
    return Result(
        "first sync / bare loop",
        bare / ours,
        0.8,
        f"{customers} customers: {ours:.1f} s, bare loop {bare:.1f} s; {customers / ours:.0f} customers/s",
    )


def _wait(stage: Stage, customers: int) -> list[dict[str, float]]:
    end = time.monotonic() + 300
    while time.monotonic() < end:
        made = stage.control.get("/stats").json().get("POST company/companies", 0)
        if made >= customers:
            rows = stage.control.get("/requests", params={"method": "POST"}).json()
            return sorted(_times(rows), key=lambda row: row["time"])
        time.sleep(0.5)
    raise TimeoutError(f"the first sync of {customers} customers did not end")


def _times(rows: list[dict[str, object]]) -> list[dict[str, float]]:
    return [{"time": _seconds(row["time"])} for row in rows]


def _seconds(value: object) -> float:
    return float(str(value))


def _body(company: dict[str, object]) -> dict[str, object]:
    names = (
        "identifier",
        "accountNumber",
        "name",
        "addressLine1",
        "addressLine2",
        "city",
        "state",
        "zip",
        "phoneNumber",
        "faxNumber",
        "website",
    )
    return {name: company[name] for name in names if company.get(name)} | {
        "site": {"name": "Main"},
        "types": [{"id": 1}],
    }


async def _bare(stage: Stage, bodies: list[dict[str, object]]) -> float:
    waiting = list(reversed(bodies))
    api = stage.api()
    async with httpx.AsyncClient(
        base_url=api.base_url, auth=api.auth, headers=api.headers, timeout=60, trust_env=False
    ) as client:

        async def worker() -> None:
            while waiting:
                answer = await client.post("/company/companies", json=waiting.pop())
                answer.raise_for_status()

        began = time.monotonic()
        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
        return time.monotonic() - began
