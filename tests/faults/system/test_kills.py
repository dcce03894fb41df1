"""Processes are killed in mid-work, again and again: everything is done once."""

import random
import signal
import time

import pytest

from tests.faults.system.crew import SERVICES, Crew

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

ROUNDS = 3


def test_every_service_killed_again_and_again_while_customers_flow(crew: Crew) -> None:
    crew.knobs(write_latency=0.05)
    moments = random.Random(7)  # noqa: S311
    with crew.busy(320) as numbers:
        for _ in range(ROUNDS):
            for name in moments.sample(sorted(SERVICES), len(SERVICES)):
                time.sleep(moments.uniform(0.3, 1.5))
                crew.hit(name)
    crew.knobs(write_latency=0.0)
    assert len(numbers) == 320
    crew.settled(numbers)


def test_mapping_killed_and_away_for_a_while_in_mid_work(crew: Crew) -> None:
    with crew.busy(60) as numbers:
        time.sleep(1)
        crew.stage.end("mapping", signal.SIGKILL)
        time.sleep(3)
        crew.start("mapping")
    crew.settled(numbers)
