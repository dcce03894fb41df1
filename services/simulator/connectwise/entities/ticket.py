"""Service tickets: the table of fields. Project tickets are records of the same table."""

from decimal import Decimal

from services.simulator.connectwise.business.ticket import TicketRules, is_service
from services.simulator.connectwise.entities.billing import BILL
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST

TICKET_POD = (5, "service_ticket")
METHODS = ("ActualRates", "FixedFee", "NotToExceed", "OverrideRate")
"""How work is billed: `billingMethod` of tickets, projects and phases."""
RECORDS = ("ProjectIssue", "ProjectTicket", "ServiceTicket")
_WEIGHTS = ("Low", "Medium", "High")
_NONE = Decimal(0)

SCOPE = (
    ref("board", "board", default="first", indexed=True),
    ref("status", "boardStatus", within="board", indexed=True),
    ref("workRole", "workRole"),
    ref("workType", "workType"),
)
"""The board and what of a ticket depends on it."""

PLACE = (
    ref("company", "company", required=True, indexed=True),
    ref("site", "site", within="company"),
    text("siteName", 50),
    text("addressLine1", 50),
    text("addressLine2", 50),
    text("city", 50),
    text("stateIdentifier", 50),
    text("zip", 12),
    ref("country", "country"),
    ref("contact", "contact", within="company"),
    text("contactName", 62),
    text("contactPhoneNumber", 20),
    text("contactPhoneExtension", 15),
    text("contactEmailAddress", 250),
    ref("type", "boardType", within="board"),
    ref("subType", "boardSubType", within="board"),
    ref("item", "boardItem", within="board"),
    ref("owner", "member"),
    ref("priority", "priority", default="first"),
    ref("serviceLocation", "serviceLocation", default="first"),
    ref("source", "serviceSource", default="first"),
    moment("requiredDate"),
    money("budgetHours"),
    ref("opportunity", "opportunity"),
    ref("agreement", "agreement", within="company", indexed=True),
)
"""Whose ticket it is, where, and what it is about; the address and the contact are the ticket's own copies."""

FIRST_NOTES = tuple(
    Field(name, Kind.TEXT, write_only=True)
    for name in ("initialDescription", "initialInternalAnalysis", "initialResolution")
)
SENT_ALONG = (
    *FIRST_NOTES,
    text("initialDescriptionFrom", write_only=True),
    text("contactEmailLookup", write_only=True),
    flag("processNotifications", write_only=True, default=None),
    flag("skipCallback", write_only=True, default=None),
)
"""What a body may say that no record keeps."""

MAIL = (
    number("knowledgeBaseCategoryId"),
    number("knowledgeBaseSubCategoryId"),
    flag("allowAllClientsPortalView"),
    flag("customerUpdatedFlag"),
    flag("automaticEmailContactFlag"),
    flag("automaticEmailResourceFlag"),
    flag("automaticEmailCcFlag"),
    text("automaticEmailCc", 1000),
)

STATE = (
    moment("closedDate", read_only=True),
    text("closedBy", read_only=True),
    flag("closedFlag", read_only=True),
    money("actualHours", read_only=True, default=_NONE),
    flag("approved", default=True),
)

BILLING = (
    one_of("subBillingMethod", *METHODS, default="ActualRates"),
    money("subBillingAmount"),
    text("subDateAccepted"),
    text("resources", read_only=True),
    one_of("billTime", *BILL),
    one_of("billExpenses", *BILL),
    one_of("billProducts", *BILL),
    one_of("predecessorType", "Ticket", "Phase"),
    number("predecessorId"),
    flag("predecessorClosedFlag", read_only=True),
    number("lagDays"),
    flag("lagNonworkingDaysFlag"),
    moment("estimatedStartDate"),
    number("duration"),
    ref("location", "location"),
    ref("department", "department"),
    text("mobileGuid", read_only=True),
    ref("currency", "currency", read_only=True),
    Field("integratorTags", Kind.STRINGS),
)

OF_PROJECTS = (
    ref("project", "project", read_only=True, hidden=True, indexed=True),
    ref("phase", "projectPhase", read_only=True, hidden=True, indexed=True),
    text("wbsCode", read_only=True, hidden=True),
    flag("isIssueFlag", read_only=True, hidden=True, default=None),
    moment("scheduleStartDate", read_only=True, hidden=True),
    moment("scheduleEndDate", read_only=True, hidden=True),
)
"""What the records of project tickets have besides; a service ticket shows none of it."""


