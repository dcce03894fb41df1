"""What the server does with time entries beyond their table of fields: defaults, hours, rates, coverage, locks."""

import uuid
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.billable import EDITABLE
from services.simulator.connectwise.business.sheet import count_sheet, sheet_of
from services.simulator.connectwise.business.ticket_links import sum_hours
from services.simulator.connectwise.business.time_amounts import work_out
from services.simulator.connectwise.business.time_checks import check_charge, check_hours, check_work
from services.simulator.connectwise.business.time_defaults import charge_to, defaults, shown
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store
from services.simulator.connectwise.validate import missing

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

PASSING = ("emailResourceFlag", "emailContactFlag", "emailCcFlag", "emailCc")
"""What a body may say that no record keeps."""
_TEXTS = frozenset(
    (
        "notes",
        "internalNotes",
        "addToDetailDescriptionFlag",
        "addToInternalAnalysisFlag",
        "addToResolutionFlag",
    )
)
_ABOVE = ("ticket", "phase", "project")


class TimeRules(Rules):
    """Member, ticket and agreement fill an entry; amounts are computed; what is handed in or billed is locked."""

    def complete(self, store: Store, record: Record, given: frozenset[str], _now: str) -> None:
        """What it is charged to, who worked where at what, and all that is computed from it."""
        record.update(charge_to(store, record))
        for name, value in defaults(store, record, given).items():
            if name not in given and value is not None:
                record[name] = value
        for name, value in (("status", "Open"), ("mobileGuid", str(uuid.uuid4()))):
            if record.get(name) is None and name not in given:
                record[name] = value
        work_out(store, record, None, given)
        record.update({name: value for name, value in shown(store, record).items() if name not in given})

    def prepare(self, write: Write) -> None:
        """Without a member it is the caller's own time (documented); rate and status are the server's."""
        record, given = write.record, frozenset(n for n, v in write.body.items() if v is not None)
        self._pass(write)
        if record.get("member") is None:
            author = write.writer.author.member
            record["member"] = min(write.store.table("member").find("identifier", author), default=None)
        given = _kept(given) - {"hourlyRate"}
        self.complete(write.store, record, given, write.writer.clock.stamp())

    def update(self, write: Write) -> None:
        """Refuse what is locked, then compute again what rests on what has changed."""
        if write.before is None:
            return
        self._pass(write)
        record, before = write.record, write.before.data
        if write.verb == "PUT" and "billableOption" not in write.names:
            write.items.append(missing(write.writer.kind("timeEntry"), "billableOption"))
        record.update(charge_to(write.store, record))
        ticket = write.store.get("ticket", record.get("ticket"))
        if ticket is not None and ticket.id != before.get("ticket"):
            own = {name: ticket.data.get(name) for name in ("company", "agreement")}
            record.update({name: value for name, value in own.items() if name not in write.names})
        if write.verb == "PUT":
            for name, value in defaults(write.store, record, write.names).items():
                if record.get(name) is None:
                    record[name] = value
        moved = {name for name in record if record.get(name) != before.get(name)}
        _lock(write, moved)
        sent = write.names if write.verb == "PATCH" else frozenset(moved)
        work_out(write.store, record, moved, _kept(sent))
        record.update(shown(write.store, record))

    def check(self, write: Write) -> None:
        """The ticket takes time, the hours are possible, role and member are allowed."""
        check_charge(write)
        check_hours(write)
        check_work(write)

    def written(self, write: Write, row: Row) -> None:
        """Its week's sheet, the hours of what it is charged to, and of what it was charged to before."""
        follow(write.writer, row, write.before)

    def removing(self, _writer: "Writer", row: Row) -> Item | None:
        """What is handed in or billed stays."""
        return _refusal(row.data, "id")

    def removed(self, writer: "Writer", row: Row) -> None:
        """The hours of its sheet and ticket without it."""
        count_sheet(writer.store, row.data.get("timeSheet"), writer.clock.now())
        _count(writer, {name: {row.data.get(name)} for name in _ABOVE})

    @staticmethod
    def _pass(write: Write) -> None:
        for name in PASSING:
            write.record.pop(name, None)


def follow(writer: "Writer", row: Row, before: Row | None) -> None:
    """Put an entry on its sheet and count the hours of sheet, ticket, phase and project."""
    store, now = writer.store, writer.clock.now()
    old = before.data if before is not None else {}
    sheet = sheet_of(store, row.data, now)
    if sheet != row.data.get("timeSheet"):
        store.put("timeEntry", row.id, {**row.data, "timeSheet": sheet}, now)
    for ident in {sheet, old.get("timeSheet")}:
        count_sheet(store, ident, now)
    _count(writer, {name: {row.data.get(name), old.get(name)} for name in _ABOVE})


def _count(writer: "Writer", above: dict[str, set[int | None]]) -> None:
    # A time entry leaves the stamp of its ticket alone, unless children move their parents.
    store, now = writer.store, writer.clock.now()
    for name, idents in above.items():
        for ident in idents - {None}:
            sum_hours(store, name, ident, now)
            ticket = store.get("ticket", ident) if name == "ticket" else None
            if ticket is not None and writer.knobs.child_bumps_parent:
                writer.store_again(writer.kind("ticket"), ticket, dict(ticket.data))


def _kept(names: frozenset[str]) -> frozenset[str]:
    # Start and end say how many hours there are, whatever else is sent (inferred).
    return names - {"actualHours"} if "timeEnd" in names else names


def _lock(write: Write, moved: set[str]) -> None:
    # Texts stay editable unless the board locks them (documented of the board's flag).
    before = write.before.data if write.before is not None else {}
    board = None
    ticket = write.store.get("ticket", before.get("ticket"))
    if ticket is not None:
        board = write.store.get("board", ticket.data.get("board"))
    free = {"customFields", "taxCode"}
    if board is None or not board.data.get("timeEntryLockedFlag"):
        free |= _TEXTS
    touched = sorted(name for name in moved - free if not name.startswith("_"))
    refusal = _refusal(before, touched[0]) if touched else None
    if refusal is not None:
        write.items.append(refusal)


def _refusal(entry: Record, field: str) -> Item | None:
    # The codes of these refusals are not public.
    if entry.get("invoice") is not None or entry.get("status") in ("Billed", "BilledAgreement"):
        message = f"Time entry {entry.get('id')} has been billed and cannot be changed."
    elif entry.get("status") not in (None, *EDITABLE):
        message = f"Time entry {entry.get('id')} is {entry['status']} and cannot be changed."
    else:
        return None
    return Item("InvalidObject", message, "timeEntry", field)
