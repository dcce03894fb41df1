"""Fixtures every test may use."""

import ssl
from collections.abc import Iterator
from functools import cache

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.kafka import kafka, prefix
from tests.postgres import postgres, postgres_database
from tests.stores import store_settings

# A machine that is busy with brokers is slow now and then; that is no property of the code.
settings.register_profile("tandem", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tandem")

# By default every traceback is drawn with all its variables, which takes longer than most tests.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

pytest_plugins = ["tests.scenarios"]

__all__ = ["certificates_once", "kafka", "postgres", "postgres_database", "prefix", "store_settings"]


@pytest.fixture(scope="session", autouse=True)
def certificates_once() -> Iterator[None]:
    """Every HTTP client reads all certificates when it is made, which takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
        yield
