"""What the server does with projects and phases beyond their tables of fields."""

from typing import TYPE_CHECKING

from services.simulator.connectwise.business.ticket_defaults import fill
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Rules, Write
from services.simulator.connectwise.store import Row, Store
from services.simulator.connectwise.validate import missing

if TYPE_CHECKING:
    from services.simulator.connectwise.write import Writer

_BILLS = ("billTime", "billExpenses", "billProducts")
_PAYERS = ("billToCompany", "billToContact", "billToSite", "shipToCompany", "shipToContact", "shipToSite")


class ProjectRules(Rules):
    """Company and board fill a project; its status says whether it is closed."""

    def complete(self, store: Store, record: Record, given: frozenset[str], _now: str) -> None:
        """Who pays, where, what is billed."""
        fill(record, given, _of_company(store, record))
        board = store.get("board", record.get("board"))
        if board is not None:
            fill(record, given, {name: board.data.get(name) for name in ("location", "department")})
            fill(record, given, {"companyLocation": board.data.get("location")})
        fill(record, given, dict.fromkeys(_BILLS, "Billable"))
        fill(record, given, {"closedFlag": _closed(store, record)})

    def update(self, write: Write) -> None:
        """The status closes or opens."""
        write.record["closedFlag"] = _closed(write.store, write.record)

    def check(self, write: Write) -> None:
        """A project board, and dates in order."""
        record = write.record
        board = write.store.get("board", record.get("board"))
        if board is not None and not board.data.get("projectFlag"):
            message = f"Service Board {board.id} is not a project board."
            write.items.append(Item("InvalidField", message, "project", "board"))
        start, end = record.get("estimatedStart"), record.get("estimatedEnd")
        if start and end and end < start:
            message = "The estimatedEnd must be on or after the estimatedStart."
            write.items.append(Item("InvalidField", message, "project", "estimatedEnd"))

    def removed(self, writer: "Writer", row: Row) -> None:
        """Phases go with their project."""
        for ident in sorted(writer.store.table("projectPhase").find("project", row.id)):
            writer.store.remove("projectPhase", ident, writer.clock.now())


class PhaseRules(Rules):
    """A phase takes from its project what it does not say itself."""

    def complete(self, store: Store, record: Record, given: frozenset[str], _now: str) -> None:
        """Board, payers, place and billing of the project."""
        if record.get("project") is None:
            record["project"] = record.pop("projectId", None)
        project = store.get("project", record.get("project"))
        if project is None:
            return
        data = project.data
        fill(record, given, {name: data.get(name) for name in ("board", "agreement", "currency", *_BILLS)})
        fill(record, given, {name: data.get(name) for name in _PAYERS})
        fill(record, given, {"locationId": data.get("location"), "businessUnitId": data.get("department")})
        if not record.get("billSeparatelyFlag"):
            fill(record, given, {"billingMethod": data.get("billingMethod")})

    def check(self, write: Write) -> None:
        """What is billed separately says how."""
        record = write.record
        if record.get("billSeparatelyFlag") and record.get("billingMethod") is None:
            write.items.append(missing(write.writer.kind("projectPhase"), "billingMethod"))


def _closed(store: Store, record: Record) -> bool:
    status = store.get("projectStatus", record.get("status"))
    return status is not None and bool(status.data.get("closedFlag"))


def _of_company(store: Store, record: Record) -> Record:
    company = store.get("company", record.get("company"))
    if company is None:
        return {}
    data = company.data
    return {
        "contact": data.get("defaultContact"),
        "site": data.get("site"),
        "billToCompany": data.get("billToCompany") or company.id,
        "billToSite": data.get("billingSite") or data.get("site"),
        "shipToCompany": company.id,
        "shipToSite": data.get("site"),
        "billingTerms": data.get("billingTerms"),
        "taxCode": data.get("taxCode"),
        "currency": data.get("currency"),
    }
