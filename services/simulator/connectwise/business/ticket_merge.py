"""Merging tickets into one, and attaching tickets to one as its children."""

from typing import TYPE_CHECKING

from services.simulator.connectwise.business.ticket_links import mark_parent, mirror
from services.simulator.connectwise.errors import ApiError, Item, invalid
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.store import Row

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer


def merge(writer: "Writer", into: Row, rows: list[Row], status: int | None) -> None:
    """Make tickets part of another: they keep notes and time, and take the status asked for (inferred).

    Raises 400 for a ticket merged into itself, and for a status of another board.
    """
    store, now = writer.store, writer.clock.now()
    _refuse_itself(into, rows)
    word = store.get("boardStatus", status)
    for row in rows:
        if word is not None and word.data.get("board") != row.data.get("board"):
            text = (
                f"Service Status {word.data.get('name')} not found for Service Board {row.data.get('board')}"
            )
            raise invalid("ticketMerge", [Item("NotFound", text, "ticketMerge", "status/id")])
    for row in rows:
        merged: Record = {**row.data, "mergedParentTicket": into.id}
        if word is not None:
            merged["status"] = word.id
            merged.update(_closed(writer, row.data, closed=bool(word.data.get("closedStatus"))))
        mirror(store, writer.store_again(writer.kind("ticket"), row, merged), now)
    mark_parent(store, into.id, now)


def attach(writer: "Writer", above: Row, rows: list[Row]) -> None:
    """Make tickets children of another. Raises 400 for a ticket attached to itself."""
    _refuse_itself(above, rows)
    before = {row.data.get("parentTicketId") for row in rows}
    for row in rows:
        writer.store_again(writer.kind("ticket"), row, {**row.data, "parentTicketId": above.id})
    for ident in {above.id, *before} - {None}:
        mark_parent(writer.store, ident, writer.clock.now())


def _refuse_itself(above: Row, rows: list[Row]) -> None:
    if above.id in (row.id for row in rows):
        raise ApiError(400, "InvalidObject", f"Ticket {above.id} cannot be joined to itself.")


def _closed(writer: "Writer", before: Record, *, closed: bool) -> Record:
    if not closed or before.get("closedFlag"):
        return {"closedFlag": closed}
    now, member = writer.clock.stamp(), writer.author.member
    return {
        "closedFlag": True,
        "closedDate": now,
        "closedBy": member,
        "dateResolved": now,
        "resolvedBy": member,
    }
