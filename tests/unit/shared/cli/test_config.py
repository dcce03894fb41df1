"""``tandem config check`` as people run it, without any system to ask."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SECRET = "hunter2-secret"
GOOD = {
    "TANDEM_CONNECTWISE__URL": "https://api-na.myconnectwise.net",
    "TANDEM_CONNECTWISE__COMPANY": "northgate",
    "TANDEM_CONNECTWISE__PUBLIC_KEY": SECRET,
    "TANDEM_CONNECTWISE__PRIVATE_KEY": SECRET,
    "TANDEM_CONNECTWISE__CLIENT_ID": SECRET,
    "TANDEM_EAUTOMATE__URL": f"mssql+aioodbc://u:{SECRET}@host/db",
}


def check(tmp_path: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    own = {"COLUMNS": "300", "TANDEM_KEYS__FILE": str(tmp_path / "keys")}
    ended = subprocess.run(
        [sys.executable, "-m", "shared.cli", "config", "check", *words],
        env=environment | own | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert SECRET not in ended.stdout + ended.stderr
    return ended


def test_nothing_wrong_is_said_and_ends_with_0(tmp_path: Path) -> None:
    ended = check(tmp_path, **GOOD)
    assert ended.returncode == 0, ended.stdout
    assert "nothing wrong" in ended.stdout
    assert "customer_sync" in ended.stdout


def test_people_read_what_is_wrong_where_and_what_to_do(tmp_path: Path) -> None:
    wrong = {"TANDEM_KAFKA__PARTITIONS": "many", "TANDEM_KAFKA__PARTITION": "3"}
    ended = check(tmp_path, **GOOD, **wrong)
    assert ended.returncode == 78
    assert "kafka.partitions" in ended.stdout
    assert "did you mean TANDEM_KAFKA__PARTITIONS?" in ended.stdout
    assert "2 wrong" in ended.stdout


def test_every_finding_is_a_line_of_json(tmp_path: Path) -> None:
    ended = check(tmp_path, "--json")
    assert ended.returncode == 78
    found = {finding["path"]: finding for finding in map(json.loads, ended.stdout.splitlines())}
    assert {path for path, finding in found.items() if finding["level"] == "fault"} == {
        *("connectwise.url", "connectwise.company", "connectwise.public_key", "connectwise.private_key"),
        *("connectwise.client_id", "eautomate.url"),
    }
    assert found["connectwise.url"]["variable"] == "TANDEM_CONNECTWISE__URL"
    assert found["connectwise.url"]["section"] == "connectwise"


def test_systems_are_not_asked_before_the_settings_are_right(tmp_path: Path) -> None:
    ended = check(tmp_path, "--connect")
    assert ended.returncode == 78
    assert "put the settings right first" in ended.stdout


@pytest.mark.parametrize(
    ("words", "variables"),
    [(("mapping",), {}), ((), {"TANDEM_PROCESSES__ENABLED": "ID747", **GOOD})],
)
def test_only_what_is_to_run_is_checked(
    tmp_path: Path, words: tuple[str, ...], variables: dict[str, str]
) -> None:
    assert check(tmp_path, *words, **variables).returncode == 0


def test_an_unknown_process_is_named(tmp_path: Path) -> None:
    ended = check(tmp_path, TANDEM_PROCESSES__ENABLED="ID774", **GOOD)
    assert ended.returncode == 78
    assert "did you mean ID747?" in ended.stdout


def test_an_unknown_service_is_named(tmp_path: Path) -> None:
    ended = check(tmp_path, "printer")
    assert ended.returncode == 64
    assert "unknown service printer" in ended.stderr


def test_a_process_that_is_not_enabled_does_not_start(tmp_path: Path) -> None:
    environment = {**os.environ, **GOOD, "TANDEM_PROCESSES__ENABLED": "ID774"}
    ended = subprocess.run(
        [sys.executable, "-m", "shared.cli", "run", "customer_sync"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 78
    assert "customer_sync is not enabled (processes.enabled)" in ended.stderr
