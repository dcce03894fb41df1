"""Checks that several rules make alike, and how things are told. Pure."""

from collections.abc import Sequence

from shared.eautomate.values import folded
from shared.events.records import Reference
from shared.sync.decision import Checks


def listed(name: str, value: str | None, wanted: Sequence[str], checks: Checks) -> bool:
    """Whether a value is in a list of the settings; a blank list is all."""
    passed = not wanted or folded(value or "") in {folded(one) for one in wanted}
    return checks.ask(name, passed, value or "none", ", ".join(wanted) or "any")


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
