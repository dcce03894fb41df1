"""ConnectWise's keys, encrypted in a file of their own outside the YAML (spec/open-questions.md 60).

The file and the secret beside it belong to one OS user and are closed to everybody else (0600); the secret may
come from the environment instead. Nothing here is ever printed: a lost private key is made anew in ConnectWise.
"""

import base64
import json
import os
import secrets
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

PRIVATE = 0o600
_COST = 2**14


class KeyStoreError(ValueError):
    """The keys cannot be read or kept; the text says why and what to do, never what they are."""


class StoredKeys(BaseModel):
    """What is kept.

    Attributes:
        by: OS user who set them.
        at: UTC.
    """

    model_config = ConfigDict(frozen=True)

    company: str = ""
    public_key: SecretStr
    private_key: SecretStr
    client_id: SecretStr = SecretStr("")
    by: str
    at: datetime


class _Sealed(BaseModel):
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")
    sealed: str


class KeyStore:
    """One file of keys."""

    def __init__(self, file: Path, secret: str = "") -> None:
        """Nothing is read yet.

        Args:
            secret: what the file is encrypted with; empty: the file beside it, made at the first ``write``.
        """
        self.file = file
        self.secret_file = file.with_name(f"{file.name}.secret")
        self._secret = secret

    def __repr__(self) -> str:
        """Where it is; no secret."""
        return f"KeyStore({str(self.file)!r})"

    @property
    def exists(self) -> bool:
        """Whether keys are kept."""
        return self.file.is_file()

    def read(self) -> StoredKeys | None:
        """The keys, None when none are kept.

        Raises:
            KeyStoreError: others may read the file, or it cannot be decrypted.
        """
        if not self.exists:
            return None
        try:
            sealed = _Sealed.model_validate_json(_closed(self.file))
            content = _cipher(self._secret or self._read_secret(), sealed.salt).decrypt(sealed.sealed)
            return StoredKeys.model_validate_json(content)
        except ValidationError:
            # Without the cause: it may quote what is kept.
            raise KeyStoreError(f"{self.file} holds no keys; set them anew: tandem keys set") from None
        except InvalidToken:
            raise KeyStoreError(
                f"the keys in {self.file} were stored under another secret; give that one in TANDEM_KEYS__SECRET, "
                "or set them anew: tandem keys set"
            ) from None

    def write(self, keys: StoredKeys) -> None:
        """Keep these keys instead of what was kept; the file is replaced in one step and keeps its owner.

        Raises:
            KeyStoreError: the file cannot be written, or not for its owner.
        """
        salt = secrets.token_hex(16)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            cipher = _cipher(self._secret or self._made_secret(), salt)
            sealed = cipher.encrypt(json.dumps(_revealed(keys)).encode()).decode()
            _replace(self.file, _Sealed(salt=salt, sealed=sealed).model_dump_json())
        except OSError as error:
            raise KeyStoreError(f"the keys cannot be stored: {error}") from error

    def _read_secret(self) -> str:
        if not self.secret_file.is_file():
            raise KeyStoreError(
                f"keys are stored in {self.file}, and what they are encrypted with is gone: give TANDEM_KEYS__SECRET, "
                f"restore {self.secret_file}, or set them anew: tandem keys set"
            )
        return _closed(self.secret_file).strip()

    def _made_secret(self) -> str:
        if not self.secret_file.is_file():
            _replace(self.secret_file, Fernet.generate_key().decode())
        return self._read_secret()


def _revealed(keys: StoredKeys) -> dict[str, str]:
    return {
        "company": keys.company,
        "public_key": keys.public_key.get_secret_value(),
        "private_key": keys.private_key.get_secret_value(),
        "client_id": keys.client_id.get_secret_value(),
        "by": keys.by,
        "at": keys.at.isoformat(),
    }


def _cipher(secret: str, salt: str) -> Fernet:
    key = Scrypt(salt=bytes.fromhex(salt), length=32, n=_COST, r=8, p=1).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(key))


def _closed(file: Path) -> str:
    """The content of a file that only its owner may read."""
    try:
        others = file.stat().st_mode & 0o077
        content = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise KeyStoreError(f"{file} cannot be read: {type(error).__name__}") from None
    if others:
        raise KeyStoreError(f"{file} is open to other users; close it: chmod 600 {file}")
    return content


def _replace(file: Path, content: str) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # made with 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as made:
            made.write(content)
            made.flush()
            os.fsync(made.fileno())
        if file.exists() and file.stat().st_uid != os.geteuid():
            # Services run as the owner and must go on reading it.
            os.chown(name, file.stat().st_uid, -1)
        Path(name).replace(file)
    except BaseException:
        with suppress(FileNotFoundError):
            Path(name).unlink()
        raise
