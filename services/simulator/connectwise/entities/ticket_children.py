"""What is served below a ticket: notes, tasks, and its time and products by their ids."""

from services.simulator.connectwise.business.ticket_note import NoteRules, TaskRules
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    READ_ONLY,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    number,
    one_of,
    ref,
    text,
)

_SERVICE, _PROJECT = "service/tickets/{}", "project/tickets/{}"


def _below(path: str) -> tuple[Mount, ...]:
    return (
        Mount(f"{_SERVICE}/{path}", "ticket"),
        Mount(f"{_PROJECT}/{path}", "ticket", "projectTicket"),
    )


_TICKET = ref("ticket", "ticket", read_only=True, hidden=True, indexed=True)
_TICKET_ID = number("ticketId", derive=lambda record: record.get("ticket"))

NOTE = Entity(
    key="ticketNote",
    noun="ServiceNote",
    resource="serviceNote",
    mounts=_below("notes"),
    stamps=ALL_STAMPS,
    guard="Service Tickets",
    located_by="ticket",
    rules=NoteRules(),
    first_id=410001,
    fields=(
        key(),
        _TICKET_ID,
        Field("text", Kind.TEXT),
        flag("detailDescriptionFlag"),
        flag("internalAnalysisFlag"),
        flag("resolutionFlag"),
        flag("issueFlag"),
        ref("member", "member"),
        ref("contact", "contact"),
        flag("customerUpdatedFlag"),
        flag("processNotifications", write_only=True, default=None),
        moment("dateCreated", read_only=True),
        text("createdBy", read_only=True),
        flag("internalFlag", read_only=True),
        flag("externalFlag", read_only=True),
        _TICKET,
    ),
)

TASK = Entity(
    key="ticketTask",
    noun="TicketTask",
    mounts=_below("tasks"),
    stamps=ALL_STAMPS,
    guard="Service Tickets",
    located_by="ticket",
    rules=TaskRules(),
    first_id=5001,
    fields=(
        key(),
        _TICKET_ID,
        Field("notes", Kind.TEXT),
        flag("closedFlag"),
        number("priority"),
        Field("resolution", Kind.TEXT),
        number("childTicketId"),
        one_of("childScheduleAction", "Transfer", "Delete", "Done"),
        _TICKET,
    ),
)

TIME = Entity(
    key="ticketTimeEntry",
    noun="TimeEntry",
    mounts=_below("timeentries"),
    view_of="timeEntry",
    methods=READ_ONLY,
    stamps=ALL_STAMPS,
    guard="Time Entry",
    located_by="company",
    mine="member",
    fields=(key(), _TICKET, ref("company", "company", hidden=True), ref("member", "member", hidden=True)),
)

PRODUCTS = Entity(
    key="ticketProduct",
    noun="ProductItem",
    mounts=_below("products"),
    view_of="product",
    methods=READ_ONLY,
    guard="Products",
    located_by="company",
    fields=(key(), text("description"), _TICKET, ref("company", "company", hidden=True)),
)

ENTITIES = (NOTE, TASK, TIME, PRODUCTS)
