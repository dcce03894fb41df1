"""Test and production (spec/overview.md 4.5).

In test mode a process reads the live ConnectWise and writes the test e-automate; nothing is ever written to
ConnectWise. Topics and store must be its own, or links of the test would become links of production.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from shared.config import KafkaSettings, StoreSettings

_MARK = re.compile(r"(?<![a-z])test", re.IGNORECASE)
# A word that begins so: a folder called `latest` is no test.


class Mode(StrEnum):
    """Which deployment a process belongs to."""

    TEST = "test"
    PRODUCTION = "production"

    @property
    def writes_to_connectwise(self) -> bool:
        """Whether anything may be created or changed in ConnectWise."""
        return self is Mode.PRODUCTION


def shared_with_production(kafka: KafkaSettings, store: StoreSettings) -> Iterator[tuple[str, str, str]]:
    """What a test deployment does not have for itself: (setting, what is wrong, what to do); the URL is not told."""
    if _MARK.search(kafka.topic_prefix) is None:
        yield (
            "kafka.topic_prefix",
            f"test mode needs topics of its own, and {kafka.topic_prefix!r} has no word 'test' in it",
            f"e.g. {kafka.topic_prefix}-test",
        )
    if _MARK.search(_database(store.url.get_secret_value())) is None:
        yield (
            "store.url",
            "test mode needs a database of its own, and the name of this one has no word 'test' in it",
            "name a database, or a folder of files, e.g. tandem_test",
        )


def _database(url: str) -> str:
    try:
        return make_url(url).database or ""
    except ArgumentError:
        return ""


def check_mode(mode: Mode, kafka: KafkaSettings, store: StoreSettings) -> None:
    """Whether a process may run in this mode.

    Raises:
        ValueError: test mode, and topics or store may be production's; the text names the settings.
    """
    if mode is Mode.TEST:
        faults = [
            f"TANDEM_{name.replace('.', '__').upper()}: {wrong}; {fix}"
            for name, wrong, fix in shared_with_production(kafka, store)
        ]
        if faults:
            raise ValueError("\n".join(faults))
