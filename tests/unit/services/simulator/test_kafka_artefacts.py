from pathlib import Path

import pytest

from services.simulator.kafka import artefacts
from services.simulator.kafka.artefacts import KafkaUnavailable


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing on its path and nothing cached."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("TANDEM_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_without_java_the_message_names_the_ways_out(bare_machine: Path) -> None:
    with pytest.raises(KafkaUnavailable) as told:
        artefacts.java()
    assert "Java 17 or newer" in str(told.value)
    assert "TANDEM_KAFKA__BOOTSTRAP_SERVERS" in str(told.value)


def test_a_java_that_is_too_old_is_named(bare_machine: Path) -> None:
    _program(bare_machine, "java", "echo 'openjdk version \"11.0.2\"' >&2")
    with pytest.raises(KafkaUnavailable, match=r"17 or newer, found openjdk version \"11\.0\.2\""):
        artefacts.java()


def test_a_java_that_is_new_enough_is_taken(bare_machine: Path) -> None:
    _program(bare_machine, "java", "echo 'openjdk version \"21.0.1\" 2023-10-17' >&2")
    assert artefacts.java() == str(bare_machine / "java")


def test_without_maven_the_message_names_the_ways_out(bare_machine: Path) -> None:
    with pytest.raises(KafkaUnavailable, match="no mvn was found"):
        artefacts.jars()


def test_what_maven_could_not_resolve_is_told_and_not_kept(bare_machine: Path) -> None:
    _program(bare_machine, "mvn", "echo 'no such artefact'; exit 1")
    with pytest.raises(KafkaUnavailable, match="no such artefact"):
        artefacts.jars()
    assert not (artefacts.cache_folder() / "jars").exists()
