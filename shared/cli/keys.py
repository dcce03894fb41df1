"""``tandem keys``: ConnectWise's API keys, entered once, kept encrypted, never shown again."""

import difflib
import getpass
import json
import os
import pwd
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer
import yaml
from pydantic import SecretStr
from rich.table import Table

from shared.cli.output import console, fail
from shared.config import ConnectWiseSettings, KeysSettings, hidden_keys, load
from shared.errors import CATALOGUE
from shared.keystore import KeyStore, StoredKeys

app = typer.Typer(help="ConnectWise's API keys: set them, see whose they are.", no_args_is_help=True)

EXIT_REFUSED = 77
NAMES = {
    "company": "Company, as on the ConnectWise login page",
    "public_key": "Public key of the API member",
    "private_key": "Private key of the API member",
    "client_id": "Client id",
}
NEEDED = ("public_key", "private_key")
ENDS = 4


@app.command("set")
def set_keys(
    kubernetes: Annotated[
        bool,
        typer.Option(
            "--kubernetes", help="Store nothing; print a Secret, for: kubectl apply -f -. Holds the keys!"
        ),
    ] = False,
    name: Annotated[str, typer.Option(help="Name of the Secret.")] = "tandem-connectwise",
    namespace: Annotated[str, typer.Option(help="Namespace of the Secret.")] = "",
) -> None:
    """Enter the keys: asked for without echo, or lines `public_key=...` on standard input; never arguments."""
    settings = load("keys", KeysSettings)
    store = settings.store()
    user = _admin(settings, None if kubernetes else store)
    given = _asked() if sys.stdin.isatty() else _piped(sys.stdin)
    missing = [name for name in NEEDED if not given.get(name)]
    if missing:
        fail(f"missing: {', '.join(missing)}; lines of the form public_key=... are read", 64)
    if kubernetes:
        typer.echo(_secret(given, name, namespace), nl=False)
        return
    before = None if given.get("company") and given.get("client_id") else _kept(store)
    keys = StoredKeys(
        company=given.get("company") or (before.company if before else ""),
        public_key=SecretStr(given["public_key"]),
        private_key=SecretStr(given["private_key"]),
        client_id=SecretStr(given["client_id"]) if given.get("client_id") else _client_id(before),
        by=user,
        at=datetime.now(UTC),
    )
    store.write(keys)
    console.print(f"keys stored in {store.file}, encrypted; public key ends in {_end(keys.public_key)}")
    console.print("services read them when they start; `tandem config check --connect` tries them")


@app.command()
def show(
    as_json: Annotated[bool, typer.Option("--json")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Ask for the private key.")] = False,
) -> None:
    """Show whose keys are in use, and who set them when; the private key is never shown."""
    settings = load("keys", KeysSettings)
    store = settings.store()
    _admin(settings, store)
    if reveal:
        lost = CATALOGUE["A1"]
        fail(f"the private key cannot be shown: {lost.meaning} {lost.mend}", EXIT_REFUSED)
    used = load("connectwise", ConnectWiseSettings)
    if not used.public_key.get_secret_value():
        fail("no keys are stored, and none are in the settings; enter them: tandem keys set", 78)
    kept = store.read()
    hidden = hidden_keys(used, settings)
    stored = kept is not None and hidden is None
    facts = {
        "company": used.company,
        "public_key": f"...{_end(used.public_key)}",
        "private_key": "set, never shown" if used.private_key.get_secret_value() else "missing",
        "client_id": f"...{_end(used.client_id)}" if used.client_id.get_secret_value() else "missing",
        "from": str(store.file) if stored else "settings (environment or TANDEM_CONFIG)",
        "set_by": kept.by if kept is not None and stored else "",
        "set_at": f"{kept.at:%Y-%m-%d %H:%M} UTC" if kept is not None and stored else "",
        "note": hidden or "",
    }
    if as_json:
        typer.echo(json.dumps(facts))
        return
    table = Table(show_header=False)
    for fact, value in facts.items():
        if value:
            table.add_row(fact.replace("_", " "), value)
    console.print(table)


def _admin(settings: KeysSettings, store: KeyStore | None) -> str:
    """The OS user, who may do this; asked of the system, for a variable could say anything."""
    user = _user(os.geteuid())
    if settings.admins:
        if user not in settings.admins:
            listed = ", ".join(settings.admins)
            fail(
                f"only an administrator may enter or see keys: {listed} (keys.admins); you are {user}",
                EXIT_REFUSED,
            )
    elif store is not None and store.exists and store.file.stat().st_uid != os.geteuid():
        owner = _user(store.file.stat().st_uid)
        fail(f"only {owner}, who owns {store.file}, may enter or see keys; you are {user}", EXIT_REFUSED)
    return user


def _user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def _asked() -> dict[str, str]:
    # Questions go to the terminal itself, so that a Secret on standard output stays whole.
    return {name: getpass.getpass(f"{text}: ").strip() for name, text in NAMES.items()}


def _piped(lines: Iterable[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for line in lines:
        name, found, value = line.partition("=")
        name = name.strip().lower()
        if not line.strip():
            continue
        if not found or name not in NAMES:
            near = difflib.get_close_matches(name, NAMES, n=1)
            hint = f"; did you mean {near[0]}?" if near and found else ""
            # Without the line: it may hold a key.
            fail(f"a line is not one of {', '.join(f'{known}=...' for known in NAMES)}{hint}", 64)
        given[name] = value.strip()
    return given


def _kept(store: KeyStore) -> StoredKeys | None:
    try:
        return store.read()
    except ValueError:
        return None  # what cannot be read is replaced


def _client_id(before: StoredKeys | None) -> SecretStr:
    return before.client_id if before is not None else SecretStr("")


def _end(key: SecretStr) -> str:
    text = key.get_secret_value()
    # Of a short text even four characters would be too much.
    return text[-ENDS:] if len(text) >= 2 * ENDS else ""


def _secret(given: Mapping[str, str], name: str, namespace: str) -> str:
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, **({"namespace": namespace} if namespace else {})},
        "type": "Opaque",
        "stringData": {f"TANDEM_CONNECTWISE__{key.upper()}": value for key, value in given.items() if value},
    }
    return yaml.safe_dump(manifest, sort_keys=False)
