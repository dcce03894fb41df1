"""What people type, by their work."""

from services.simulator.eautomate.commands import (
    billing,
    call_work,
    calls,
    contracts,
    customers,
    items,
    lines,
)

PARTS = {
    "Customers, employees and codes": customers.app,
    "Contracts": contracts.app,
    "Contract lines": lines.app,
    "Billing and payments": billing.app,
    "Service calls": calls.app,
    "Labour, materials and invoices of calls": call_work.app,
    "Items and equipment": items.app,
}
"""By the heading ``--help`` shows them under."""
