"""Where an agreement worker can die."""

from collections.abc import Callable
from typing import Any

import pytest

from shared.eautomate.transaction import Transaction
from tests.contract.agreement_sync.world import World
from tests.contract.killing import die_at

BOOKING = (
    "clone_contract",
    "update_contract",
    "create_item",
    "add_line",
    "note_lines",
    "note_period",
    "note_write",
    "rename_invoice",
)


def kill_at(world: World, step: str, when: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Die once, right before or right after a step's effect; tells whether it came to that."""
    invoices = world.wired["connectwise", "invoice"]
    assert hasattr(invoices, "_writes")
    writes = invoices._writes
    owners: dict[str, Any] = {
        "see": world.store, "claim": world.store, "finish": world.store,
        "transaction": world.port, **dict.fromkeys(BOOKING, Transaction),
        "make": world.mapping, "unlink": world.mapping,
        "set_agreement_field": writes.pushes._writes, "set_invoice_field": writes.pushes._writes,
        "set_status": writes.pushes._writes,
        "intend": world.store.payments, "created": world.store.payments,
        "add_payment": writes.pushes._payments,
    }  # fmt: skip
    return die_at(owners[step], step, when, monkeypatch)
