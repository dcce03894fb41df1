import asyncio

import pytest

from shared.config import ConnectWiseSettings
from shared.connectwise.errors import TransientError
from shared.connectwise.limiter import Limiter, Pause, limiter, share
from tests.unit.shared.connectwise.clock import FakeClock


def made(
    clock: FakeClock, per_minute: float = 60, concurrency: int = 5, pause: Pause | None = None
) -> Limiter:
    return Limiter("s", per_minute, concurrency, pause=pause, clock=clock, sleep=clock.sleep)


@pytest.mark.parametrize("per_minute", [60, 900])
async def test_no_minute_sees_more_requests_than_the_budget(per_minute: int) -> None:
    clock = FakeClock()
    limit = made(clock, per_minute)
    times: list[float] = []
    for _ in range(per_minute * 3):
        async with limit.slot():
            times.append(clock.now)
    busiest = max(sum(1 for other in times if start <= other < start + 60) for start in times)
    assert busiest <= per_minute
    assert times[-1] - times[0] < 60 * 3.5


async def test_a_burst_within_the_bucket_does_not_wait() -> None:
    clock = FakeClock()
    limit = made(clock, 100)
    for _ in range(10):
        async with limit.slot():
            pass
    assert clock.slept == []


async def test_a_pause_the_server_asked_for_holds_every_service_of_the_tenant() -> None:
    clock = FakeClock()
    pause = Pause(clock)
    mine, other = made(clock, pause=pause), made(clock, pause=pause)
    mine.hold(30)
    mine.hold(5)
    async with other.slot():
        assert clock.now == 1030.0


async def test_a_wait_longer_than_allowed_is_an_error_that_tells_how_long_and_costs_nothing() -> None:
    clock = FakeClock()
    limit = made(clock)
    limit.hold(30)
    with pytest.raises(TransientError) as caught:
        async with limit.slot(max_wait=10):
            pytest.fail("let through")
    assert caught.value.retry_after == pytest.approx(30)
    assert clock.slept == []


async def test_no_more_calls_run_at_once_than_allowed() -> None:
    limit = Limiter("s", 100_000, 3)
    running = most = 0

    async def call() -> None:
        nonlocal running, most
        async with limit.slot():
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.001)
            running -= 1

    await asyncio.gather(*(call() for _ in range(20)))
    assert most == 3


def test_shares_of_the_budget_may_not_add_up_to_more_than_one() -> None:
    settings = ConnectWiseSettings(requests_per_minute=900)
    assert share(settings, {"a": 0.4, "b": 0.6}) == {"a": 360, "b": 540}
    with pytest.raises(ValueError, match=r"a 0\.7, b 0\.6"):
        share(settings, {"b": 0.6, "a": 0.7})
    with pytest.raises(ValueError, match="a 0"):
        share(settings, {"a": 0})


def test_a_budget_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing through"):
        Limiter("s", 0, 1)


async def test_services_of_one_process_share_the_pause_of_their_tenant_only() -> None:
    here = ConnectWiseSettings(url="https://one.example", company="x")
    there = ConnectWiseSettings(url="https://two.example", company="x")
    limiter(here, "a", 0.5).hold(60)
    with pytest.raises(TransientError):
        async with limiter(here, "b", 0.5).slot(max_wait=1):
            pytest.fail("let through")
    async with limiter(there, "b", 0.5).slot(max_wait=1):
        pass
