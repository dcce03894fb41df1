"""One deployment on the common broker, every service as its own process, agreement_sync twice."""

import uuid
from collections.abc import Iterator

import pytest

from services.simulator.stage import Stage
from tests.faults.billing.clerks import Clerks
from tests.faults.system.conftest import SETTINGS
from tests.faults.system.crew import STALE_SECONDS

BILLING = SETTINGS | {
    "TANDEM_AGREEMENT_SYNC__SETTLE_LOOKUP": str(STALE_SECONDS + 2),
    "TANDEM_AGREEMENT_SYNC__DEFAULT_CONTRACT_TEMPLATE": "**CW Default-01",
    "TANDEM_AGREEMENT_SYNC__SERVICE_ITEM": "CW-SERVICE",
    "TANDEM_AGREEMENT_SYNC__REQUIRE_ACKNOWLEDGEMENT": "No",
    "TANDEM_AGREEMENT_SYNC__RENUMBER_INVOICES": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_CONTRACT_NUMBER": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_INVOICE_NUMBER": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_INVOICE_NUMBER_FIELD": "ERP Doc No",
    "TANDEM_AGREEMENT_SYNC__PUSH_PAID": "Yes",
}


@pytest.fixture(scope="package")
def running(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clerks]:
    """The deployment all tests of this package work on."""
    folder = tmp_path_factory.mktemp("billing")
    prefix = f"billing{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=BILLING) as stage:
        clerks = Clerks(stage)
        clerks.everybody()
        yield clerks


@pytest.fixture
def clerks(running: Clerks) -> Iterator[Clerks]:
    """The deployment, whole and well at the beginning of each test and at its end."""
    running.everybody()
    yield running
    running.clear_faults()
