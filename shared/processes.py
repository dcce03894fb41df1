"""The processes Tandem knows: what each needs, and which belong together (spec/overview.md 2.3)."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from shared.checkup.finding import SETTINGS, Finding, Level
from shared.config import CommaList
from shared.eautomate.areas import Area

ENABLED = "processes.enabled"


@dataclass(frozen=True, slots=True)
class Process:
    """One service and what it cannot do without.

    Attributes:
        service: its name at ``tandem run``.
        number: the number users know it by, empty for what only serves the others.
        connectwise, eautomate: whether it talks to that system.
        areas: which part of e-automate's database it needs, when it talks to it.
        needs: numbers of processes that must be enabled as well.
        advised: processes that should be, and what happens without them.
    """

    service: str
    number: str = ""
    connectwise: bool = False
    eautomate: bool = False
    areas: tuple[Area, ...] = ("customers",)
    needs: tuple[str, ...] = ()
    advised: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """How people know it."""
        return f"{self.number} ({self.service})" if self.number else self.service


PROCESSES: tuple[Process, ...] = (
    Process("connectwise_connector", connectwise=True),
    Process("eautomate_connector", eautomate=True),
    Process("mapping"),
    Process("customer_sync", "ID747", connectwise=True, eautomate=True),
    Process(
        "agreement_sync", "ID964", connectwise=True, eautomate=True, areas=("contracts",), needs=("ID747",)
    ),
    Process(
        "service_sync",
        "ID965",
        connectwise=True,
        eautomate=True,
        areas=("contracts", "calls"),
        needs=("ID747",),
    ),
)


class ProcessesSettings(BaseModel):
    """Section ``processes``: what the dealer has subscribed to."""

    enabled: CommaList = Field(
        default=[], description="new: numbers or names of the processes that run, blank = all, e.g. ID747"
    )

    def runs(self, service: str, table: Sequence[Process] = PROCESSES) -> bool:
        """Whether a service runs; what only serves the others always does."""
        process = next((known for known in table if known.service == service), None)
        return process is None or not process.number or process.number in chosen(self, table)

    def any_runs(self, services: Iterable[str], table: Sequence[Process] = PROCESSES) -> bool:
        """Whether one of the services runs; one that this release does not have never does."""
        known = {process.service for process in table}
        return any(service in known and self.runs(service, table) for service in services)


def chosen(settings: ProcessesSettings, table: Sequence[Process] = PROCESSES) -> set[str]:
    """Numbers of the enabled processes."""
    wanted = {name.casefold() for name in settings.enabled}
    return {
        process.number
        for process in table
        if process.number
        and (not wanted or process.number.casefold() in wanted or process.service.casefold() in wanted)
    }


def check_processes(settings: ProcessesSettings, table: Sequence[Process] = PROCESSES) -> list[Finding]:
    """What is enabled and not known, or lacks what it needs."""
    known = [name for process in table for name in (process.number, process.service) if name]
    found = []
    for name in settings.enabled:
        if name.casefold() not in {one.casefold() for one in known}:
            near = difflib.get_close_matches(name.upper(), known, n=1) or difflib.get_close_matches(
                name, known, n=1
            )
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
            found.append(Finding(SETTINGS, ENABLED, Level.FAULT, f"{name} is no process", hint))
    enabled = chosen(settings, table)
    for process in table:
        if process.number in enabled:
            found += _lacking(process, enabled)
    return found


def _lacking(process: Process, enabled: Collection[str]) -> list[Finding]:
    needed = [
        Finding(
            SETTINGS,
            ENABLED,
            Level.FAULT,
            f"{process.label} needs {number}, which is not enabled",
            f"enable {number} first",
        )
        for number in process.needs
        if number not in enabled
    ]
    return needed + [
        Finding(SETTINGS, ENABLED, Level.WARNING, f"{number} is not enabled: {without}", f"enable {number}")
        for number, without in process.advised
        if number not in enabled
    ]
