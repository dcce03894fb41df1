"""Checks that several rules make alike, and how things are told. Pure."""

from shared.events.records import Reference


def name_of(reference: Reference | None) -> str:
    """For people; empty when there is none."""
    if reference is None:
        return ""
    return (reference.name or reference.identifier or "").strip()


def told(reference: Reference | None, nobody: str = "none") -> str:
    """``Northgate Dental Group (1204)``."""
    return f"{name_of(reference) or '?'} ({reference.id})" if reference is not None else nobody


def setting(name: str) -> str:
    """A setting of this service in the words of ``blocked_on``."""
    return f"setting:service_sync.{name}"


def record(source: str, entity: str, key: int | str) -> str:
    """A record in the words of ``blocked_on``."""
    return f"record:{source}:{entity}:{key}"
