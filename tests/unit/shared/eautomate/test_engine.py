"""How a SQL Server connection is set up, with the driver left out."""

from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event
from sqlalchemy.dialects.mssql.aioodbc import dialect

from shared.config import EAutomateSettings
from shared.eautomate.engine import OVERFLOW, POOL, SESSION, open_engine


class _Cursor:
    def __init__(self, said: list[str]) -> None:
        self.said = said

    def execute(self, statement: str) -> None:
        self.said.append(statement)

    def close(self) -> None:
        pass


class _Raw:
    timeout = 0


class _Driver:
    def __init__(self) -> None:
        self._conn = _Raw()


class _Connection:
    def __init__(self) -> None:
        self.said: list[str] = []
        self.driver_connection = _Driver()

    def cursor(self) -> _Cursor:
        return _Cursor(self.said)


def test_a_server_connection_gets_its_time_out_and_session_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dbapi:
        version = "5.0.0"
        paramstyle = "qmark"

        def __getattr__(self, name: str) -> Any:
            return ModuleType if name.endswith("Error") else 0

    monkeypatch.setattr(dialect, "import_dbapi", classmethod(lambda _cls: Dbapi()))
    settings = EAutomateSettings(
        url=SecretStr("mssql+aioodbc://u:p@db/CoTest?driver=ODBC+Driver+18"), query_timeout_seconds=17
    )
    engine = open_engine(settings)
    connection = _Connection()

    for listener in engine.sync_engine.pool.dispatch.connect:
        if listener.__module__ == "shared.eautomate.engine":
            listener(connection, None)

    assert connection.driver_connection._conn.timeout == 17
    assert connection.said == list(SESSION)
    assert {
        "SET XACT_ABORT ON",
        "SET NOCOUNT ON",
        "SET LOCK_TIMEOUT 5000",
        "SET DEADLOCK_PRIORITY LOW",
    } <= set(SESSION)
    given: dict[str, Any] = {}

    def note(_dialect: Any, _record: Any, _args: Any, arguments: dict[str, Any]) -> None:
        given.update(arguments)
        raise ConnectionRefusedError

    event.listen(engine.sync_engine, "do_connect", note)
    with pytest.raises(ConnectionRefusedError):
        engine.sync_engine.raw_connection()
    assert given["executor"]._max_workers >= POOL + OVERFLOW
    assert engine.sync_engine.pool._pre_ping
    assert engine.sync_engine.hide_parameters
