"""Fixtures every test may use."""

from hypothesis import HealthCheck, settings

from tests.kafka import kafka, prefix
from tests.postgres import postgres, postgres_database
from tests.stores import store_settings

# A machine that is busy with brokers is slow now and then; that is no property of the code.
settings.register_profile("tandem", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tandem")

pytest_plugins = ["tests.scenarios"]

__all__ = ["kafka", "postgres", "postgres_database", "prefix", "store_settings"]
