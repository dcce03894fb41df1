"""From which day on invoices reach ID964: the connector publishes none that is dated earlier."""

from datetime import date, timedelta

from pydantic import BaseModel

from shared.config import load

SETTING = "connectwise_connector.invoices_since"


class _Section(BaseModel):
    """What of the section ``connectwise_connector`` decides it."""

    invoices_since: date | None = None
    invoice_window_days: int = 62


def first_day(today: date, oldest: date | None) -> date:
    """The first day of which invoices are read.

    Args:
        oldest: day of the oldest invoice that was read, None before the first run.
    """
    settings = load("connectwise_connector", _Section)
    if settings.invoices_since is not None:
        return settings.invoices_since
    return oldest if oldest is not None else today - timedelta(days=settings.invoice_window_days)
