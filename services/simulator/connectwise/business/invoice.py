"""What the server does with invoices beyond their table of fields: numbers, defaults, locks, the life cycle."""

from datetime import timedelta
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount
from services.simulator.connectwise.business.billable import is_ready, released
from services.simulator.connectwise.business.period import day, midnight
from services.simulator.connectwise.business.totals import totals
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

SPECIAL = ("CreditMemo", "DownPayment", "Miscellaneous")
"""Types that may be created by POST, and that rows may be added to."""
_FIRST_NUMBER = 86_000
_SNAPSHOT = {
    "AddressLine1": "addressLine1",
    "AddressLine2": "addressLine2",
    "City": "city",
    "Zip": "zip",
}


def is_closed(store: Store, record: Record) -> bool:
    """Whether the status of an invoice is one that closes it."""
    status = store.get("billingStatus", record.get("status"))
    return status is not None and bool(status.data.get("closedFlag"))


def no_account(store: Store, record: Record) -> Item | None:
    """The line that refuses to close an invoice: its company has no account number (reported)."""
    company = store.get("company", record.get("company"))
    if company is None or company.data.get("accountNumber"):
        return None
    return Item("InvalidField", "Company does not have an account number.", "invoice", "company")


def next_number(store: Store) -> str:
    """A number that no invoice has."""
    table = store.table("invoice")
    number = table.next_id + _FIRST_NUMBER
    while table.find("invoiceNumber", str(number)):
        number += 1
    return str(number)


