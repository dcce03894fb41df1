"""What reading costs when nothing changed: list requests for each 1,000 records."""

import tempfile
import time
from pathlib import Path

from services.simulator.stage import Stage
from tests.bench.result import Result

COMPANIES = 20_100
PASSES = 8


def measure(kafka: str, prefix: str) -> Result:
    """List requests per 1,000 unchanged companies of a full comparison."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "1",
            "TANDEM_CONNECTWISE_CONNECTOR__SITES": "false",
            "TANDEM_CONNECTWISE_CONNECTOR__OVERLAP_SECONDS": "1",
            "TANDEM_LOG_LEVEL": "WARNING",
        }
        with Stage(Path(folder), bootstrap_servers=kafka, prefix=prefix, settings=settings) as stage:
            companies = [
                {"identifier": f"C{number}", "name": f"Company {number}", "addressLine1": "1 Main St"}
                for number in range(COMPANIES)
            ]
            for start in range(0, COMPANIES, 5000):
                stage.control.post(
                    "/seed", json={"company": companies[start : start + 5000]}
                ).raise_for_status()
            stage.run("connectwise_connector")
            _requests_settle(stage)
            stage.end("connectwise_connector")
            stage.control.delete("/requests").raise_for_status()
            stage.run("connectwise_connector", TANDEM_CONNECTWISE_CONNECTOR__SWEEP_SECONDS="2")
            _requests_settle(stage)
            walks = _walks(stage)
    per_thousand = min(walks) / (COMPANIES / 1000)
    detail = f"{COMPANIES} unchanged companies compared in full: {min(walks)} list requests"
    return Result("list requests per 1,000 unchanged", per_thousand, 1.05, detail, at_most=True)


def _walks(stage: Stage) -> list[int]:
    """Requests of each complete walk over all companies: a walk begins where no page is named."""
    rows = stage.control.get("/requests", params={"path": "/company/companies$"}).json()
    lists = [str(row["query"]).lower() for row in rows if row["method"] == "GET"]
    walks: list[int] = []
    for query in (text for text in lists if "conditions" not in text):
        if "pageid" not in query:
            walks.append(0)
        if walks:
            walks[-1] += 1
    if len(walks) < 2:
        raise RuntimeError(f"no complete walk was seen in {len(lists)} list requests")
    # The last one may not have ended.
    return walks[:-1]


def _requests_settle(stage: Stage, seconds: float = 60.0) -> None:
    """Wait until the connector has been through everything several times."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        metrics = stage.metrics("connectwise_connector")
        if metrics.get("tandem_pass_seconds_count", 0) >= PASSES:
            return
        time.sleep(0.2)
    raise TimeoutError("the connector did not complete its passes")
