import pytest

from shared.bus.progress import Progress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_work_that_does_not_move_is_a_stall(clock: Clock) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 10}, {"p0": 4})
    assert (progress.lag, progress.assigned) == (6, 1)
    clock.now = 90
    assert progress.stalled() is None
    clock.now = 91
    assert progress.stalled() == "p0: 6 messages ahead, none finished for 91 s"
    progress.finish("p0", 4)
    assert progress.stalled() is None


def test_a_partition_done_to_its_end_is_never_a_stall_and_its_clock_starts_with_new_work(
    clock: Clock,
) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 5}, {"p0": 5})
    clock.now = 1000
    progress.observe({"p0": 5}, {"p0": 5})
    assert progress.stalled() is None
    progress.observe({"p0": 6}, {"p0": 5})
    clock.now = 1080
    assert progress.stalled() is None
    clock.now = 1100
    assert progress.stalled() is not None


def test_what_retention_removed_is_no_work(clock: Clock) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 100}, {"p0": 20})
    clock.now = 60
    progress.observe({"p0": 100}, {"p0": 100})
    clock.now = 500
    assert progress.lag == 0
    assert progress.stalled() is None


def test_a_partition_that_went_and_came_back_starts_anew(clock: Clock) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 10, "p1": 10}, {})
    clock.now = 80
    progress.observe({"p1": 10}, {"p1": 10})
    assert (progress.assigned, progress.lag) == (1, 0)
    clock.now = 160
    progress.observe({"p0": 50, "p1": 10}, {"p0": 40, "p1": 10})
    assert progress.lag == 10
    clock.now = 240
    assert progress.stalled() is None
    clock.now = 251
    assert progress.stalled() is not None


def test_finishing_out_of_order_never_goes_back(clock: Clock) -> None:
    progress = Progress(clock)
    progress.observe({"p0": 10}, {"p0": 0})
    progress.finish("p0", 7)
    progress.finish("p0", 3)
    assert progress.lag == 2


def test_a_new_app_forgets_everything(clock: Clock) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 10}, {})
    clock.now = 500
    progress.restart()
    assert (progress.stalled(), progress.assigned) == (None, 0)


def test_a_shorter_patience_can_be_asked_for(clock: Clock) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 10}, {"p0": 4})
    clock.now = 50
    assert progress.stalled() is None
    assert progress.stalled(45) is not None


def test_a_broker_that_does_not_answer_is_noticed_and_forgiven_once_it_does(clock: Clock) -> None:
    progress = Progress(clock, 90)
    progress.observe({"p0": 5}, {"p0": 5})
    clock.now = 40
    assert progress.silence == 40
    progress.observe({"p0": 5}, {"p0": 5})
    assert progress.silence == 0
