"""Two workers are killed again and again while records are in flight: nothing lost, nothing backwards."""

import signal

import pytest

from tests.faults.bus.bench import Bench

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(600)]

HITS = 20


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_twenty_hits_lose_nothing(bench: Bench, how: signal.Signals) -> None:
    bench.tell("delay", "0.02")
    for name in ("a", "b"):
        bench.spawn(name)
    in_flight = 0
    stops = []
    for hit in range(HITS):
        await bench.send(300)
        alive = "ab"[hit % 2]
        incarnation = next(name for name in bench.workers if name.startswith(alive))
        await bench.until_in_flight(incarnation)
        before = bench.in_flight(incarnation)
        stops.append(bench.signal(incarnation, how))
        # After a kill -9 the ledger still shows what was in the air; a stop lets it end first.
        in_flight += (bench.in_flight(incarnation) if how is signal.SIGKILL else before) > 0
        bench.spawn(f"{alive}{hit}")
    bench.tell("delay", "0")
    await bench.until(lambda: not bench.missing(), 120, "every newest sequence in effect")
    assert in_flight >= HITS * 3 / 4
    assert bench.went_backwards() == []
    assert max(stops) < 12
    print(f"{how.name}: {in_flight}/{HITS} hits in flight, longest stop {max(stops):.1f} s")
