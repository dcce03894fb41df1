"""What the server does with project tickets: as with service tickets, and what project and phase decide."""

from services.simulator.connectwise.business.ticket import TicketRules
from services.simulator.connectwise.business.ticket_defaults import fill
from services.simulator.connectwise.errors import Item
from services.simulator.connectwise.fields import Record
from services.simulator.connectwise.rules import Write
from services.simulator.connectwise.settings import NEWEST
from services.simulator.connectwise.store import Store
from services.simulator.connectwise.validate import missing

_SAME = ("board", "company", "site", "contact", "agreement", "location", "department")
_BILLS = ("billTime", "billExpenses", "billProducts")


class ProjectTicketRules(TicketRules):
    """Company, board and billing come from the project."""

    project_board = True
    closing = "Close Project Tickets"

    def record_type(self, record: Record) -> str:
        """A ticket, or an issue."""
        return "ProjectIssue" if record.get("isIssueFlag") else "ProjectTicket"

    def from_above(self, store: Store, record: Record, given: frozenset[str]) -> frozenset[str]:
        """The phase before the project."""
        phase = store.get("projectPhase", record.get("phase"))
        if phase is not None:
            fill(record, given, {"project": phase.data.get("project")})
        found: Record = {}
        project = store.get("project", record.get("project"))
        if project is not None:
            found = {name: project.data.get(name) for name in (*_SAME, *_BILLS)}
        if phase is not None:
            own = {name: phase.data.get(name) for name in ("board", "agreement", *_BILLS)}
            found |= {name: value for name, value in own.items() if value is not None}
        fill(record, given, found)
        return given | {name for name, value in found.items() if value is not None}

    def update(self, write: Write) -> None:
        """The company is the project's, whatever is sent."""
        if write.verb == "PUT":
            self.from_above(write.store, write.record, write.names)
        project = write.store.get("project", write.record.get("project"))
        if project is not None:
            write.record["company"] = project.data.get("company")
        super().update(write)

    def check(self, write: Write) -> None:
        """The phase is one of the project; the newest model asks for it."""
        super().check(write)
        record, entity = write.record, write.writer.kind("projectTicket")
        phase = write.store.get("projectPhase", record.get("phase"))
        if phase is None and write.before is None and write.writer.generation >= NEWEST:
            write.items.append(missing(entity, "phase"))
        if phase is not None and phase.data.get("project") != record.get("project"):
            message = f"projectPhase {phase.id} not found"
            write.items.append(Item("NotFound", message, "projectTicket", "phase/id"))
