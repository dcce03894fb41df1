"""Project tickets: the same records as service tickets, with the fields that projects show."""

from dataclasses import replace

from services.simulator.connectwise.business.project_ticket import ProjectTicketRules
from services.simulator.connectwise.business.ticket import is_project
from services.simulator.connectwise.entities.ticket import (
    BILLING,
    MAIL,
    PLACE,
    SCOPE,
    SENT_ALONG,
    STATE,
    related,
)
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST

PROJECT_TICKET_POD = (6, "project_ticket")
_SCHEDULED = ("scheduleStartDate", "scheduleEndDate")

PROJECT_TICKET = Entity(
    key="projectTicket",
    noun="Ticket",
    mounts=(Mount("project/tickets"),),
    view_of="ticket",
    reference=(shown("summary"),),
    href="ticket",
    stamps=ALL_STAMPS,
    links=related("project/tickets"),
    guard="Project Tickets",
    located_by="company",
    mine="owner",
    audit="ProjectTicket",
    custom_pod=PROJECT_TICKET_POD,
    search=True,
    listed=is_project,
    opened=is_project,
    rules=ProjectTicketRules(),
    fields=(
        key(),
        text("summary", 100, required=True),
        flag("isIssueFlag"),
        *(replace(one, default=None) if one.name == "board" else one for one in SCOPE),
        ref("project", "project", required=True, indexed=True),
        ref("phase", "projectPhase", within="project", indexed=True),
        text("wbsCode", 50),
        *(replace(one, required=False) if one.name == "company" else one for one in PLACE),
        *MAIL,
        *SENT_ALONG,
        *STATE,
        *BILLING,
        *(moment(name, since=NEWEST) for name in _SCHEDULED),
        Field("customFields", Kind.CUSTOM),
    ),
)

ENTITIES = (PROJECT_TICKET,)
