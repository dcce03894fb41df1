"""Descriptions of contract lines (spec/agreements.md 6.6, 6.7, 6.8). Pure."""

from services.agreement_sync.rules.billed import Billed
from services.agreement_sync.rules.periods import Period, day_of
from shared.events.agreements import Agreement

DESCRIPTION_MOST = 255
"""Characters of ``SCContractDetails.Description`` and ``ICItems.Description``."""


def description(line: Billed, *notes: str) -> str:
    """The customer's description in one line, cut where it has to be, with notes that are never cut."""
    text = " ".join(line.description.split()) or line.product
    tail = "".join(f" ({note})" for note in notes if note)
    return shortened(text, DESCRIPTION_MOST - len(tail)) + tail


def shortened(text: str, most: int) -> str:
    """A text that fits."""
    return text if len(text) <= most else text[: most - 3].rstrip() + "..."


def proration_note(line: Billed, agreement: Agreement, period: Period, earlier: Period) -> str:
    """What is said of an addition that begins within a period; empty of others.

    Args:
        earlier: the period before: what began in it is billed with this one.
    """
    began = day_of(line.addition.effectiveDate) if line.addition is not None else None
    if not agreement.prorateFlag or began is None:
        return ""
    within = (earlier.holds(began) or period.holds(began)) and began not in (earlier.first, period.first)
    return f"This item has been prorated with a start date of {began}" if within else ""
