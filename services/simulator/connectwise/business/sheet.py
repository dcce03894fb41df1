"""Time sheets: the entries of a member in a week, handed in and approved together."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from services.simulator.connectwise.business.amounts import ZERO, amount
from services.simulator.connectwise.business.billable import EDITABLE, is_ready
from services.simulator.connectwise.business.period import midnight
from services.simulator.connectwise.errors import ApiError, Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules
from services.simulator.connectwise.store import Row, Store

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_STEPS: dict[str, dict[str, str]] = {
    "submit": dict.fromkeys(EDITABLE, "PendingApproval"),
    "approve": {"PendingApproval": "ApprovedByTierOne", "ApprovedByTierOne": "ApprovedByTierTwo"},
    "reject": {"PendingApproval": "Rejected", "ApprovedByTierOne": "RejectBySecondTier"},
    "reverse": dict.fromkeys(("PendingApproval", "ApprovedByTierOne", "ApprovedByTierTwo"), "Open"),
}
"""What can be done with a sheet: the state before and the one after; two tiers approve (documented)."""
ACTIONS = tuple(_STEPS)


class SheetRules(Rules):
    """A sheet with entries stays."""

    def removing(self, writer: "Writer", row: Row) -> Item | None:
        """Refuse to delete it."""
        if not writer.store.table("timeEntry").find("timeSheet", row.id):
            return None
        return Item("InUse", f"Time sheet {row.id} has time entries.", "timeSheet", "id")


def name_of(sheet: Record) -> str:
    """What references to a sheet show (recorded)."""
    return f"{str(sheet.get('dateStart'))[:10]} to {str(sheet.get('dateEnd'))[:10]}"


def sheet_for(store: Store, entry: Record) -> Row | None:
    """The sheet of the week of an entry, if there is one."""
    week = _week(entry)
    found = store.table("timeSheet").find("week", week) if week is not None else set()
    return store.get("timeSheet", min(found, default=None))


def sheet_of(store: Store, entry: Record, at: float) -> int | None:
    """The sheet of an entry, made when the week has none. Weeks begin on Mondays, by UTC dates (a simplification)."""
    week = _week(entry)
    if week is None:
        return None
    known = sheet_for(store, entry)
    if known is not None:
        return known.id
    begins = date.fromisoformat(week.split("|")[1])
    sheet: Record = {
        "member": entry.get("member"),
        "week": week,
        "year": begins.year,
        "period": begins.isocalendar()[1],
        "dateStart": midnight(begins),
        "dateEnd": midnight(begins + timedelta(days=6)),
        "deadline": midnight(begins + timedelta(days=7)),
        "status": "Open",
        "hours": ZERO,
    }
    return store.put("timeSheet", None, sheet, at).id


def count_sheet(store: Store, ident: int | None, at: float) -> None:
    """The hours of a sheet."""
    sheet, table = store.get("timeSheet", ident), store.table("timeEntry")
    if sheet is None:
        return
    entries = (table.rows[one].data for one in table.find("timeSheet", sheet.id))
    hours = sum((amount(one.get("actualHours")) for one in entries), ZERO)
    if sheet.data.get("hours") != hours:
        store.put("timeSheet", sheet.id, {**sheet.data, "hours": hours}, at)


def act(writer: "Writer", sheet: Row, action: str) -> Row:
    """Submit, approve, reject or reverse a sheet with its entries. Raises 400 from a state it cannot be done in."""
    store, steps = writer.store, _STEPS[action]
    wanted = steps.get(str(sheet.data.get("status")))
    if wanted is None:
        text = f"Time sheet {sheet.id} is {sheet.data.get('status')}."
        raise ApiError(400, "InvalidObject", text)
    table, entity = store.table("timeEntry"), writer.kind("timeEntry")
    for ident in sorted(table.find("timeSheet", sheet.id)):
        entry = table.rows[ident]
        if entry.data.get("status") in steps:
            changed = {**entry.data, "status": steps[entry.data["status"]]}
            changed["invoiceReady"] = int(is_ready(store, changed))
            writer.store_again(entity, entry, changed)
    return writer.store_again(writer.kind("timeSheet"), sheet, {**sheet.data, "status": wanted})


def _week(entry: Record) -> str | None:
    try:
        on = date.fromisoformat(str(entry.get("timeStart"))[:10])
    except ValueError:
        return None
    if entry.get("member") is None:
        return None
    return f"{entry['member']}|{on - timedelta(days=on.weekday())}"
