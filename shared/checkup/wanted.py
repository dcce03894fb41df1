"""What the settings name and another system must have: services tell theirs by entry points ``tandem.wanted``."""

import difflib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import entry_points

from shared.checkup.finding import Finding, Level


class Kind(StrEnum):
    """What kind of thing it is, as people call it."""

    COMPANY_FIELD = "company custom field"
    COMPANY_TYPE = "company type"
    COMPANY_STATUS = "company status"
    TERRITORY = "territory"
    CUSTOMER_TYPE = "customer type"
    CONTRACT_TYPE = "contract type"
    BRANCH = "branch"
    AGREEMENT_TYPE = "agreement type"
    BILLING_STATUS = "billing status"
    AGREEMENT_FIELD = "agreement custom field"
    INVOICE_FIELD = "invoice custom field"
    BOARD = "service board"
    TICKET_STATUS = "ticket status"
    WORK = "work type or work role"
    BILL_CODE = "bill code"
    CALL_TYPE = "call type"
    ACTIVITY_CODE = "activity code"
    CALL_HOLD_CODE = "on-hold code of calls"


CONNECTWISE = frozenset({
    Kind.COMPANY_FIELD, Kind.COMPANY_TYPE, Kind.COMPANY_STATUS, Kind.TERRITORY, Kind.AGREEMENT_TYPE,
    Kind.BILLING_STATUS, Kind.AGREEMENT_FIELD, Kind.INVOICE_FIELD, Kind.BOARD, Kind.TICKET_STATUS, Kind.WORK,
})  # fmt: skip
"""Kinds that ConnectWise has; the others are e-automate's."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One name in a setting, e.g. the company type ``Client`` of ``customer_sync.company_type``."""

    kind: Kind
    name: str
    setting: str


@dataclass(frozen=True, slots=True)
class Wants:
    """What one service's settings ask of other systems.

    Attributes:
        writes: whether it writes to ConnectWise as it is set.
    """

    named: tuple[Wanted, ...]
    writes: bool


def wants_of(services: Collection[str]) -> dict[str, Wants]:
    """By service; those that ask for nothing are absent.

    Raises:
        pydantic.ValidationError: settings are wrong.
    """
    tellers: dict[str, Callable[[], Wants]] = {
        point.name: point.load() for point in entry_points(group="tandem.wanted") if point.name in services
    }
    return {service: tell() for service, tell in tellers.items()}


def compared(area: str, wanted: Collection[Wanted], kind: Kind, names: Collection[str]) -> Iterator[Finding]:
    """Whether a system has everything of a kind that the settings name; letter case does not matter."""
    known = {name.strip().casefold() for name in names}
    for one in wanted:
        if one.kind is not kind:
            continue
        subject = f"{kind.value} {one.name}"
        if one.name.strip().casefold() in known:
            yield Finding(area, subject, Level.OK, "is there")
            continue
        near = difflib.get_close_matches(one.name, list(names), n=1, cutoff=0.5)
        hint = f"; did you mean {near[0]}?" if near else ""
        text = f"does not exist, and {one.setting} names it"
        yield Finding(area, subject, Level.FAULT, text, f"create it, or change {one.setting}{hint}")
