"""The audit trail: prose lines a record, naming the member who did it."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.fields import Entity, Field, Kind, Record
from services.simulator.connectwise.store import Row, Store

TYPES = (
    *("None", "Ticket", "Contact", "Company", "Opportunity", "Time", "Activity", "ProductCatalog"),
    *(
        "ProjectTicket",
        "Purchasing",
        "Configuration",
        "Schedule",
        "Agreement",
        "AgreementAddition",
        "Project",
    ),
    *("Invoice", "PurchaseOrder", "Expense"),
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Trail:
    """Writes the lines of one author."""

    store: Store
    clock: Clock
    member: str
    source: str

    def created(self, entity: Entity, row: Row) -> None:
        """Record that a record came to be."""
        self._note(entity, row.id, f"{entity.noun} has been created by {self.member}.", "Record")

    def deleted(self, entity: Entity, row: Row) -> None:
        """Record that a record is gone."""
        self._note(entity, row.id, f"{entity.noun} has been deleted by {self.member}.", "Record")

    def changed(self, entity: Entity, before: Row, after: Row) -> None:
        """Record every field that changed, old and new value in words."""
        if not entity.audit:
            return
        for field in entity.fields:
            old, new = before.data.get(field.name), after.data.get(field.name)
            if old == new or field.hidden:
                continue
            if field.kind is Kind.CUSTOM:
                self._custom(entity, after.id, old or {}, new or {})
                continue
            label = _HUMP.sub(" ", field.name[:1].upper() + field.name[1:])
            text = _changed(label, _words(self.store, field, old), _words(self.store, field, new))
            self._note(entity, after.id, text, label)

    def _custom(self, entity: Entity, ident: int, old: Record, new: Record) -> None:
        for place in sorted({*old, *new}):
            definition = self.store.get("userDefinedField", int(place))
            label = str(definition.data["caption"]) if definition is not None else str(place)
            if old.get(place) != new.get(place):
                self._note(entity, ident, _changed(label, old.get(place), new.get(place)), label)

    def _note(self, entity: Entity, ident: int, text: str, sub: str) -> None:
        if not entity.audit:
            return
        self.store.audits.setdefault((entity.audit, ident), []).append(
            {
                "text": text,
                "enteredDate": self.clock.stamp(),
                "enteredBy": self.member,
                "auditType": entity.audit,
                "auditSubType": sub,
                "auditSource": self.source,
            }
        )


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
