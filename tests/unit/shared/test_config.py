from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from shared.config import (
    CommaList,
    ConnectWiseSettings,
    EAutomateSettings,
    HttpSettings,
    KafkaSettings,
    StoreSettings,
    load,
)

SECRET = "hunter2-secret"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "tandem.yaml"
    path.write_text("kafka:\n  topic_prefix: acme\n  partitions: 3\n")
    monkeypatch.setenv("TANDEM_CONFIG", str(path))
    return path


def test_the_environment_wins_over_the_file_value_by_value(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_KAFKA__PARTITIONS", "8")
    found = load("kafka", KafkaSettings)
    assert (found.topic_prefix, found.partitions, found.replication_factor) == ("acme", 8, 1)


def test_other_sections_and_an_empty_file_do_no_harm(file: Path) -> None:
    assert load("http", HttpSettings) == HttpSettings()
    file.write_text("")
    assert load("http", HttpSettings) == HttpSettings()


class Lists(BaseModel):
    names: CommaList = []


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("MSP, ITC", ["MSP", "ITC"]), ('["MSP", "ITC"]', ["MSP", "ITC"]), ("2", ["2"]), ("", [])],
)
def test_lists_are_comma_separated_or_json(
    given: str, wanted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANDEM_LISTS__NAMES", given)
    assert load("lists", Lists).names == wanted


def test_a_list_that_is_left_blank_in_the_file_is_all(file: Path) -> None:
    file.write_text("lists:\n  names:\n")
    assert load("lists", Lists).names == []


@pytest.mark.parametrize("given", ["2", "[04, 12]", "1.5"])
def test_numbers_in_a_list_of_the_file_must_be_quoted_or_lose_their_zeros(file: Path, given: str) -> None:
    file.write_text(f"lists:\n  names: {given}\n")
    with pytest.raises(
        ValidationError, match=r'lists.names\n.*numbers are written in quotes, e.g. \["04", "12"\]'
    ):
        load("lists", Lists)
    file.write_text('lists:\n  names: ["04", "12"]\n')
    assert load("lists", Lists).names == ["04", "12"]


def test_every_wrong_value_is_named_with_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_CONNECTWISE__CONCURRENCY", "0")
    monkeypatch.setenv("TANDEM_CONNECTWISE__TIMEOUT_SECONDS", "soon")
    with pytest.raises(ValidationError) as caught:
        load("connectwise", ConnectWiseSettings)
    assert {fault["loc"] for fault in caught.value.errors()} == {
        ("connectwise", "concurrency"),
        ("connectwise", "timeout_seconds"),
    }


def test_secrets_show_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.setenv(f"TANDEM_CONNECTWISE__{name}", SECRET)
    monkeypatch.setenv("TANDEM_EAUTOMATE__URL", f"mssql+aioodbc://u:{SECRET}@host/db")
    monkeypatch.setenv("TANDEM_STORE__URL", f"postgresql+asyncpg://u:{SECRET}@host/db")
    for settings in (
        load("connectwise", ConnectWiseSettings),
        load("eautomate", EAutomateSettings),
        load("store", StoreSettings),
    ):
        assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"
