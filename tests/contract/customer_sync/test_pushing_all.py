"""``tandem push customer --all``: everybody is asked for, as a push of each would (spec/customers.md 5.4)."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.customer_sync.desk import push
from services.simulator.eautomate import database
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.codes import insert_codes
from shared.bus.producer import Message
from shared.config import KafkaSettings
from shared.events.envelope import Envelope


class Broker:
    """Takes what is sent."""

    sent: list[Message]

    def __init__(self, settings: KafkaSettings, client: str) -> None:
        self.client = client

    async def start(self) -> "Broker":
        return self

    async def send(self, messages: Sequence[Message]) -> None:
        Broker.sent += messages

    async def stop(self) -> None:
        pass


@pytest.fixture
def dealer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    path = tmp_path / "dealer.db"
    database.create(path)
    with database.transaction(path) as file:
        insert_codes(file)
    monkeypatch.setenv("TANDEM_EAUTOMATE__URL", f"sqlite+aiosqlite:///{path}")
    monkeypatch.setattr(push, "Producer", Broker)
    Broker.sent = []
    return Client(path)


def test_every_active_customer_and_location_is_asked_for(dealer: Client) -> None:
    office = dealer.add_customer("1001", "Acme")
    location = dealer.add_location("1001", "1001-02", "Acme South")
    dealer.add_customer("1002", "Gone", Active=0)
    answer = CliRunner().invoke(push.app, ["customer", "--all", "--yes", "--by", "jo", "--why", "inserts on"])
    assert answer.exit_code == 0, answer.output
    envelopes = [Envelope.from_headers(message.headers) for message in Broker.sent]
    assert [(one.subject, one.action) for one in envelopes] == [
        (str(office), "push"),
        (str(location), "push"),
    ]
    assert {message.key for message in Broker.sent} == {str(office).encode()}, (
        "in order with their head office"
    )
    assert b'"why":"inserts on"' in (Broker.sent[0].value or b"")


@pytest.mark.parametrize("arguments", [["customer"], ["customer", "1001", "--all"]])
def test_either_some_are_named_or_all_are_meant(dealer: Client, arguments: list[str]) -> None:
    assert CliRunner().invoke(push.app, arguments).exit_code == 1
    assert Broker.sent == []


def test_a_no_sends_nothing(dealer: Client) -> None:
    dealer.add_customer("1001", "Acme")
    assert CliRunner().invoke(push.app, ["customer", "--all"], input="n\n").exit_code != 0
    assert Broker.sent == []
