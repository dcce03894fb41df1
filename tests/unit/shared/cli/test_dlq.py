"""Which letter a person means (``shared/cli/dlq.py``)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from shared.bus.deadletter import dead_letter
from shared.bus.delivery import Fault
from shared.cli import dlq
from shared.cli.letters import Letter
from shared.config import KafkaSettings
from tests.unit.shared.bus.raws import raw

MADE = dead_letter("t.customer_sync.dlq", "group", raw(), Fault("C4", "several"), 1, "eautomate:customer:7:1")
CUSTOMER = Letter(
    "customer_sync", "1:0", datetime(2025, 1, 1, tzinfo=UTC), MADE.key, MADE.value, MADE.headers
)
INVOICE = replace(CUSTOMER, agent="agreement_sync")
"""Each agent has a topic of its own, so both have a letter 1:0."""


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    """What is sent again; the topics hold a letter 1:0 of each agent."""
    again: list[Letter] = []

    async def read(settings: KafkaSettings, agent: str) -> list[Letter]:
        return [letter for letter in (CUSTOMER, INVOICE) if letter.agent == agent]

    async def redriven(settings: KafkaSettings) -> set[tuple[str, str]]:
        return set()

    async def closed(letters: list[Letter]) -> set[tuple[str, str]]:
        return set()

    async def redrive(settings: KafkaSettings, letters: list[Letter], by: str, why: str) -> int:
        again.extend(letters)
        return len(letters)

    for name, made in (
        ("read_letters", read),
        ("read_redriven", redriven),
        ("closed", closed),
        ("redrive", redrive),
    ):
        monkeypatch.setattr(dlq, name, made)
    return again


@pytest.mark.parametrize("command", ["show", "redrive"])
def test_a_place_that_two_agents_have_needs_its_agent(sent: list[Letter], command: str) -> None:
    ended = CliRunner().invoke(dlq.app, [command, "1:0"])
    assert ended.exit_code == 64
    assert (
        "customer_sync and agreement_sync each have a dead letter 1:0; say whose with --agent" in ended.stderr
    )
    assert sent == []


def test_with_its_agent_that_letter_alone_is_sent_again(sent: list[Letter]) -> None:
    ended = CliRunner().invoke(dlq.app, ["redrive", "1:0", "--agent", "agreement_sync"])
    assert ended.exit_code == 0
    assert sent == [INVOICE]


def test_one_place_that_is_not_there_sends_none_of_them(sent: list[Letter]) -> None:
    ended = CliRunner().invoke(dlq.app, ["redrive", "1:0", "9:9", "--agent", "customer_sync"])
    assert ended.exit_code == 1
    assert "there is no dead letter 9:9" in ended.stderr
    assert sent == []


def test_the_list_says_whose_letter_it_is(sent: list[Letter]) -> None:
    listed = CliRunner().invoke(dlq.app, ["ls"]).stdout
    assert "customer_sync" in listed
    assert "agreement_sync" in listed
