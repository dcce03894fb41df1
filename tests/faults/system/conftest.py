"""One deployment with a broker of its own and every service as its own process, customer_sync twice."""

import uuid
from collections.abc import Iterator

import pytest

from services.simulator.stage import Stage
from tests.faults.system.crew import STALE_SECONDS, Crew

SETTINGS = {
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "insert/update customers and locations",
    # Longer than lists are stale, so that absence means absence.
    "TANDEM_CUSTOMER_SYNC__SETTLE_LOOKUP": str(STALE_SECONDS + 2),
    "TANDEM_CONNECTWISE__TIMEOUT_SECONDS": "3",
    "TANDEM_CONNECTWISE_CONNECTOR__RETRY_SECONDS": "2",
    "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "1",
    "TANDEM_CONNECTWISE_CONNECTOR__SITES": "false",
    "TANDEM_CONNECTWISE_CONNECTOR__LEASE_SECONDS": "2",
    "TANDEM_EAUTOMATE_CONNECTOR__LEASE_SECONDS": "2",
    "TANDEM_CONNECTWISE_CONNECTOR__PAUSE_SECONDS": "2",
    "TANDEM_EAUTOMATE_CONNECTOR__PAUSE_SECONDS": "2",
}


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """The deployment all tests of this package work on."""
    folder = tmp_path_factory.mktemp("faults")
    with Stage(folder, prefix=f"faults{uuid.uuid4().hex[:8]}", settings=SETTINGS) as stage:
        crew = Crew(stage)
        crew.everybody()
        yield crew


@pytest.fixture
def crew(running: Crew) -> Iterator[Crew]:
    """The deployment, whole and well at the beginning of each test and at its end."""
    running.everybody()
    yield running
    running.clear_faults()
