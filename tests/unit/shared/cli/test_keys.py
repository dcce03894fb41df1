"""``tandem keys`` as people use it: the command line, standard input, files."""

import json
import os
import pty
import pwd
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from shared.cli.keys import show

PUBLIC, PRIVATE, CLIENT = "FakePublicKey0001", "hunter2-private-key", "00000000-0000-4000-8000-00000000c1d2"
LINES = f"company=northgate\npublic_key={PUBLIC}\n\nprivate_key = {PRIVATE}\nclient_id={CLIENT}\n"
ME = pwd.getpwuid(os.geteuid()).pw_name


def keys(tmp_path: Path, *words: str, lines: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TANDEM_")}
    own = {"COLUMNS": "200", "TANDEM_KEYS__FILE": str(tmp_path / "keys")}
    return subprocess.run(
        [sys.executable, "-m", "shared.cli", "keys", *words],
        env=environment | own | variables,
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_keys_are_stored_and_never_shown_in_full(tmp_path: Path) -> None:
    ended = keys(tmp_path, "set", lines=LINES)
    assert ended.returncode == 0, ended.stderr
    shown = keys(tmp_path, "show")
    assert shown.returncode == 0, shown.stderr
    assert "...0001" in shown.stdout
    assert ME in shown.stdout
    assert "never shown" in shown.stdout
    as_json = keys(tmp_path, "show", "--json")
    for told in (ended, shown, as_json):
        for secret in (PUBLIC, PRIVATE, CLIENT):
            assert secret not in told.stdout + told.stderr
    assert PRIVATE not in "".join(file.read_text() for file in tmp_path.iterdir())


def test_a_new_pair_replaces_the_old_one_and_the_rest_stays(tmp_path: Path) -> None:
    keys(tmp_path, "set", lines=LINES)
    ended = keys(tmp_path, "set", lines="public_key=FakePublicKey0002\nprivate_key=other")
    assert ended.returncode == 0, ended.stderr
    shown = keys(tmp_path, "show").stdout
    assert "...0002" in shown
    assert "northgate" in shown
    assert "...c1d2" in shown


def test_the_settings_own_keys_are_told_as_such(tmp_path: Path) -> None:
    keys(tmp_path, "set", lines=LINES)
    own = {"TANDEM_CONNECTWISE__PUBLIC_KEY": "OwnPublicKey9999", "TANDEM_CONNECTWISE__PRIVATE_KEY": PRIVATE}
    shown = keys(tmp_path, "show", **own)
    assert "...9999" in shown.stdout
    assert "environment" in shown.stdout
    assert "goes before the keys stored in" in shown.stdout
    assert json.loads(keys(tmp_path, "show", "--json", **own).stdout)["set_by"] == ""


def test_a_revealed_key_is_refused_with_what_to_do(tmp_path: Path) -> None:
    keys(tmp_path, "set", lines=LINES)
    ended = keys(tmp_path, "show", "--reveal")
    assert ended.returncode == 77
    assert "new pair" in ended.stderr
    assert PRIVATE not in ended.stdout + ended.stderr


def test_keys_are_never_taken_as_arguments(tmp_path: Path) -> None:
    for words in (("--private-key", PRIVATE), (PRIVATE,)):
        assert keys(tmp_path, "set", *words).returncode == 2
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("words", [("set",), ("set", "--kubernetes"), ("show",), ("show", "--reveal")])
def test_who_is_no_administrator_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    ended = keys(tmp_path, *words, lines=LINES, TANDEM_KEYS__ADMINS="alice, bob")
    assert ended.returncode == 77
    assert "alice, bob" in ended.stderr
    assert ME in ended.stderr
    assert ended.stdout == ""
    assert not (tmp_path / "keys").exists()


def test_a_variable_makes_nobody_an_administrator(tmp_path: Path) -> None:
    ended = keys(tmp_path, "set", lines=LINES, TANDEM_KEYS__ADMINS="alice", USER="alice", LOGNAME="alice")
    assert ended.returncode == 77


def test_an_administrator_of_the_list_may(tmp_path: Path) -> None:
    assert keys(tmp_path, "set", lines=LINES, TANDEM_KEYS__ADMINS=f"alice,{ME}").returncode == 0


def test_only_the_owner_of_the_file_may_without_a_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys(tmp_path, "set", lines=LINES).returncode == 0
    monkeypatch.setenv("TANDEM_KEYS__FILE", str(tmp_path / "keys"))
    monkeypatch.setattr(os, "geteuid", lambda: 987654)
    with pytest.raises(SystemExit) as ended:
        show()
    assert ended.value.code == 77
    assert f"only {ME}, who owns" in capsys.readouterr().err


@pytest.mark.timeout(60)
def test_at_a_terminal_keys_are_asked_for_and_not_echoed(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "shared.cli", "keys", "set"],
        env={**os.environ, "TANDEM_KEYS__FILE": str(tmp_path / "keys")},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    ) as asking:
        assert asking.stderr is not None
        told = ""
        for answer in ("northgate", PUBLIC, PRIVATE, CLIENT):
            # Typed once asked: what was typed before is thrown away.
            while not told.endswith(": ") and (letter := asking.stderr.read(1)):
                told += letter
            told += "\n"
            os.write(ours, f"{answer}\n".encode())
        out, rest = asking.communicate(timeout=30)
    os.write(theirs, b"the end")
    echoed = os.read(ours, 1000).decode()
    os.close(theirs)
    os.close(ours)
    assert asking.returncode == 0, told + rest
    assert "Private key of the API member:" in told
    assert PRIVATE not in out + told + rest + echoed
    assert "stored" in out


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("", "missing: public_key, private_key"),
        (f"public_key={PUBLIC}", "missing: private_key"),
        (f"privat_key={PRIVATE}", "did you mean private_key?"),
        (PRIVATE, "a line is not one of"),
    ],
)
def test_what_is_missing_or_unreadable_is_named_without_its_content(
    tmp_path: Path, lines: str, told: str
) -> None:
    ended = keys(tmp_path, "set", lines=lines)
    assert ended.returncode == 64
    assert told in ended.stderr
    assert PRIVATE not in ended.stderr
    assert not (tmp_path / "keys").exists()


def test_a_secret_for_kubernetes_goes_to_standard_output_and_nothing_is_stored(tmp_path: Path) -> None:
    ended = keys(tmp_path, "set", "--kubernetes", "--name", "cw", "--namespace", "acme", lines=LINES)
    assert ended.returncode == 0, ended.stderr
    manifest = yaml.safe_load(ended.stdout)
    assert (manifest["kind"], manifest["metadata"]) == ("Secret", {"name": "cw", "namespace": "acme"})
    assert manifest["stringData"] == {
        "TANDEM_CONNECTWISE__COMPANY": "northgate",
        "TANDEM_CONNECTWISE__PUBLIC_KEY": PUBLIC,
        "TANDEM_CONNECTWISE__PRIVATE_KEY": PRIVATE,
        "TANDEM_CONNECTWISE__CLIENT_ID": CLIENT,
    }
    assert list(tmp_path.iterdir()) == []


def test_no_keys_anywhere_is_told_with_what_to_do(tmp_path: Path) -> None:
    ended = keys(tmp_path, "show")
    assert ended.returncode == 78
    assert "tandem keys set" in ended.stderr
