"""What refuses a ticket: words of another board, a company that takes none, a parent that is no ticket."""

from services.simulator.connectwise.business.board import SCOPED
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.rules import Write
from services.simulator.connectwise.store import Row

_NAMES = {
    "status": "Service Status",
    "type": "Service Type",
    "subType": "Service Sub Type",
    "item": "Service Item",
    "team": "Service Team",
}


def check_board(write: Write, *, project: bool) -> None:
    """The board is one for these tickets, and all words are its own (reported wording)."""
    board = write.store.get("board", write.record.get("board"))
    if board is None:
        _refuse(write, "MissingRequiredField", "The board field is required.", "board")
        return
    if _moved(write, "board") and board.data.get("inactiveFlag"):
        _refuse(write, "InvalidField", f"Service Board {board.id} is inactive.", "board")
    if bool(board.data.get("projectFlag")) is not project:
        kind = "a project board" if project else "a service board"
        _refuse(write, "InvalidField", f"Service Board {board.id} is not {kind}.", "board")
    for name, table in SCOPED.items():
        word = write.store.get(table, write.record.get(name))
        if word is None:
            continue
        if word.data.get("board") != board.id:
            text = f"{_NAMES[name]} {word.data.get('name')} not found for Service Board {board.id}"
            _refuse(write, "NotFound", text, f"{name}/id")
        elif _moved(write, name) and (word.data.get("inactiveFlag") or word.data.get("inactive")):
            _refuse(write, "InvalidField", f"{_NAMES[name]} {word.data.get('name')} is inactive.", name)
    _check_subtype(write)


def _check_subtype(write: Write) -> None:
    # A subtype is for the types it is associated with; without any for all (inferred).
    below = write.store.get("boardSubType", write.record.get("subType"))
    types = below.data.get("typeAssociationIds") if below is not None else None
    if below is not None and types and write.record.get("type") not in types:
        text = f"Service Sub Type {below.data.get('name')} is not valid for the type."
        _refuse(write, "InvalidField", text, "subType")


def check_company(write: Write) -> None:
    """A company in the bin, or one whose status forbids it, gets no new ticket; the site is the company's."""
    company = write.store.get("company", write.record.get("company"))
    if company is None:
        return
    if _moved(write, "company"):
        _check_taking(write, company)
    site = write.store.get("site", write.record.get("site"))
    moved = _moved(write, "company") or _moved(write, "site")
    if moved and site is not None and site.data.get("company") != company.id:
        _refuse(write, "NotFound", f"companySite {site.id} not found", "site/id")


def _check_taking(write: Write, company: Row) -> None:
    status = write.store.get("companyStatus", company.data.get("status"))
    if company.data.get("deletedFlag"):
        _refuse(write, "NotFound", f"company {company.id} not found", "company/id")
    elif status is not None and status.data.get("disallowSavingFlag"):
        told = status.data.get("notificationMessage") or "Tickets cannot be saved for this company."
        _refuse(write, "InvalidObject", str(told), "company")


def check_parent(write: Write) -> None:
    """A parent is another ticket."""
    parent = write.record.get("parentTicketId")
    if parent is None:
        return
    if parent == write.own_id or write.store.get("ticket", parent) is None:
        _refuse(write, "NotFound", f"ticket {parent} not found", "parentTicketId")


def _moved(write: Write, name: str) -> bool:
    return write.before is None or write.before.data.get(name) != write.record.get(name)


def _refuse(write: Write, code: str, text: str, field: str) -> None:
    write.items.append(Item(code, text, "ticket", field))
