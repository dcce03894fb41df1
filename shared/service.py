"""What a service is to the process that runs it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter


@dataclass(frozen=True, slots=True)
class Health:
    """An answer of a probe with its reason, for people."""

    ok: bool
    reason: str


class Service:
    """One service: runs until told to stop, and tells how it is.

    ``run`` returns when ``stop`` is set. An exception leaving ``run`` is a fatal error: the process builds the
    service anew, and exits 70 the third time.
    """

    name: ClassVar[str]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then finish what is in hand and return."""
        raise NotImplementedError

    def live(self) -> Health:
        """Whether progress is made; a process that is not live is restarted. A declared pause is live."""
        raise NotImplementedError

    def ready(self) -> Health:
        """Whether work is being taken."""
        raise NotImplementedError

    def routers(self) -> Sequence[APIRouter]:
        """HTTP routes the service adds to the process's port."""
        return ()
