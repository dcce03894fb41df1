from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from shared.config import ConnectWiseSettings, load
from shared.keystore import KeyStore, KeyStoreError, StoredKeys

PRIVATE = "hunter2-private"
KEYS = StoredKeys(
    company="northgate",
    public_key=SecretStr("hunter2-public"),
    private_key=SecretStr(PRIVATE),
    client_id=SecretStr("hunter2-client"),
    by="alice",
    at=datetime(2026, 1, 7, tzinfo=UTC),
)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    return KeyStore(tmp_path / "deep" / "keys")


def test_what_is_stored_is_read_again(store: KeyStore) -> None:
    assert store.read() is None
    store.write(KEYS)
    assert store.read() == KEYS
    store.write(KEYS.model_copy(update={"by": "bob"}))
    found = store.read()
    assert found is not None
    assert found.by == "bob"


def test_the_files_hold_no_key_and_only_their_owner_may_read_them(store: KeyStore) -> None:
    store.write(KEYS)
    files = list(store.file.parent.iterdir())
    assert len(files) == 2
    for file in files:
        assert file.stat().st_mode & 0o777 == 0o600
        assert "hunter2" not in file.read_text()


def test_keys_show_in_no_representation(store: KeyStore) -> None:
    store.write(KEYS)
    told = f"{KEYS!r} {KEYS} {KEYS.model_dump_json()} {store!r} {KeyStore(store.file, PRIVATE)!r}"
    assert "hunter2" not in told


def test_a_secret_from_outside_leaves_none_beside_the_file(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys", "a secret")
    store.write(KEYS)
    assert [file.name for file in tmp_path.iterdir()] == ["keys"]
    assert KeyStore(tmp_path / "keys", "a secret").read() == KEYS


def test_another_secret_is_told_in_words(tmp_path: Path) -> None:
    KeyStore(tmp_path / "keys", "a secret").write(KEYS)
    with pytest.raises(KeyStoreError, match="TANDEM_KEYS__SECRET"):
        KeyStore(tmp_path / "keys", "another").read()


def test_a_lost_secret_is_told_in_words(store: KeyStore) -> None:
    store.write(KEYS)
    store.secret_file.unlink()
    with pytest.raises(KeyStoreError, match="encrypted with is gone"):
        store.read()


@pytest.mark.parametrize("name", ["keys", "keys.secret"])
def test_a_file_others_may_read_is_refused(store: KeyStore, name: str) -> None:
    store.write(KEYS)
    (store.file.parent / name).chmod(0o640)
    with pytest.raises(KeyStoreError, match=f"chmod 600 .*{name}"):
        store.read()


@pytest.mark.parametrize("content", ["", "nonsense", '{"salt": "x", "sealed": "y"}', "k\u00ffy"])
def test_a_file_that_holds_no_keys_is_told_in_words(store: KeyStore, content: str) -> None:
    store.write(KEYS)
    store.file.write_text(content)
    with pytest.raises(KeyStoreError, match=r"holds no keys|cannot be read"):
        store.read()


def test_a_place_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(KeyStoreError, match="cannot be stored"):
        KeyStore(tmp_path / "file" / "keys").write(KEYS)


@pytest.fixture
def kept(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> KeyStore:
    store.write(KEYS)
    monkeypatch.setenv("TANDEM_KEYS__FILE", str(store.file))
    return store


def _loaded() -> tuple[str, str, str, str]:
    found = load("connectwise", ConnectWiseSettings)
    return (
        found.company,
        found.public_key.get_secret_value(),
        found.private_key.get_secret_value(),
        found.client_id.get_secret_value(),
    )


def test_settings_without_keys_take_the_stored_ones(kept: KeyStore) -> None:
    assert _loaded() == ("northgate", "hunter2-public", PRIVATE, "hunter2-client")


def test_settings_with_a_pair_keep_it_whole(kept: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_CONNECTWISE__COMPANY", "acme")
    monkeypatch.setenv("TANDEM_CONNECTWISE__PUBLIC_KEY", "own")
    assert _loaded() == ("acme", "own", "", "hunter2-client")


def test_settings_with_everything_ask_no_store(kept: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.file.write_text("broken")
    for name in ("COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID"):
        monkeypatch.setenv(f"TANDEM_CONNECTWISE__{name}", name)
    assert _loaded() == ("COMPANY", "PUBLIC_KEY", "PRIVATE_KEY", "CLIENT_ID")


def test_no_stored_keys_leave_settings_as_they_are(store: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_KEYS__FILE", str(store.file))
    assert _loaded() == ("", "", "", "")