class InvoiceRules(Rules):
    """Open invoices change, closed ones only their status; amounts are computed."""

    def complete(self, store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """What company, sites, terms and set-up decide; the company's account number and addresses as they are."""
        for name, value in _defaults(store, record, now).items():
            if name not in given and value is not None:
                record[name] = value
        for name in ("billingSite", "shippingSite"):
            for part, value in _address(store, record.get(name)).items():
                if f"{name}{part}" not in given:
                    record[f"{name}{part}"] = value
        if "dueDate" not in given:
            record["dueDate"] = _due(store, record)
        record["specialInvoiceFlag"] = record.get("type") in SPECIAL

    def prepare(self, write: Write) -> None:
        """Number it; only special types come by the API (reported)."""
        record = write.record
        if not str(record.get("invoiceNumber") or "").strip():
            record["invoiceNumber"] = next_number(write.store)
        if record.get("type") not in (None, *SPECIAL) and not write.writer.by_people:
            message = f"Invoices of type {record['type']} cannot be created."
            write.items.append(Item("InvalidField", message, "invoice", "type"))
        record.update(totals(write.store, record, 0))
        _close(write)

    def update(self, write: Write) -> None:
        """Refuse what the state locks, then recompute."""
        record, before = write.record, write.before
        if before is None:
            return
        if record.get("type") not in (None, before.data.get("type")):
            message = "The type of an invoice cannot be changed."
            write.items.append(Item("InvalidField", message, "invoice", "type"))
        if is_closed(write.store, before.data):
            _locked(write, frozenset({"status"}))
        if not record.get("invoiceNumber"):
            record["invoiceNumber"] = before.data.get("invoiceNumber")
        if record.get("serviceAdjustmentAmount") is None:
            record["serviceAdjustmentAmount"] = ZERO
        if record["serviceAdjustmentAmount"] != before.data.get("serviceAdjustmentAmount"):
            record["adjustedBy"] = write.writer.author.member
        for name in ("billingSite", "shippingSite"):
            if record.get(name) != before.data.get(name):
                record.update(
                    {
                        f"{name}{part}": value
                        for part, value in _address(write.store, record.get(name)).items()
                    }
                )
        moved = any(record.get(name) != before.data.get(name) for name in ("date", "billingTerms"))
        if moved and "dueDate" not in write.names:
            record["dueDate"] = _due(write.store, record)
        if not is_closed(write.store, before.data):
            record.update(totals(write.store, record, before.id))
        _close(write)

    def check(self, write: Write) -> None:
        """Numbers are unique; a credit memo is not positive."""
        record = write.record
        number = record.get("invoiceNumber")
        if number and write.store.table("invoice").find("invoiceNumber", number) - {write.own_id}:
            message = f"Invoice number {number} already exists."
            write.items.append(Item("ObjectExists", message, "invoice", "invoiceNumber"))
        if record.get("type") == "CreditMemo" and amount(record.get("total")) > 0:
            message = "The total of a credit memo must be less than or equal to zero."
            write.items.append(Item("InvalidField", message, "invoice", "total"))

    def removing(self, writer: "Writer", row: Row) -> Item | None:
        """A closed or paid invoice stays."""
        if is_closed(writer.store, row.data):
            message = f"Invoice {row.data.get('invoiceNumber')} is closed and cannot be deleted."
            return Item("InvalidObject", message, "invoice", "id")
        if writer.store.table("payment").find("invoice", row.id):
            message = f"Invoice {row.data.get('invoiceNumber')} has payments and cannot be deleted."
            return Item("InUse", message, "invoice", "id")
        return None

    def removed(self, writer: "Writer", row: Row) -> None:
        """What it billed is ready to bill again: rows let go, additions are billed anew, periods reopen."""
        store, now = writer.store, writer.clock.now()
        table = store.table("product")
        for ident in sorted(table.find("invoice", row.id)):
            if table.rows[ident].data.get("addition") is not None:
                store.remove("product", ident, now)
            else:
                store.put("product", ident, {**table.rows[ident].data, "invoice": None}, now)
        for name in ("timeEntry", "expenseEntry"):
            table = store.table(name)
            for one in [table.rows[ident] for ident in sorted(table.find("invoice", row.id))]:
                writer.store_again(writer.kind(name), one, _freed(store, released(one.data)))
        for ident in sorted(store.table("payment").find("invoice", row.id)):
            store.remove("payment", ident, now)
        reopen(store, row.id, now)


def _freed(store: Store, entry: Record) -> Record:
    if "invoiceReady" in entry:
        entry.update(invoiceFlag=False, invoiceReady=int(is_ready(store, entry)))
    return entry


def reopen(store: Store, invoice: int, at: float) -> None:
    """Forget what an invoice billed: its agreements are to be billed from that period on again."""
    table = store.table("agreementBilling")
    for ident in sorted(table.find("invoice", invoice)):
        billed = table.rows[ident].data
        agreement = store.get("agreement", billed.get("agreement"))
        begins = billed.get("billedFrom")
        latest = agreement is not None and agreement.data.get("nextBillDate") == billed.get("billedNext")
        if agreement is not None and latest and begins is not None:
            again = {"nextBillDate": begins, "nextInvoiceDate": begins}
            store.put("agreement", agreement.id, {**agreement.data, **again}, at)
        store.remove("agreementBilling", ident, at)


class ClosedInvoiceRules(Rules):
    """The narrow door for closed invoices: status, internal notes, custom fields (reported)."""

    def update(self, write: Write) -> None:
        """Open ones do not come in here; a closed one may be opened."""
        if write.before is not None and not is_closed(write.store, write.before.data):
            message = f"Invoice {write.before.data.get('invoiceNumber')} is not closed."
            write.items.append(Item("InvalidObject", message, "invoice", "status"))
            return
        if write.before is not None and not write.writer.knobs.closed_invoices_take_custom_fields:
            write.record["customFields"] = write.before.data.get("customFields")
        _close(write)


def _locked(write: Write, free: frozenset[str]) -> None:
    before = write.before.data if write.before is not None else {}
    for field in write.writer.kind("invoice").fields:
        name, fixed = field.name, field.read_only and not field.by_people
        if name not in free and not fixed and write.record.get(name) != before.get(name):
            message = f"Invoice {before.get('invoiceNumber')} is closed and cannot be changed."
            write.items.append(Item("InvalidObject", message, "invoice", name))
            return


def _close(write: Write) -> None:
    # Closing needs an account number; who closed it shows for as long as it is closed.
    was = write.before is not None and is_closed(write.store, write.before.data)
    closed = is_closed(write.store, write.record)
    if closed and not was:
        write.record["closedBy"] = write.writer.author.member
        company = write.store.get("company", write.record.get("company"))
        if company is not None:
            write.record["accountNumber"] = company.data.get("accountNumber")
        refusal = no_account(write.store, write.record)
        if refusal is not None:
            write.items.append(refusal)
    elif was and not closed:
        write.record["closedBy"] = None


def _defaults(store: Store, record: Record, now: str) -> Record:
    company = store.get("company", record.get("company"))
    found: Record = {
        "date": now[:10] + "T00:00:00Z",
        "locationId": next((row.id for row in store.table("location").after(0)), None),
        "departmentId": next((row.id for row in store.table("department").after(0)), None),
        "invoiceTemplate": next((row.id for row in store.table("invoiceTemplate").after(0)), None),
        "billingSetupReference": next((row.id for row in store.table("billingSetup").after(0)), None),
        "templateSetupId": 1,
        "applyToType": "All",
        "taxableFlag": True,
    }
    if company is None:
        return found
    data = company.data
    pays = store.get("company", record.get("billToCompany") or data.get("billToCompany")) or company
    contact = store.get("contact", pays.data.get("billingContact") or pays.data.get("defaultContact"))
    names = (contact.data.get("firstName"), contact.data.get("lastName")) if contact is not None else ()
    site = store.get("site", data.get("site"))
    return {
        **found,
        "billToCompany": pays.id,
        "shipToCompany": company.id,
        "accountNumber": data.get("accountNumber"),
        "attention": " ".join(str(name) for name in names if name)[:60] or None,
        "billingSite": pays.data.get("billingSite") or pays.data.get("site"),
        "shippingSite": data.get("site"),
        "billingTerms": pays.data.get("billingTerms") or data.get("billingTerms"),
        "taxCode": (site.data.get("taxCode") if site is not None else None) or data.get("taxCode"),
        "currency": data.get("currency"),
        "territoryId": data.get("territory"),
    }


def _address(store: Store, site: int | None) -> Record:
    row = store.get("site", site)
    if row is None:
        return dict.fromkeys((*_SNAPSHOT, "State", "Country"))
    state = store.get("state", row.data.get("stateReference"))
    country = store.get("country", row.data.get("country"))
    return {
        **{part: row.data.get(name) for part, name in _SNAPSHOT.items()},
        "State": state.data.get("identifier") if state is not None else None,
        "Country": country.data.get("name") if country is not None else None,
    }


def _due(store: Store, record: Record) -> str | None:
    terms, on = store.get("billingTerm", record.get("billingTerms")), day(record.get("date"))
    if on is None:
        return None
    return midnight(on + timedelta(days=int(terms.data.get("dueDays") or 0) if terms is not None else 0))