def related(path: str) -> tuple[tuple[str, str], ...]:
    """The lists in `_info`, not encoded (recorded), of the tickets served under a path."""
    charged = "conditions=(chargeToType='ServiceTicket' OR chargeToType='ProjectTicket') AND chargeToId={}"
    return (
        ("activities_href", "sales/activities?conditions=ticket/id={}"),
        ("scheduleentries_href", "schedule/entries?conditions=type/id=4 AND objectId={}"),
        ("documents_href", "system/documents?recordType=Ticket&recordId={}"),
        ("configurations_href", f"{path}/{{}}/configurations"),
        ("tasks_href", f"{path}/{{}}/tasks"),
        ("notes_href", f"{path}/{{}}/notes"),
        ("products_href", "procurement/products?conditions=chargeToType='Ticket' AND chargeToId={}"),
        ("timeentries_href", f"time/entries?{charged}"),
        ("expenseEntries_href", f"expense/entries?{charged}"),
    )


TICKET = Entity(
    key="ticket",
    noun="Ticket",
    mounts=(Mount("service/tickets"),),
    reference=(shown("summary"),),
    href="ticket",
    stamps=ALL_STAMPS,
    links=related("service/tickets"),
    guard="Service Tickets",
    located_by="company",
    mine="owner",
    audit="Ticket",
    custom_pod=TICKET_POD,
    search=True,
    light=True,
    opened=is_service,
    rules=TicketRules(),
    first_id=60001,
    fields=(
        key(),
        text("summary", 100, required=True),
        one_of("recordType", *RECORDS, read_only=True),
        *SCOPE,
        *PLACE,
        ref("team", "boardTeam", within="board"),
        one_of("severity", *_WEIGHTS, default="Medium"),
        one_of("impact", *_WEIGHTS, default="Medium"),
        text("externalXRef", 100, indexed=True),
        text("poNumber", 50),
        *MAIL,
        *SENT_ALONG,
        *STATE,
        money("estimatedExpenseCost", default=_NONE),
        money("estimatedExpenseRevenue", default=_NONE),
        money("estimatedProductCost", default=_NONE),
        money("estimatedProductRevenue", default=_NONE),
        money("estimatedTimeCost", default=_NONE),
        money("estimatedTimeRevenue", default=_NONE),
        one_of("billingMethod", *METHODS, default="ActualRates"),
        money("billingAmount"),
        money("hourlyRate"),
        text("dateResolved", read_only=True),
        text("dateResplan", read_only=True),
        text("dateResponded", read_only=True),
        number("resolveMinutes", read_only=True, default=0),
        number("resPlanMinutes", read_only=True, default=0),
        number("respondMinutes", read_only=True, default=0),
        flag("isInSla", read_only=True),
        number("knowledgeBaseLinkId"),
        one_of(
            "knowledgeBaseLinkType",
            *("Activity", "ProjectIssue", "KnowledgeBaseArticle", "ProjectTicket", "ServiceTicket", "Time"),
        ),
        number("parentTicketId", indexed=True),
        flag("hasChildTicket", read_only=True),
        flag("hasMergedChildTicketFlag", read_only=True),
        *BILLING,
        ref("sla", "sla"),
        text("slaStatus", read_only=True),
        ref("mergedParentTicket", "ticket", read_only=True, indexed=True),
        text("agreementType", read_only=True, since=NEWEST),
        flag("requestForChangeFlag", read_only=True, since=NEWEST),
        text("escalationStartDateUTC", read_only=True, since=NEWEST),
        number("escalationLevel", read_only=True, default=0, since=NEWEST),
        number("minutesBeforeWaiting", read_only=True, default=0, since=NEWEST),
        number("respondedSkippedMinutes", read_only=True, default=0, since=NEWEST),
        number("resplanSkippedMinutes", read_only=True, default=0, since=NEWEST),
        text("resolvedBy", read_only=True, since=NEWEST),
        *OF_PROJECTS,
        Field("customFields", Kind.CUSTOM),
    ),
)

ENTITIES = (TICKET,)
