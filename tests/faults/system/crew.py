"""Every service as a process of its own, ended and started again; customers that keep coming meanwhile."""

import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from services.customer_sync.locations.matching import SITE_PROPERTY
from services.simulator.eautomate.codes import CONFIGURATION
from services.simulator.stage import Stage
from tests.deployment import Deployment, until

STALE_SECONDS = 3.0
LOCATION = {"City": "Akron", "State": "OH", "ShTrackingConfigID": CONFIGURATION}
SERVICES = {
    "mapping": "mapping",
    "eautomate_connector": "eautomate_connector",
    "connectwise_connector": "connectwise_connector",
    "sync-1": "customer_sync",
    "sync-2": "customer_sync",
    "error_reporting": "error_reporting",
}
EVERY_EIGHTH = 8
"""So many customers have one location between them."""


class Crew(Deployment):
    """A deployment that can lose any of its members.

    Attributes:
        services: by the name of the process.
    """

    services: ClassVar[dict[str, str]] = SERVICES

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self._added = 0

    def everybody(self) -> None:
        """Start who is missing and wait until all take work."""
        for name in self.services:
            self.start(name)
        for name in self.services:
            self.stage.wait_ready(name)

    def start(self, name: str) -> None:
        """Start a process unless it runs."""
        if not self.stage.running(name):
            self.stage.run(self.services[name], name=name, wait=False)

    def hit(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """End a process and start it again at once."""
        self.stage.end(name, how)
        self.start(name)

    def wave(self, count: int) -> list[str]:
        """New customers; their numbers."""
        numbers = []
        for _ in range(count):
            self._added += 1
            number = f"F{self._added:05d}"
            self.add_customer(number, f"Faulty {number}", Phone1=f"555-{self._added:05d}")
            if self._added % EVERY_EIGHTH == 0:
                self.people.add_location(number, f"{number}-A", f"Annex {number}", **LOCATION)
            numbers.append(number)
        return numbers

    def change(self, numbers: list[str]) -> None:
        """Give customers another phone."""
        for number in numbers:
            self.people.save_customer(number, Phone1=f"777-{random.randrange(100000):05d}")  # noqa: S311

    @contextmanager
    def busy(self, new: int, every: float = 0.05) -> Iterator[list[str]]:
        """Customers come and change while the block runs; the list holds all of them at its end."""
        numbers: list[str] = []
        done = threading.Event()

        def work() -> None:
            while len(numbers) < new:
                numbers.extend(self.wave(1))
                if len(numbers) % 4 == 0:
                    self.change([random.choice(numbers)])  # noqa: S311
                done.wait(every)

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield numbers
        finally:
            done.set()
            thread.join()

    def settled(self, numbers: list[str], seconds: float = 90.0) -> None:
        """Wait until everybody works and all are in step; then nothing is twice and nothing is left open.

        A location may have been told before its head office had a company (C6); nothing else may be refused.
        """
        self.everybody()
        self.in_step(numbers, seconds)
        until(
            lambda: not self.without_one_site(numbers), "every location has its one site", seconds, every=1.0
        )
        letters = [
            (letter.record, letter.code, letter.header("kafka_dlt-exception-message"))
            for letter in self.letters()
        ]
        assert [letter for letter in letters if letter[1] != "C6"] == []
        until(lambda: not self.open_cases(), "no case is open", 30, every=1.0)

    def without_one_site(self, numbers: list[str]) -> list[str]:
        """Locations without exactly one site of their name, or that do not hold its RecID."""
        found = []
        with self.stage.api() as api:
            for number in numbers:
                if int(number[1:]) % EVERY_EIGHTH:
                    continue
                sites = api.get(f"/company/companies/{self.recid(number)}/sites").raise_for_status().json()
                own = [str(site["id"]) for site in sites if site["name"] == f"Annex {number}"]
                held = self.people.properties(f"{number}-A").get(SITE_PROPERTY) or ""
                if own != [held]:
                    found.append(f"{number}-A holds {held!r}, sites {own}")
        return found

    def open_cases(self) -> str:
        """What ``tandem cases ls`` lists, empty when there is none."""
        told = self.stage.tandem("cases", "ls", "--json").splitlines()
        return "\n".join(line for line in told if line.startswith("{"))
