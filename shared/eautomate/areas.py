"""Parts of e-automate's database that are judged apart, so that what one process lacks does not stop another."""

from typing import Literal, get_args

Area = Literal["customers", "contracts", "calls"]
"""``customers``: customers, employees, their codes and properties. ``contracts``: contracts, items, invoices.
``calls``: service calls with labour and materials, and their codes."""

AREAS: tuple[Area, ...] = get_args(Area)
