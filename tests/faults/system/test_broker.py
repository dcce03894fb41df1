"""Kafka goes away under load and comes back; history is told again: nothing lost, nothing twice."""

import time
from collections.abc import Callable

import pytest

from services.simulator.kafka.broker import Broker
from shared.events import topics
from tests.deployment import AGENT, until
from tests.faults.system.crew import Crew

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

OFFSETS = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"


@pytest.mark.parametrize("down", [Broker.stop, Broker.kill], ids=["stopped", "killed"])
def test_kafka_restarted_under_load_loses_nothing(crew: Crew, down: Callable[[Broker], None]) -> None:
    with crew.busy(80) as numbers:
        time.sleep(1.5)
        down(crew.stage.broker)
        time.sleep(2)
        crew.stage.broker.start()
    crew.settled(numbers)


def test_all_changes_told_again_twice_write_nothing_on_either_side(crew: Crew) -> None:
    numbers = crew.wave(40)
    crew.settled(numbers)
    changes = topics.change(crew.kafka.topic_prefix, "eautomate", "customer")
    told = len(crew.messages(changes))
    assert told > 80
    writes, rows = crew.stage.writes(), crew.row_versions()
    for _ in range(2):
        for name in ("sync-1", "sync-2"):
            crew.stage.end(name)
        until(lambda: changes in _rewound(crew), "offsets are set back", 30, every=1.0)
        before = len(crew.messages(topics.outcomes(crew.kafka.topic_prefix)))
        crew.everybody()
        until(lambda: crew.behind() == 0, "everything is told again", 60, every=0.5)
        assert len(crew.messages(topics.outcomes(crew.kafka.topic_prefix))) > before
    assert crew.stage.writes() == writes
    assert crew.row_versions() == rows
    crew.settled(numbers)


def _rewound(crew: Crew) -> str:
    """What Kafka's tool printed; it sets nothing back, and tells no failure, while a member has not left yet."""
    group = f"{crew.kafka.topic_prefix}-{AGENT}"
    return crew.stage.broker.tool(
        OFFSETS, "--bootstrap-server", crew.kafka.bootstrap_servers, "--group", group,
        "--all-topics", "--reset-offsets", "--to-earliest", "--execute",
    )  # fmt: skip
