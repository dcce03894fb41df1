"""Tandem's own database on both engines."""

from tests.postgres import postgres, postgres_database
from tests.stores import store_settings

__all__ = ["postgres", "postgres_database", "store_settings"]
