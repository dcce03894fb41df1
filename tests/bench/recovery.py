"""How long after a kill -9 of one of two workers the last of its customers is written again."""

import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from services.simulator.eautomate.seed import Shares, seed
from services.simulator.stage import Stage
from tests.bench.result import Result

CUSTOMERS = 60
PATIENCE_SECONDS = 60.0


def measure(kafka: str, prefix: str) -> Result:
    """Seconds from the kill until every customer edited right after it is up to date."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        seed(path / "eautomate.db", CUSTOMERS + 1, 0, shares=Shares(1.0, 0.0, 0.0, 0.0, 0.0))
        settings = {"TANDEM_LOG_LEVEL": "WARNING"}
        with Stage(path, bootstrap_servers=kafka, prefix=prefix, settings=settings) as stage:
            stage.run("mapping", "eautomate_connector", "connectwise_connector", name="others")
            for worker in ("first", "second"):
                stage.run("customer_sync", name=worker)
            _until(lambda: len(stage.companies()) >= CUSTOMERS)
            numbers = {str(company["accountNumber"]) for company in stage.companies()}
            stage.end("first", signal.SIGKILL)
            killed = time.monotonic()
            for number in numbers:
                stage.people.save_customer(number, Phone1="555-0100")
            _until(
                lambda: (
                    sum(company.get("phoneNumber") == "555-0100" for company in stage.companies())
                    >= len(numbers)
                )
            )
            seconds = time.monotonic() - killed
    detail = f"{len(numbers)} customers edited after one of two workers was killed"
    return Result("kill -9 to the last effect, seconds", seconds, 12, detail, at_most=True)


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("not all customers came through")
        time.sleep(0.1)
