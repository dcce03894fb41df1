"""Raising invoices: by the API's action, and by the person at the screens of billing."""

from datetime import date
from decimal import Decimal
from typing import Any

from services.simulator.connectwise.business import service_billing
from services.simulator.connectwise.business.billing import due, raise_invoice, raise_prorated
from services.simulator.connectwise.business.period import day
from services.simulator.connectwise.call import Call, allow
from services.simulator.connectwise.errors import ApiError, no_endpoint, not_found
from services.simulator.connectwise.settings import NEWEST
from services.simulator.connectwise.store import Row, Store, fold
from services.simulator.connectwise.wire import Response
from services.simulator.connectwise.write import Writer


def by_action(call: Call, numbers: list[int]) -> Response:
    """`POST /finance/agreements/{id}/invoice`: bill the next period, or the one of the `date` sent (2025)."""
    if call.generation < NEWEST:
        raise no_endpoint()
    allow(call.request.method, "POST")
    store = call.state.store
    call.caller().demand("Invoicing", "add")
    agreement = store.get("agreement", numbers[0])
    sees = call.caller().view(store.entities["agreement"])
    if agreement is None or (sees is not None and not sees(agreement.data)):
        raise not_found("Agreement", numbers[0])
    body: Any = call.request.json() if call.request.body.strip() else {}
    sent = body if isinstance(body, dict) else {}
    if not sent.get("date") and agreement.data.get("nextInvoiceDate") is None:
        raise ApiError(400, "InvalidObject", f"Agreement {agreement.id} has nothing to invoice.")
    writer = call.writer()
    invoice = _raise(writer, agreement, sent)
    call.wrote(writer)
    return call.shown(store.entities["invoice"], invoice, 201)


def by_person(writer: Writer, body: dict[str, Any]) -> Row:
    """`/_sim/invoice`: one agreement, for the `date`, under the `number`, in the `status` given.

    `prorated` bills at once what was added since the last invoice, and nothing else. Or a `ticket`, a `project`
    or a `phase`: what is unbilled up to the date, today without one; `progress` is a part of a fixed fee.
    """
    for kind, table in _SCREENS.items():
        if kind in body:
            what = service_billing.subject(writer.store, kind, _named(writer.store, table, body[kind]))
            return service_billing.raise_invoice(writer, what, _wish(writer, body))
    return _raise(writer, _named(writer.store, "agreement", body.get("agreement")), body)


_SCREENS = {"ticket": "ticket", "project": "project", "phase": "projectPhase"}


def _named(store: Store, table: str, wanted: Any) -> Row:
    ident = wanted.get("id") if isinstance(wanted, dict) else wanted
    row = store.get(table, ident)
    if row is None:
        raise not_found(store.entities[table].noun, ident)
    return row


def _wish(writer: Writer, body: dict[str, Any]) -> service_billing.Wish:
    through = date.fromisoformat(str(body.get("date") or writer.clock.stamp())[:10])
    part = body.get("progress")
    return service_billing.Wish(
        through,
        str(body.get("number") or ""),
        _status(writer.store, body.get("status")),
        None if part is None else Decimal(str(part)),
    )


def run(writer: Writer, through: str) -> list[int]:
    """The recurring run: invoices of all agreements that are due by a date; their ids."""
    last = date.fromisoformat(through[:10])
    return [raise_invoice(writer, agreement).id for agreement in due(writer.store, last)]


def _raise(writer: Writer, agreement: Row, body: dict[str, Any]) -> Row:
    on = day(str(body["date"])) if body.get("date") else None
    status = _status(writer.store, body.get("status"))
    how = raise_prorated if body.get("prorated") else raise_invoice
    return how(writer, agreement, on, str(body.get("number") or ""), status)


def _status(store: Store, wanted: Any) -> int | None:
    # By name, id or reference.
    key = (wanted.get("id") or wanted.get("name")) if isinstance(wanted, dict) else wanted
    if key is None:
        return None
    rows = store.table("billingStatus").rows.values()
    found = [row.id for row in rows if key == row.id or fold(row.data.get("name")) == fold(key)]
    if not found:
        raise not_found("BillingStatus", key)
    return found[0]
