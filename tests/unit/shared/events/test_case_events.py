from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, SecretStr, ValidationError

from shared.config import ConnectWiseSettings
from shared.events.case_events import CaseEvent, SettingsTold, read_event, settings_told

AT = datetime(2026, 3, 2, tzinfo=UTC)


class Section(BaseModel):
    company_type: str = "Client"
    types: list[str] = []
    key: SecretStr = SecretStr("")
    maybe: SecretStr | None = None


def test_settings_are_told_as_digests_without_values_and_secrets() -> None:
    told = settings_told("customer_sync", {"customer_sync": Section(key=SecretStr("hunter2"))})
    assert set(told.digests) == {"customer_sync.company_type", "customer_sync.types"}
    assert "Client" not in told.model_dump_json()


def test_a_digest_changes_with_its_value_only() -> None:
    first, same, other = (
        settings_told("a", {"s": Section(company_type=name)}).digests
        for name in ("Client", "Client", "client")
    )
    assert first == same
    assert {name for name in first if first[name] != other[name]} == {"s.company_type"}


def test_keys_of_connectwise_are_never_told() -> None:
    told = settings_told("a", {"connectwise": ConnectWiseSettings()})
    assert not [name for name in told.digests if "key" in name or "client_id" in name]


def test_an_event_comes_back_as_it_was_sent_and_stays_with_its_record() -> None:
    event = CaseEvent(
        event="ignored", agent="customer_sync", record="eautomate/customer/7", code="C1", failed_at=AT, at=AT,
        by="jo", why="quiet",
    )  # fmt: skip
    message = event.message("t")
    assert (message.topic, message.key) == ("t.case-events", b"eautomate/customer/7")
    assert read_event(message.value) == event
    assert isinstance(read_event(settings_told("a", {}).message("t").value), SettingsTold)


@pytest.mark.parametrize("value", [None, b"", b"{}", b'{"event":"unheard of"}', b"\xff"])
def test_what_is_no_event_is_refused(value: bytes | None) -> None:
    with pytest.raises(ValidationError):
        read_event(value)
