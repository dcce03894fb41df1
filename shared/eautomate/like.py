"""Patterns of LIKE with ``/`` as their escape; ``[`` opens a set on SQL Server."""

ESCAPE = "/"


def beginning(text: str) -> str:
    """What begins with the text."""
    return _plain(text) + "%"


def containing(text: str) -> str:
    """What has the text anywhere."""
    return f"%{_plain(text)}%"


def _plain(text: str) -> str:
    return "".join(f"{ESCAPE}{letter}" if letter in "/%_[" else letter for letter in text)
