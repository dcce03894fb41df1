"""Tandem's own database for tests, once on SQLite and once on PostgreSQL."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import URL

from shared.config import StoreSettings


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store_settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    """Settings of an empty store; the test runs once an engine."""
    if request.param == "sqlite":
        return StoreSettings(url=SecretStr(f"sqlite+aiosqlite:///{tmp_path}/{{service}}.db"))
    database: URL = request.getfixturevalue("postgres_database")
    return StoreSettings(url=SecretStr(database.render_as_string(hide_password=False)))
