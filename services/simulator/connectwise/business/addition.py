"""What the server does with the additions of agreements beyond their table of fields."""

from decimal import Decimal

from services.simulator.connectwise.business.amounts import ZERO, amount, cents
from services.simulator.connectwise.business.period import day, period
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

_PRORATED = ("prorateCost", "proratePrice", "extendedProrateCost", "extendedProratePrice")


def billed(record: Record) -> Decimal:
    """`billedQuantity`: what is left of the quantity when the included ones are taken off."""
    return amount(record.get("quantity")) - amount(record.get("lessIncluded"))


def extended_price(record: Record) -> Decimal:
    """`extPrice` of a whole period."""
    return cents(billed(record) * amount(record.get("unitPrice")))


def extended_cost(record: Record) -> Decimal:
    """`extCost` of a whole period."""
    return cents(billed(record) * amount(record.get("unitCost")))


class AdditionRules(Rules):
    """Defaults come from the catalog item; what is billed is computed."""

    def complete(self, store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """Price, texts and unit of the item, the first day, the place in the list."""
        if record.get("agreement") is None:
            record["agreement"] = record.pop("agreementId", None)
        item = store.get("catalogItem", record.get("product"))
        agreement = store.get("agreement", record.get("agreement"))
        found: Record = {}
        if item is not None:
            unit = store.get("unitOfMeasure", item.data.get("unitOfMeasure"))
            found |= {
                "unitPrice": item.data.get("price"),
                "unitCost": item.data.get("cost"),
                "taxableFlag": item.data.get("taxableFlag"),
                "description": item.data.get("description"),
                "invoiceDescription": item.data.get("customerDescription"),
                "uom": unit.data.get("name") if unit is not None else None,
            }
        if agreement is not None:
            found["effectiveDate"] = agreement.data.get("billStartDate") or now[:10] + "T00:00:00Z"
        found["sequenceNumber"] = Decimal(
            len(store.table("addition").find("agreement", record.get("agreement"))) + 1
        )
        for name, value in found.items():
            if name not in given and value is not None:
                record[name] = value
        if agreement is not None:
            record.update(prorated(store, record, agreement.data))

    def update(self, write: Write) -> None:
        """Recompute the prorated amounts."""
        agreement = write.store.get("agreement", write.record.get("agreement"))
        if agreement is not None:
            write.record.update(prorated(write.store, write.record, agreement.data))

    def check(self, write: Write) -> None:
        """Nothing before the agreement is billed (documented), no bundles (reported), dates in order."""
        record, store = write.record, write.store
        item = store.get("catalogItem", record.get("product"))
        agreement = store.get("agreement", record.get("agreement"))
        if item is not None and item.data.get("productClass") == "Bundle":
            message = "Bundles cannot be added to an agreement."
            write.items.append(Item("InvalidField", message, "addition", "product"))
        effective, cancelled = day(record.get("effectiveDate")), day(record.get("cancelledDate"))
        first = day(agreement.data.get("billStartDate")) if agreement is not None else None
        if effective is not None and first is not None and effective < first:
            message = "The effectiveDate cannot be before the billing start date of the agreement."
            write.items.append(Item("InvalidField", message, "addition", "effectiveDate"))
        if effective is not None and cancelled is not None and cancelled < effective:
            message = "The cancelledDate cannot be before the effectiveDate."
            write.items.append(Item("InvalidField", message, "addition", "cancelledDate"))


def options_of(store: Store, agreement: Record) -> str | None:
    """The `billingOptions` of an agreement's cycle; billed once is not recurring."""
    if agreement.get("billOneTimeFlag"):
        return "NotRecurring"
    cycle = store.get("billingCycle", agreement.get("billingCycle"))
    return str(cycle.data.get("billingOptions")) if cycle is not None else None


def prorated(store: Store, record: Record, agreement: Record) -> Record:
    """The computed fields that depend on the agreement and its next period."""
    shown: Record = {"agreementStatus": agreement.get("agreementStatus"), **dict.fromkeys(_PRORATED, ZERO)}
    begins = day(agreement.get("nextBillDate"))
    if begins is None or not (agreement.get("prorateFlag") or record.get("prorateCurrentPeriodFlag")):
        return shown
    share = period(begins, options_of(store, agreement)).share(
        day(record.get("effectiveDate")), day(record.get("cancelledDate"))
    )
    if not 0 < share < 1:
        return shown
    quantity = billed(record)
    price = cents(amount(record.get("unitPrice")) * share)
    cost = cents(amount(record.get("unitCost")) * share)
    return {
        **shown,
        "prorateCost": cost,
        "proratePrice": price,
        "extendedProrateCost": cents(quantity * cost),
        "extendedProratePrice": cents(quantity * price),
    }


def refresh_additions(store: Store, agreement: Row, at: float) -> None:
    """Carry an agreement's status and period to its additions; their stamps stay."""
    table = store.table("addition")
    for ident in sorted(table.find("agreement", agreement.id)):
        row = table.rows[ident]
        changed = {**row.data, **prorated(store, row.data, agreement.data)}
        if changed != row.data:
            store.put("addition", ident, changed, at)
