"""Fixtures every test may use."""

from tests.kafka import kafka, prefix
from tests.postgres import postgres, postgres_database
from tests.stores import store_settings

pytest_plugins = ["tests.scenarios"]

__all__ = ["kafka", "postgres", "postgres_database", "prefix", "store_settings"]
