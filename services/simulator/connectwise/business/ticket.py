"""What the server does with service tickets beyond their table of fields."""

import uuid
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.board import SCOPED, usual
from services.simulator.connectwise.business.ticket_checks import check_board, check_company, check_parent
from services.simulator.connectwise.business.ticket_defaults import (
    by_mail,
    copy_contact,
    copy_site,
    fill,
    of_agreement,
    of_board,
    of_company,
    only_agreement,
)
from services.simulator.connectwise.business.ticket_links import mark_parent, mirror
from services.simulator.connectwise.business.ticket_note import FIRST_NOTES, first_notes
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rights import Caller
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store
from services.simulator.connectwise.validate import missing

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

PASSING = (
    *FIRST_NOTES,
    "initialDescriptionFrom",
    "contactEmailLookup",
    "processNotifications",
    "skipCallback",
)
"""What a body may say that no record keeps."""
_BILLS = ("billTime", "billExpenses", "billProducts")
_WEIGHTS = ("severity", "impact")


def is_service(record: Record) -> bool:
    """Whether a record of the tickets' table is a service ticket."""
    return record.get("recordType") in (None, "ServiceTicket")


def is_project(record: Record) -> bool:
    """Whether it is a ticket or an issue of a project."""
    return not is_service(record)


def closes(store: Store, record: Record) -> bool:
    """Whether the status of a ticket is one that closes it."""
    status = store.get("boardStatus", record.get("status"))
    return status is not None and bool(status.data.get("closedStatus"))


