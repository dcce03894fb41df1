"""What a number that nobody has may have been meant to be (``services/customer_sync/desk/nearest.py``)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.customer_sync.desk.nearest import near_misses
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import create, url
from shared.config import EAutomateSettings
from shared.eautomate.port import EAutomate


@pytest.fixture
async def eautomate(tmp_path: Path) -> AsyncIterator[EAutomate]:
    """A dealer with two customers."""
    create(tmp_path / "ea.db")
    people = Client(tmp_path / "ea.db")
    people.add_customer("AC00", "Acorn Churches")
    people.add_customer("AC01", "Acorn Churches Supply")
    port = EAutomate.open(EAutomateSettings(url=SecretStr(url(tmp_path / "ea.db"))))
    yield port
    await port.close()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("Acorn churches", "did you mean AC00 (Acorn Churches), AC01 (Acorn Churches Supply)?"),
        ("AC00 ", "did you mean AC00 (Acorn Churches)"),
        ("AC1", "did you mean AC01 (Acorn Churches Supply)"),
        (" ", "a blank is nobody's number"),
    ],
)
async def test_a_name_or_the_beginning_of_a_number_is_understood(
    eautomate: EAutomate, given: str, told: str
) -> None:
    assert told in await near_misses(eautomate, given)


async def test_what_is_like_nobody_gets_no_hint(eautomate: EAutomate) -> None:
    assert await near_misses(eautomate, "ZZ 9") == "e-automate has no customer ZZ 9"
