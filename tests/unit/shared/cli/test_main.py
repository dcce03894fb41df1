"""What the command says when something is wrong, and the code it ends with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.events.topics import all_topics

NOBODY = {"TANDEM_KAFKA__BOOTSTRAP_SERVERS": "127.0.0.1:1"}
SECRET = "hunter2-secret"


def tandem(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    return subprocess.run(
        [sys.executable, "-m", "shared.cli", *words],
        env=environment | {"COLUMNS": "400"} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_an_unknown_service_is_named_with_the_known_ones() -> None:
    ended = tandem("run", "mapping", "printer")
    assert ended.returncode == 64
    assert "unknown service printer" in ended.stderr
    assert "customer_sync" in ended.stderr


def test_a_wrong_setting_is_named_as_the_variable_it_is() -> None:
    ended = tandem("topics", "ls", TANDEM_KAFKA__PARTITIONS="many", TANDEM_KAFKA__TOPIC_PREFIX="a b")
    assert ended.returncode == 78
    assert "TANDEM_KAFKA__PARTITIONS: " in ended.stderr
    assert "TANDEM_KAFKA__TOPIC_PREFIX: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_setting_that_needs_another_is_named() -> None:
    ended = tandem("run", "customer_sync", TANDEM_CUSTOMER_SYNC__SYNC_TYPE="insert/update customers")
    assert ended.returncode == 78
    assert "company_type" in ended.stderr


def test_a_list_that_is_no_json_is_named() -> None:
    ended = tandem("run", "customer_sync", TANDEM_CUSTOMER_SYNC__BRANCHES="[1")
    assert ended.returncode == 78
    assert "TANDEM_CUSTOMER_SYNC__BRANCHES" in ended.stderr


@pytest.mark.parametrize(
    ("content", "told"),
    [(f"connectwise:\n  private_key: {SECRET}\n  : [", "line 3"), ("- a list", "wanted sections")],
)
def test_a_file_that_is_no_settings_file_is_told_without_its_content(
    tmp_path: Path, content: str, told: str
) -> None:
    file = tmp_path / "tandem.yaml"
    file.write_text(content)
    ended = tandem("topics", "ls", TANDEM_CONFIG=str(file))
    assert ended.returncode == 78
    assert told in ended.stderr
    assert SECRET not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_missing_settings_file_is_named(tmp_path: Path) -> None:
    ended = tandem("topics", "ls", TANDEM_CONFIG=str(tmp_path / "none.yaml"))
    assert ended.returncode == 78
    assert "none.yaml" in ended.stderr


@pytest.mark.parametrize("words", [("topics", "apply"), ("dlq", "ls"), ("dlq", "redrive", "--all")])
def test_no_broker_is_told_in_words(words: tuple[str, ...]) -> None:
    ended = tandem(*words, **NOBODY)
    assert ended.returncode == 69
    assert "127.0.0.1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_database_address_is_told_without_it() -> None:
    ended = tandem("db", "upgrade", TANDEM_STORE__URL=f"nonsense {SECRET}")
    assert ended.returncode == 78
    assert "TANDEM_STORE__URL" in ended.stderr
    assert SECRET not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_dbas_script_makes_the_ledger_and_grants_the_rights_without_any_database() -> None:
    ended = tandem("db", "script", "--user", "sync", TANDEM_EAUTOMATE__LEDGER_SCHEMA="ours")
    assert ended.returncode == 0
    assert "CREATE TABLE ours.applied" in ended.stdout
    assert "GRANT SELECT, UPDATE ON [dbo].[ARCustomers] TO [sync];" in ended.stdout


def test_a_secret_in_a_setting_that_is_wrong_is_not_told() -> None:
    ended = tandem("run", "customer_sync", TANDEM_CONNECTWISE=SECRET, TANDEM_CONNECTWISE__PRIVATE_KEY=SECRET)
    assert ended.returncode == 78
    assert SECRET not in ended.stderr


def test_redrive_wants_to_know_which() -> None:
    ended = tandem("dlq", "redrive", **NOBODY)
    assert ended.returncode == 64
    assert "--all" in ended.stderr


def test_an_unknown_agent_is_named() -> None:
    ended = tandem("dlq", "ls", "--agent", "printer", **NOBODY)
    assert ended.returncode == 64
    assert "unknown agent printer" in ended.stderr


def test_topics_are_listed_with_their_configuration() -> None:
    ended = tandem("topics", "ls", TANDEM_KAFKA__TOPIC_PREFIX="acme", TANDEM_KAFKA__PARTITIONS="3")
    assert ended.returncode == 0
    for topic in all_topics("acme", 3):
        [line] = [line for line in ended.stdout.splitlines() if f" {topic.name} " in line]
        assert f" {topic.partitions} " in line
        assert "cleanup.policy=" in line


def test_nothing_said_shows_what_there_is() -> None:
    ended = tandem()
    for name in (
        "run",
        "topics",
        "db",
        "dlq",
        "links",
        "explain",
        "simulate",
        "config",
        "keys",
        "preview",
        "push",
        "release",
        "reprocess",
        "templates",
    ):
        assert name in ended.stdout + ended.stderr


def test_every_service_adds_what_it_explains() -> None:
    ended = tandem("explain")
    for record in ("agreement", "company", "contract", "customer", "employee", "invoice", "location"):
        assert record in ended.stdout + ended.stderr
