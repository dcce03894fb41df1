"""How far a long read is: a bar on a terminal, a log line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)

LOG_SECONDS = 10.0

Advance = Callable[[int], None]

log = structlog.get_logger(__name__)


@contextmanager
def shown(label: str, total: int | None = None) -> Iterator[Advance]:
    """Show the progress of a read.

    Args:
        label: what is read.
        total: records there are, None when nobody knows.

    Yields:
        Takes the number of records that are done in addition.
    """
    with (_bar if sys.stderr.isatty() else _lines)(label, total) as advance:
        yield advance


@contextmanager
def _bar(label: str, total: int | None) -> Iterator[Advance]:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)


@contextmanager
def _lines(label: str, total: int | None) -> Iterator[Advance]:
    begun = said = time.monotonic()
    done = 0

    def advance(count: int) -> None:
        nonlocal done, said
        done += count
        if time.monotonic() - said >= LOG_SECONDS:
            said = time.monotonic()
            log.info(label, done=done, total=total)

    log.info(f"{label}: begun", total=total)
    yield advance
    log.info(f"{label}: done", records=done, seconds=round(time.monotonic() - begun, 1))
