"""The audit trail: prose lines a record, naming the member who did it."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.fields import Entity, Field, Kind
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Author

TYPES = (
    "None Ticket Contact Company Opportunity Time Activity ProductCatalog ProjectTicket Purchasing Configuration "
    "Schedule Agreement AgreementAddition Project Invoice PurchaseOrder Expense"
).split()
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def note_creation(store: Store, entity: Entity, row: Row, author: "Author", clock: Clock) -> None:
    """Record that a record came to be."""
    _note(
        store, entity, row.id, f"{entity.noun} has been created by {author.member}.", "Record", author, clock
    )


def note_deletion(store: Store, entity: Entity, row: Row, author: "Author", clock: Clock) -> None:
    """Record that a record is gone."""
    _note(
        store, entity, row.id, f"{entity.noun} has been deleted by {author.member}.", "Record", author, clock
    )


def note_change(
    store: Store, entity: Entity, before: Row, after: Row, author: "Author", clock: Clock
) -> None:
    """Record every field that changed, old and new value in words."""
    if not entity.audit:
        return
    for field in entity.fields:
        old, new = before.data.get(field.name), after.data.get(field.name)
        if old == new:
            continue
        if field.kind is Kind.CUSTOM:
            for ident in sorted({*(old or {}), *(new or {})}):
                was, now = (old or {}).get(ident), (new or {}).get(ident)
                definition = store.get("userDefinedField", ident)
                label = str(definition.data["caption"]) if definition is not None else str(ident)
                if was != now:
                    _note(store, entity, after.id, _changed(label, was, now), label, author, clock)
            continue
        label = _HUMP.sub(" ", field.name[:1].upper() + field.name[1:])
        text = _changed(label, _words(store, field, old), _words(store, field, new))
        _note(store, entity, after.id, text, label, author, clock)


def _changed(label: str, old: Any, new: Any) -> str:
    return f'{label} has been updated from "{"" if old is None else old}" to "{"" if new is None else new}".'


def _words(store: Store, field: Field, value: Any) -> Any:
    if value is None:
        return ""
    if field.kind is Kind.REF:
        row = store.get(field.target, value)
        named = (
            [part.get(row.data) for part in store.entities[field.target].reference] if row is not None else []
        )
        return named[-1] if named else value
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def _note(
    store: Store, entity: Entity, ident: int, text: str, sub: str, author: "Author", clock: Clock
) -> None:
    if not entity.audit:
        return
    store.audits.setdefault((entity.audit, ident), []).append(
        {
            "text": text,
            "enteredDate": clock.stamp(),
            "enteredBy": author.member,
            "auditType": entity.audit,
            "auditSubType": sub,
            "auditSource": author.source,
        }
    )
