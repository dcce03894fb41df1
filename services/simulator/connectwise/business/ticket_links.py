"""What tickets and the records around them show of each other; none of it moves a stamp (inferred)."""

from services.simulator.connectwise.business.amounts import ZERO, amount
from services.simulator.connectwise.business.billable import is_ready
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row, Store

_SHOWN = {
    "ticketBoard": ("board", "board"),
    "ticketStatus": ("status", "boardStatus"),
    "ticketType": ("type", "boardType"),
    "ticketSubType": ("subType", "boardSubType"),
}


def ticket_words(store: Store, ticket: Row | None) -> Record:
    """What a time entry shows of its ticket, in words."""
    found: Record = {}
    for name, (reference, table) in _SHOWN.items():
        row = store.get(table, ticket.data.get(reference)) if ticket is not None else None
        found[name] = row.data.get("name") if row is not None else None
    return found


def mirror(store: Store, ticket: Row, at: float) -> None:
    """Carry a ticket's words to its time entries, and whether they may be billed now."""
    table, words = store.table("timeEntry"), ticket_words(store, ticket)
    for ident in sorted(table.find("ticket", ticket.id)):
        entry = table.rows[ident].data
        changed = {**entry, **words, "invoiceReady": int(is_ready(store, entry))}
        if changed != entry:
            store.put("timeEntry", ident, changed, at)


def mark_parent(store: Store, ident: int | None, at: float) -> None:
    """A ticket shows whether it has children, and whether some were merged into it."""
    row, table = store.get("ticket", ident), store.table("ticket")
    if row is None:
        return
    children, merged = table.find("parentTicketId", row.id), table.find("mergedParentTicket", row.id)
    changed = {**row.data, "hasChildTicket": bool(children), "hasMergedChildTicketFlag": bool(merged)}
    if changed != row.data:
        store.put("ticket", row.id, changed, at)


def sum_hours(store: Store, above: str, ident: int | None, at: float) -> None:
    """The `actualHours` of a ticket, a phase or a project: the hours of its time entries."""
    target = "projectPhase" if above == "phase" else above
    row = store.get(target, ident)
    if row is None:
        return
    table = store.table("timeEntry")
    hours = sum((amount(table.rows[one].data.get("actualHours")) for one in table.find(above, ident)), ZERO)
    if row.data.get("actualHours") != hours:
        store.put(target, row.id, {**row.data, "actualHours": hours}, at)
