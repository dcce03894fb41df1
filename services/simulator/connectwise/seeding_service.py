"""What is loaded of tickets, projects and time is whole, as no such record of the product is without it."""

from services.simulator.connectwise.business.board import SCOPED
from services.simulator.connectwise.business.ticket_links import mark_parent
from services.simulator.connectwise.business.ticket_note import KINDS as NOTES
from services.simulator.connectwise.business.ticket_note import side
from services.simulator.connectwise.business.time_entry import follow as follow_time
from services.simulator.connectwise.fields import Entity, Record
from services.simulator.connectwise.state import State
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.write import Author

_TICKETS = frozenset(("ticket", "projectTicket"))
KINDS = _TICKETS | {"project", "projectPhase", "ticketNote", "ticketTask", "timeEntry"}


def fill(state: State, entity: Entity, record: Record, given: frozenset[str]) -> None:
    """Complete a record before it is stored; what is given stays as it is, also null."""
    store = state.store
    if entity.key in _TICKETS:
        _place_words(state, record)
    if entity.key == "timeEntry" and record.get("invoice") is not None and "status" not in given:
        record["status"] = "Billed"
    if entity.key == "timeEntry" and "member" not in given:
        record["member"] = _worker(state, record)
    if entity.key == "ticketNote":
        if not any(name in given for name in NOTES):
            record["detailDescriptionFlag"] = True
        side(record)
    if entity.rules is not None:
        entity.rules.complete(store, record, given, state.clock.stamp())


def follow(state: State, entity: Entity, row: Row) -> None:
    """Carry a loaded record to what shows it: sheet and ticket of a time entry, the parent of a ticket."""
    if entity.key == "timeEntry":
        follow_time(state.writer(Author("zAdmin")), row, None)
    elif entity.key == "ticket" and row.data.get("parentTicketId") is not None:
        mark_parent(state.store, row.data["parentTicketId"], state.clock.now())


def _worker(state: State, record: Record) -> int | None:
    # Whoever owns the ticket, or the first who may work.
    ticket = state.store.get("ticket", record.get("ticket") or record.get("chargeToId"))
    owner: int | None = ticket.data.get("owner") if ticket is not None else None
    rows = state.store.table("member").after(0)
    return owner or next((row.id for row in rows if row.data.get("licenseClass") == "F"), None)


def _place_words(state: State, record: Record) -> None:
    # A status that a recorded payload brought with it is one of the payload's board.
    for name, table in SCOPED.items():
        row = state.store.get(table, record.get(name))
        if row is not None and row.data.get("board") is None:
            placed = {**row.data, "board": record.get("board")}
            state.store.put(table, row.id, placed, state.clock.now())
