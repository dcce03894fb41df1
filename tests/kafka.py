"""A real Apache Kafka for tests: the one named in the environment, or one started here.

A missing Kafka is a failure, never a skip.
"""

import os
import uuid
from collections.abc import Iterator

import pytest

from services.simulator.kafka.broker import Broker


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Bootstrap servers of a running Apache Kafka."""
    named = os.environ.get("TANDEM_KAFKA__BOOTSTRAP_SERVERS")
    if named:
        yield named
        return
    with Broker() as broker:
        yield broker.bootstrap_servers


@pytest.fixture
def prefix() -> str:
    """A topic prefix of this test's own."""
    return f"t{uuid.uuid4().hex[:10]}"
