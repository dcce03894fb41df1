"""Fixtures every test may use."""

from tests.kafka import kafka, prefix

__all__ = ["kafka", "prefix"]
