"""The acknowledgement gate.

Faust acknowledges a batch on any unwinding of its loop: a stop, a failing side task, a cancellation. The
gate stands in place of ``stream.ack`` and lets through only events whose batch is finished. Once shut it stays
shut until the app is built anew: a later batch must never commit past an unfinished one.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Ack = Callable[[Any], Awaitable[bool]]


class Gate:
    """Passes finished events, holds back all others."""

    def __init__(self) -> None:
        """Open, with nothing finished."""
        # The events themselves are held: an id alone may belong to another event by then.
        self._finished: dict[int, Any] = {}
        self._shut = False

    @property
    def is_shut(self) -> bool:
        """Whether nothing more is acknowledged by this app."""
        return self._shut

    def shut(self) -> None:
        """Acknowledge nothing from now on."""
        self._shut = True
        self._finished.clear()

    def finish(self, events: Iterable[Any]) -> None:
        """Let these events pass: everything about them is durable."""
        if not self._shut:
            self._finished.update((id(event), event) for event in events)

    def guard(self, stream: Any) -> None:
        """Put the gate in place of the stream's acknowledgement."""
        passed: Ack = stream.ack

        async def ack(event: Any) -> bool:
            if self._shut or self._finished.pop(id(event), None) is None:
                return False
            return await passed(event)

        stream.ack = ack
