"""`GET /finance/info/invoice/{id}`: all of an invoice that is needed to print it."""

from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.serialize import Serializer, encode
from services.simulator.connectwise.store import Row, Store

BILLING = ("agreementName", "agreementType", "agreementAmount", "agreementRecId", "parentRecId")
"""The columns of `agreementBillingInfo`."""


def printed(store: Store, serializer: Serializer, invoice: Row) -> str:
    """The invoice with its template, rows, and the agreements it bills, as JSON."""

    def whole(name: str, ident: int | None) -> str:
        row = store.get(name, ident)
        return "null" if row is None else serializer.whole(store.entities[name], row)

    def shown(name: str) -> str:
        rows = sorted(store.table(name).find("invoice", invoice.id))
        return f"[{','.join(whole(name, ident) for ident in rows)}]"

    parts = {
        "id": str(invoice.id),
        "invoice": whole("invoice", invoice.id),
        "invoiceTemplate": whole("invoiceTemplate", invoice.data.get("invoiceTemplate")),
        "products": shown("product"),
        "bundledComponentsInfo": "[]",
        "expenses": shown("expenseEntry"),
        "timeEntries": shown("timeEntry"),
        "logo": "null",
        "billingSetup": whole("billingSetup", invoice.data.get("billingSetupReference")),
        "agreementBillingInfo": encode(_billing(store, invoice)),
    }
    return f"{{{','.join(f'{encode(name)}:{text}' for name, text in parts.items())}}}"


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
