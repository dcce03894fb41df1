"""Kafka stays away: a declared pause that costs next to nothing, and work that goes on when it is back."""

import os
import time
from pathlib import Path

import pytest

from tests.deployment import until
from tests.faults.system.crew import SERVICES, Crew

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(240)]

AGENTS = {"sync-1": "customer_sync", "sync-2": "customer_sync", "error_reporting": "error_reporting"}
MEASURED_SECONDS = 12.0
CORE_MOST = 0.08
"""Of a core, a process; connectors poll their systems meanwhile."""
LINES_MOST = 5
"""Of log, a process."""
BACK_SECONDS = 15.0


def test_a_broker_that_stays_away_is_a_pause_that_costs_next_to_nothing(crew: Crew) -> None:
    before = crew.wave(3)
    crew.settled(before)
    crew.stage.broker.kill()
    meanwhile = crew.wave(5)
    until(lambda: all(_pauses(crew, name) for name in AGENTS), "every agent pauses", 60, every=0.5)
    seconds, lines = _spent(crew), _told(crew)
    time.sleep(MEASURED_SECONDS)
    used = {name: (spent - seconds[name]) / MEASURED_SECONDS for name, spent in _spent(crew).items()}
    said = {name: count - lines[name] for name, count in _told(crew).items()}
    assert max(used.values()) < CORE_MOST, used
    assert max(said.values()) <= LINES_MOST, said
    for name in SERVICES:
        assert crew.health(name, "livez")[0] == 200
    for name, service in AGENTS.items():
        status, body = crew.health(name, "readyz")
        assert status == 503
        assert "Kafka has not answered for" in body[service]["reason"]
    crew.stage.broker.start()
    began = time.monotonic()
    until(lambda: all(crew.numbered(number) for number in meanwhile), "work goes on", 60)
    assert time.monotonic() - began < BACK_SECONDS
    crew.settled([*before, *meanwhile])
    print(f"of a core: {used}; lines: {said}; at work after {time.monotonic() - began:.1f} s")


def _pauses(crew: Crew, name: str) -> bool:
    body = crew.health(name, "readyz")[1].get(AGENTS[name], {})
    return str(body.get("reason", "")).startswith("paused: ")


def _spent(crew: Crew) -> dict[str, float]:
    """CPU seconds of each process so far."""
    return {name: _cpu(crew.stage.pid(name)) for name in SERVICES}


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _told(crew: Crew) -> dict[str, int]:
    """Lines of log of each process so far."""
    return {name: (crew.stage.folder / f"{name}.log").read_bytes().count(b"\n") for name in SERVICES}
