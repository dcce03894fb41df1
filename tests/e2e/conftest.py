"""Deployments that several tests share; each test has customers and companies of its own."""

import uuid
from collections.abc import Iterator

import pytest

from services.simulator.stage import Stage
from tests.deployment import Deployment

FILTERED = {
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "update customers",
    "TANDEM_CUSTOMER_SYNC__BRANCHES": '["2"]',
    "TANDEM_CUSTOMER_SYNC__CUSTOMER_TYPES": '["MSP", "ITC"]',
    "TANDEM_CUSTOMER_SYNC__SUPPRESSED_FIELDS": '["fax"]',
}
CONTRACTED = {
    "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "update customers",
    "TANDEM_CUSTOMER_SYNC__CONTRACT_TYPES": "MIT, BKUP",
}


def _deployed(
    kafka: str, factory: pytest.TempPathFactory, name: str, settings: dict[str, str] | None = None
) -> Iterator[Deployment]:
    folder = factory.mktemp(name)
    prefix = f"{name}{uuid.uuid4().hex[:8]}"
    with Stage(folder, bootstrap_servers=kafka, prefix=prefix, settings=settings) as stage:
        deployment = Deployment(stage)
        stage.run()
        yield deployment


@pytest.fixture(scope="package")
def inserting(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Inserts and updates, no filters."""
    yield from _deployed(kafka, tmp_path_factory, "inserting")


@pytest.fixture(scope="package")
def filtered(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Updates only; branch 2, types MSP and ITC, fax suppressed."""
    yield from _deployed(kafka, tmp_path_factory, "filtered", FILTERED)


@pytest.fixture(scope="package")
def contracted(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Updates only, of customers with a managed IT contract."""
    yield from _deployed(kafka, tmp_path_factory, "contracted", CONTRACTED)
