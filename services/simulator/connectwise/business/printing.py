"""`GET /finance/info/invoice/{id}`: all of an invoice that is needed to print it."""

import json
from decimal import Decimal
from typing import Any

from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.serialize import Serializer
from services.simulator.connectwise.store import Row, Store

BILLING = ("agreementName", "agreementType", "agreementAmount", "agreementRecId", "parentRecId")
"""The columns of `agreementBillingInfo`."""


def printed(store: Store, serializer: Serializer, invoice: Row) -> dict[str, Any]:
    """The invoice with its template, rows, and the agreements it bills."""

    def shown(name: str) -> list[Any]:
        entity, table = store.entities[name], store.table(name)
        rows = [row for row in table.after(0) if row.data.get("invoice") == invoice.id]
        return [json.loads(serializer.whole(entity, row), parse_float=Decimal) for row in rows]

    products = store.table("product")
    template, setup = invoice.data.get("invoiceTemplate"), invoice.data.get("billingSetupReference")
    return {
        "id": invoice.id,
        "invoice": json.loads(serializer.whole(store.entities["invoice"], invoice), parse_float=Decimal),
        "invoiceTemplate": serializer.reference("invoiceTemplate", template) if template else None,
        "products": [
            json.loads(serializer.whole(products.entity, products.rows[ident]), parse_float=Decimal)
            for ident in sorted(products.find("invoice", invoice.id))
        ],
        "bundledComponentsInfo": [],
        "expenses": shown("expenseEntry"),
        "timeEntries": shown("timeEntry"),
        "logo": None,
        "billingSetup": serializer.reference("billingSetup", setup) if setup else None,
        "agreementBillingInfo": _billing(store, invoice),
    }


def _billing(store: Store, invoice: Row) -> list[Record]:
    table = store.table("agreementBilling")
    rows = [table.rows[ident].data for ident in sorted(table.find("invoice", invoice.id))]
    if not rows:
        return _only(store, invoice)
    return [
        {
            **{name: row.get(name) for name in BILLING[:3]},
            "agreementRecId": row.get("agreement"),
            "parentRecId": row.get("parent"),
        }
        for row in rows
    ]


def _only(store: Store, invoice: Row) -> list[Record]:
    # An invoice that was loaded as it is: its one agreement has all of its flat amount.
    agreement = store.get("agreement", invoice.data.get("agreement"))
    if agreement is None:
        return []
    return [
        {
            "agreementName": agreement.data.get("name"),
            "agreementType": agreement.data.get("typeName"),
            "agreementAmount": invoice.data.get("agreementAmount"),
            "agreementRecId": agreement.id,
            "parentRecId": None,
        }
    ]