class TicketRules(Rules):
    """Board, company and agreement fill a ticket; its status says whether it is closed."""

    project_board = False
    closing = "Close Service Tickets"
    """The module function that closed tickets need besides that of tickets."""

    def complete(self, store: Store, record: Record, given: frozenset[str], now: str) -> None:
        """What board, company, contact, site and agreement decide, and what follows from the status."""
        record["recordType"] = self.record_type(record)
        given = self._look_up(store, record, given)
        given = self.from_above(store, record, given)
        fill(record, given, of_board(store, record))
        found = of_company(store, record, given)
        if {"contactName", "contactEmailAddress"} & given:
            found.pop("contact", None)
        fill(record, given, found)
        fill(record, given, copy_site(store, record.get("site")))
        fill(record, given, copy_contact(store, record.get("contact")))
        fill(record, given, of_agreement(store, record))
        fill(record, given, {name: "Billable" for name in _BILLS if record.get(name) is None})
        owner = store.get("member", record.get("owner"))
        resources = owner.data.get("identifier") if owner is not None else None
        fill(record, given, {"mobileGuid": str(uuid.uuid4()), "resources": resources})
        closed = closes(store, record)
        fill(record, given, {"closedFlag": closed})
        if closed:
            by, at = record.get("_updatedBy"), record.get("_lastUpdated") or now
            fill(record, given, {"closedDate": at, "closedBy": by, "dateResolved": at, "resolvedBy": by})

    def record_type(self, record: Record) -> str:
        """The `recordType`."""
        return str(record.get("recordType") or "ServiceTicket")

    def from_above(self, _store: Store, _record: Record, given: frozenset[str]) -> frozenset[str]:
        """Take over what the thing decides that the ticket is part of; returns all that is settled then."""
        return given

    def prepare(self, write: Write) -> None:
        """The agreement, where the tenant assigns it; who closes; what is passing."""
        record, store = write.record, write.store
        if write.writer.knobs.tickets_take_agreement and "agreement" not in write.names:
            record["agreement"] = only_agreement(store, record.get("company"))
            fill(record, write.names, of_agreement(store, record))
        self._pass(write)
        if record.get("closedFlag"):
            self._demand(write)
            record.update(closedBy=write.writer.author.member, resolvedBy=write.writer.author.member)

    def update(self, write: Write) -> None:
        """Another board brings its own words, another company, site or contact their copies."""
        if write.before is None:
            return
        self._pass(write)
        record, before, store = write.record, write.before.data, write.store
        if write.verb == "PUT":
            self._put(write)
        record["recordType"] = self.record_type(record)
        if record.get("board") != before.get("board"):
            found = {**dict.fromkeys(SCOPED), **of_board(store, record)}
            names = (*SCOPED, "location", "department")
            record.update({name: found.get(name) for name in names if name not in write.names})
        if record.get("status") is None:
            record["status"] = usual(store, "boardStatus", record.get("board"))
        if record.get("company") != before.get("company"):
            found = {"agreement": None, **of_company(store, record, write.names)}
            record.update({name: value for name, value in found.items() if name not in write.names})
        for name, copy in (("site", copy_site), ("contact", copy_contact)):
            if record.get(name) != before.get(name):
                copied = copy(store, record.get(name))
                record.update({part: one for part, one in copied.items() if part not in write.names})
        if record.get("agreement") != before.get("agreement"):
            record["agreementType"] = of_agreement(store, record).get("agreementType")
        record["parentTicketId"] = record.get("parentTicketId") or None
        self._close(write)

    def check(self, write: Write) -> None:
        """The words belong to the board, the site to the company, the parent is a ticket."""
        check_board(write, project=self.project_board)
        check_company(write)
        check_parent(write)

    def written(self, write: Write, row: Row) -> None:
        """The first notes; the parent knows of its child; time entries show the ticket's board and status."""
        before = write.before.data if write.before is not None else {}
        if write.before is None:
            first_notes(write.writer, row, write.body)
        for ident in {before.get("parentTicketId"), row.data.get("parentTicketId")} - {None}:
            mark_parent(write.store, ident, write.writer.clock.now())
        if write.before is not None:
            mirror(write.store, row, write.writer.clock.now())

    def removed(self, writer: "Writer", row: Row) -> None:
        """Notes and tasks go with their ticket; its children stand alone."""
        store, now = writer.store, writer.clock.now()
        for name in ("ticketNote", "ticketTask"):
            for ident in sorted(store.table(name).find("ticket", row.id)):
                store.remove(name, ident, now)
        table = store.table("ticket")
        for ident in sorted(table.find("parentTicketId", row.id)):
            store.put("ticket", ident, {**table.rows[ident].data, "parentTicketId": None}, now)
        for name in ("parentTicketId", "mergedParentTicket"):
            mark_parent(store, row.data.get(name), now)

    def _look_up(self, store: Store, record: Record, given: frozenset[str]) -> frozenset[str]:
        # `contactEmailLookup` finds the contact.
        wanted = record.get("contactEmailLookup")
        contact = by_mail(store, record.get("company"), str(wanted)) if wanted else None
        if contact is None or "contact" in given:
            return given
        record["contact"] = contact.id
        return given | {"contact"}

    def _pass(self, write: Write) -> None:
        passing = {name: write.record.pop(name, None) for name in PASSING}
        write.quiet = bool(passing["skipCallback"])

    def _put(self, write: Write) -> None:
        # What a PUT leaves out takes its default again; two properties it must have (documented).
        record, entity = write.record, write.writer.kind("ticket")
        for name in _WEIGHTS if is_service(record) else ():
            if name not in write.names:
                write.items.append(missing(entity, name))
        for name, value in write.writer.defaults(entity).items():
            if record.get(name) is None:
                record[name] = value
        names = frozenset(name for name in record if record[name] is not None)
        fill(record, names, of_board(write.store, record))
        fill(record, names, {name: "Billable" for name in _BILLS if record.get(name) is None})

    def _close(self, write: Write) -> None:
        before = write.before.data if write.before is not None else {}
        was, closed = bool(before.get("closedFlag")), closes(write.store, write.record)
        if was or closed:
            self._demand(write)
        write.record["closedFlag"] = closed
        if closed and not was:
            now, member = write.writer.clock.stamp(), write.writer.author.member
            write.record.update(closedDate=now, closedBy=member, dateResolved=now, resolvedBy=member)
        elif was and not closed:
            write.record.update(closedDate=None, closedBy=None, dateResolved=None, resolvedBy=None)

    def _demand(self, write: Write) -> None:
        # Closing, and changing what is closed, needs a right of its own (inferred from the role's functions).
        writer = write.writer
        Caller(writer.store, writer.knobs, writer.author.member).demand(self.closing, "edit")
